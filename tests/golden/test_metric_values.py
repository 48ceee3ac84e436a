"""The toy whose values other libraries report (RecTools, RePlay, ranx, RecPack, RecBole): ours, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from core.evaluation import list_metrics
from core.metrics import PER_USER

K = 3
MISS = 30  # an item nobody takes
TRUTH = [[1, 2, 3, 4, 5], [10], [20, 21], [7, 8, 9]]
LISTS = np.asarray(
    [
        [1, MISS, 2, -1, -1],
        [MISS, 10, MISS + 1, -1, -1],
        [MISS, MISS + 1, MISS + 2, 20, MISS + 3],
        [-1, -1, -1, -1, -1],  # a user with targets and no list
    ],
    dtype=np.int32,
)

# u1: hits at ranks 1 and 3 of 5 relevant; u2: at rank 2 of 1; u3: none of 2; u4: no list, of 3
# NDCG: u1 (1 + 1/2) / (1 + 0.63093 + 1/2) = 0.70392, u2 0.63093, 0, 0   → 1.33485 / 4
# recall 2/5, 1/1, 0, 0 → 1.4 / 4;  capped 2/3, 1, 0, 0;  precision 2/3, 1/3, 0, 0 → 1 / 4
# AP (1 + 2/3) / 3 = 0.55556, 1/2, 0, 0 → 1.05556 / 4;  RR 1, 1/2, 0, 0 → 1.5 / 4;  hit 1, 1, 0, 0 → 2 / 4
ALL_FOUR = {
    "ndcg": 0.3337, "recall": 0.3500, "capped_recall": 0.4167, "precision": 0.2500, "map": 0.2639,
    "mrr": 0.3750, "hit_rate": 0.5000,
}  # fmt: skip
WITH_A_LIST = {
    "ndcg": 0.4449, "recall": 0.4667, "precision": 0.3333, "map": 0.3519, "mrr": 0.5000, "hit_rate": 0.6667,
}  # fmt: skip


def targets() -> csr_matrix:
    rows = np.repeat(np.arange(4), [len(row) for row in TRUTH])
    return csr_matrix((np.ones(len(rows)), (rows, np.concatenate(TRUTH))), shape=(4, 40))


def mean(metric: str, rows: slice) -> float:
    per_user = list_metrics(LISTS[rows], targets()[rows], (K,))
    return float(per_user[:, PER_USER.index(metric), 0].mean())


@pytest.mark.parametrize(("metric", "expected"), ALL_FOUR.items())
def test_over_four_users_the_one_without_a_list_counts_zero(metric: str, expected: float) -> None:
    assert mean(metric, slice(0, 4)) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(("metric", "expected"), WITH_A_LIST.items())
def test_over_the_three_users_with_a_list(metric: str, expected: float) -> None:
    assert mean(metric, slice(0, 3)) == pytest.approx(expected, abs=5e-5)


def test_places_beyond_the_list_count_as_misses() -> None:
    at_20 = list_metrics(LISTS, targets(), (20,))[:, PER_USER.index("precision"), 0]
    assert at_20.tolist() == pytest.approx([2 / 20, 1 / 20, 1 / 20, 0])
