"""Content: taste that titles tell is learnt, taste that they do not tell is not, new items have a place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.models.base import ExplainsByHistory, ScoresNewItems
from core.models.cfcbf import CFCBF
from core.models.content import Content, ContentConfig
from core.models.content_to_factors import ContentToFactors, ContentToFactorsConfig
from core.models.popularity import Popularity
from data.errors import NotApplicable
from data.histories import from_interactions, from_lists
from tests.conftest import make_dataset
from tests.core.models.planted import TASTES, own_subject_first, planted_content

COLD = np.arange(48, 60)
MODELS = {
    "content": lambda: Content(ContentConfig(dims=32)),
    "cfcbf": CFCBF,
    "content_to_factors": lambda: ContentToFactors(ContentToFactorsConfig(factors=8, ridge=0.5, dims=32)),
}


def share_on_cold_items(model, data) -> float:
    users = np.arange(data.n_users, dtype=np.int32)
    rows = from_interactions(data.interactions, users, data)
    return own_subject_first(model.fit(data, seed=0).score(rows), users % len(TASTES), COLD)


@pytest.mark.parametrize("name", MODELS)
def test_taste_that_titles_tell_is_learnt_for_items_without_an_event(name: str) -> None:
    assert share_on_cold_items(MODELS[name](), planted_content()) > 0.9


@pytest.mark.parametrize("name", MODELS)
def test_with_shuffled_titles_nothing_is_learnt(name: str) -> None:
    chance = [share_on_cold_items(MODELS[name](), planted_content(seed=s, shuffled=True)) for s in range(3)]
    assert np.mean(chance) < 0.5


def test_popularity_does_not_learn_it() -> None:
    assert share_on_cold_items(Popularity(), planted_content()) <= 0.3


def three_items() -> tuple:
    """Items 0 and 1 share a genre, item 2 has another; item 3 (the first genre) has no event."""
    data = make_dataset([0, 1, 2, 3], [0, 1, 2, 2], n_items=4)
    features = pd.DataFrame({"categories": ["a|b", "a", "c", "a"]})
    return replace(data, item_features=features), from_lists([[0], [0, 2], [], [1, 1]], 4)


def test_scores_are_the_sum_of_cosines_with_the_items_of_the_history() -> None:
    data, rows = three_items()
    scores = Content().fit(data).score(rows)
    # "b" and "c" stand in one trained row each and are left out: items 0, 1, 3 are "a" and item 2 nothing
    np.testing.assert_allclose(scores[0], [1, 1, 0, 1], atol=1e-6)
    np.testing.assert_allclose(scores[1], [1, 1, 0, 1], atol=1e-6)
    np.testing.assert_array_equal(scores[2], 0)
    np.testing.assert_allclose(scores[3], [1, 1, 0, 1], atol=1e-6)  # binary: a repeat counts once


def test_the_vector_is_the_projection_on_the_leading_singular_vectors() -> None:
    data = planted_content(n_users=40)
    model = Content(ContentConfig(dims=3)).fit(data)
    profiles = model.space_.profiles(data.item_features, data.n_items).toarray().astype(np.float64)
    _, _, basis = np.linalg.svd(profiles[data.trained_items], full_matrices=False)
    dense = profiles @ basis[:3].T
    dense /= np.linalg.norm(dense, axis=1, keepdims=True)
    np.testing.assert_allclose(model.vectors_ @ model.vectors_.T, dense @ dense.T, atol=1e-3)


def test_older_events_count_less_with_a_half_life() -> None:
    data = make_dataset([0, 0, 1, 1], [0, 1, 2, 3], n_items=4)
    data = replace(data, item_features=pd.DataFrame({"categories": ["a", "b", "a", "b"]}))
    model = Content(ContentConfig(recency_half_life=1)).fit(data)
    (scores,) = model.score(from_lists([[0, 1]], 4))  # a is one event older than b
    np.testing.assert_allclose(scores, [0.5, 1, 0.5, 1], atol=1e-6)


def test_items_that_arrive_later_are_scored_by_what_is_known_of_them() -> None:
    data = planted_content()
    model = Content().fit(data)
    new = pd.DataFrame({"title": ["a harbour at night", "glacier glacier", None]})
    wide = model.with_items(new)
    assert isinstance(wide, ScoresNewItems)
    assert isinstance(wide, ExplainsByHistory)
    (scores,) = wide.score(from_lists([[1, 5, 9]], 60))  # harbour
    assert scores[60] > 0.3 > abs(scores[61])
    assert scores[62] == 0
    base, parts = wide.history_contributions(from_lists([[1, 5, 60]], 63), 0, 60)
    assert base + parts.sum() == pytest.approx(wide.score(from_lists([[1, 5, 60]], 63))[0, 60], abs=1e-5)
    assert model.vectors_.shape[0] == 60  # the model itself is as it was


def test_without_features_the_model_says_what_it_needs() -> None:
    data = replace(planted_content(), item_features=None)
    with pytest.raises(NotApplicable, match=r"Content needs what is known of items.*Import a table of items"):
        Content().fit(data)
