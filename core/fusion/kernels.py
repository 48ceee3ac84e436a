"""Compiled passes of fusion: the union of lists, fused scores, and the best k of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.parallel import kernel
from core.ranking import tie_hash

SMALLEST = np.finfo(np.float32).tiny


@kernel
def union_block(lists: Any, n_items: int, out: Any, widths: Any) -> None:
    """Distinct items of each row of `lists` (n, n_members, depth), ascending, into `out`; their number."""
    mark = np.full(n_items, -1, dtype=np.int64)
    for row in range(lists.shape[0]):
        width = 0
        for member in range(lists.shape[1]):
            for item in lists[row, member]:
                if item >= 0 and mark[item] != row:
                    mark[item] = row
                    out[row, width] = item
                    width += 1
        out[row, :width] = np.sort(out[row, :width])
        widths[row] = width


@kernel
def fill_block(lists: Any, scores: Any, n_items: int, items: Any, out_ranks: Any, out_scores: Any) -> None:
    """Rank and score of every pooled item for every member; an item listed twice keeps its first place."""
    place = np.empty(n_items, dtype=np.int64)
    for row in range(lists.shape[0]):
        for column in range(items.shape[1]):
            if items[row, column] >= 0:
                place[items[row, column]] = column
        for member in range(lists.shape[1]):
            for position in range(lists.shape[2]):
                item = lists[row, member, position]
                if item >= 0 and out_ranks[row, member, place[item]] == 0:
                    out_ranks[row, member, place[item]] = position + 1
                    out_scores[row, member, place[item]] = scores[row, member, position]


@kernel
def row_weights(weights: Any, answered: Any, out: Any) -> bool:
    """Weights that count in one row: those of members that answered, or all when none of them did.

    Returns whether a weighted member answered.
    """
    any_answer = False
    for member in range(len(weights)):
        out[member] = weights[member] if answered[member] else 0.0
        any_answer = any_answer or out[member] > 0
    if not any_answer:
        out[:] = weights
    return any_answer


@kernel
def fuse_row(items: Any, ranks: Any, values: Any, weights: Any, total: Any, fused: Any) -> int:
    """Fused scores of one row into `fused` (float32); the number of pooled items.

    Sums in float64 and rounds once, so the order of the members does not matter. Items that no weighted
    member lists get −inf: a member of weight 0 changes nothing.
    """
    width = 0
    while width < len(items) and items[width] >= 0:
        width += 1
    total[:width] = 0.0
    idle = False
    for member in range(len(weights)):
        weight = weights[member]
        if weight == 0:
            idle = True
            continue
        value = values[member]
        for column in range(width):
            total[column] += weight * value[column]
    for column in range(width):
        fused[column] = total[column]
    if idle:
        for column in range(width):
            listed = False
            for member in range(len(weights)):
                listed = listed or (weights[member] > 0 and ranks[member, column] > 0)
            if not listed:
                fused[column] = -np.inf
    return width


@kernel
def best_of_row(items: Any, fused: Any, key: Any, seed: int, best: Any, hashes: Any, out: Any) -> None:
    """Columns of the best `len(out)` entries of `fused` into `out`, best first, −1 pads."""
    k = len(out)
    best[:] = -np.inf
    hashes[:] = np.uint64(0)
    out[:] = -1
    for column in range(len(fused)):
        score = fused[column]
        if score < best[k - 1] or score == -np.inf:
            continue
        value = tie_hash(key, items[column], seed)
        place = k - 1
        if score == best[place] and value <= hashes[place]:
            continue
        while place > 0 and (
            best[place - 1] < score or (best[place - 1] == score and hashes[place - 1] < value)
        ):
            best[place] = best[place - 1]
            hashes[place] = hashes[place - 1]
            out[place] = out[place - 1]
            place -= 1
        best[place] = score
        hashes[place] = value
        out[place] = column


@kernel
def fuse_block(
    items: Any, ranks: Any, values: Any, answered: Any, keys: Any, weights: Any, seed: int, places: Any,
    out_items: Any, out_scores: Any, out_weights: Any, out_answered: Any,
) -> None:  # fmt: skip
    """The best k of every row: pool columns, items, scores; and the weights that counted."""
    k = places.shape[1]
    total = np.empty(items.shape[1], dtype=np.float64)
    fused = np.empty(items.shape[1], dtype=np.float32)
    hashes = np.empty(k, dtype=np.uint64)
    for row in range(len(items)):
        out_answered[row] = row_weights(weights, answered[row], out_weights[row])
        width = fuse_row(items[row], ranks[row], values[row], out_weights[row], total, fused)
        best_of_row(items[row], fused[:width], keys[row], seed, out_scores[row], hashes, places[row])
        for column in range(k):
            out_items[row, column] = items[row, places[row, column]] if places[row, column] >= 0 else -1


@kernel
def _untie(items: Any, fused: Any, key: Any, seed: int) -> None:
    """Raise the first of a row whose two or more scores are all equal by one float32 step.

    Equal scores say "no answer" to `recommend`; here they are an answer, in the order of the ties.
    """
    listed, first = 0, -1
    for column in range(len(fused)):
        if fused[column] == -np.inf:
            continue
        if first >= 0 and fused[column] != fused[first]:
            return
        listed += 1
        if first < 0 or tie_hash(key, items[column], seed) > tie_hash(key, items[first], seed):
            first = column
    if listed > 1:
        step = np.nextafter(fused[first], np.float32(np.inf))
        fused[first] = step if fused[first] != 0 else SMALLEST  # a denormal may be flushed to 0


@kernel
def scatter_block(
    items: Any, ranks: Any, values: Any, answered: Any, keys: Any, weights: Any, seed: int, out: Any
) -> None:
    """Fused scores over the whole catalogue (n, n_items): −inf outside the union, 0 without an answer."""
    total = np.empty(items.shape[1], dtype=np.float64)
    fused = np.empty(items.shape[1], dtype=np.float32)
    counted = np.empty(len(weights), dtype=np.float64)
    for row in range(len(items)):
        if not row_weights(weights, answered[row], counted):
            out[row] = 0.0
            continue
        width = fuse_row(items[row], ranks[row], values[row], counted, total, fused)
        _untie(items[row], fused[:width], keys[row], seed)
        out[row] = -np.inf
        for column in range(width):
            out[row, items[row, column]] = fused[column]
