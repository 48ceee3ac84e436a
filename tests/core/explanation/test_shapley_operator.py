"""The operator against enumeration with numpy, and the axioms that define Shapley's value."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.explanation import explain, history_operator
from core.explanation.subsets import shapley_operator
from data.errors import NotApplicable
from data.histories import from_lists


def value(model, items, c, target) -> float:
    own = model.Y[list(items)]
    if len(own) == 0:
        return 0.0
    x = np.linalg.solve(model.A0 + (own.T * (c - 1)) @ own, own.T @ c)
    return float(model.Y[target] @ x)


def brute_force(model, items, c, target) -> np.ndarray:
    n = len(items)
    phi = np.zeros(n)
    for j in range(n):
        others = [i for i in range(n) if i != j]
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for chosen in combinations(others, size):
                with_j = [*chosen, j]
                phi[j] += weight * (
                    value(model, items[with_j], c[with_j], target)
                    - value(model, items[list(chosen)], c[list(chosen)], target)
                )
    return phi


@pytest.mark.parametrize("alpha", [0.5, 1.0, 4.0, 40.0])
@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_the_operator_equals_enumeration(fold_in_model, alpha, n):
    model = fold_in_model(alpha)
    items = np.random.default_rng(n).permutation(40)[:n]
    operator = history_operator(model, from_lists([items], 40), 0)
    weights = np.full(n, alpha)
    for target in (0, 17, int(items[0])):
        expected = brute_force(model, items, weights, target)
        np.testing.assert_allclose(operator.parts(target), expected, atol=1e-12)


def test_parts_of_all_items_add_up_at_fifteen_players(fold_in_model):
    model = fold_in_model(10.0)
    operator = history_operator(model, from_lists([range(15)], 40), 0)
    scores = model.Y @ operator.game.vector()
    assert np.abs(operator.all_items().sum(0) - scores).max() < 1e-9
    explanation = operator.explain(20)
    assert abs(explanation.residual) < 1e-9
    assert explanation.evaluations == 2**15


def test_all_items_equals_each_item(fold_in_model, some_histories):
    operator = history_operator(fold_in_model(4.0), some_histories, 0)
    table = operator.all_items()
    for item in range(40):
        np.testing.assert_allclose(table[:, item], operator.parts(item), atol=1e-12)


def test_alpha_one_is_exactly_additive(fold_in_model):
    """With c = 1 all d are 0, so phi_j = y_t' A0^-1 y_j and no event hides another."""
    model = fold_in_model(1.0)
    items = np.array([3, 8, 15, 21])
    explanation = explain(model, from_lists([items], 40), 0, 30)
    closed_form = model.Y[items] @ np.linalg.solve(model.A0, model.Y[30])
    np.testing.assert_allclose(explanation.contributions, closed_form, atol=1e-13)
    assert explanation.facts["non_additivity"] < 1e-12


def test_non_additivity_is_shown_where_events_hide_each_other(fold_in_model, some_histories):
    few = explain(fold_in_model(2.0), some_histories, 0, 30).facts["non_additivity"]
    many = explain(fold_in_model(40.0), some_histories, 0, 30).facts["non_additivity"]
    assert 0 < few < many


def test_twin_items_have_equal_parts(fold_in_model):
    model = fold_in_model(6.0)
    model.Y[5] = model.Y[4]
    parts = explain(model, from_lists([[4, 5, 9, 12]], 40), 0, 20).contributions
    assert parts[0] == pytest.approx(parts[1], abs=1e-14)


def test_an_event_without_effect_gets_nothing():
    """Two items in one half of factor space, one in the other: they cannot speak for each other."""
    G = np.array([[0.5, 0.1, 0.0], [0.1, 0.4, 0.0], [0.0, 0.0, 0.6]])
    phi = shapley_operator(G, np.array([5.0, 5.0, 5.0]))
    target_in_first_half = np.array([0.3, 0.2, 0.0])
    assert (phi @ target_in_first_half)[2] == pytest.approx(0.0, abs=1e-15)


def test_one_player_gets_its_solo_effect():
    """n = 1: z = c / (1 + d G) = 5 / (1 + 4 · 0.5) = 5/3."""
    assert shapley_operator(np.array([[0.5]]), np.array([5.0]))[0, 0] == pytest.approx(5 / 3)


def test_contrast_is_the_difference_of_parts(fold_in_model, some_histories):
    model = fold_in_model(6.0)
    operator = history_operator(model, some_histories, 0)
    np.testing.assert_allclose(operator.contrast(30, 31), operator.parts(30) - operator.parts(31), atol=1e-15)
    model.Y[39] = 2 * model.Y[30] - 3 * model.Y[31]  # the value is linear in the target
    np.testing.assert_allclose(
        operator.parts(39), 2 * operator.parts(30) - 3 * operator.parts(31), atol=1e-12
    )


def test_repeats_of_an_item_share_one_part(fold_in_model, some_histories):
    explanation = explain(fold_in_model(6.0), some_histories, 2, 30)
    first, _, again, _ = explanation.contributions  # items 4, 9, 4, 2
    assert explanation.items.tolist() == [4, 9, 4, 2]
    assert first == again
    assert "share" in explanation.facts["repeats"]
    assert abs(explanation.residual) < 1e-12


def test_sixteen_different_items_are_too_many_for_the_exact_method(fold_in_model):
    with pytest.raises(NotApplicable, match="16 different items"):
        history_operator(fold_in_model(2.0), from_lists([range(16)], 40), 0)


def test_an_empty_history_has_no_operator(fold_in_model, some_histories):
    with pytest.raises(NotApplicable, match="0 different items"):
        history_operator(fold_in_model(2.0), some_histories, 3)


@settings(max_examples=25, deadline=None)
@given(
    items=st.lists(st.integers(0, 39), min_size=1, max_size=9),
    alpha=st.floats(0.1, 50),
    target=st.integers(0, 39),
)
def test_any_history_adds_up(items, alpha, target):
    rng = np.random.default_rng(3)
    Y = rng.normal(size=(40, 5))

    class Model:
        def fold_in_system(self, histories, row):
            events = histories.matrix[[row]]
            return Y, Y.T @ Y + np.eye(5), events.indices.astype(np.int32), alpha * events.data.astype(float)

    explanation = history_operator(Model(), from_lists([items], 40), 0).explain(target)
    assert abs(explanation.residual) < 1e-9
    assert len(explanation.contributions) == len(items)
