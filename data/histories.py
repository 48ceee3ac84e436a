"""Histories: what a model gets to see of each user. Order inside a row and repeats are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from data.dataset import UNKNOWN, Dataset, Interactions

T = TypeVar("T", bound=np.generic)
Order = Literal["time", "sequence", "none"]


@dataclass(frozen=True, eq=False)
class Histories:
    """Rows of past events, oldest first.

    Row r holds `items[indptr[r]:indptr[r + 1]]` and the same slice of `weights` and `times`. `users` names
    the trained user of each row, or UNKNOWN (-1); `keys` seed the tie-break of the row.
    """

    indptr: NDArray[np.int64]  # (n + 1,)
    items: NDArray[np.int32]  # (n_events,)
    weights: NDArray[np.float32]  # (n_events,)
    n_items: int  # size of the catalogue
    users: NDArray[np.int32]  # (n,)
    keys: NDArray[np.uint64]  # (n,)
    times: NDArray[np.int64] | None = None
    order: Order = "none"
    user_features: pd.DataFrame | None = None
    friends: tuple[NDArray[np.int32], ...] | None = None
    now: NDArray[np.int64] | None = None  # (n,) moment of recommendation, epoch seconds

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(n,) number of events in each row, repeats counted."""
        return np.diff(self.indptr)

    @cached_property
    def matrix(self) -> csr_matrix:
        """(n, n_items) float32, derived and canonical: order lost, repeats summed."""
        matrix = csr_matrix(
            (self.weights.copy(), self.items.copy(), self.indptr.copy()), shape=(len(self), self.n_items)
        )
        matrix.sum_duplicates()
        return matrix

    def row(self, index: int) -> NDArray[np.int32]:
        """Items of one row, oldest first."""
        return self.items[self.indptr[index] : self.indptr[index + 1]]

    def first(self, k: int) -> Histories:
        """The earliest `k` events of every row."""
        return self._keep(self._position < k)

    def last(self, k: int) -> Histories:
        """The latest `k` events of every row."""
        return self._keep(self._position >= np.repeat(self.lengths - k, self.lengths))

    def sample(self, k: int, seed: int) -> Histories:
        """`k` events of every row drawn without replacement; their order is kept."""
        draw = np.random.default_rng(seed).random(len(self.items))
        row_of = np.repeat(np.arange(len(self)), self.lengths)
        by_draw = np.lexsort((draw, row_of))
        place = np.empty(len(draw), dtype=np.int64)
        place[by_draw] = self._position
        return self._keep(place < k)

    def rows(self, index: NDArray[Any] | Sequence[int]) -> Histories:
        """The chosen rows, in the given order."""
        index = np.asarray(index)
        index = np.flatnonzero(index) if index.dtype == bool else index.astype(np.int64)
        lengths = self.lengths[index]
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        source = np.repeat(self.indptr[index] - indptr[:-1], lengths) + np.arange(indptr[-1])
        return replace(
            self,
            indptr=indptr,
            items=self.items[source],
            weights=self.weights[source],
            times=None if self.times is None else self.times[source],
            users=self.users[index],
            keys=self.keys[index],
            user_features=None if self.user_features is None else self.user_features.iloc[index],
            friends=None if self.friends is None else tuple(self.friends[i] for i in index),
            now=None if self.now is None else self.now[index],
        )

    def repeat_masked(self, row: int, masks: NDArray[np.bool_]) -> Histories:
        """One row repeated once per mask, keeping the events where the mask is true.

        Args:
            row: the row to repeat.
            masks: (m, length of the row) coalitions of events; order is kept, removed events leave no gap.
        """
        repeated = self.rows(np.full(len(masks), row))
        return repeated._keep(np.asarray(masks, dtype=bool).ravel())

    def anonymous(self) -> Histories:
        """The same rows as those of users the model never met."""
        return replace(self, users=np.full(len(self), UNKNOWN, dtype=np.int32))

    @cached_property
    def _position(self) -> NDArray[np.int64]:
        return np.arange(len(self.items), dtype=np.int64) - np.repeat(self.indptr[:-1], self.lengths)

    def _keep(self, mask: NDArray[np.bool_]) -> Histories:
        kept = np.concatenate([[0], np.cumsum(mask)]).astype(np.int64)
        return replace(
            self,
            indptr=kept[self.indptr],
            items=self.items[mask],
            weights=self.weights[mask],
            times=None if self.times is None else self.times[mask],
        )


def default_keys(n: int) -> NDArray[np.uint64]:
    return np.arange(n, dtype=np.uint64)


def from_lists(
    lists: Sequence[Sequence[int]], n_items: int, *, keys: NDArray[np.uint64] | None = None
) -> Histories:
    """Histories of unknown users from item numbers, oldest first; every weight is 1."""
    lengths = [len(items) for items in lists]
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    items = np.asarray([item for row in lists for item in row], dtype=np.int32)
    return Histories(
        indptr=indptr,
        items=items,
        weights=np.ones(len(items), dtype=np.float32),
        n_items=n_items,
        users=np.full(len(lists), UNKNOWN, dtype=np.int32),
        keys=default_keys(len(lists)) if keys is None else keys,
        order="sequence",
    )


def _rows(
    start: NDArray[np.int64], lengths: NDArray[np.int64], indptr: NDArray[np.int64]
) -> NDArray[np.int64] | slice:
    """Which events the histories hold; a slice where they stand as they are, which spares a gather."""
    there = lengths > 0
    shift = (start - indptr[:-1])[there]
    if len(shift) and (shift == shift[0]).all():
        return slice(int(shift[0]), int(shift[0] + indptr[-1]))
    return np.repeat(start - indptr[:-1], lengths) + np.arange(indptr[-1])


def _of(values: NDArray[T], rows: NDArray[np.int64] | slice) -> NDArray[T]:
    """The values at these rows, in memory of their own."""
    return np.array(values[rows]) if isinstance(rows, slice) else np.asarray(values[rows])


def from_interactions(
    events: Interactions,
    users: NDArray[np.int32],
    dataset: Dataset,
    *,
    known: NDArray[np.bool_] | None = None,
) -> Histories:
    """Histories of `users` made of `events` (sorted by user), rows in the order of `users`.

    Args:
        events: sorted by (user, time); users without an event get an empty row.
        users: (n,) row numbers into `dataset.users`.
        known: (n_users,) users the models were trained on; others are UNKNOWN to them. None: all known.
    """
    start = np.searchsorted(events.user, users, side="left")
    lengths = np.searchsorted(events.user, users, side="right") - start
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    source = _rows(start, lengths, indptr)
    named = users if known is None else np.where(known[users], users, UNKNOWN)
    features = dataset.user_features
    return Histories(
        indptr=indptr,
        items=_of(events.item, source),
        weights=_of(events.weight, source),
        n_items=dataset.n_items,
        users=named.astype(np.int32),
        keys=users.astype(np.uint64),
        times=None if events.time is None else _of(events.time, source),
        order="none" if events.time is None else "time",
        user_features=None if features is None else features.iloc[users].reset_index(drop=True),
    )
