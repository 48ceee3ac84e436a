"""What lists may show: seen items, measured from repeats, and limits on the items themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator
from scipy.sparse import csr_matrix, diags_array

from data import columns
from data.dataset import Dataset
from data.errors import ConfigError
from data.split import Holdout, Split
from data.wording import number, percent

MANY_REPEATS = 0.2  # from this share on, hiding seen items would hide much of what people want
YES = ("true", "t", "yes", "y", "in stock", "available")
NAMED = 3  # categories that a sentence names


def distinct_pairs(dataset: Dataset) -> int:
    """Number of different user-item pairs among the events."""
    events = dataset.interactions
    pairs = np.sort(events.user.astype(np.int64) * dataset.n_items + events.item)
    return int((pairs[1:] != pairs[:-1]).sum()) + bool(len(pairs))


def repeat_share(dataset: Dataset) -> float:
    """Share of events after each user's first whose item the user had before; 0 where there are none."""
    n_events = len(dataset.interactions)
    later = n_events - int(dataset.trained_users.sum())
    return (n_events - distinct_pairs(dataset)) / later if later else 0.0


def propose_policy(dataset: Dataset) -> tuple[str, str]:
    """("hide" or "allow", the reason with the measured share)."""
    share = repeat_share(dataset)
    measured = f"{percent(share)} of events after a user's first repeat an item they had before"
    if share >= MANY_REPEATS:
        return "allow", f"{measured}: lists may show seen items again."
    return "hide", f"{measured}: lists show only items that are new to the user."


class PolicyLimits(BaseModel):
    """Which items may be listed at all, besides what the user has seen. The default limits nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stock: str | None = Field(
        default=None, title="In stock", description="Item column that must be true or above 0."
    )
    include: tuple[str, ...] = Field(
        default=(), title="Only categories", description="Items of any of these; none named: all."
    )
    exclude: tuple[str, ...] = Field(
        default=(), title="Without categories", description="Items of any of these are not listed."
    )
    price: str | None = Field(
        default=None, title="Price column", description="Item column whose number lies in the range below."
    )
    price_from: float | None = Field(default=None, title="From", description="Lowest price; none: no bound.")
    price_to: float | None = Field(default=None, title="To", description="Highest price; none: no bound.")
    min_events: int = Field(
        default=0,
        ge=0,
        le=1_000_000,
        title="Least train events",
        description="Items with fewer train events are not listed.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if None not in (self.price_from, self.price_to) and self.price_from > self.price_to:  # type: ignore[operator]
            raise ValueError(f"prices from {self.price_from:g} to {self.price_to:g}: the first is higher")
        return self

    def chosen(self) -> dict[str, Any]:
        """Only what limits something, as JSON: {} for the default."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def describe(self) -> str:
        """ "in stock (available), without Garden, price 5–20"; empty where nothing is limited."""
        words = [f"in stock ({self.stock})"] if self.stock else []
        words += [f"only {_named(self.include)}"] if self.include else []
        words += [f"without {_named(self.exclude)}"] if self.exclude else []
        words += [self._price_words()] if self.limits_price else []
        words += [f"at least {number(self.min_events)} train events"] if self.min_events else []
        return ", ".join(words)

    @property
    def limits_price(self) -> bool:
        """Is there a price column with a bound?"""
        return bool(self.price) and (self.price_from is not None or self.price_to is not None)

    def _price_words(self) -> str:
        low, high = (None if bound is None else f"{bound:g}" for bound in (self.price_from, self.price_to))
        span = f"from {low}" if high is None else f"up to {high}" if low is None else f"{low}–{high}"
        return f"{self.price} {span}"


def _named(names: tuple[str, ...]) -> str:
    more = len(names) - NAMED
    return " or ".join(names[:NAMED]) + (f" or {more} more" if more > 0 else "")


@dataclass(frozen=True)
class LimitColumns:
    """What a data set offers to limit by: columns for stock, of numbers, and categories (largest first)."""

    stock: tuple[str, ...]
    numbers: tuple[str, ...]
    categories: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Is there anything but popularity to limit by?"""
        return bool(self.stock or self.numbers or self.categories)


def limit_columns(dataset: Dataset) -> LimitColumns:
    """Item columns that can limit the candidates; empty without item features."""
    features = dataset.item_features
    if features is None:
        return LimitColumns((), (), ())
    others = [name for name in map(str, features.columns) if name not in _TEXTS]
    numbers = tuple(name for name in others if _is_numeric(features[name]))
    yes_or_no = tuple(name for name in others if name in numbers or _is_yes_or_no(features[name]))
    return LimitColumns(yes_or_no, numbers, _categories(features))


_TEXTS = (columns.TITLE, columns.CATEGORIES, columns.TEXT)


def _is_numeric(column: pd.Series[Any]) -> bool:
    if pd.api.types.is_bool_dtype(column):
        return False
    known = column.dropna()
    return len(known) > 0 and bool(pd.to_numeric(known, errors="coerce").notna().all())


def _is_yes_or_no(column: pd.Series[Any]) -> bool:
    known = column.dropna().astype(str).str.strip().str.lower()
    return 0 < known.nunique() <= 3 and bool(known.isin(YES).any())


def _categories(features: pd.DataFrame) -> tuple[str, ...]:
    if columns.CATEGORIES not in features:
        return ()
    names = (
        features[columns.CATEGORIES].fillna("").astype(str).str.split(columns.CATEGORY_SEPARATOR).explode()
    )
    counts = names[names != ""].value_counts()
    return tuple(str(name) for name in counts.index)


def candidate_mask(dataset: Dataset, limits: PolicyLimits) -> NDArray[np.bool_]:
    """(n_items,) items that the limits let through, whoever the user is.

    Args:
        dataset: what models learn from (train), whose events are counted for `min_events`; its item features
            hold the columns. An item whose stock or price is not known is not listed.
        limits: frozen settings.

    Raises:
        ConfigError: a column or category that the data has not, or no item is left.
    """
    mask = np.ones(dataset.n_items, dtype=bool)
    if limits.stock:
        mask &= _in_stock(_column(dataset, limits.stock))
    if limits.limits_price:
        mask &= _in_range(_column(dataset, str(limits.price)), limits)
    if limits.include:
        mask &= _of_category(dataset, limits.include)
    if limits.exclude:
        mask &= ~_of_category(dataset, limits.exclude)
    if limits.min_events:
        counts = np.bincount(dataset.interactions.item, minlength=dataset.n_items)
        mask &= counts >= limits.min_events
    if not (mask & dataset.trained_items).any():
        raise ConfigError(
            f"The limits ({limits.describe()}) leave none of {number(dataset.trained_items.sum())} items.",
            "Widen one of them.",
        )
    return mask


def _column(dataset: Dataset, name: str) -> pd.Series[Any]:
    features = dataset.item_features
    if features is None or name not in features:
        known = [] if features is None else list(map(str, features.columns))
        raise ConfigError(
            f"The items have no column {name!r}.", f"They have: {', '.join(known) or 'no columns'}."
        )
    return features[name]


def _in_stock(column: pd.Series[Any]) -> NDArray[np.bool_]:
    if pd.api.types.is_bool_dtype(column):
        return np.asarray(column.fillna(False), dtype=bool)
    amount = np.asarray(pd.to_numeric(column, errors="coerce"), dtype=np.float64)
    said = np.asarray(column.astype(str).str.strip().str.lower().isin(YES), dtype=bool)
    return said | (amount > 0)  # a missing amount compares false


def _in_range(column: pd.Series[Any], limits: PolicyLimits) -> NDArray[np.bool_]:
    price = np.asarray(pd.to_numeric(column, errors="coerce"), dtype=np.float64)
    low = -np.inf if limits.price_from is None else limits.price_from
    high = np.inf if limits.price_to is None else limits.price_to
    return np.asarray((price >= low) & (price <= high))


def _of_category(dataset: Dataset, names: tuple[str, ...]) -> NDArray[np.bool_]:
    texts = _column(dataset, columns.CATEGORIES).fillna("").astype(str)
    each = texts.str.split(columns.CATEGORY_SEPARATOR)
    known = set(each.explode())
    if missing := [name for name in names if name not in known]:
        raise ConfigError(
            f"No item is of the category {missing[0]!r}.", f"There are {number(len(known - {''}))} others."
        )
    wanted = set(names)
    return np.asarray([not wanted.isdisjoint(own) for own in each], dtype=bool)


def limit_targets(split: Split, allowed: NDArray[np.bool_]) -> Split:
    """The split with only those targets that may be listed; users left without one keep an empty row."""
    return replace(split, validation=_limited(split.validation, allowed), test=_limited(split.test, allowed))


def _limited(holdout: Holdout, allowed: NDArray[np.bool_]) -> Holdout:
    targets = csr_matrix(holdout.targets @ diags_array(allowed.astype(np.float32)))
    targets.eliminate_zeros()
    targets.sort_indices()
    return replace(holdout, targets=targets.astype(np.float32))
