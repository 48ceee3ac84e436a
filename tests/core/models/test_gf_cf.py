"""Both filters by hand and against the dense formula, and a planted cause."""

from __future__ import annotations

import numpy as np
import pytest

from core.models.gf_cf import GFCF, GFCFConfig
from data.histories import from_lists
from tests.conftest import make_dataset
from tests.core.models.planted import CAUSE, TARGET, planted_cause


def test_the_linear_filter_by_hand() -> None:
    # user 0: items 0 1; user 1: items 1 2. Degrees: users 2 2, items 1 2 1.
    # R = X_ui / √(d_u d_i): R_00 = 1/√2, R_01 = 1/√4, R_11 = 1/√4, R_12 = 1/√2
    # from item 0 over user 0: to 0 by 1/√2·1/√2, to 1 by 1/√2·1/2
    model = GFCF(GFCFConfig(alpha=0)).fit(make_dataset([0, 0, 1, 1], [0, 1, 1, 2], n_items=4))
    score = model.score(from_lists([[0], [1]], 4))
    assert score[0] == pytest.approx([1 / 2, 1 / 8**0.5, 0, 0])
    assert score[1] == pytest.approx([1 / 8**0.5, 1 / 4 + 1 / 4, 1 / 8**0.5, 0])


def test_the_ideal_filter_by_hand() -> None:
    # the graph of the first test has top right vector v ∝ √d = (1, √2, 1, 0)/2 with σ = 1:
    # D^-½ v v' D^½ from item 0 is (1/1)·v_0·v_t·√d_t = ½·(½·1, √2/2·√2, ½·1) = (¼, ½, ¼)
    data = make_dataset([0, 0, 1, 1], [0, 1, 1, 2], n_items=4)
    history = from_lists([[0]], 4)
    both = GFCF(GFCFConfig(alpha=2, factors=1)).fit(data).score(history)[0]
    linear = GFCF(GFCFConfig(alpha=0)).fit(data).score(history)[0]
    assert both - linear == pytest.approx([2 * 1 / 4, 2 * 1 / 2, 2 * 1 / 4, 0], abs=1e-6)


def test_scores_equal_the_dense_formula() -> None:
    rng = np.random.default_rng(4)
    x = (rng.random((80, 30)) < 0.2).astype(float)
    data = make_dataset(*(np.nonzero(x)[axis].tolist() for axis in (0, 1)), n_items=30)
    users, items = x.sum(1), x.sum(0)
    r = x / np.sqrt(np.maximum(users, 1))[:, None] / np.sqrt(items)
    v = np.linalg.svd(r)[2][:5].T
    low_pass = np.diag(items**-0.5) @ v @ v.T @ np.diag(items**0.5)
    expected = x[:4] @ (r.T @ r + 0.3 * low_pass)
    model = GFCF(GFCFConfig(factors=5, alpha=0.3)).fit(data)
    rows = from_lists([np.flatnonzero(row).tolist() for row in x[:4]], 30)
    np.testing.assert_allclose(model.score(rows), expected, atol=1e-4)


def test_an_empty_history_has_no_answer_and_untrained_items_score_zero() -> None:
    model = GFCF().fit(make_dataset([0, 0, 1, 1], [0, 1, 1, 2], n_items=4))
    assert (model.score(from_lists([[], [3]], 4)) == 0).all()
    assert model.score(from_lists([[0, 1]], 4))[0, 3] == 0


@pytest.mark.parametrize("alpha", [0.0, 0.3])
def test_a_planted_cause_is_the_top_reason(alpha: float) -> None:
    data = planted_cause()
    model = GFCF(GFCFConfig(alpha=alpha, factors=4)).fit(data)
    base, parts = model.history_contributions(from_lists([[2, CAUSE, 5, 7]], data.n_items), 0, TARGET)
    assert base == 0
    assert int(np.argmax(parts)) == 1
