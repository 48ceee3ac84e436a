"""Rows with a negative weight, and the rows that they take back."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from data.cleaning.base import NOTHING, Effect, Mask
from data.cleaning.config import Cleaning
from data.coded import MISSING, Coded
from data.wording import number


class Cancellations:
    """Set negative rows aside, alone or with the latest earlier row of the same user, item and size."""

    name: ClassVar[str] = "cancellations"
    label: ClassVar[str] = "cancellation"
    in_order: ClassVar[bool] = False

    def applies(self, rows: Coded) -> str | None:
        """To rows of which some weigh less than zero."""
        return None if len(rows) and rows.weight.min() < 0 else "no negative weights"

    def is_on(self, cleaning: Cleaning) -> bool:
        """Unless they are kept."""
        return cleaning.cancellations != "keep"

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """Together with what they take back."""
        return {"cancellations": "match"}

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Mark them; the note says how many found their row."""
        negative = (rows.weight < 0) & alive
        if not negative.any():
            return NOTHING
        if cleaning.cancellations != "match":
            return Effect(gone=negative)
        taken_back = matched(rows, alive, negative)
        n_matched, n_all = len(taken_back), int(negative.sum())
        negative[taken_back] = True
        note = f"{number(n_matched)} of {number(n_all)} take back an earlier row, which goes with them."
        return Effect(gone=negative, note=note)


def matched(rows: Coded, alive: Mask, negative: Mask) -> NDArray[np.intp]:
    """The rows that are taken back: for each negative row the latest earlier one of equal user, item and
    absolute weight that no later cancellation has taken, in order of time and file position.

    This is the matching of brackets, done for all groups at once: the height after a bracket is the running
    sum less its smallest value so far, and a bracket meets its partner next at its own height.
    """
    rest = _possible(rows, alive, negative)
    if not len(rest):
        return rest
    group = _group(rows, rest)
    order = np.lexsort((rest, group) if rows.second is None else (rest, rows.second[rest], group))
    rest, group = rest[order], group[order]
    step = np.where(negative[rest], -1, 1).astype(np.int64)
    total, low = _running(step, group)
    opens, closes = step > 0, (step < 0) & (total >= low)
    height = total - low + (step < 0)  # of a closing bracket: before it
    places = np.flatnonzero(opens | closes)
    places = places[np.lexsort((places, height[places], group[places]))]
    left, right = places[:-1], places[1:]
    pair = opens[left] & closes[right] & (group[left] == group[right]) & (height[left] == height[right])
    return np.asarray(rest[left[pair]], dtype=np.intp)


def _possible(rows: Coded, alive: Mask, negative: Mask) -> NDArray[np.intp]:
    """Rows of users and of items with a cancellation, which spares most rows the sorting."""
    user = np.zeros(len(rows.users) + 1, dtype=bool)
    item = np.zeros(len(rows.items), dtype=bool)
    user[rows.user[negative]] = True
    user[MISSING] = False
    item[rows.item[negative]] = True
    return np.flatnonzero(user[rows.user] & item[rows.item] & alive)


def _group(rows: Coded, rest: NDArray[np.intp]) -> NDArray[np.int64]:
    """Numbers of the different (user, item, absolute weight)."""
    pair = rows.user[rest].astype(np.int64) * len(rows.items) + rows.item[rest]
    size = np.abs(rows.weight[rest])
    order = np.lexsort((size, pair))
    begins = np.zeros(len(rest), dtype=np.int64)
    begins[1:] = (pair[order][1:] != pair[order][:-1]) | (size[order][1:] != size[order][:-1])
    group = np.empty(len(rest), dtype=np.int64)
    group[order] = np.cumsum(begins)
    return group


def _running(
    step: NDArray[np.int64], group: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Running sum of each group, and its smallest value before this place (at most 0)."""
    total = np.cumsum(step)
    first = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    before = np.concatenate([[0], total[first[1:] - 1]])
    total -= before[group]
    # Each group lies wholly below the one before, so that one running minimum serves them all.
    depth = group * (2 * len(step) + 2)
    earlier = np.concatenate([[0], total[:-1]])
    earlier[first] = 0
    low = np.minimum.accumulate(earlier - depth) + depth
    return total, low
