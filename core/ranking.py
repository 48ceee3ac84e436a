"""From scores to lists: candidates, seen items, ties, the labelled fallback; and one item's rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.arrays import NO_ITEM, Scores
from core.models.base import Recommender
from core.parallel import block_rows, kernel, map_blocks
from core.progress import Report, silent
from data.dataset import Dataset
from data.errors import ConfigError
from data.histories import Histories

Seen = Literal["hide", "allow", "exclusive"]
FALLBACK = "popularity (fallback)"
ROWS = 64  # rows scored and ranked at a time: their scores stay in the processor's cache
_MODE = {"allow": 0, "hide": 1, "exclusive": 2}
_DESCRIPTION = {
    "hide": "items of the history are hidden",
    "allow": "items of the history may be recommended again",
    "exclusive": "only items of the history are recommended",
}


@dataclass(frozen=True)
class Policy:
    """What may be listed for a user: history items hidden, allowed, or nothing but them."""

    seen: Seen = "hide"

    def __post_init__(self) -> None:
        if self.seen not in _MODE:
            raise ConfigError(
                f"The policy for seen items is {self.seen!r}.", "Choose hide, allow or exclusive."
            )

    def describe(self) -> str:
        """The policy in words."""
        return _DESCRIPTION[self.seen]


@dataclass(frozen=True, eq=False)
class Recommendations:
    """Lists of n rows; rank = column + 1."""

    users: NDArray[np.int32]  # (n,) as in the histories, −1 unknown
    items: NDArray[np.int32]  # (n, k) padded −1
    scores: NDArray[np.float32]  # (n, k) padded −inf
    keys: NDArray[np.uint64]  # (n,) tie-break seeds
    answered_by: NDArray[np.uint8]  # (n,) index into `answerers`
    answerers: tuple[str, ...]

    @property
    def k(self) -> int:
        """Length of the lists."""
        return int(self.items.shape[1])

    def __len__(self) -> int:
        return len(self.items)


@kernel
def tie_hash(key: np.uint64, item: int, seed: int) -> np.uint64:
    """Order of equal scores: a hash of (history key, item, seed), never the item number.

    The finaliser of splitmix64 (Steele, Lea & Flood, 2014), applied after each of the three parts. The
    larger hash stands first.
    """
    state = np.uint64(seed) + np.uint64(0x9E3779B97F4A7C15)
    for part in (np.uint64(key), np.uint64(item)):
        state = (state ^ part) + np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state = state ^ (state >> np.uint64(31))
    return state


@kernel
def _sift(scores: Any, hashes: Any, items: Any, size: int) -> None:
    """Move the root of the min-heap (worst listed item) down to its place."""
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            return
        right = child + 1
        if right < size and (
            scores[right] < scores[child]
            or (scores[right] == scores[child] and hashes[right] < hashes[child])
        ):
            child = right
        if scores[place] < scores[child] or (
            scores[place] == scores[child] and hashes[place] <= hashes[child]
        ):
            return
        scores[place], scores[child] = scores[child], scores[place]
        hashes[place], hashes[child] = hashes[child], hashes[place]
        items[place], items[child] = items[child], items[place]
        place = child


@kernel
def _floor(row: Any, size: int, maxima: Any) -> float:
    """A lower bound of the `size`-th best score: the `size`-th largest maximum of strided blocks.

    Only items at or above it can be listed, so the heap is touched about `size` times, not at every
    improvement. The stride lets the maxima be taken over vectors.
    """
    stride = len(maxima)
    if stride <= 2 * size:
        return -np.inf
    maxima[:] = row[:stride]
    for start in range(stride, len(row), stride):
        for place in range(min(stride, len(row) - start)):
            maxima[place] = max(maxima[place], row[start + place])
    return np.partition(maxima, stride - size)[stride - size]  # type: ignore[no-any-return]


@kernel
def _top(
    row: Any, key: Any, seed: int, floor: float, scores: Any, hashes: Any, items: Any, best: Any
) -> None:
    """The best items of one row, best first, into `items` and `best`; −inf is never listed."""
    size = len(items)
    scores[:] = -np.inf
    hashes[:] = np.uint64(0)
    items[:] = -1
    for item in range(len(row)):
        score = row[item]
        if score < floor or score < scores[0] or score == -np.inf:
            continue
        value = tie_hash(key, item, seed)
        if score > scores[0] or value > hashes[0]:
            scores[0] = score
            hashes[0] = value
            items[0] = item
            _sift(scores, hashes, items, size)
    for last in range(size - 1, 0, -1):
        scores[0], scores[last] = scores[last], scores[0]
        hashes[0], hashes[last] = hashes[last], hashes[0]
        items[0], items[last] = items[last], items[0]
        _sift(scores, hashes, items, last)
    best[:] = scores


@kernel
def _listable(scores: Any, penalty: Any, seen: Any, mode: int, row: Any) -> None:
    """`scores` into `row`, −inf where an item may not be listed (penalty −inf, or the policy)."""
    if mode == 2:
        row[:] = -np.inf
        for item in seen:
            row[item] = scores[item] + penalty[item]
        return
    for item in range(len(row)):
        row[item] = scores[item] + penalty[item]
    if mode == 1:
        for item in seen:
            row[item] = -np.inf


@kernel
def _undecided(row: Any) -> int:
    """1: two or more items may be listed and all score the same; −1: a score is NaN; 0 otherwise."""
    low = np.float32(np.inf)
    high = np.float32(-np.inf)
    count = 0
    for score in row:
        if score != score:
            return -1
        if score > -np.inf:
            count += 1
            low = min(low, score)
            high = max(high, score)
    return 1 if count > 1 and low == high else 0


@kernel
def _rank_block(
    scores: Any, keys: Any, seed: int, penalty: Any, indptr: Any, seen: Any, mode: int, fallback: Any,
    out_items: Any, out_scores: Any, answered: Any,
) -> int:  # fmt: skip
    """Rank every row of a block; the number of a row with a NaN score, or −1."""
    row = np.empty(scores.shape[1], dtype=np.float32)
    heap_scores = np.empty(out_items.shape[1], dtype=np.float32)
    heap_hashes = np.empty(out_items.shape[1], dtype=np.uint64)
    maxima = np.empty(len(row) // 16, dtype=np.float32)
    for number in range(len(scores)):
        history = seen[indptr[number] : indptr[number + 1]]
        _listable(scores[number], penalty, history, mode, row)
        state = _undecided(row)
        if state < 0:
            return number
        if state == 1 and len(fallback) > 0:
            _listable(fallback, penalty, history, mode, row)
            answered[number] = 1
        floor = _floor(row, out_items.shape[1], maxima)
        _top(row, keys[number], seed, floor, heap_scores, heap_hashes, out_items[number], out_scores[number])
    return -1


@kernel
def _rank_of(row: Any, item: int, key: Any, seed: int) -> int:
    """1 + the number of items that stand before `item`; 0 when it is not listed."""
    score = row[item]
    if score == -np.inf:
        return 0
    value = tie_hash(key, item, seed)
    rank = 1
    for other in range(len(row)):
        if row[other] > score or (
            row[other] == score and other != item and tie_hash(key, other, seed) > value
        ):
            rank += 1
    return rank


def _penalty(candidates: NDArray[np.bool_] | None, n_items: int) -> NDArray[np.float32]:
    """(n_items,) 0 for a candidate, −inf for any other item: one addition masks a row."""
    penalty = np.zeros(n_items, dtype=np.float32)
    if candidates is not None:
        penalty[~np.asarray(candidates, dtype=bool)] = -np.inf
    return penalty


def _rank(
    scores: Scores,
    keys: NDArray[np.uint64],
    seed: int,
    penalty: NDArray[np.float32],
    seen: tuple[NDArray[np.int64], NDArray[np.int32]],
    mode: int,
    fallback: NDArray[np.float32],
    out: tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.uint8]],
) -> None:
    scores = np.ascontiguousarray(scores, dtype=np.float32)
    bad = _rank_block(scores, keys, seed, penalty, *seen, mode, fallback, *out)
    if bad >= 0:
        raise ValueError(f"row {bad} of the scores holds NaN: a model must return finite scores or -inf")


def _empty_lists(n: int, k: int) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.uint8]]:
    if k < 1:
        raise ConfigError(f"A list of k = {k} items was asked for.", "Ask for at least one.")
    return (
        np.full((n, k), NO_ITEM, dtype=np.int32),
        np.full((n, k), -np.inf, dtype=np.float32),
        np.zeros(n, dtype=np.uint8),
    )


def recommend(
    model: Recommender,
    histories: Histories,
    *,
    k: int,
    policy: Policy = Policy(),  # noqa: B008 - frozen
    candidates: NDArray[np.bool_] | None = None,
    fallback: NDArray[np.float32] | None = None,
    seed: int = 0,
    report: Report = silent,
) -> Recommendations:
    """The k best items of every row; only `ROWS` × n_items scores per thread are held at a time.

    Args:
        model: anything with `name` and `score`.
        histories: n rows.
        k: length of the lists; rows with fewer listable items are padded with −1.
        policy: what happens to items of the history.
        candidates: (n_items,) items that may be listed; None: all.
        fallback: (n_items,) scores for rows in which all listable items score the same ("no answer").
            None: such rows keep their ties, broken by `tie_hash`.
        seed: of the tie-break.
        report: told after each block of rows; may raise `Cancelled`.
    """
    items, scores, answered = out = _empty_lists(len(histories), k)
    penalty = _penalty(candidates, histories.n_items)
    instead = np.empty(0, np.float32) if fallback is None else np.asarray(fallback, dtype=np.float32)

    def block(rows: slice) -> None:
        part = histories.rows(np.arange(rows.start, rows.stop))
        seen = (part.indptr, part.items)
        into = (items[rows], scores[rows], answered[rows])
        _rank(model.score(part), part.keys, seed, penalty, seen, _MODE[policy.seen], instead, into)

    size = min(ROWS, block_rows(histories.n_items))
    map_blocks(block, len(histories), size, report=report, stage="ranking")
    names = (model.name,) if fallback is None else (model.name, FALLBACK)
    return Recommendations(histories.users, *out[:2], histories.keys, answered, names)


def rank_scores(
    scores: Scores, keys: NDArray[np.uint64], k: int, seed: int = 0
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """(n, k) items and scores of the best entries of each row, −1 and −inf where there are fewer."""
    items, best, answered = _empty_lists(len(scores), k)
    penalty = _penalty(None, scores.shape[1])
    nothing = np.empty(0, np.int32)

    def block(rows: slice) -> None:
        start = np.zeros(rows.stop - rows.start + 1, dtype=np.int64)
        into = (items[rows], best[rows], answered[rows])
        _rank(scores[rows], keys[rows], seed, penalty, (start, nothing), 0, np.empty(0, np.float32), into)

    map_blocks(block, len(scores), 1024)
    return items, best


def rank_of(
    scores: NDArray[np.float32],
    item: int,
    key: int | np.uint64,
    *,
    seed: int = 0,
    seen: NDArray[np.int32] | None = None,
    policy: Policy = Policy(),  # noqa: B008 - frozen
    candidates: NDArray[np.bool_] | None = None,
) -> int:
    """Rank (from 1) of `item` in one row of scores, under the ties and masks of `recommend`.

    0: the item may not be listed (not a candidate, hidden by the policy, or scored −inf).

    Args:
        scores: (n_items,) one row.
        item: item number.
        key: the row's history key.
        seed: of the tie-break.
        seen: items of the row's history; None: empty.
        policy: what happens to them.
        candidates: (n_items,) items that may be listed; None: all.
    """
    row = np.empty(len(scores), dtype=np.float32)
    history = np.empty(0, np.int32) if seen is None else np.asarray(seen, dtype=np.int32)
    whole = np.ascontiguousarray(scores, dtype=np.float32)
    mode = _MODE["allow"] if seen is None else _MODE[policy.seen]
    _listable(whole, _penalty(candidates, len(whole)), history, mode, row)
    return int(_rank_of(row, item, np.uint64(key), seed))


def fallback_scores(train: Dataset) -> NDArray[np.float32]:
    """(n_items,) events per item in train: the labelled answer where a model has none."""
    return np.bincount(train.interactions.item, minlength=train.n_items).astype(np.float32)


def warm() -> None:
    """Compile the kernels of this module on tiny inputs (or load them from the disk cache)."""
    scores = np.zeros((1, 2), dtype=np.float32)
    rank_scores(scores, np.zeros(1, dtype=np.uint64), 1)
    rank_of(scores[0], 0, 0)
