"""Rating MF: the solution of each half-step, planted tastes foretold, and errors counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.popularity import Popularity
from core.models.rating_mf import RatingMF, RatingMFConfig
from core.rating_errors import (
    HeldOutRatings,
    RatingErrors,
    errors_of_the_mean,
    held_out_ratings,
    rating_errors,
)
from data.dataset import Dataset
from data.errors import NotApplicable
from data.histories import Histories, from_lists
from data.splits import make_splitter
from tests.conftest import make_dataset


def rated(users: list[int], items: list[int], ratings: list[float], n_items: int | None = None) -> Dataset:
    """Events in the order of users, with ratings."""
    data = make_dataset(users, items, times=list(range(len(users))), n_items=n_items)
    weights = np.asarray(ratings, dtype=np.float32)
    return data.with_interactions(replace(data.interactions, base_weight=weights))


def history(items: list[int], ratings: list[float], n_items: int) -> Histories:
    return replace(from_lists([items], n_items), weights=np.asarray(ratings, dtype=np.float32))


def test_with_a_large_ridge_the_biases_remain_and_are_shrunk_means() -> None:
    data = rated([0, 0, 1, 1], [0, 1, 0, 1], [5, 3, 4, 2])
    config = RatingMFConfig(factors=1, regularization=1e4, bias_regularization=2, iterations=200)
    model = RatingMF(config).fit(data)
    # mean 3.5; by symmetry user biases ±b and item biases ±c with b (2 + 2) = 1, c (2 + 2) = 2
    np.testing.assert_allclose(model.items_[:, 0], [0.5, -0.5], atol=1e-3)
    got = model.score(history([0, 1], [5, 3], 2))[0]
    np.testing.assert_allclose(got, [3.5 + 0.25 + 0.5, 3.5 + 0.25 - 0.5], atol=1e-3)


def test_a_history_is_folded_in_by_the_ridge_solution_over_its_ratings() -> None:
    data = planted_ratings()
    model = RatingMF(RatingMFConfig(factors=3, regularization=2, bias_regularization=4)).fit(data, seed=1)
    items, ratings = [1, 4, 6], np.array([5, 1, 3])
    taken = model.items_[items].copy()
    left = ratings - model.mean_ - taken[:, 0]
    taken[:, 0] = 1
    user = np.linalg.solve(taken.T @ taken + np.diag([4, 2, 2, 2]), taken.T @ left)
    expected = model.mean_ + user[0] + model.items_[:, 0] + model.items_[:, 1:] @ user[1:]
    np.testing.assert_allclose(model.score(history(items, ratings, data.n_items))[0], expected, rtol=1e-5)


def planted_ratings(seed: int = 0) -> Dataset:
    """60 users × 20 items: half the users give 5 to even items and 1 to odd ones, the others the reverse."""
    rng = np.random.default_rng(seed)
    users = np.repeat(np.arange(60), 10)
    items = np.concatenate([rng.permutation(20)[:10] for _ in range(60)])
    ratings = np.where((users + items) % 2 == 0, 5, 1)
    ratings[::25] = 3
    return rated(users.tolist(), items.tolist(), ratings.tolist(), 20)


def test_planted_tastes_are_foretold_where_biases_alone_know_nothing() -> None:
    data = planted_ratings()
    split = make_splitter("last", {"n": 2}).split(data, seed=0)
    held_out = held_out_ratings(data, split, "test")
    model = RatingMF(RatingMFConfig(factors=2, regularization=1)).fit(split.train)
    biases = RatingMF(RatingMFConfig(factors=1, regularization=1e4)).fit(split.train)
    assert held_out.histories.n_items == 20
    assert len(held_out.rating) == 120
    assert rating_errors(model, held_out).rmse < 0.8
    assert rating_errors(biases, held_out).rmse > 1.7


def test_the_error_on_train_never_rises_much_and_is_reported() -> None:
    curve: list[float] = []

    def report(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        if curve is not None:
            points.append(curve["rmse"])

    points = curve
    RatingMF(RatingMFConfig(factors=2, regularization=1)).fit(planted_ratings(), report=report)
    assert len(points) == 12
    assert points[-1] < 0.5 * points[0]


def test_resumed_training_equals_uninterrupted_training() -> None:
    data, kept = planted_ratings(), []
    whole = RatingMF(RatingMFConfig(iterations=7)).fit(data, seed=3, checkpoint=kept.append)
    (half,) = kept
    assert int(half["iteration"]) == 5
    again = RatingMF(RatingMFConfig(iterations=7)).fit(data, seed=99, resume=half)
    np.testing.assert_array_equal(again.items_, whole.items_)


def test_an_empty_history_is_answered_by_mean_and_item_bias_and_repeats_count_once() -> None:
    model = RatingMF(RatingMFConfig(factors=2)).fit(planted_ratings())
    np.testing.assert_allclose(
        model.score(from_lists([[]], 20))[0], model.mean_ + model.items_[:, 0], rtol=1e-6
    )
    once = model.score(history([3, 4], [2, 5], 20))
    np.testing.assert_allclose(model.score(history([3, 4, 3], [1, 5, 3], 20)), once, rtol=1e-6)


def test_the_errors_are_those_counted_by_hand() -> None:
    class Two:
        label = "Two"

        def predict(self, histories: Histories, items: None = None) -> np.ndarray:
            return np.tile(np.array([[4, 2]], dtype=np.float32), (len(histories), 1))

    rows = from_lists([[0], [1]], 2)
    asked = HeldOutRatings(rows, np.array([1, 0, 1]), np.array([0, 1, 1]), np.array([5, 2, 5], np.float32))
    # errors 5 − 4, 2 − 2, 5 − 2
    found = rating_errors(Two(), asked)
    assert found == RatingErrors(mae=4 / 3, mse=10 / 3, rmse=(10 / 3) ** 0.5, n=3)
    # the mean of (4, 2) is 3: errors 2, −1, 2
    train = rated([0, 1], [0, 1], [4, 2])
    assert errors_of_the_mean(train, asked) == RatingErrors(mae=5 / 3, mse=3, rmse=3**0.5, n=3)


def test_models_of_lists_and_empty_parts_are_refused_in_words() -> None:
    data = planted_ratings()
    nothing = np.empty(0, dtype=np.int64)
    empty = HeldOutRatings(
        from_lists([[0]], 20), nothing, nothing.astype(np.int32), nothing.astype(np.float32)
    )
    with pytest.raises(NotApplicable, match="Popularity ranks items and foretells no ratings"):
        rating_errors(Popularity().fit(data), empty)
    with pytest.raises(NotApplicable, match="No rating was held out"):
        rating_errors(RatingMF().fit(data), empty)


def test_of_users_held_out_whole_only_the_asked_ratings_are_judged() -> None:
    data = planted_ratings()
    split = make_splitter("user_cold").split(data, seed=0)
    held_out = held_out_ratings(data, split, "test")
    assert len(held_out.rating) == split.test.targets.nnz
    shown = split.test.histories.matrix
    assert not shown[held_out.row, held_out.item].any()


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(-1e3, 1e3, width=32)), max_size=8))
def test_foretold_ratings_stay_within_the_scale_whatever_the_history(events: list) -> None:
    model = STEADY
    rows = history([item for item, _ in events], [rating for _, rating in events], 20)
    foretold = model.predict(rows)
    assert foretold.min() >= 1
    assert foretold.max() <= 5


STEADY = RatingMF(RatingMFConfig(factors=2, iterations=2)).fit(planted_ratings())
