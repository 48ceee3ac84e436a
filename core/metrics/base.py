"""What a metric is: words a person can check, and a plain NumPy reference that the kernel must equal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.arrays import Counts, Hits, PerUser

Lists = NDArray[np.int32]  # (n, k) item numbers, padded −1
Shown = Literal["share", "count", "number"]


@dataclass(frozen=True, eq=False)
class Catalogue:
    """What a list is measured against: who took which item in train, and which items may be listed."""

    item_users: NDArray[np.int64]  # (n_items,) train users with the item
    n_users: int  # users with at least one event in train
    eligible: NDArray[np.bool_]  # (n_items,) items that may be listed

    @property
    def n_eligible(self) -> int:
        """Items that may be listed."""
        return int(self.eligible.sum())

    @cached_property
    def head(self) -> NDArray[np.float64]:
        """(n_items,) 1 for the most popular 10 % of eligible items, 0 for the rest.

        Items that tie at the border share its places: each counts by the fraction that fits, so that the
        item number never decides.
        """
        weight = np.zeros(len(self.eligible))
        popularity = self.item_users[self.eligible]
        places = int(np.ceil(0.1 * len(popularity)))
        if places == 0:
            return weight
        border = np.sort(popularity)[-places]
        above = popularity > border
        at = popularity == border
        weight[self.eligible] = above + at * ((places - above.sum()) / at.sum())
        return weight


@dataclass(frozen=True, eq=False)
class Metric:
    """One number about lists, with the words that stand beside it.

    Exactly one function is set. `reference` gives one value per user and is what the compiled pass is
    tested against; `of_lists` gives one value for all lists; `of_scores` one for a matrix of scores.
    """

    name: str  # registry and store key
    label: str  # what the screen shows
    plain: str  # headline with {k} and {value}
    definition: str  # the formula
    denominator: str  # what it is divided by, in words
    higher_is_better: bool = True
    shown: Shown = "share"  # how {value} is written: per cent, value × k items, or a number
    reference: Callable[[Hits, Counts], PerUser] | None = None
    of_lists: Callable[[Lists, Catalogue], float] | None = None
    of_scores: Callable[[NDArray[Any]], float] | None = None

    @property
    def per_user(self) -> bool:
        """Whether every user has a value (and the mean an interval)."""
        return self.reference is not None

    def sentence(self, value: float, k: int) -> str:
        """`plain` filled in: "of 10 shown, 2.1 were taken"."""
        if np.isnan(value):
            text = "unknown"
        elif self.shown == "share":
            text = f"{100 * value:.1f} %"
        else:
            text = f"{value * k:.2f}" if self.shown == "count" else f"{value:.2f}"
        return self.plain.format(k=k, value=text)


def share(hits: NDArray[Any], of: NDArray[Any]) -> PerUser:
    """hits / of per user, NaN for users with nothing to find (of = 0)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(of > 0, hits / of, np.nan).astype(np.float64)


def first_of_each(items: Lists) -> NDArray[np.bool_]:
    """(n, k) true where an item stands for the first time in its list: a repeat earns nothing."""
    order = np.argsort(items, axis=1, kind="stable")
    ordered = np.take_along_axis(items, order, axis=1)
    new = np.ones(items.shape, dtype=bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    first = np.empty(items.shape, dtype=bool)
    np.put_along_axis(first, order, new, axis=1)
    return first & (items >= 0)


def listed_counts(items: Lists, n_items: int) -> NDArray[np.int64]:
    """(n_items,) in how many lists each item stands; padding and unknown items are not counted."""
    kept = items[first_of_each(items) & (items < n_items)]
    return np.bincount(kept, minlength=n_items)
