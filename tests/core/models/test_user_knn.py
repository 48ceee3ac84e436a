"""Votes by hand, rarity, and what a trained user's own row does."""

from __future__ import annotations

import numpy as np
import pytest

from core.models.user_knn import UserKNN, UserKNNConfig
from core.ranking import recommend
from data.histories import from_interactions, from_lists
from tests.conftest import make_dataset

PLAIN = {"feature_weighting": "none", "sharpness": 1.0, "vote_discount": 0.0}


def fit(**settings: object) -> UserKNN:
    # user 0: items 0 1; user 1: items 0 2 3; user 2: item 3; item 4 has no event
    data = make_dataset([0, 0, 1, 1, 1, 2], [0, 1, 0, 2, 3, 3], n_items=5)
    return UserKNN(UserKNNConfig(**(PLAIN | settings))).fit(data)


def test_every_neighbour_votes_with_its_cosine() -> None:
    # history {0, 1}: cosine to user 0 is 2 / (√2·√2) = 1, to user 1 is 1 / (√2·√3), to user 2 is 0
    near = 1 / 6**0.5
    score = fit().score(from_lists([[0, 1]], 5))[0]
    assert score == pytest.approx([1 + near, 1, near, near, 0])


def test_sharpness_is_the_exponent_of_the_cosine() -> None:
    score = fit(sharpness=2.0).score(from_lists([[0, 1]], 5))[0]
    assert score == pytest.approx([1 + 1 / 6, 1, 1 / 6, 1 / 6, 0])


def test_only_the_nearest_users_vote() -> None:
    score = fit(n_neighbors=1).score(from_lists([[0, 1]], 5))[0]
    assert score == pytest.approx([1, 1, 0, 0, 0])


def test_the_discount_divides_a_vote_by_the_users_of_the_item() -> None:
    # items 0 and 3 have 2 users, items 1 and 2 one
    near = 1 / 6**0.5
    score = fit(vote_discount=0.5).score(from_lists([[0, 1]], 5))[0]
    assert score == pytest.approx([(1 + near) / 2**0.5, 1, near, near / 2**0.5, 0], rel=1e-6)


def test_tfidf_makes_a_rare_item_say_more_than_a_popular_one() -> None:
    # ln(3 users / n) + 1: items 0 and 3 (n = 2) count a = ln 1.5 + 1, items 1 and 2 (n = 1) b = ln 3 + 1
    a, b = np.log(1.5) + 1, np.log(3) + 1
    score = fit(feature_weighting="tfidf").score(from_lists([[0, 1]], 5))[0]
    own = np.hypot(a, b)
    near = a * a / (own * np.sqrt(a * a + b * b + a * a))
    assert score == pytest.approx([1 + near, 1, near, near, 0], rel=1e-6)


def test_a_trained_users_own_row_votes_for_nothing_new() -> None:
    data = make_dataset([0, 0, 1, 1, 2, 2, 3], [0, 1, 0, 2, 1, 3, 3], n_items=4)
    rows = from_interactions(data.interactions, np.array([0], dtype=np.int32), data)
    others = data.with_interactions(data.interactions.take(np.flatnonzero(data.interactions.user > 0)))
    settings = UserKNNConfig(feature_weighting="none", vote_discount=0)
    with_own, without = (UserKNN(settings).fit(each) for each in (data, others))
    unseen = np.array([2, 3])
    np.testing.assert_allclose(with_own.score(rows)[0, unseen], without.score(rows)[0, unseen], rtol=1e-6)


def test_a_history_that_nobody_shares_has_no_answer() -> None:
    assert (fit().score(from_lists([[4], []], 5)) == 0).all()


def test_two_camps_are_told_apart(toy) -> None:
    lists = recommend(UserKNN().fit(toy), from_lists([[0, 1, 2], [6, 7, 8]], 12), k=3).items
    assert set(lists[0]) == {3, 4, 5}
    assert set(lists[1]) == {9, 10, 11}
