"""shap over history masks: it adds up, agrees with exact values, and leaves no trace."""

from __future__ import annotations

import numpy as np
import pytest

from core.explanation import explain
from data.histories import from_lists


def test_an_order_sensitive_model_adds_up(order_model, some_histories):
    explanation = explain(order_model, some_histories, 0, 20)
    assert explanation.method == "shap_permutation"
    assert explanation.base == pytest.approx(1.0)  # what the model gives an empty history
    assert abs(explanation.residual) < 1e-9
    assert explanation.standard_errors is not None
    assert explanation.evaluations == 2 + 10 * (2 * 8 + 1)


def test_it_is_exact_for_pairwise_interactions():
    """v(S) = 2[a] + 3[b] + 4[a and b]: Shapley gives 2 + 2 and 3 + 2, after a single pair of orders."""

    class Pairs:
        name = "pairs"

        def score(self, histories, items=None):
            has = np.asarray([[item in histories.row(r) for item in (0, 1)] for r in range(len(histories))])
            value = 2 * has[:, 0] + 3 * has[:, 1] + 4 * (has[:, 0] & has[:, 1])
            return (value[:, None] + (np.arange(5) if items is None else items)).astype(np.float32)

    explanation = explain(Pairs(), from_lists([[0, 1, 3]], 5), 0, 2)
    np.testing.assert_allclose(explanation.contributions, [4.0, 5.0, 0.0], atol=1e-12)


def test_it_lies_within_three_standard_errors_of_exact_values(fold_in_model):
    model, history = fold_in_model(6.0), from_lists([range(9)], 40)
    exact = explain(model, history, 0, 30)
    sampled = explain(model, history, 0, 30, method="shap_permutation")
    gap = np.abs(sampled.contributions - exact.contributions)
    assert np.all(gap <= 3 * sampled.standard_errors + 1e-6)


def test_old_events_of_a_long_history_are_one_player(order_model):
    history = from_lists([[i % 40 for i in range(70)]], 40)
    explanation = explain(order_model, history, 0, 20)
    assert explanation.facts["grouped"] == 21
    assert explanation.players[0] == "21 oldest events"
    assert explanation.players[1:] == tuple(range(21, 70))
    assert explanation.items[0] == -1
    assert explanation.items[1:].tolist() == history.row(0)[21:].tolist()
    assert abs(explanation.residual) < 1e-9


def test_numpys_global_generator_is_put_back(order_model, some_histories):
    np.random.seed(5)  # noqa: NPY002 - the state under test
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    explain(order_model, some_histories, 2, 20)
    assert np.random.random() == expected  # noqa: NPY002


def test_the_same_seed_gives_the_same_parts(order_model, some_histories):
    once, twice = (explain(order_model, some_histories, 0, 20, seed=4).contributions for _ in range(2))
    np.testing.assert_array_equal(once, twice)
