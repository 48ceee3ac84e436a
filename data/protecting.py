"""Pseudonyms in every table that names users, before anything of them is written anywhere."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from data.cleaning import Cleaning
from data.cleaning.rules.normalised_ids import normalised
from data.coded import ReadFile
from data.columns import TEXT, USER, VALUE
from data.home import Home
from data.pseudonyms import pseudonymise, pseudonymised, pseudonymised_cleaning
from data.recipe import Recipe, UsersMapping
from data.side_tables import SideTable

TELLING = 0.9  # share of different values among those of all users from which a column tells users apart
PSEUDONYM = re.compile(r"u_[a-z2-7]{16}")


def protected_recipe(recipe: Recipe, home: Home) -> Recipe:
    """With pseudonyms for the users that the cleaning names, where it does not name pseudonyms already."""
    cleaning = recipe.cleaning
    if not recipe.pseudonyms or cleaning is None or not cleaning.drop_users:
        return recipe
    plain = tuple(user for user in cleaning.drop_users if not PSEUDONYM.fullmatch(user))
    kept = tuple(user for user in cleaning.drop_users if PSEUDONYM.fullmatch(user))
    made = pseudonymised_cleaning(cleaning.model_copy(update={"drop_users": plain}), home)
    told = cleaning.model_copy(update={"drop_users": (*kept, *made.drop_users)})
    return recipe.model_copy(update={"cleaning": told})


def protected_events(read: ReadFile, home: Home, cleaning: Cleaning, *, asked: bool) -> ReadFile:
    """With pseudonyms for users; without the text of unreadable lines, which may name them.

    Args:
        asked: whether a person named the columns that describe users; otherwise those that tell users apart
            are left out.
    """
    table, notes = read.user_table, tuple[str, ...]()
    if table is not None and not asked:
        table, notes = _without_telling(table, USER)
    return replace(
        read,
        coded=pseudonymised(read.coded, home, cleaning),
        user_table=_renamed(table, [USER], home, cleaning),
        quarantine=_without_text(read.quarantine),
        notes=(*read.notes, *notes),
    )


def protected_users(
    side: SideTable, mapping: UsersMapping
) -> tuple[SideTable, UsersMapping, tuple[str, ...]]:
    """A table of users whose columns nobody chose, without those that tell users apart; and notes."""
    table, notes = _without_telling(side.table, mapping.id)
    left = tuple(name for name in mapping.columns if name in table)
    return replace(side, table=table), mapping.model_copy(update={"columns": left}), notes


def protected_side(side: SideTable, columns: list[str], home: Home, cleaning: Cleaning) -> SideTable:
    """With pseudonyms in the columns that name users."""
    table = _renamed(side.table, columns, home, cleaning)
    assert table is not None  # given a table, it returns one
    return replace(side, table=table, quarantine=_without_text(side.quarantine))


def _without_telling(table: pd.DataFrame, key: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Without columns nearly all of whose values stand for one user each, as mails do; a note for each."""
    first = table.drop_duplicates(key)
    telling = [
        str(name)
        for name in first.columns.drop(key)
        if (filled := first[name].dropna()).nunique() >= max(TELLING * len(filled), 2)
    ]
    notes = (
        f"{name!r} tells users apart and was left out beside their pseudonyms; the recipe may name it."
        for name in telling
    )
    return table.drop(columns=telling), tuple(notes)


def _without_text(quarantine: pd.DataFrame) -> pd.DataFrame:
    return quarantine.assign(**{name: "" for name in (TEXT, VALUE) if name in quarantine})


def _renamed(
    table: pd.DataFrame | None, columns: list[str], home: Home, cleaning: Cleaning
) -> pd.DataFrame | None:
    if table is None:
        return None
    changed = table.copy()
    for name in columns:
        named = table[name].notna().to_numpy()
        ids = table[name].to_numpy(dtype=object)[named]
        plain = normalised(ids) if cleaning.normalise_ids else ids
        values = np.full(len(table), None, dtype=object)
        values[named] = pseudonymise(plain, home)
        changed[name] = values
    return changed
