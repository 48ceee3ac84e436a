"""Compiled kernels that pick the best items of a row; `core.ranking` is their public face.

The score of every row is read about twice: once for a bound, once for the items above it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.parallel import kernel


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
def score_floor(row: Any, size: int, maxima: Any) -> float:
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
def top_of_row(
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
def listable(scores: Any, penalty: Any, seen: Any, mode: int, row: Any) -> None:
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
def rank_block(
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
        listable(scores[number], penalty, history, mode, row)
        state = _undecided(row)
        if state < 0:
            return number
        if state == 1 and len(fallback) > 0:
            listable(fallback, penalty, history, mode, row)
            answered[number] = 1
        floor = score_floor(row, out_items.shape[1], maxima)
        top_of_row(
            row, keys[number], seed, floor, heap_scores, heap_hashes, out_items[number], out_scores[number]
        )
    return -1


@kernel
def rank_of_item(row: Any, item: int, key: Any, seed: int) -> int:
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
