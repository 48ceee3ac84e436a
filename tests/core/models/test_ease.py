"""EASE against its constraint, its normal equations and the definition."""

from __future__ import annotations

import numpy as np
import pytest

from core.models import ease
from core.models.ease import EASE, EASEConfig
from data.dataset import Dataset
from data.errors import NotApplicable
from data.histories import from_lists
from tests.conftest import make_dataset
from tests.core.models.planted import CAUSE, TARGET, planted_cause


def some_data(seed: int = 0) -> Dataset:
    rng = np.random.default_rng(seed)
    pairs = np.argwhere(rng.random((60, 15)) < 0.3)
    return make_dataset(pairs[:, 0].tolist(), pairs[:, 1].tolist(), n_items=17)  # 15 and 16: no events


def test_weights_solve_the_normal_equations_under_a_zero_diagonal() -> None:
    # the Lagrangian (Steck, 2019): (X'X + λI) B = X'X − diag(γ): equal off the diagonal
    data = some_data()
    model = EASE(EASEConfig(regularization=5)).fit(data)
    x = data.matrix.toarray()[:, model.items_]
    gram = x.T @ x
    difference = (gram + 5 * np.eye(len(gram))) @ model.weights_ - gram
    np.testing.assert_allclose(difference - np.diag(np.diag(difference)), 0, atol=1e-3)
    assert (np.diag(model.weights_) == 0).all()


@pytest.mark.parametrize(("limit", "tolerance"), [(6000, 1e-6), (0, 1e-4)])
def test_weights_equal_the_definition_in_both_precisions(monkeypatch, limit, tolerance) -> None:
    monkeypatch.setattr(ease, "EXACT_UP_TO", limit)
    data = some_data()
    model = EASE(EASEConfig(regularization=3)).fit(data)
    x = data.matrix.toarray().astype(np.float64)[:, :15]
    p = np.linalg.inv(x.T @ x + 3 * np.eye(15))
    b = np.eye(15) - p / np.diag(p)[None, :]
    np.testing.assert_allclose(model.weights_, b, atol=tolerance)
    np.testing.assert_allclose(
        model.score(from_lists([[2, 7]], 17))[0, :15], b[2] + b[7], atol=10 * tolerance
    )


def test_items_without_events_score_zero_and_take_no_memory() -> None:
    model = EASE().fit(some_data())
    assert model.weights_.shape == (15, 15)
    assert model.score(from_lists([[16, 1]], 17))[0, 15:].tolist() == [0, 0]


def test_a_planted_cause_is_the_top_reason() -> None:
    data = planted_cause()
    model = EASE(EASEConfig(regularization=50)).fit(data)
    base, parts = model.history_contributions(from_lists([[2, CAUSE, 5, 7]], data.n_items), 0, TARGET)
    assert base == 0
    assert int(np.argmax(parts)) == 1


def test_a_catalogue_that_does_not_fit_is_refused_with_the_memory_it_needs(monkeypatch) -> None:
    monkeypatch.setattr(ease, "SHARE_OF_MEMORY", 0.0)
    with pytest.raises(NotApplicable, match="15 need .* GiB.*item_knn or als"):
        EASE().fit(some_data())


def test_memory_needed_grows_with_the_square_of_the_catalogue() -> None:
    assert ease.bytes_needed(1000) == 1000**2 * (3 * 8 + 4)
    assert ease.bytes_needed(20_000) == 20_000**2 * (3 * 4 + 4)  # float32 above EXACT_UP_TO


def test_dropout_adds_to_the_ridge_of_items_with_many_users() -> None:
    """EDLAE (Steck, 2020): Λ_jj = λ + p / (1 − p) · (X'X)_jj, here 3 + ⅓ · users of j for p = ¼."""
    data = some_data()
    x = data.matrix.toarray().astype(np.float64)[:, :15]
    gram = x.T @ x
    p = np.linalg.inv(gram + np.diag(3 + np.diag(gram) / 3))
    b = np.eye(15) - p / np.diag(p)[None, :]
    np.testing.assert_allclose(
        EASE(EASEConfig(regularization=3, dropout=0.25)).fit(data).weights_, b, atol=1e-6
    )


@pytest.mark.parametrize("most", [0.1, 0.3, 0.9])
def test_the_diagonal_stays_below_its_bound_and_is_the_ridge_solution_where_that_is_free(most: float) -> None:
    """RLAE (Moon et al., 2023): without the bound B = (X'X + λI)⁻¹ X'X, whose diagonal is 1 − λ P_jj."""
    data = some_data()
    x = data.matrix.toarray().astype(np.float64)[:, :15]
    gram = x.T @ x
    weights = EASE(EASEConfig(regularization=3, diagonal=most)).fit(data).weights_
    ridge = np.linalg.solve(gram + 3 * np.eye(15), gram)
    assert np.diag(weights).max() <= most + 1e-6
    free = np.diag(ridge) <= most
    np.testing.assert_allclose(weights[:, free], ridge[:, free], atol=1e-5)
    bound = np.diag(weights)[~free]
    np.testing.assert_allclose(bound, most, atol=1e-6)
