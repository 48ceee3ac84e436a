"""Singular vectors against LAPACK, projection by hand, and a planted cause."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from core.models import spectral
from core.models.spectral import top_right_vectors
from core.models.svd import SVD, SVDConfig
from core.progress import Cancelled
from data.histories import from_lists
from tests.conftest import make_dataset
from tests.core.models.planted import CAUSE, TARGET, planted_cause


def random_matrix(n: int, m: int, share: float = 0.1) -> csr_matrix:
    return csr_matrix((np.random.default_rng(1).random((n, m)) < share).astype(np.float32))


def test_one_direction_of_taste_by_hand() -> None:
    # X = [[1 1 0], [1 1 0], [0 0 1]]: σ = 2 with v = (1, 1, 0)/√2; item 0 alone projects to (½, ½, 0)
    data = make_dataset([0, 0, 1, 1, 2], [0, 1, 0, 1, 2], n_items=3)
    model = SVD(SVDConfig(factors=1)).fit(data)
    assert model.singular_values_ == pytest.approx([2])
    assert model.score(from_lists([[0], [2]], 3))[0] == pytest.approx([0.5, 0.5, 0], abs=1e-6)
    assert model.score(from_lists([[2]], 3))[0] == pytest.approx([0, 0, 0], abs=1e-6)


def test_the_vectors_of_a_large_matrix_agree_with_lapack() -> None:
    matrix = random_matrix(300, 200)
    _, values, rows = np.linalg.svd(matrix.toarray().astype(float))
    found, sigma = top_right_vectors(matrix, 5, report=lambda *a, **k: None)
    np.testing.assert_allclose(sigma, values[:5], rtol=2e-3)
    assert abs(found[:, 0] @ rows[0]) == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(found.T @ found, np.eye(5), atol=1e-5)


def test_with_room_for_all_vectors_the_answer_is_exact() -> None:
    matrix = random_matrix(60, 30, 0.3)
    _, values, rows = np.linalg.svd(matrix.toarray().astype(float), full_matrices=False)
    found, sigma = top_right_vectors(matrix, 8)
    np.testing.assert_allclose(sigma, values[:8], rtol=1e-5)
    np.testing.assert_allclose(found @ found.T, rows[:8].T @ rows[:8], atol=1e-5)


def test_directions_without_a_singular_value_are_left_out() -> None:
    matrix = csr_matrix(np.outer(np.ones(9), [1, 1, 0, 0]).astype(np.float32))
    found, sigma = top_right_vectors(matrix, 3)
    assert found.shape == (4, 1)
    assert sigma == pytest.approx([np.sqrt(18)])


def test_a_report_that_raises_stops_between_rounds() -> None:
    def stop(fraction: float, stage: str = "", **more: object) -> None:
        if "round 3" in stage:
            raise Cancelled

    with pytest.raises(Cancelled):
        top_right_vectors(random_matrix(40, 30), 4, report=stop)
    assert spectral.ROUNDS > 3


def test_all_factors_give_the_history_back() -> None:
    x = random_matrix(50, 12, 0.4)
    users, items = x.nonzero()
    model = SVD(SVDConfig(factors=12)).fit(make_dataset(users.tolist(), items.tolist(), n_items=12))
    assert model.score(from_lists([[3, 7]], 12))[0] == pytest.approx(
        [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0], abs=1e-5
    )


def test_a_planted_cause_is_the_top_reason() -> None:
    data = planted_cause()
    model = SVD(SVDConfig(factors=3)).fit(data)
    base, parts = model.history_contributions(from_lists([[2, CAUSE, 5, 7]], data.n_items), 0, TARGET)
    assert base == 0
    assert int(np.argmax(parts)) == 1
