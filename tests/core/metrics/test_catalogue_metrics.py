"""Numbers about all lists, with the arithmetic written out."""

from __future__ import annotations

import numpy as np
import pytest

from core.metrics import METRICS, Catalogue
from core.metrics.base import first_of_each
from core.metrics.effective_rank import effective_rank

# items 0..4; train users per item 8, 4, 2, 0, 1 of 8 users; item 3 may not be listed
CATALOGUE = Catalogue(np.asarray([8, 4, 2, 0, 1]), 8, np.asarray([True, True, True, False, True]))
LISTS = np.asarray([[0, 1], [0, 2], [0, -1]], dtype=np.int32)


def value(name: str, items: np.ndarray = LISTS, catalogue: Catalogue = CATALOGUE) -> float:
    function = METRICS[name].of_lists
    assert function is not None
    return function(items, catalogue)


def test_coverage_counts_eligible_items_that_anybody_sees() -> None:
    assert value("coverage") == pytest.approx(3 / 4)  # items 0, 1, 2 of 0, 1, 2, 4


def test_coverage_never_exceeds_one_when_an_ineligible_item_is_listed() -> None:
    everything = np.asarray([[0, 1, 2, 3, 4]], dtype=np.int32)
    assert value("coverage", everything) == 1


def test_novelty_is_the_mean_self_information_in_bits() -> None:
    # item 0 three times: −log₂(8/8) = 0; item 1: −log₂(4/8) = 1; item 2: −log₂(2/8) = 2 → 3 / 5 places
    assert value("novelty") == pytest.approx(3 / 5)


def test_an_item_nobody_has_counts_as_if_one_user_had_it() -> None:
    assert value("novelty", np.asarray([[3]], dtype=np.int32)) == pytest.approx(3)  # log₂ 8


def test_gini_includes_items_that_are_never_listed() -> None:
    # counts of eligible items ascending: 0, 1, 1, 3; Σ (2i − n − 1)·x = −3·0 − 1·1 + 1·1 + 3·3 = 9; 9 / (4·5)
    assert value("gini") == pytest.approx(9 / 20)


def test_gini_is_zero_when_all_items_are_shown_equally_often() -> None:
    assert value("gini", np.asarray([[0, 1], [2, 4]], dtype=np.int32)) == 0


def test_gini_of_one_item_only_is_one_minus_one_over_n() -> None:
    assert value("gini", np.asarray([[0], [0]], dtype=np.int32)) == pytest.approx(1 - 1 / 4)


def test_head_share_is_the_places_on_the_most_popular_tenth() -> None:
    assert value("head_share") == pytest.approx(3 / 5)  # the head is item 0 alone: ceil(0.4) = 1


def test_items_tying_at_the_border_of_the_head_share_its_places() -> None:
    flat = Catalogue(np.full(20, 5), 8, np.ones(20, dtype=bool))  # 2 places among 20 equals: 0.1 each
    assert flat.head.tolist() == pytest.approx([0.1] * 20)
    assert value("head_share", np.asarray([[0, 7]], dtype=np.int32), flat) == pytest.approx(0.1)


def test_list_overlap_is_the_mean_over_pairs_of_users() -> None:
    # pairs share {0}, {0}, {0} of k = 2 → 1/2
    assert value("list_overlap") == pytest.approx(1 / 2)


def test_the_same_list_for_everybody_overlaps_fully() -> None:
    assert value("list_overlap", np.asarray([[1, 2]] * 5, dtype=np.int32)) == 1


def test_list_overlap_equals_the_pairs_visited_one_by_one() -> None:
    rng = np.random.default_rng(1)
    items = np.stack([rng.choice(20, 5, replace=False) for _ in range(9)]).astype(np.int32)
    pairs = [len(set(items[a]) & set(items[b])) / 5 for a in range(9) for b in range(a)]
    catalogue = Catalogue(np.ones(20, dtype=int), 9, np.ones(20, dtype=bool))
    assert value("list_overlap", items, catalogue) == pytest.approx(np.mean(pairs))


def test_list_overlap_of_a_single_user_is_unknown() -> None:
    assert np.isnan(value("list_overlap", LISTS[:1]))


def test_a_repeat_in_a_list_is_counted_once() -> None:
    assert first_of_each(np.asarray([[4, 2, 4, -1, 2]])).tolist() == [[True, True, False, False, False]]
    assert value("head_share", np.asarray([[0, 0, 1]], dtype=np.int32)) == pytest.approx(1 / 2)


def test_one_order_for_everybody_has_effective_rank_one() -> None:
    rng = np.random.default_rng(0)
    popularity = np.outer(rng.random(50) + 0.1, rng.random(200)).astype(np.float32)
    assert effective_rank(popularity) == 1.0


def test_equal_singular_values_give_their_number() -> None:
    assert effective_rank(np.eye(7)) == pytest.approx(7)


def test_effective_rank_of_two_unequal_tastes() -> None:
    # σ = 3, 1: p = 3/4, 1/4; H = 0.5623; exp(H) = 1.7548
    assert effective_rank(np.diag([3.0, 1.0])) == pytest.approx(
        np.exp(-0.75 * np.log(0.75) - 0.25 * np.log(0.25))
    )


def test_items_that_are_never_candidates_do_not_change_effective_rank() -> None:
    scores = np.random.default_rng(2).random((6, 9)).astype(np.float32)
    widened = np.hstack([scores, np.full((6, 3), -np.inf, dtype=np.float32)])
    assert effective_rank(widened) == pytest.approx(effective_rank(scores))


def test_zero_scores_have_effective_rank_zero() -> None:
    assert effective_rank(np.zeros((4, 5), dtype=np.float32)) == 0
    assert effective_rank(np.full((4, 5), -np.inf, dtype=np.float32)) == 0
