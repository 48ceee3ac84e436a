"""Joining lists: the pool of every member's candidates, and the fused top k with each member's part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from core.evaluation_kernel import list_metrics
from core.fusion import FUSERS, kernels
from core.fusion.agreement import rank_biased_overlap
from core.fusion.base import Pool
from core.parallel import map_blocks
from core.ranking import FALLBACK, Recommendations
from data.errors import ConfigError

ROWS = 512  # rows per block


@dataclass(frozen=True, eq=False)
class FusedRecommendations(Recommendations):
    """Lists with the part of every member: `contributions` (n, k, n_sources) sum to `scores`."""

    sources: tuple[str, ...]
    contributions: NDArray[np.float32]


def normalised_weights(weights: Sequence[float] | NDArray[np.floating] | None, n: int) -> NDArray[np.float64]:
    """(n,) weights that sum to 1; None gives every member the same.

    Raises:
        ConfigError: another number of weights than members, a negative or infinite one, or all zero.
    """
    if weights is None:
        return np.full(n, 1 / n)
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != (n,):
        raise ConfigError(f"There are {given.size} weights for {n} members.", "Give one weight per member.")
    if not np.isfinite(given).all() or (given < 0).any():
        shown = ", ".join(f"{weight:g}" for weight in given)
        raise ConfigError(f"The weights are {shown}.", "Use zero or positive numbers.")
    if given.sum() == 0:
        raise ConfigError("All weights are zero.", "Give at least one member a weight above zero.")
    share: NDArray[np.float64] = given / given.sum()
    return share


def _check_same_users(lists: Sequence[Recommendations]) -> None:
    if not lists:
        raise ConfigError("There is nothing to fuse.", "Choose at least one member.")
    for member in lists[1:]:
        if len(member) != len(lists[0]) or (member.keys != lists[0].keys).any():
            raise ConfigError(
                f"The lists of {lists[0].answerers[0]} ({len(lists[0])} users) and {member.answerers[0]} "
                f"({len(member)} users) do not belong to the same users.",
                "Rank the same users under the same policy, then fuse.",
            )


def _stack(
    lists: Sequence[Recommendations], rows: slice, depth: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Items and scores (rows, n_members, depth) of a block of users; shorter lists are padded."""
    shape = (rows.stop - rows.start, len(lists), depth)
    items, scores = np.full(shape, -1, dtype=np.int32), np.full(shape, np.nan, dtype=np.float32)
    for number, member in enumerate(lists):
        length = min(depth, member.k)
        items[:, number, :length] = member.items[rows, :length]
        scores[:, number, :length] = member.scores[rows, :length]
    return items, scores


def _union(lists: Sequence[Recommendations], depth: int, n_items: int) -> NDArray[np.int32]:
    """(n, width) distinct items of each row over all lists, ascending, padded −1."""
    n = len(lists[0])

    def block(rows: slice) -> NDArray[np.int32]:
        stacked, _ = _stack(lists, rows, depth)
        union = np.full((len(stacked), len(lists) * depth), -1, dtype=np.int32)
        widths = np.zeros(len(stacked), dtype=np.int64)
        kernels.union_block(stacked, n_items, union, widths)
        return union[:, : widths.max()].copy()

    parts = map_blocks(block, n, ROWS)
    width = max([1, *(part.shape[1] for part in parts)])
    items = np.full((n, width), -1, dtype=np.int32)
    for start, part in zip(range(0, n, ROWS), parts, strict=True):
        items[start : start + len(part), : part.shape[1]] = part
    return items


def build_pool(lists: Sequence[Recommendations], depth: int, *, sources: Sequence[str] | None = None) -> Pool:
    """The union of every member's top `depth`, per user, with ranks and scores.

    A list that the fallback gave (`answered_by` not 0) is kept apart by `Pool.answered`: a member without
    an answer of its own adds nothing, unless no weighted member has one.

    Args:
        lists: one per member, of the same users in the same order.
        depth: how far down each list is read.
        sources: names of the members; None: who answered.

    Raises:
        ConfigError: no list, lists of different users, or a depth below 1.
    """
    _check_same_users(lists)
    if depth < 1:
        raise ConfigError(f"The depth of the pool is {depth}.", "Read at least one item of each list.")
    read = min(depth, max(member.k for member in lists))
    n_items = max(int(member.items.max(initial=-1)) for member in lists) + 1
    items = _union(lists, read, n_items)
    ranks = np.zeros((len(items), len(lists), items.shape[1]), dtype=np.int32)
    scores = np.full(ranks.shape, np.nan, dtype=np.float32)

    def fill(rows: slice) -> None:
        stacked, stacked_scores = _stack(lists, rows, read)
        kernels.fill_block(stacked, stacked_scores, n_items, items[rows], ranks[rows], scores[rows])

    map_blocks(fill, len(items), ROWS)
    answered = np.stack([(m.answered_by == 0) & (m.items >= 0).any(axis=1) for m in lists], axis=1)
    names = tuple(sources) if sources is not None else tuple(member.answerers[0] for member in lists)
    return Pool(items, ranks, scores, lists[0].keys, depth, lists[0].users, answered, names)


@dataclass(frozen=True, eq=False)
class _Best:
    """The best k of every row, before the parts are taken apart."""

    places: NDArray[np.int64]  # (n, k) columns of the pool, −1 padding
    items: NDArray[np.int32]
    scores: NDArray[np.float32]
    weights: NDArray[np.float64]  # (n, n_members) that counted
    answered: NDArray[np.bool_]  # (n,) a weighted member answered


def _best(
    pool: Pool,
    values: NDArray[np.float32],
    weights: Sequence[float] | NDArray[np.floating],
    k: int,
    seed: int,
) -> _Best:
    if k < 1:
        raise ConfigError(f"A list of k = {k} items was asked for.", "Ask for at least one.")
    n, n_members = pool.answered.shape
    share = normalised_weights(weights, n_members)
    best = _Best(
        places=np.empty((n, k), dtype=np.int64),
        items=np.empty((n, k), dtype=np.int32),
        scores=np.empty((n, k), dtype=np.float32),
        weights=np.empty((n, n_members)),
        answered=np.empty(n, dtype=bool),
    )

    def block(rows: slice) -> None:
        kernels.fuse_block(
            pool.items[rows], pool.ranks[rows], values[rows], pool.answered[rows], pool.keys[rows], share,
            seed, best.places[rows], best.items[rows], best.scores[rows], best.weights[rows],
            best.answered[rows],
        )  # fmt: skip

    map_blocks(block, n, ROWS)
    return best


def fuse_top_k(
    pool: Pool,
    values: NDArray[np.float32],
    weights: Sequence[float] | NDArray[np.floating],
    k: int,
    seed: int = 0,
) -> FusedRecommendations:
    """The k best items of every row by Σ weight × value, with each member's part.

    Items that no member of weight above 0 lists are not candidates; ties are broken by `tie_hash`. A row
    in which no weighted member answered is fused from their fallback lists and labelled so.

    Args:
        pool: n rows.
        values: (n, n_members, width) from a fuser.
        weights: (n_members,) at least one above zero; they are scaled to sum 1.
        k: length of the lists, padded with −1.
        seed: of the tie-break.
    """
    best = _best(pool, values, weights, k, seed)
    at = np.maximum(best.places, 0)[:, None, :]
    parts = np.take_along_axis(values, at, axis=2) * best.weights[:, :, None]
    parts *= (best.places >= 0)[:, None, :]
    labelled = ~best.answered & (best.places[:, 0] >= 0)
    return FusedRecommendations(
        users=pool.users,
        items=best.items,
        scores=best.scores,
        keys=pool.keys,
        answered_by=labelled.astype(np.uint8),
        answerers=("fused", FALLBACK),
        sources=pool.sources,
        contributions=np.ascontiguousarray(parts.transpose(0, 2, 1), dtype=np.float32),
    )


def slider_metric(
    pool: Pool,
    values: NDArray[np.float32],
    weights: Sequence[float] | NDArray[np.floating],
    targets: csr_matrix,
    k: int,
    seed: int = 0,
) -> NDArray[np.float32]:
    """(n, n_metrics) each of `core.metrics.PER_USER` at k of the re-weighted lists; NaN without targets."""
    return list_metrics(_best(pool, values, weights, k, seed).items, targets, (k,))[:, :, 0]


def scatter(
    pool: Pool, values: NDArray[np.float32], weights: NDArray[np.float64], n_items: int, seed: int = 0
) -> NDArray[np.float32]:
    """(n, n_items) fused scores: −inf outside the union; a row without an answer is 0 everywhere."""
    out = np.empty((len(pool), n_items), dtype=np.float32)

    def block(rows: slice) -> None:
        kernels.scatter_block(
            pool.items[rows], pool.ranks[rows], values[rows], pool.answered[rows], pool.keys[rows], weights,
            seed, out[rows],
        )  # fmt: skip

    map_blocks(block, len(pool), ROWS)
    return out


def warm() -> None:
    """Compile the kernels of fusion on tiny inputs (or load them from the disk cache)."""
    one = Recommendations(
        users=np.zeros(1, dtype=np.int32),
        items=np.zeros((1, 1), dtype=np.int32),
        scores=np.zeros((1, 1), dtype=np.float32),
        keys=np.zeros(1, dtype=np.uint64),
        answered_by=np.zeros(1, dtype=np.uint8),
        answerers=("warm",),
    )
    pool = build_pool([one], 1)
    for fuser in FUSERS.values():
        values = fuser().values(pool)
        fuse_top_k(pool, values, [1.0], 1)
        scatter(pool, values, np.ones(1), 1)
    slider_metric(pool, values, [1.0], csr_matrix(np.ones((1, 1))), 1)
    rank_biased_overlap(one.items, one.items)
