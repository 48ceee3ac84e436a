"""What is known of items and users meets the ids of the events, and what found no partner is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.coded import Coded
from data.columns import ITEM, USER
from data.import_report import Join
from data.items_table import ItemsMapping, item_features, propose_items
from data.read_tables import Read
from data.reading.shape import FileShape
from data.recipe import Recipe
from data.side_tables import SideTable
from data.social import edges, in_words, propose_social
from data.users_table import propose_users, user_features

SHOWN = 5  # examples of ids
LOOKED_AT = 2000  # rows from which the columns of a table are told


@dataclass(frozen=True, eq=False)
class Features:
    """Tables in the order of the ids, pairs of users, and what is to be said of them."""

    recipe: Recipe  # with the mappings of the tables as they were used
    items: pd.DataFrame | None = None
    users: pd.DataFrame | None = None
    social: NDArray[np.int32] | None = None
    lifted: tuple[str, ...] = ()  # columns of the events that describe the item
    lifted_users: tuple[str, ...] = ()  # and those that describe the user
    joins: tuple[Join, ...] = ()
    notes: tuple[str, ...] = ()


def joined_features(read: Read, events: Coded) -> Features:
    """Join the tables that were read on the ids of the events that are left.

    Raises:
        DataError: a mapped column is missing, or a table shares no id with the events.
    """
    recipe, notes, joins = read.recipe, list[str](), list[Join]()
    items, users = _lifted(read, events, ITEM), _lifted(read, events, USER)
    social = None
    if (side := read.sides.get("items")) is not None:
        mapping = recipe.items.mapping or propose_items(
            side.table.head(LOOKED_AT), side.shape, set(events.items.tolist())
        )
        table, said = item_features(side.table, mapping, events.items, where=side.name)
        items = _beside(table, items)
        notes += said
        joins.append(_join("items", side, side.table[mapping.id], events.items))
        recipe = _with(recipe, "items", side, mapping)
    if (side := read.sides.get("users")) is not None:
        of_users = recipe.users.mapping or propose_users(
            side.table.head(LOOKED_AT), side.shape, set(events.users.tolist())
        )
        users = _beside(user_features(side.table, of_users, events.users, where=side.name), users)
        joins.append(_join("users", side, side.table[of_users.id], events.users))
        recipe = _with(recipe, "users", side, of_users)
    if (side := read.sides.get("social")) is not None:
        pair = recipe.social.mapping or propose_social(
            side.table.head(LOOKED_AT), side.shape, set(events.users.tolist())
        )
        found = edges(side.table, pair, events.users, where=side.name)
        social = found.pairs
        notes += in_words(found, pair, side.name)
        named = pd.concat([side.table[pair.source], side.table[pair.target]])
        joins.append(_join("social", side, named, events.users))
        recipe = _with(recipe, "social", side, pair)
    return Features(
        recipe,
        items,
        users,
        social,
        _names(read.events.item_table),
        _names(read.events.user_table),
        tuple(joins),
        tuple(notes),
    )


def _names(table: pd.DataFrame | None) -> tuple[str, ...]:
    """The columns of the events that were lifted, in the order of the file."""
    return () if table is None else tuple(str(name) for name in table if name not in (ITEM, USER))


def _with(recipe: Recipe, role: str, side: SideTable, mapping: object) -> Recipe:
    part = getattr(recipe, role).model_copy(update={"shape": side.shape, "mapping": mapping})
    return recipe.model_copy(update={role: part})


def _beside(table: pd.DataFrame, lifted: pd.DataFrame | None) -> pd.DataFrame:
    """The columns of a file and those lifted from the events; the file goes first."""
    if lifted is None:
        return table
    taken = {str(column).lower() for column in table}
    free = [column for column in lifted if str(column).lower() not in taken]
    return pd.concat([table, lifted[free]], axis=1)


def _lifted(read: Read, events: Coded, side: str) -> pd.DataFrame | None:
    """Columns of the events that follow from the item or user, as features."""
    table = read.events.item_table if side == ITEM else read.events.user_table
    if table is None or len(table.columns) < 2:
        return None
    table = table.astype(object).where(table.notna(), None)
    shape = FileShape(columns=tuple(map(str, table.columns)))
    if side == ITEM:
        mapping: ItemsMapping = propose_items(table.head(200), shape).model_copy(update={"id": ITEM})
        return item_features(table, mapping, events.items, where="the events")[0]
    of_users = propose_users(table.head(200), shape).model_copy(update={"id": USER})
    return user_features(table, of_users, events.users, where="the events")


def _join(table: str, side: SideTable, named: pd.Series, ids: NDArray[np.object_]) -> Join:
    """How the ids meet, both ways, with a few of those that do not."""
    theirs = pd.Index(named.dropna().unique(), dtype=object)
    ours = pd.Index(ids, dtype=object)
    met = ours.isin(theirs)
    extra = theirs[~theirs.isin(ours)]
    examples = {"without_row": _some(ours[~met]), "without_event": _some(extra)}
    return Join(
        table,
        side.name,
        matched=int(met.sum()),
        without_row=int((~met).sum()),
        without_event=len(extra),
        examples={key: shown for key, shown in examples.items() if shown},
    )


def _some(ids: Iterable[str]) -> list[str]:
    return [str(value) for value, _ in zip(ids, range(SHOWN), strict=False)]
