"""What every fuser of the registry must hold, whoever wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import fusion
from core.fusion import FUSERS, Fuser, Pool
from core.fusion.pool import build_pool, fuse_top_k
from core.ranking import FALLBACK, Recommendations, rank_scores

N, N_ITEMS, DEPTH, K = 12, 30, 8, 6
VARIANTS: list[tuple[str, dict[str, Any]]] = [
    ("rrf", {}),
    ("rrf", {"k0": 0}),
    ("weighted_sum", {"normalisation": "min_max"}),
    ("weighted_sum", {"normalisation": "z_score"}),
    ("weighted_sum", {"normalisation": "rank"}),
]
every_variant = pytest.mark.parametrize(("name", "config"), VARIANTS)
seeds = st.integers(0, 2**32 - 1)


def make(name: str, config: dict[str, Any]) -> Fuser:
    rule: Any = FUSERS[name]
    made: Fuser = rule(rule.Config(**config))
    return made


def listed(scores: np.ndarray, depth: int = DEPTH, answered_by: np.ndarray | None = None) -> Recommendations:
    keys = np.arange(len(scores), dtype=np.uint64)
    items, best = rank_scores(scores.astype(np.float32), keys, depth)
    nobody = np.zeros(len(scores), dtype=np.uint8)
    by = nobody if answered_by is None else answered_by
    return Recommendations(keys.astype(np.int32), items, best, keys, by, ("member", FALLBACK))


def members(seed: int, n_members: int = 3) -> list[Recommendations]:
    """Lists with many equal scores (whole numbers) and items that may not be listed."""
    rng = np.random.default_rng(seed)
    tables = rng.integers(0, 12, (n_members, N, N_ITEMS)).astype(np.float32)
    tables[rng.random(tables.shape) < 0.4] = -np.inf
    return [listed(table) for table in tables]


def fuse(fuser: Fuser, lists: list[Recommendations], weights: Any, k: int = K) -> Any:
    pool = build_pool(lists, DEPTH)
    return fuse_top_k(pool, fuser.values(pool), weights, k)


@every_variant
@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_parts_add_up_to_the_score(name: str, config: dict[str, Any], seed: int) -> None:
    fused = fuse(make(name, config), members(seed), [1, 2, 3])
    assert fused.contributions.shape == (N, K, 3)
    shown = fused.items >= 0
    np.testing.assert_allclose(fused.contributions.sum(axis=2)[shown], fused.scores[shown], atol=2e-6)
    assert (fused.contributions[~shown] == 0).all()


@every_variant
@settings(max_examples=25, deadline=None)
@given(seed=seeds, order=st.permutations([0, 1, 2]))
def test_the_order_of_the_members_does_not_matter(
    name: str, config: dict[str, Any], seed: int, order: list[int]
) -> None:
    fuser, lists, weights = make(name, config), members(seed), np.asarray([0.2, 0.3, 0.5])
    one = fuse(fuser, lists, weights)
    other = fuse(fuser, [lists[member] for member in order], weights[order])
    np.testing.assert_array_equal(one.items, other.items)
    np.testing.assert_array_equal(one.contributions[:, :, order], other.contributions)


@every_variant
@settings(max_examples=15, deadline=None)
@given(seed=seeds, scale=st.floats(0.01, 100))
def test_equal_weights_of_any_size_are_no_weights(
    name: str, config: dict[str, Any], seed: int, scale: float
) -> None:
    fuser, lists = make(name, config), members(seed)
    pool = build_pool(lists, DEPTH)
    weighted = fuse_top_k(pool, fuser.values(pool), [scale] * 3, K)
    plain = fuse_top_k(pool, fuser.values(pool), [1, 1, 1], K)
    np.testing.assert_array_equal(weighted.items, plain.items)
    np.testing.assert_allclose(weighted.scores, plain.scores, rtol=1e-6)


@every_variant
@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_a_member_of_weight_zero_is_as_good_as_absent(name: str, config: dict[str, Any], seed: int) -> None:
    fuser, lists = make(name, config), members(seed)
    with_it = fuse(fuser, lists, [1, 0, 2], k=2 * DEPTH)
    without = fuse(fuser, [lists[0], lists[2]], [1, 2], k=2 * DEPTH)
    np.testing.assert_array_equal(with_it.items, without.items)
    np.testing.assert_array_equal(with_it.scores, without.scores)
    assert (with_it.contributions[:, :, 1] == 0).all()


@every_variant
@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_one_list_comes_out_in_the_order_it_went_in(name: str, config: dict[str, Any], seed: int) -> None:
    (alone,) = members(seed, 1)
    np.testing.assert_array_equal(fuse(make(name, config), [alone], [1], k=DEPTH).items, alone.items)


@every_variant
def test_a_member_that_did_not_answer_adds_nothing_to_that_user(name: str, config: dict[str, Any]) -> None:
    first, second = members(5, 2)
    silent = np.zeros(N, dtype=np.uint8)
    silent[3] = 1
    fallback = Recommendations(
        second.users, second.items, second.scores, second.keys, silent, ("b", FALLBACK)
    )
    fused = fuse(make(name, config), [first, fallback], [1, 1], k=DEPTH)
    assert (fused.contributions[3, :, 1] == 0).all()
    np.testing.assert_array_equal(fused.items[3], first.items[3])
    assert fused.answered_by[3] == 0


@every_variant
def test_when_no_member_answered_the_fallback_is_fused_and_labelled(
    name: str, config: dict[str, Any]
) -> None:
    popular = listed(np.tile(np.arange(N_ITEMS, 0, -1.0), (N, 1)), answered_by=np.ones(N, dtype=np.uint8))
    fused = fuse(make(name, config), [popular, popular], [1, 1], k=DEPTH)
    np.testing.assert_array_equal(fused.items, popular.items)
    assert {fused.answerers[by] for by in fused.answered_by} == {FALLBACK}


@every_variant
def test_values_have_the_shape_of_the_pool_and_nothing_in_the_padding(
    name: str, config: dict[str, Any]
) -> None:
    pool = build_pool(members(6), DEPTH)
    values = make(name, config).values(pool)
    assert values.shape == pool.ranks.shape
    assert values.dtype == np.float32
    assert np.isfinite(values).all()
    assert (values.transpose(0, 2, 1)[pool.items < 0] == 0).all()


@every_variant
def test_an_empty_list_gives_nothing(name: str, config: dict[str, Any]) -> None:
    empty = listed(np.full((N, N_ITEMS), -np.inf))
    fused = fuse(make(name, config), [empty, empty], [1, 1])
    assert (fused.items == -1).all()
    assert (fused.scores == -np.inf).all()


@pytest.mark.parametrize("config", [{}, {"k0": 0}, {"k0": 1000}])
@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_reciprocal_ranks_do_not_change_under_a_monotone_transform(config: dict[str, Any], seed: int) -> None:
    tables = np.random.default_rng(seed).normal(size=(2, N, N_ITEMS))
    raw = fuse(make("rrf", config), [listed(table) for table in tables], [1, 2])
    bent = fuse(make("rrf", config), [listed(np.exp(table / 2)) for table in tables], [1, 2])
    np.testing.assert_array_equal(raw.items, bent.items)
    np.testing.assert_array_equal(raw.scores, bent.scores)


@pytest.mark.parametrize("name", FUSERS)
def test_every_fuser_says_what_it_is_in_words(name: str) -> None:
    fuser = FUSERS[name]
    assert fuser.name == name
    assert fuser.label
    assert fuser.definition
    assert fuser.floor
    assert (Path(fusion.__file__).parent / f"{name}.py").exists()
    for field in fuser.Config.model_fields:
        assert field == "weights" or fuser.Config.model_fields[field].description


def hand_pool() -> Pool:
    """One user: A lists items 3, 1, 2 with scores 9, 5, 1; B lists 2, 4 with 0.4, 0.2."""
    key = np.zeros(1, dtype=np.uint64)
    who, by = np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.uint8)
    a = Recommendations(
        who, np.asarray([[3, 1, 2]], np.int32), np.asarray([[9, 5, 1]], np.float32), key, by, ("a",)
    )
    b = Recommendations(
        who, np.asarray([[2, 4]], np.int32), np.asarray([[0.4, 0.2]], np.float32), key, by, ("b",)
    )
    return build_pool([a, b], 3)


@pytest.mark.parametrize(
    ("name", "config", "expected"),
    [  # items 1, 2, 3, 4; rows A, B
        ("rrf", {}, [[1 / 62, 1 / 63, 1 / 61, 0], [0, 1 / 61, 0, 1 / 62]]),
        ("weighted_sum", {"normalisation": "min_max"}, [[0.5, 0, 1, 0], [0, 1, 0, 0]]),
        ("weighted_sum", {"normalisation": "rank"}, [[2 / 3, 1 / 3, 1, 0], [0, 1, 0, 2 / 3]]),
        # A: mean 5, deviation √(32/3); B: mean 0.3, deviation 0.1; absent = the member's lowest
        (
            "weighted_sum",
            {"normalisation": "z_score"},
            [[0, -4 / 32 * 96**0.5, 4 / 32 * 96**0.5, -4 / 32 * 96**0.5], [-1, 1, -1, -1]],
        ),
    ],
)
def test_values_by_hand(name: str, config: dict[str, Any], expected: list[list[float]]) -> None:
    pool = hand_pool()
    assert pool.items.tolist() == [[1, 2, 3, 4]]
    assert pool.ranks.tolist() == [[[2, 3, 1, 0], [0, 1, 0, 2]]]
    np.testing.assert_allclose(make(name, config).values(pool)[0], expected, atol=1e-6)


def test_a_member_with_equal_scores_still_prefers_what_it_lists() -> None:
    flat = listed(np.where(np.arange(N_ITEMS) < 4, 7.0, -np.inf)[None].repeat(N, axis=0))
    pool = build_pool([flat], DEPTH)
    assert (make("weighted_sum", {"normalisation": "min_max"}).values(pool) == 1).all()
    assert (make("weighted_sum", {"normalisation": "z_score"}).values(pool) == 0).all()
