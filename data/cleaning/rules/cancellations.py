"""Rows with a negative weight, and the rows that they take back."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from data.cleaning.base import NOTHING, Effect, Mask
from data.cleaning.config import Cleaning
from data.coded import Coded
from data.wording import number

HASH_BITS = 23  # a table of 8 MB


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
        taken_back, _ = matched(rows, alive, negative)
        n_matched, n_all = len(taken_back), int(negative.sum())
        negative[taken_back] = True
        note = f"{number(n_matched)} of {number(n_all)} take back an earlier row, which goes with them."
        return Effect(gone=negative, note=note)


def matched(rows: Coded, alive: Mask, negative: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The rows that are taken back, and the negative row that takes each back: for a negative row the latest
    earlier one of equal user, item and absolute weight that no later cancellation has taken, in order of time
    and file position.

    This is the matching of brackets, done for all groups at once: the height after a bracket is the running
    sum less its smallest value so far, and a bracket meets its partner next at its own height.
    """
    rest, key = _possible(rows, alive, negative)
    if not len(rest):
        return rest, rest
    order = np.argsort(key, kind="stable") if rows.second is None else np.lexsort((rows.second[rest], key))
    rest, key = rest[order], key[order]
    group = np.concatenate([[0], np.cumsum(key[1:] != key[:-1])])
    step = np.where(negative[rest], -1, 1).astype(np.int64)
    total, low = _running(step, group)
    opens, closes = step > 0, (step < 0) & (total >= low)
    height = total - low + (step < 0)  # of a closing bracket: before it
    places = np.flatnonzero(opens | closes)
    level = group * (int(height.max()) + 1) + height
    places = places[np.argsort(level[places], kind="stable")]
    left, right = places[:-1], places[1:]
    pair = opens[left] & closes[right] & (level[left] == level[right])
    return rest[left[pair]], rest[right[pair]]


def _possible(rows: Coded, alive: Mask, negative: Mask) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Rows, ascending, that share user, item and absolute weight with a cancellation; and a number for the
    three. Bits of a hash spare most rows the exact comparison."""
    size = np.abs(rows.weight)
    sizes = np.unique(size[negative])
    key = _hashed(rows, size)
    marked = np.zeros(1 << HASH_BITS, dtype=bool)
    marked[key[negative]] = True
    rest = np.flatnonzero(marked[key] & alive & (rows.weight != 0))
    place = np.searchsorted(sizes, size[rest])
    same = sizes[np.minimum(place, len(sizes) - 1)] == size[rest]
    rest, place = rest[same], place[same]
    pair = rows.user[rest].astype(np.int64) * len(rows.items) + rows.item[rest]
    if len(rows.users) * len(rows.items) * len(sizes) >= 2**62:
        pair = np.unique(pair, return_inverse=True)[1].astype(np.int64)
    return rest, pair * len(sizes) + place


def _hashed(rows: Coded, size: NDArray[np.float32]) -> NDArray[np.uint32]:
    """(n,) HASH_BITS bits of user, item and size (multiplicative hashing; Knuth 1973)."""
    bits = rows.user.view(np.uint32) * np.uint32(2_654_435_761)
    bits += rows.item.view(np.uint32) * np.uint32(2_246_822_519)
    bits += size.view(np.uint32) * np.uint32(3_266_489_917)
    bits ^= bits >> np.uint32(15)
    bits *= np.uint32(668_265_263)
    return bits >> np.uint32(32 - HASH_BITS)


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
