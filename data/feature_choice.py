"""Which columns of items and users are kept, and which are put into buckets; the events stay as they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from data.columns import CATEGORIES, TITLE
from data.dataset import Dataset
from data.errors import ConfigError

OTHER = "other"
FIXED = (TITLE,)  # people read it; it is neither dropped nor bucketed
FEWEST, MOST = 2, 100


class FeatureChoice(BaseModel):
    """What becomes of the columns of one table. Columns not named stay as they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    drop: tuple[str, ...] = Field(default=(), description="Columns that are left out.")
    buckets: dict[str, int] = Field(
        default={},
        description="Columns put into so many buckets: numbers by equal shares of rows (quantiles), words by "
        "keeping the most frequent and calling the rest “other”.",
    )


class FeatureChoices(BaseModel):
    """What becomes of what is known of items and users."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: FeatureChoice = FeatureChoice()
    users: FeatureChoice = FeatureChoice()

    @property
    def changes_nothing(self) -> bool:
        """Whether every column stays as it is."""
        return all(not choice.drop and not choice.buckets for choice in (self.items, self.users))


def with_features(dataset: Dataset, choices: FeatureChoices) -> Dataset:
    """The same events under the chosen features, as the next version of the data set.

    Raises:
        ConfigError: nothing would change, a column does not exist, is fixed, or gets too few or many buckets.
    """
    if choices.changes_nothing:
        raise ConfigError("No column was changed.", "Drop a column or put one into buckets.")
    facts = {
        **dataset.facts,
        "parent": dataset.id,
        "version": int(dataset.facts.get("version", 1)) + 1,
        "features": choices.model_dump(mode="json"),
    }
    return replace(
        dataset,
        item_features=_chosen(dataset.item_features, choices.items, "items"),
        user_features=_chosen(dataset.user_features, choices.users, "users"),
        facts=facts,
        id="",
    )


def _chosen(features: pd.DataFrame | None, choice: FeatureChoice, of: str) -> pd.DataFrame | None:
    names = () if features is None else tuple(str(name) for name in features)
    for name in (*choice.drop, *choice.buckets):
        if name not in names or name in FIXED:
            raise ConfigError(
                f"The column {name!r} of {of} cannot be changed.",
                f"Choose among: {', '.join(one for one in names if one not in FIXED) or '(none)'}.",
            )
    if features is None:
        return None
    kept = features.drop(columns=list(choice.drop))
    for name, n in choice.buckets.items():
        if name in kept:
            kept[name] = bucketed(kept[name], n)
    return kept if len(kept.columns) else None


def bucketed(values: pd.Series, n: int) -> pd.Series:
    """At most `n` labels as text; missing stays missing.

    Numbers: `low–high` of buckets with about equally many rows; equal numbers share a bucket. Words: the
    n − 1 most frequent, the rest "other".

    Raises:
        ConfigError: n outside 2 to 100, or a list of categories, which is no single value.
    """
    if not FEWEST <= n <= MOST:
        raise ConfigError(f"{values.name} in {n} buckets is not possible.", f"Choose {FEWEST} to {MOST}.")
    if values.name == CATEGORIES:
        raise ConfigError("Categories are lists and stay as they are.", "Put another column into buckets.")
    if pd.api.types.is_numeric_dtype(values.dtype):
        return _quantiles(values.astype(float), n)
    texts = values.astype("str").where(values.notna())
    frequent = texts.value_counts().index[: n - 1]
    if texts.nunique() <= n:
        return texts
    return texts.where(texts.isin(frequent) | texts.isna(), OTHER)


def _quantiles(values: pd.Series, n: int) -> pd.Series:
    filled = values.dropna()
    shares = np.linspace(0, 1, n + 1)
    edges = np.unique(np.quantile(filled, shares, method="higher")) if len(filled) else np.zeros(0)
    if len(edges) < 2:
        return values.map(lambda value: f"{value:g}", na_action="ignore").astype("str").where(values.notna())
    place = np.clip(np.searchsorted(edges, values.fillna(edges[0]), side="right") - 1, 0, len(edges) - 2)
    labels = [_span(values[(place == one) & values.notna()]) for one in range(len(edges) - 1)]
    return pd.Series([labels[one] for one in place], index=values.index, dtype="str").where(values.notna())


def _span(values: pd.Series) -> str:
    low, high = (f"{value:g}" for value in (values.min(), values.max()))
    return low if low == high else f"{low}–{high}"
