"""One move of a fusion slider: the list of the user on screen, and the validation metric of all users."""

from __future__ import annotations

import numpy as np

from core.fusion import FUSERS
from core.fusion.pool import build_pool, fuse_top_k, slider_metric
from core.ranking import Recommendations, rank_scores
from tests.benchmarks.evaluation import N_ITEMS, N_USERS, lists_and_targets
from tests.benchmarks.measure import Row, seconds

N_MEMBERS, DEPTH, BLINK_S = 5, 100, 0.1


def members() -> list[Recommendations]:
    rng = np.random.default_rng(1)
    keys = np.arange(N_USERS, dtype=np.uint64)
    common = rng.normal(size=N_ITEMS).astype(np.float32)
    lists = []
    for _ in range(N_MEMBERS):
        scores = common + rng.normal(size=(N_USERS, N_ITEMS)).astype(np.float32)
        items, top = rank_scores(scores, keys, DEPTH)
        nobody = np.zeros(N_USERS, dtype=np.uint8)
        lists.append(
            Recommendations(
                keys.astype(np.int32), items, top, keys, nobody, ("member", "popularity (fallback)")
            )
        )
    return lists


def numpy_slider(values: np.ndarray, weights: np.ndarray, items: np.ndarray) -> np.ndarray:
    """The same fusion in NumPy: weighted sum over members, top 10 by argpartition."""
    fused = np.einsum("nmw,m->nw", values, weights)
    fused[items < 0] = -np.inf
    top = np.argpartition(-fused, 10, axis=1)[:, :10]
    order = np.argsort(-np.take_along_axis(fused, top, axis=1), axis=1)
    return np.take_along_axis(items, np.take_along_axis(top, order, axis=1), axis=1)


def rows() -> list[Row]:
    _, targets = lists_and_targets()
    pool = build_pool(members(), DEPTH)
    fuser = FUSERS["weighted_sum"]
    values = fuser(fuser.Config()).values(pool)
    weights = np.full(N_MEMBERS, 1 / N_MEMBERS, dtype=np.float32)
    whole = seconds(lambda: slider_metric(pool, values, weights, targets, 10), 9)
    top_10 = seconds(lambda: fuse_top_k(pool, values, weights, 10), 9)
    return [
        Row(
            f"slider: {N_MEMBERS} members, {N_USERS:,} users, top 10 and metric",
            whole,
            "NumPy einsum + argpartition, no metric",
            seconds(lambda: numpy_slider(values, weights, pool.items), 3),
        ),
        Row(f"slider: top 10 with parts, {N_USERS:,} users", top_10, "a blink (100 ms)", BLINK_S),
    ]
