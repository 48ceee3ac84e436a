"""Similarities by hand, and a planted cause."""

from __future__ import annotations

import numpy as np
import pytest

from core.models.item_knn import ItemKNN, ItemKNNConfig
from data.histories import from_lists
from tests.conftest import make_dataset
from tests.core.models.planted import CAUSE, TARGET, planted_cause


def fit(**settings: object) -> ItemKNN:
    # item 0: users 0 1 2 3; item 1: users 0 1; item 2: users 2 3; item 3: user 3
    data = make_dataset([0, 1, 2, 3, 0, 1, 2, 3, 3], [0, 0, 0, 0, 1, 1, 2, 2, 3], n_items=5)
    return ItemKNN(ItemKNNConfig(**settings)).fit(data)


def test_similarity_is_the_cosine_with_shrinkage() -> None:
    # common users / (√n_i √n_j + shrinkage): items 0 and 1 share 2; 2 / (√4·√2 + 1)
    score = fit(shrinkage=1).score(from_lists([[0]], 5))[0]
    assert score == pytest.approx([0, 2 / (8**0.5 + 1), 2 / (8**0.5 + 1), 1 / (4**0.5 + 1), 0])


def test_the_score_is_the_sum_over_the_history() -> None:
    model = fit(shrinkage=0)
    parts = [model.score(from_lists([[item]], 5))[0] for item in (1, 3)]
    np.testing.assert_allclose(model.score(from_lists([[1, 3]], 5))[0], parts[0] + parts[1], rtol=1e-6)


def test_only_the_nearest_items_of_each_target_are_kept() -> None:
    kept = fit(shrinkage=0, n_neighbors=1).similarity_
    assert np.diff(kept.tocsc().indptr).tolist() == [1, 1, 1, 1, 0]
    # target 3 (user 3): cosine to 0 is 1/√4 = 0.5, to 2 is 1/√2
    assert kept[2, 3] == pytest.approx(0.5**0.5)


@pytest.mark.parametrize("kind", ["none", "tfidf", "bm25"])
def test_a_planted_cause_is_the_top_reason(kind: str) -> None:
    data = planted_cause()
    model = ItemKNN(ItemKNNConfig(feature_weighting=kind)).fit(data)
    history = from_lists([[2, CAUSE, 5, 7]], data.n_items)
    base, parts = model.history_contributions(history, 0, TARGET)
    assert base == 0
    assert int(np.argmax(parts)) == 1


def test_recency_raises_the_part_of_the_latest_event() -> None:
    data = planted_cause()
    plain = ItemKNN().fit(data)
    recent = ItemKNN(ItemKNNConfig(recency_half_life=1)).fit(data)
    history = from_lists([[2, CAUSE, 5]], data.n_items)
    _, flat = plain.history_contributions(history, 0, 8)
    _, decayed = recent.history_contributions(history, 0, 8)
    assert decayed == pytest.approx(flat * np.array([0.25, 0.5, 1]), rel=1e-5)
