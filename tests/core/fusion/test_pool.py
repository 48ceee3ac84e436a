"""The pool, the weights, the slider, and how alike lists are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from core.evaluation_kernel import list_metrics
from core.fusion import FUSERS, pool
from core.fusion.agreement import agreement, rank_biased_overlap
from core.fusion.pool import build_pool, fuse_top_k, normalised_weights, slider_metric
from core.ranking import Recommendations, rank_scores, tie_hash
from data.errors import ConfigError


def listed(items: Any, scores: Any = None, keys: Any = None, answered_by: Any = None) -> Recommendations:
    lists = np.asarray(items, dtype=np.int32)
    n = len(lists)
    falling = np.tile(np.arange(lists.shape[1], 0, -1.0), (n, 1))
    return Recommendations(
        users=np.arange(n, dtype=np.int32),
        items=lists,
        scores=np.asarray(falling if scores is None else scores, dtype=np.float32),
        keys=np.arange(n, dtype=np.uint64) if keys is None else np.asarray(keys, dtype=np.uint64),
        answered_by=np.asarray(answered_by or [0] * n, dtype=np.uint8),
        answerers=("member", "fallback"),
    )


def random_members(seed: int, n: int, n_items: int, depth: int, n_members: int = 3) -> list[Recommendations]:
    rng = np.random.default_rng(seed)
    keys = np.arange(n, dtype=np.uint64)
    tables = rng.integers(0, 20, (n_members, n, n_items)).astype(np.float32)
    return [listed(*rank_scores(table, keys, depth)) for table in tables]


def test_the_pool_is_the_ascending_union_cut_at_the_depth() -> None:
    found = build_pool([listed([[5, 2, 9]]), listed([[2, 7, -1]])], 2, sources=("a", "b"))
    assert found.items.tolist() == [[2, 5, 7]]
    assert found.ranks.tolist() == [[[2, 1, 0], [1, 0, 2]]]
    assert found.sources == ("a", "b")
    assert np.isnan(found.scores[0, 0, 2])


def test_an_item_listed_twice_keeps_its_first_place() -> None:
    found = build_pool([listed([[4, 1, 4]])], 3)
    assert found.items.tolist() == [[1, 4]]
    assert found.ranks.tolist() == [[[2, 1]]]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), k=st.integers(1, 25))
def test_fusing_equals_sorting_the_whole_pool(seed: int, k: int) -> None:
    lists = random_members(seed, 5, 15, 6)
    found = build_pool(lists, 6)
    fuser = FUSERS["weighted_sum"]()
    values, weights = fuser.values(found), np.asarray([0.5, 0.25, 0.25])
    fused = fuse_top_k(found, values, weights, k, seed=3)
    for row in range(5):
        score = (weights[:, None] * values[row]).sum(axis=0).astype(np.float32)
        places = [column for column in range(len(score)) if found.items[row, column] >= 0]
        key = found.keys[row]
        places.sort(key=lambda c: (score[c], tie_hash(key, found.items[row, c], 3)), reverse=True)
        expected = [int(found.items[row, column]) for column in places][:k]
        assert [item for item in fused.items[row].tolist() if item >= 0] == expected


def test_the_slider_gives_the_metric_of_the_fused_lists() -> None:
    found = build_pool(random_members(1, 40, 30, 10), 10)
    values = FUSERS["rrf"]().values(found)
    targets = csr_matrix((np.random.default_rng(2).random((40, 30)) < 0.05).astype(np.float32))
    moved = slider_metric(found, values, [0.7, 0.2, 0.1], targets, 5)
    lists = fuse_top_k(found, values, [0.7, 0.2, 0.1], 5).items
    np.testing.assert_array_equal(moved, list_metrics(lists, targets, (5,))[:, :, 0])


def test_users_fused_together_or_alone_get_the_same() -> None:
    lists = random_members(3, 30, 25, 8)
    together = build_pool(lists, 8)
    fused = fuse_top_k(together, FUSERS["rrf"]().values(together), [1, 1, 1], 5)
    one = [listed(each.items[7:8], each.scores[7:8], each.keys[7:8]) for each in lists]
    alone = build_pool(one, 8)
    single = fuse_top_k(alone, FUSERS["rrf"]().values(alone), [1, 1, 1], 5)
    np.testing.assert_array_equal(single.items[0], fused.items[7])
    np.testing.assert_array_equal(single.contributions[0], fused.contributions[7])


def test_complementary_members_together_beat_each_alone() -> None:
    rng = np.random.default_rng(4)
    n, n_items = 200, 60
    wanted = rng.random((n, n_items)) < 0.1
    half = np.arange(n_items) < n_items // 2
    keys = np.arange(n, dtype=np.uint64)
    noise = rng.random((2, n, n_items))
    members = [
        listed(*rank_scores((noise[side] + 3 * wanted * (half == bool(side))).astype(np.float32), keys, 20))
        for side in (0, 1)
    ]
    targets = csr_matrix(wanted.astype(np.float32))
    found = build_pool(members, 20)
    values = FUSERS["weighted_sum"]().values(found)
    fused = np.nanmean(slider_metric(found, values, [1, 1], targets, 10)[:, 0])
    alone = [np.nanmean(list_metrics(each.items, targets, (10,))[:, 0, 0]) for each in members]
    assert fused > max(alone) + 0.2


@pytest.mark.parametrize(
    ("weights", "words"),
    [([0, 0], "All weights are zero"), ([1], "1 weights for 2 members"), ([1, -1], "are 1, -1"),
     ([1, float("nan")], "are 1, nan")],
)  # fmt: skip
def test_unusable_weights_are_refused_in_words(weights: list[float], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        normalised_weights(weights, 2)


def test_weights_are_scaled_to_sum_one() -> None:
    assert normalised_weights([1, 3], 2).tolist() == [0.25, 0.75]
    assert normalised_weights(None, 4).tolist() == [0.25] * 4


def test_lists_of_different_users_are_not_fused() -> None:
    with pytest.raises(ConfigError, match="same users"):
        build_pool([listed([[1]]), listed([[1], [2]])], 3)
    with pytest.raises(ConfigError, match="same users"):
        build_pool([listed([[1]]), listed([[1]], keys=[9])], 3)
    with pytest.raises(ConfigError, match="nothing to fuse"):
        build_pool([], 3)


def test_no_users_at_all_is_not_an_error() -> None:
    empty = listed(np.empty((0, 3)))
    found = build_pool([empty, empty], 3)
    assert fuse_top_k(found, FUSERS["weighted_sum"]().values(found), [1, 1], 2).items.shape == (0, 2)


@pytest.mark.parametrize(("depth", "k"), [(0, 1), (1, 0)])
def test_a_depth_or_length_below_one_is_refused(depth: int, k: int) -> None:
    def fuse() -> None:
        found = build_pool([listed([[1]])], depth)
        fuse_top_k(found, FUSERS["rrf"]().values(found), [1], k)

    with pytest.raises(ConfigError, match="at least one"):
        fuse()


def overlap(a: list[int], b: list[int], p: float = 0.9) -> float:
    return float(rank_biased_overlap(np.asarray([a]), np.asarray([b]), p)[0])


def test_the_same_list_overlaps_fully_and_disjoint_lists_not_at_all() -> None:
    assert overlap([3, 1, 2], [3, 1, 2]) == pytest.approx(1)
    assert overlap([3, 1, 2], [4, 5, 6]) == 0


def test_overlap_of_two_swapped_items_by_hand() -> None:
    # X₁ = 0, X₂ = 2; (1 − p)/p · (2/2 · p²) + 2/2 · p² = (1 − p)·p + p² = p
    assert overlap([1, 2], [2, 1], 0.8) == pytest.approx(0.8)


def test_overlap_of_lists_of_different_length_by_hand() -> None:
    # S = [1], L = [2, 1]: X₁ = 0, X₂ = 1; (1−p)/p · (½p² + 0) + ((1 − 0)/2 + 0)·p² = ½·p·(1−p) + ½p² = p/2
    assert overlap([1, -1], [2, 1], 0.8) == pytest.approx(0.4)
    # S = [1], L = [1, 2]: X₁ = X₂ = 1; (1−p)/p · (p + ½p² + ½p²) + (0 + 1)·p² = (1−p)(1+p) + p² = 1
    assert overlap([1, -1], [1, 2], 0.8) == pytest.approx(1)


def test_overlap_does_not_depend_on_which_list_comes_first() -> None:
    rng = np.random.default_rng(0)
    a = np.stack([rng.choice(12, 6, replace=False) for _ in range(20)])
    b = np.stack([rng.choice(12, 6, replace=False) for _ in range(20)])
    a[:5, 4:] = -1
    np.testing.assert_allclose(rank_biased_overlap(a, b), rank_biased_overlap(b, a))


def test_two_empty_lists_have_no_overlap_to_speak_of() -> None:
    assert np.isnan(overlap([-1], [-1]))
    assert overlap([-1], [3]) == 0


def test_a_persistence_out_of_range_is_refused() -> None:
    with pytest.raises(ConfigError, match="persistence"):
        overlap([1], [1], 1.0)
    with pytest.raises(ConfigError, match="same users"):
        rank_biased_overlap(np.ones((1, 1)), np.ones((2, 1)))


def test_agreement_is_a_symmetric_table_over_users_both_answered() -> None:
    one, same = listed([[1, 2], [3, 4]]), listed([[1, 2], [5, 6]], answered_by=[0, 1])
    table = agreement({"one": one, "same": same, "other": listed([[7, 8], [9, 10]])})
    assert table.loc["one", "same"] == pytest.approx(1)  # the second user's list is the fallback's
    assert table.loc["one", "other"] == 0
    assert (table.to_numpy() == table.to_numpy().T).all()
    assert (np.diag(table) == 1).all()


def test_warm_compiles() -> None:
    pool.warm()
