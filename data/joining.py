"""What is known of items and users meets the ids of the events, and what found no partner is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.cleaning import Cleaning
from data.cleaning.rules.normalised_ids import normalised
from data.coded import Coded
from data.columns import ITEM, USER
from data.import_report import Join
from data.items_table import ItemsMapping, item_features, propose_items
from data.read_tables import Read
from data.reading.shape import FileShape
from data.side_tables import SideTable
from data.social import edges, in_words
from data.users_table import propose_users, user_features

SHOWN = 5  # examples of ids


@dataclass(frozen=True, eq=False)
class Features:
    """Tables in the order of the ids, pairs of users, and what is to be said of them."""

    items: pd.DataFrame | None = None
    users: pd.DataFrame | None = None
    social: NDArray[np.int32] | None = None
    lifted: tuple[str, ...] = ()  # columns of the events that describe the item
    lifted_users: tuple[str, ...] = ()  # and those that describe the user
    joins: tuple[Join, ...] = ()
    notes: tuple[str, ...] = ()


def joined_features(read: Read, cleaning: Cleaning, events: Coded) -> Features:
    """Join the tables that were read on the ids of the events that are left.

    Raises:
        DataError: the table of items shares no id with the events.
    """
    recipe, notes, joins = read.recipe, list[str](), list[Join]()
    items = _lifted_items(_as_cleaned(read.events.item_table, [ITEM], cleaning), events)
    users = _lifted_users(_as_cleaned(read.events.user_table, [USER], cleaning), events)
    social = None
    if (mapping := recipe.items.mapping) is not None and "items" in read.sides:
        side, table = _side(read, "items", [mapping.id], cleaning)
        of_file, said = item_features(table, mapping, events.items, where=side.name)
        items = _beside(of_file, items)
        notes += said
        joins.append(_join("items", side, table[mapping.id], _seen(events.item, events.items)))
    if (of_users := recipe.users.mapping) is not None and "users" in read.sides:
        side, table = _side(read, "users", [of_users.id], cleaning)
        users = _beside(user_features(table, of_users, events.users, where=side.name), users)
        joins.append(_join("users", side, table[of_users.id], _seen(events.user, events.users)))
    if (pair := recipe.social.mapping) is not None and "social" in read.sides:
        side, table = _side(read, "social", list(pair.used), cleaning)
        found = edges(table, pair, events.users, where=side.name)
        social = found.pairs
        notes += in_words(found, pair, side.name)
        named = pd.concat([table[name] for name in pair.used])
        joins.append(_join("social", side, named, _seen(events.user, events.users)))
    return Features(
        items,
        users,
        social,
        _names(read.events.item_table, ITEM),
        _names(read.events.user_table, USER),
        tuple(joins),
        tuple(notes),
    )


def unseen_items(read: Read, cleaning: Cleaning, events: Coded) -> NDArray[np.object_]:
    """Ids that only the item file names, in ascending order."""
    mapping = read.recipe.items.mapping
    if mapping is None or "items" not in read.sides:
        return np.zeros(0, dtype=object)
    _, table = _side(read, "items", [mapping.id], cleaning)
    named = pd.Index(table[mapping.id].dropna().unique(), dtype=object)
    extra = named[~named.isin(pd.Index(events.items, dtype=object))]
    return np.asarray(sorted(extra.tolist(), key=str.encode), dtype=object)


def _side(read: Read, role: str, columns: list[str], cleaning: Cleaning) -> tuple[SideTable, pd.DataFrame]:
    side = read.sides[role]
    table = _as_cleaned(side.table, columns, cleaning)
    return side, side.table if table is None else table


def _as_cleaned(table: pd.DataFrame | None, columns: list[str], cleaning: Cleaning) -> pd.DataFrame | None:
    """Ids written as those of the cleaned events."""
    if table is None or not cleaning.normalise_ids:
        return table
    changed = table.copy()
    for name in columns:
        there = table[name].notna().to_numpy()
        values = np.full(len(table), None, dtype=object)
        values[there] = normalised(table[name].to_numpy(dtype=object)[there])
        changed[name] = values
    return changed


def _names(table: pd.DataFrame | None, key: str) -> tuple[str, ...]:
    """The columns of the events that were lifted, in the order of the file."""
    return () if table is None else tuple(str(name) for name in table if name != key)


def _beside(table: pd.DataFrame, lifted: pd.DataFrame | None) -> pd.DataFrame:
    """The columns of a file and those lifted from the events; the file goes first."""
    if lifted is None:
        return table
    taken = {str(column).lower() for column in table}
    free = [column for column in lifted if str(column).lower() not in taken]
    return pd.concat([table, lifted[free]], axis=1)


def _lifted_items(table: pd.DataFrame | None, events: Coded) -> pd.DataFrame | None:
    """Columns of the events that follow from the item, as features."""
    if table is None or len(table.columns) < 2:
        return None
    table, shape = _plain(table)
    mapping: ItemsMapping = propose_items(table.head(200), shape).model_copy(update={"id": ITEM})
    return item_features(table, mapping, events.items, where="the events")[0]


def _lifted_users(table: pd.DataFrame | None, events: Coded) -> pd.DataFrame | None:
    """Columns of the events that follow from the user, as features."""
    if table is None or len(table.columns) < 2:
        return None
    table, shape = _plain(table)
    mapping = propose_users(table.head(200), shape).model_copy(update={"id": USER})
    return user_features(table, mapping, events.users, where="the events")


def _plain(table: pd.DataFrame) -> tuple[pd.DataFrame, FileShape]:
    plain = table.astype(object).where(table.notna(), None)
    return plain, FileShape(columns=tuple(map(str, table.columns)))


def _seen(codes: NDArray[np.int32], ids: NDArray[np.object_]) -> NDArray[np.object_]:
    """The ids that have an event."""
    return ids[np.bincount(codes, minlength=len(ids)) > 0]


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
