"""Lists: order, ties, candidates, policies, the fallback, and the rank of one item."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core import ranking
from core.ranking import FALLBACK, Policy, rank_of, rank_scores, recommend, tie_hash
from data.errors import ConfigError
from data.histories import Histories, from_lists
from tests.conftest import make_dataset


class Fixed:
    """A stand-in model that gives every row the same scores."""

    name: ClassVar[str] = "fixed"

    def __init__(self, scores: list[float]) -> None:
        self.scores = np.asarray(scores, dtype=np.float32)

    def score(self, histories: Histories, items: Any = None) -> NDArray[np.float32]:
        return np.repeat(self.scores[None, :], len(histories), axis=0)


def by_hand(row: NDArray[np.float32], key: int, k: int, seed: int) -> list[int]:
    """Sort by score, then by hash, in plain Python."""
    listable = [item for item in range(len(row)) if row[item] > -np.inf]
    return sorted(listable, key=lambda item: (-row[item], -tie_hash(np.uint64(key), item, seed)))[:k]


@settings(deadline=None, max_examples=60)
@given(
    rows=st.integers(1, 5),
    n_items=st.integers(1, 120),
    k=st.integers(1, 12),
    levels=st.integers(1, 6),
    seed=st.integers(0, 2**31),
)
def test_lists_and_ranks_agree_with_sorting_by_score_then_hash(rows, n_items, k, levels, seed) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, levels, (rows, n_items)).astype(np.float32)
    scores[scores == 2] = -np.inf
    keys = rng.integers(0, 2**63, rows).astype(np.uint64)
    items, best = rank_scores(scores, keys, k, seed)
    for row in range(rows):
        expected = by_hand(scores[row], keys[row], k, seed)
        assert items[row].tolist() == expected + [-1] * (k - len(expected))
        assert best[row].tolist() == [scores[row, i] for i in expected] + [-np.inf] * (k - len(expected))
        for place, item in enumerate(expected, start=1):
            assert rank_of(scores[row], item, keys[row], seed=seed) == place


def test_ties_depend_on_the_key_and_the_seed_not_on_the_item_number() -> None:
    scores = np.zeros((2, 50), dtype=np.float32)
    items, _ = rank_scores(scores, np.array([1, 2], dtype=np.uint64), 50)
    again, _ = rank_scores(scores, np.array([1, 2], dtype=np.uint64), 50, seed=1)
    assert sorted(items[0]) == list(range(50))
    assert items[0].tolist() != items[1].tolist()
    assert items[0].tolist() != again[0].tolist()
    assert items[0].tolist() != list(range(50))


def test_the_first_place_of_a_tie_is_uniform_over_the_items() -> None:
    items, _ = rank_scores(np.zeros((20_000, 10), np.float32), np.arange(20_000, dtype=np.uint64), 1)
    share = np.bincount(items[:, 0], minlength=10) / 20_000
    assert np.abs(share - 0.1).max() < 0.012  # five standard errors: 5·√(0.1·0.9/20000) = 0.0106


def test_hide_masks_the_history_allow_does_not_and_exclusive_lists_nothing_else() -> None:
    histories = from_lists([[3, 1, 3]], 5)
    model = Fixed([0, 4, 1, 3, 2])
    lists = {
        seen: recommend(model, histories, k=5, policy=Policy(seen)).items[0].tolist()
        for seen in ("hide", "allow", "exclusive")
    }
    assert lists["hide"] == [4, 2, 0, -1, -1]
    assert lists["allow"] == [1, 3, 4, 2, 0]
    assert lists["exclusive"] == [1, 3, -1, -1, -1]


def test_items_that_are_not_candidates_are_never_listed() -> None:
    candidates = np.array([True, False, True, True, False])
    lists = recommend(Fixed([0, 4, 1, 3, 2]), from_lists([[], [3]], 5), k=3, candidates=candidates)
    assert lists.items.tolist() == [[3, 2, 0], [2, 0, -1]]
    assert lists.scores[1].tolist() == [1, 0, -np.inf]


def test_a_row_without_an_answer_takes_the_labelled_fallback_under_the_same_masks() -> None:
    fallback = np.array([1, 2, 3, 4, 5], dtype=np.float32)
    candidates = np.array([True, True, True, True, False])
    lists = recommend(
        Fixed([7, 7, 7, 7, 9]), from_lists([[3]], 5), k=2, candidates=candidates, fallback=fallback
    )
    assert lists.items.tolist() == [[2, 1]]
    assert lists.answerers[lists.answered_by[0]] == FALLBACK


def test_without_a_fallback_a_row_keeps_its_tied_scores() -> None:
    lists = recommend(Fixed([7, 7, 7]), from_lists([[]], 3), k=3)
    assert lists.scores.tolist() == [[7, 7, 7]]
    assert lists.answerers == ("fixed",)


def test_an_answered_row_is_credited_to_the_model() -> None:
    lists = recommend(Fixed([1, 2]), from_lists([[]], 2), k=1, fallback=np.ones(2, np.float32))
    assert lists.answerers[lists.answered_by[0]] == "fixed"


def test_rows_are_the_same_in_one_block_and_in_many() -> None:
    n = 3 * ranking.ROWS + 5
    histories = from_lists([[row % 7] for row in range(n)], 9)
    model = Fixed([0, 1, 1, 0, 2, 2, 1, 0, 0])
    whole = recommend(model, histories, k=4)
    for row in (0, ranking.ROWS, n - 1):
        alone = recommend(model, histories.rows([row]), k=4)
        assert alone.items[0].tolist() == whole.items[row].tolist()


def test_the_rank_of_an_item_follows_policy_and_candidates() -> None:
    scores = np.array([5, 4, 3, 2], dtype=np.float32)
    seen = np.array([0], dtype=np.int32)
    assert rank_of(scores, 2, 0) == 3
    assert rank_of(scores, 2, 0, seen=seen) == 2
    assert rank_of(scores, 0, 0, seen=seen) == 0
    assert rank_of(scores, 0, 0, seen=seen, policy=Policy("allow")) == 1
    assert rank_of(scores, 0, 0, seen=seen, policy=Policy("exclusive")) == 1
    assert rank_of(scores, 2, 0, candidates=np.array([True, False, True, True])) == 2


def test_nan_scores_are_refused() -> None:
    with pytest.raises(ValueError, match="row 0 of the scores holds NaN"):
        rank_scores(np.array([[1, np.nan]], dtype=np.float32), np.zeros(1, np.uint64), 1)


def test_an_unknown_policy_and_an_empty_list_are_refused_in_words() -> None:
    with pytest.raises(ConfigError, match="'sometimes'.*hide, allow or exclusive"):
        Policy("sometimes")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="k = 0"):
        recommend(Fixed([1]), from_lists([[]], 1), k=0)


def test_fallback_scores_count_the_events_of_train() -> None:
    train = make_dataset([0, 0, 1], [2, 2, 0], n_items=4)
    assert ranking.fallback_scores(train).tolist() == [1, 0, 2, 0]
