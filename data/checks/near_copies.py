"""D025: users with nearly the same history."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from data.checks.base import NO_EVENTS, Answer, DoesNotApply, answer, grade
from data.checks.wording import number, plural, quoted, share
from data.dataset import Dataset
from data.split import Split

LEAST_ITEMS = 5  # fewer are alike by chance
ALIKE = 0.8  # shared items over all items of the two
BANDS, ROWS = 8, 4  # a pair of 0.8 is met with 1 − (1 − 0.8⁴)⁸ = 98.5 %, one of 0.3 with 6 %
PRIME = (1 << 31) - 1


class NearCopies:
    """Users of five items or more who share at least 80 % of them with another user."""

    code: ClassVar[str] = "D025"
    name: ClassVar[str] = "near_copies"
    title: ClassVar[str] = "Near-copies of users"
    why: ClassVar[str] = (
        "One person under two ids, scripted accounts or a file joined twice: the copy in train tells what "
        "its twin takes in test, and neighbours look better than they are."
    )
    fix: ClassVar[str] = "Look at the examples; join ids of one person, leave out scripted accounts."
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = True

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Find candidates by min-wise hashes (Broder 1997) in bands, then compare their items exactly."""
        if not len(dataset.interactions):
            return NO_EVENTS
        users, starts, items = _item_sets(dataset)
        if len(users) < 2:
            return DoesNotApply(f"Fewer than two users have {LEAST_ITEMS} different items.")
        pairs = _candidates(_signatures(starts, items, dataset.n_items))
        pairs = pairs[_similar(pairs, starts, items) >= ALIKE] if len(pairs) else pairs
        alike = np.unique(pairs)
        part = len(alike) / len(users)
        values = {"users": len(alike), "share": part, "pairs": len(pairs)}
        asked = f"users with {LEAST_ITEMS} items or more"
        if not len(alike):
            return answer(None, f"None of {number(len(users))} {asked} is nearly a copy of another.", values)
        examples = tuple(
            quoted([str(dataset.users.ids[users[row]]) for row in pair]) for pair in pairs[:5].tolist()
        )
        have = plural(len(alike), "user shares", "users share")
        sentence = (
            f"{have} at least 80 % of their items with another user ({share(part)} of {number(len(users))} "
            f"{asked}), such as {examples[0]}."
        )
        return answer(grade(part, 0.05, 0.001), sentence, values, examples)


def _item_sets(dataset: Dataset) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Users with enough different items, where each one's items start, and the items, ascending."""
    events, n_items = dataset.interactions, max(dataset.n_items, 1)
    pairs = np.unique(events.user.astype(np.int64) * n_items + events.item)
    user, item = pairs // n_items, pairs % n_items
    counts = np.bincount(user, minlength=dataset.n_users)
    kept = counts >= LEAST_ITEMS
    item = item[kept[user]]
    starts = np.concatenate([[0], np.cumsum(counts[kept])])
    return np.flatnonzero(kept), starts, item


def _signatures(starts: NDArray[np.int64], items: NDArray[np.int64], n_items: int) -> NDArray[np.int64]:
    """(n_users, BANDS) one number per band of ROWS smallest hashes."""
    rng = np.random.default_rng(0)
    bands = np.zeros((len(starts) - 1, BANDS), dtype=np.int64)
    for band in range(BANDS):
        for _ in range(ROWS):
            rank = rng.permutation(n_items)
            smallest = np.minimum.reduceat(rank[items], starts[:-1])
            bands[:, band] = (bands[:, band] * 1_000_003 + smallest + 1) % (PRIME * 4096)
    return bands


def _candidates(bands: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n, 2) neighbours in the order of each band that agree in it; a group gives a chain, not all pairs."""
    found = []
    for band in bands.T:
        order = np.argsort(band, kind="stable")
        same = np.flatnonzero(band[order][1:] == band[order][:-1])
        found.append(np.sort(np.column_stack([order[same], order[same + 1]]), axis=1))
    return np.unique(np.concatenate(found), axis=0)


def _similar(
    pairs: NDArray[np.int64], starts: NDArray[np.int64], items: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Jaccard similarity of each pair of item sets."""
    similar = np.empty(len(pairs))
    for row, (a, b) in enumerate(pairs.tolist()):
        first, second = items[starts[a] : starts[a + 1]], items[starts[b] : starts[b + 1]]
        shared = len(np.intersect1d(first, second, assume_unique=True))
        similar[row] = shared / (len(first) + len(second) - shared)
    return similar
