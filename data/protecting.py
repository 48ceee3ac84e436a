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
from data.recipe import Recipe
from data.side_tables import SideTable

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


def protected_events(read: ReadFile, home: Home, cleaning: Cleaning) -> ReadFile:
    """With pseudonyms for users; without the text of unreadable lines, which may name them."""
    return replace(
        read,
        coded=pseudonymised(read.coded, home, cleaning),
        user_table=_renamed(read.user_table, [USER], home, cleaning),
        quarantine=_without_text(read.quarantine),
    )


def protected_side(side: SideTable, columns: list[str], home: Home, cleaning: Cleaning) -> SideTable:
    """With pseudonyms in the columns that name users."""
    table = _renamed(side.table, columns, home, cleaning)
    assert table is not None  # given a table, it returns one
    return replace(side, table=table, quarantine=_without_text(side.quarantine))


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
