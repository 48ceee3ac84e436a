"""A later file of the same recipe: what the next version of a data set takes over from its parent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.coded import Coded
from data.dataset import Dataset
from data.errors import DataError
from data.joining import Features
from data.recipe import Recipe, read_recipe


def recipe_of(parent: Dataset) -> Recipe:
    """The recipe that a data set was made with.

    Raises:
        DataError: it was not imported (a sample, or one stored by an earlier release).
    """
    known = parent.facts.get("recipe")
    if known is None:
        raise DataError(
            f"It is not known how “{parent.name}” was imported.",
            "Import the later file with a recipe of its own, or both files together.",
        )
    return read_recipe(known)


def same_treatment(recipe: Recipe, parent: Dataset) -> Recipe:
    """The recipe for a later file: where it says nothing, the parent's word counts.

    Users are pseudonyms in all versions or in none; otherwise nobody would be known again.

    Raises:
        DataError: pseudonyms are asked for, and the parent has none.
    """
    if parent.facts.get("recipe") is None:
        return recipe
    first = recipe_of(parent)
    if recipe.pseudonyms and not first.pseudonyms:
        raise DataError(
            f"“{parent.name}” names its users in plain, so no later version of it can have pseudonyms.",
            "Import all files with pseudonyms as a data set of its own, or add this one without.",
        )
    found = {
        "mapping": recipe.mapping or first.mapping,
        "cleaning": recipe.cleaning or first.cleaning,
        "name": recipe.name or parent.name,
        "pseudonyms": first.pseudonyms,
    }
    return recipe.model_copy(update=found)


def with_earlier(features: Features, parent: Dataset, events: Coded) -> Features:
    """Features of the next version: what the later files say, and where they say nothing the parent's."""
    n_users, n_items = len(events.users), len(events.items)
    return replace(
        features,
        items=_over(features.items, parent.item_features, n_items),
        users=_over(features.users, parent.user_features, n_users),
        social=_all_pairs(features, parent),
    )


def _over(later: pd.DataFrame | None, earlier: pd.DataFrame | None, n: int) -> pd.DataFrame | None:
    """(n rows) Columns of both; the first rows of `later` are those of `earlier`."""
    if earlier is None:
        return later
    before = earlier.reset_index(drop=True).reindex(range(n))
    if later is None:
        return before
    columns = {}
    for name in dict.fromkeys((*before.columns, *later.columns)):
        if name not in before or name not in later:
            columns[name] = (before if name in before else later)[name]
        else:
            columns[name] = _filled(later[name], before[name])
    return pd.DataFrame(columns)


def _filled(later: pd.Series, earlier: pd.Series) -> pd.Series:
    """`later` where it says something; as text where one of the two is text."""
    numeric = pd.api.types.is_numeric_dtype
    if numeric(later.dtype) != numeric(earlier.dtype):
        later, earlier = (
            part.astype("str").where(part.notna()) if numeric(part.dtype) else part
            for part in (later, earlier)
        )
    return later.where(later.notna(), earlier)


def _all_pairs(features: Features, parent: Dataset) -> NDArray[np.int32] | None:
    known = [pairs for pairs in (parent.social, features.social) if pairs is not None]
    return np.unique(np.concatenate(known), axis=0).astype(np.int32) if known else None
