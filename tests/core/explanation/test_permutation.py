"""Sampled permutations against exact values; masks keep order; stopping."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.explanation import explain
from core.explanation.history_game import history_game
from core.explanation.permutation import path_growth
from core.explanation.sampling import sample_pairs, settled
from core.explanation.subsets import fold_in_marginals
from data.histories import from_lists


def test_rank_one_updates_equal_direct_solutions(fold_in_model):
    model, items = fold_in_model(7.0), np.array([2, 11, 5, 30])
    orders = np.array([[0, 1, 2, 3], [3, 1, 0, 2]])
    growth = fold_in_marginals(orders, model.Y[items], np.full(4, 7.0), np.linalg.inv(model.A0), model.Y[20])
    for run, order in enumerate(orders):
        before = 0.0
        for size in range(1, 5):
            history = from_lists([items[order[:size]]], 40)
            after = float(model.score(history)[0, 20])
            assert growth[run, order[size - 1]] == pytest.approx(after - before, abs=1e-6)
            before = after


@pytest.mark.parametrize("alpha", [1.0, 6.0, 40.0])
def test_sampled_parts_lie_within_three_standard_errors(fold_in_model, alpha):
    model, history = fold_in_model(alpha), from_lists([range(12)], 40)
    exact = explain(model, history, 0, 30)
    sampled = explain(model, history, 0, 30, method="permutation")
    gap = np.abs(sampled.contributions - exact.contributions)
    assert np.all(gap <= 3 * sampled.standard_errors + 1e-9)
    assert abs(sampled.residual) < 1e-9


def test_long_fold_in_histories_add_up(fold_in_model):
    history = from_lists([list(range(40)) * 2], 40)
    explanation = explain(fold_in_model(10.0), history, 0, 3)
    assert explanation.method == "permutation"
    assert abs(explanation.residual) < 1e-9
    assert len(explanation.contributions) == 80


def test_the_general_way_agrees_with_the_compiled_one(fold_in_model):
    """The same game once by rank-one updates, once by scoring masked histories."""

    class ScoreOnly:
        name = "score_only"

        def __init__(self, model):
            self.score = model.score

    model, history = fold_in_model(5.0), from_lists([range(6)], 40)
    exact = explain(model, history, 0, 30)
    general = explain(ScoreOnly(model), history, 0, 30, method="permutation")
    assert np.all(np.abs(general.contributions - exact.contributions) <= 3 * general.standard_errors + 1e-5)


def test_path_growth_is_the_change_as_events_join(order_model):
    history = from_lists([[3, 8, 5]], 40)
    game = history_game(order_model, history, 0, 20)
    base, score = game.values(np.array([[0, 0, 0], [1, 1, 1]], dtype=bool))
    growth = path_growth(game, np.array([[2, 0, 1]]), base, score)[0]
    only_last, first_and_last = (
        float(order_model.score(from_lists([items], 40))[0, 20]) for items in ([5], [3, 5])
    )
    assert growth[2] == pytest.approx(only_last - base)
    assert growth[0] == pytest.approx(first_and_last - only_last)
    assert growth[1] == pytest.approx(score - first_and_last)


def test_additive_games_need_the_fewest_pairs():
    table = np.array([3.0, 1.0, -2.0])
    sampled = sample_pairs(lambda orders: np.tile(table, (len(orders), 1)), 3, max_pairs=500, seed=0)
    assert sampled.stable
    assert sampled.n_pairs == 8
    assert sampled.standard_errors.max() == 0


def test_noise_runs_to_the_largest_number_of_pairs():
    rng = np.random.default_rng(0)
    sampled = sample_pairs(lambda orders: rng.normal(size=orders.shape), 6, max_pairs=40, seed=0)
    assert not sampled.stable
    assert sampled.n_pairs == 40


def test_order_is_settled_when_gaps_exceed_their_noise():
    rng = np.random.default_rng(1)
    noise = rng.normal(scale=0.1, size=(10, 3))
    assert settled(np.array([5.0, 3.0, -1.0]) + noise)
    assert not settled(np.array([1.0, 1.02, 0.98]) + noise)


def test_the_same_seed_gives_the_same_parts(order_model, some_histories):
    once, twice, other = (
        explain(order_model, some_histories, 0, 20, method="permutation", seed=seed).contributions
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(once, twice)
    assert (once != other).any()


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_coalitions_keep_order_and_repeats(data):
    row = data.draw(st.lists(st.integers(0, 9), min_size=1, max_size=12))
    limit = data.draw(st.integers(1, 12))
    seen = []

    class Spy:
        def score(self, histories, items=None):
            seen.extend(histories.row(r).tolist() for r in range(len(histories)))
            assert (histories.users == -1).all()
            return np.zeros((len(histories), 1), dtype=np.float32)

    game = history_game(Spy(), from_lists([row], 10), 0, 0, limit=limit)
    assert game.n_players == min(len(row), limit) == len(game.players) == len(game.items)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=game.n_players, max_size=game.n_players)))
    game.values(mask[None, :])
    of_event = [0] * game.grouped + list(range(1, game.n_players)) if game.grouped else range(len(row))
    assert seen == [[item for item, player in zip(row, of_event, strict=True) if mask[player]]]
