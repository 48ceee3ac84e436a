"""Fold-in against np.linalg.solve, alpha against the package, the traps of the package."""

from __future__ import annotations

import numpy as np
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from core.models.als import ALS, ALSConfig, loss_per_cell, noise_level
from data.dataset import Dataset
from data.histories import from_interactions, from_lists
from tests.conftest import make_dataset


def some_data(seed: int = 0) -> Dataset:
    rng = np.random.default_rng(seed)
    pairs = np.argwhere(rng.random((50, 20)) < 0.25)
    return make_dataset(pairs[:, 0].tolist(), pairs[:, 1].tolist(), n_items=22)


def model(**settings: object) -> ALS:
    known = {"factors": 6, "iterations": 4, "regularization": 0.5, "regularization_unit": "absolute"}
    return ALS(ALSConfig(**(known | settings))).fit(some_data(), seed=1)


def bare(alpha: float, matrix: csr_matrix) -> AlternatingLeastSquares:
    with threadpool_limits(1, "blas"):
        learner = AlternatingLeastSquares(
            factors=6, iterations=4, regularization=0.5, alpha=alpha, random_state=1
        )
        learner.fit(matrix, show_progress=False)
    return learner


def test_alpha_times_the_weight_is_what_the_package_calls_alpha() -> None:
    learner = bare(4.0, some_data().matrix)
    np.testing.assert_allclose(model(alpha=4.0).item_factors_[:20], learner.item_factors[:20], atol=1e-5)


def test_fold_in_equals_the_ridge_solution_written_out() -> None:
    als = model(alpha=3.0)
    y = als.item_factors_.astype(np.float64)
    taken = y[[4, 9, 11]]
    a = y.T @ y + 0.5 * np.eye(6) + taken.T @ ((3.0 - 1) * taken)
    x = np.linalg.solve(a, taken.T @ np.full(3, 3.0))
    np.testing.assert_allclose(als.user_factors(from_lists([[9, 4, 11]], 22))[0], x, rtol=1e-9)


def test_fold_in_agrees_with_the_package_for_its_own_users() -> None:
    data = some_data()
    als = model(alpha=2.0)
    learner = bare(2.0, data.matrix)
    rows = from_interactions(data.interactions, np.arange(5, dtype=np.int32), data)
    theirs = learner.recalculate_user(np.arange(5), data.matrix[:5] * 2.0)  # the package applies no alpha
    ours = als.user_factors(rows)
    same_alpha = learner.recalculate_user(np.arange(5), data.matrix[:5])
    closest = min(np.abs(ours - theirs).max(), np.abs(ours - same_alpha).max())
    assert closest < 1e-4


def test_with_alpha_one_and_single_events_the_score_is_additive() -> None:
    als = model(alpha=1.0, weights="binary")
    whole = als.score(from_lists([[1, 2, 3]], 22))[0]
    parts = als.score(from_lists([[1], [2], [3]], 22)).sum(axis=0)
    np.testing.assert_allclose(whole, parts, atol=1e-5)


def test_an_empty_history_has_no_answer_and_untrained_items_score_zero() -> None:
    als = model()
    assert (als.score(from_lists([[]], 22)) == 0).all()
    assert als.score(from_lists([[3]], 22))[0, 20:].tolist() == [0, 0]


def test_the_noise_level_is_the_edge_of_a_random_matrix() -> None:
    rng = np.random.default_rng(0)
    matrix = csr_matrix((rng.random((300, 200)) < 0.1).astype(np.float32))
    # the largest singular value but the first (the mean) of independent entries
    second = np.linalg.svd(matrix.toarray(), compute_uv=False)[1]
    assert noise_level(matrix) == pytest.approx(second, rel=0.1)
    assert noise_level(matrix * np.float32(3)) == pytest.approx(3 * noise_level(matrix), rel=1e-5)


@pytest.mark.parametrize("n_users", [60, 600])
def test_default_settings_tell_two_camps_apart_on_any_size(n_users: int) -> None:
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(n_users), 6)
    items = np.concatenate([rng.permutation(20)[:6] + 20 * (user % 2) for user in range(n_users)])
    als = ALS().fit(make_dataset(users.tolist(), items.tolist(), n_items=40))
    scores = als.score(from_lists([[0, 1, 2], [20, 21, 22]], 40))
    assert scores[0, 3:20].min() > scores[0, 20:].max()
    assert scores[1, 23:].min() > scores[1, :20].max()


def test_the_training_loss_falls_and_is_reported_for_every_iteration() -> None:
    curve: list[dict[str, float]] = []

    def report(fraction: float, stage: str = "", *, curve_: object = None, **more: object) -> None:
        if more.get("curve"):
            curve.append(more["curve"])  # type: ignore[arg-type]

    ALS(ALSConfig(factors=4, iterations=6)).fit(some_data(), report=report)
    assert [point["epoch"] for point in curve] == [1, 2, 3, 4, 5, 6]
    assert curve[-1]["loss"] < curve[0]["loss"]


def test_a_checkpoint_is_taken_up_where_it_ended() -> None:
    saved: list[dict] = []
    config = ALSConfig(factors=4, iterations=10)
    whole = ALS(config).fit(some_data(), seed=2, checkpoint=saved.append)
    assert int(saved[0]["iteration"]) == 5
    resumed = ALS(config).fit(some_data(), seed=2, resume=saved[0])
    rows = from_lists([[1, 2], [5]], 22)
    assert np.corrcoef(whole.score(rows).ravel(), resumed.score(rows).ravel())[0, 1] > 0.95


def test_the_loss_per_cell_is_the_sum_over_all_cells_written_out() -> None:
    """2 users × 2 items: c (1 − s)² where taken, s² elsewhere, ridge on both, over Σ c + empty cells."""
    confidence = csr_matrix(np.array([[3.0, 0.0], [0.0, 2.0]], dtype=np.float32))
    x, y = np.array([[0.5], [1.0]]), np.array([[1.0], [2.0]])
    s = x @ y.T  # [[.5, 1], [1, 2]]
    cells = 3 * (1 - s[0, 0]) ** 2 + s[0, 1] ** 2 + s[1, 0] ** 2 + 2 * (1 - s[1, 1]) ** 2
    ridge = 0.1 * (0.25 + 1 + 1 + 4)
    assert loss_per_cell(confidence, x, y, 0.1) == pytest.approx((cells + ridge) / (3 + 2 + 2))


def test_the_loss_per_cell_is_what_the_package_calls_its_loss() -> None:
    data = some_data()
    told: list[float] = []
    learner = AlternatingLeastSquares(
        factors=8, regularization=0.5, alpha=1.0, iterations=3, random_state=0, calculate_training_loss=True
    )
    confidence = csr_matrix(data.matrix * np.float32(4))
    with threadpool_limits(1, "blas"):
        learner.fit(confidence, show_progress=False, callback=lambda _i, _s, loss: told.append(loss))
    own = loss_per_cell(confidence, learner.user_factors, learner.item_factors, 0.5)
    assert own == pytest.approx(told[-1], rel=1e-4)
