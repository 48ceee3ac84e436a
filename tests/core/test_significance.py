"""Intervals cover, p-values are honest, and only like is compared with like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, kstest

from core import significance
from core.significance import column_intervals, comparable, holm, interval, paired_difference
from data.errors import ConfigError
from data.split import Fingerprint


def test_the_interval_covers_the_true_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for trial in range(300):
        found = interval(rng.beta(0.5, 2, 150), confidence=0.9, n_resamples=300, seed=trial)
        covered += found.low <= 0.5 / 2.5 <= found.high
    # 270 of 300 expected, 99.9 % of binomial draws lie within 252..286; small-sample bias: 5 fewer
    assert binom.ppf(0.0005, 300, 0.9) - 5 <= covered <= binom.ppf(0.9995, 300, 0.9)


def test_interval_of_a_constant_is_that_constant() -> None:
    found = interval(np.full(50, 0.25))
    assert (found.mean, found.low, found.high, found.n) == pytest.approx((0.25, 0.25, 0.25, 50))


def test_users_that_were_not_judged_are_left_out() -> None:
    found = interval(np.asarray([1.0, np.nan, 0.0]))
    assert (found.mean, found.n) == (0.5, 2)


@pytest.mark.parametrize(("values", "mean"), [([], np.nan), ([0.3], 0.3)])
def test_below_two_users_there_is_no_interval(values: list[float], mean: float) -> None:
    found = interval(np.asarray(values))
    assert found.mean == pytest.approx(mean, nan_ok=True)
    assert np.isnan([found.low, found.high]).all()


def test_all_columns_at_once_equal_each_column_alone() -> None:
    table = np.random.default_rng(1).random((80, 4))
    mean, low, high = column_intervals(table, n_resamples=500)
    for column in range(4):
        alone = interval(table[:, column], n_resamples=500)
        assert (alone.mean, alone.low, alone.high) == pytest.approx((mean[column], low[column], high[column]))


def test_the_normal_approximation_agrees_with_resampling(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(2).random((3000, 1))
    _, low, high = column_intervals(values, n_resamples=4000)
    monkeypatch.setattr(significance, "MANY_USERS", 100)
    _, normal_low, normal_high = column_intervals(values)
    assert normal_high - normal_low == pytest.approx(high - low, rel=0.06)
    assert normal_low == pytest.approx(low, abs=0.001)


def test_wins_ties_and_losses_by_hand() -> None:
    a, b = np.asarray([0.5, 0.2, 0.9, np.nan]), np.asarray([0.1, 0.2, 1.0, np.nan])
    found = paired_difference(a, b)
    assert found.mean == pytest.approx((0.4 + 0.0 - 0.1) / 3)
    assert (found.wins, found.ties, found.losses, found.n_users) == (1, 1, 1, 3)


def test_the_p_value_of_four_equal_gains_is_two_in_sixteen() -> None:
    # of 2⁴ sign patterns only ++++ and −−−− reach |sum| = 4
    assert paired_difference(np.ones(4), np.zeros(4)).p_value == pytest.approx(2 / 16)


def test_no_difference_at_all_has_p_value_one() -> None:
    found = paired_difference(np.ones(30), np.ones(30))
    assert found.p_value == 1
    assert not found.sure


def test_a_planted_difference_is_found() -> None:
    rng = np.random.default_rng(3)
    base = rng.random(400)
    found = paired_difference(base + 0.05 + 0.1 * rng.normal(size=400), base)
    assert found.sure
    assert found.p_value < 0.01
    assert found.low < 0.05 < found.high


def test_p_values_are_uniform_when_nothing_differs() -> None:
    rng = np.random.default_rng(4)
    p_values = [
        paired_difference(rng.random(60), rng.random(60), n_resamples=400, seed=trial).p_value
        for trial in range(200)
    ]
    assert kstest(p_values, "uniform").pvalue > 0.001
    assert np.mean(np.asarray(p_values) < 0.05) < 0.11


def test_the_normal_p_value_agrees_with_permutation(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    a, b = rng.random(2000) + 0.012, rng.random(2000)
    permuted = paired_difference(a, b, n_resamples=5000).p_value
    monkeypatch.setattr(significance, "MANY_USERS", 100)
    assert paired_difference(a, b).p_value == pytest.approx(permuted, abs=0.03)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=40))
def test_swapping_the_sides_turns_the_difference_round(pairs: list[tuple[float, float]]) -> None:
    a, b = np.asarray(pairs).T
    one, other = paired_difference(a, b, n_resamples=200), paired_difference(b, a, n_resamples=200)
    assert one.mean == pytest.approx(-other.mean)
    assert (one.wins, one.losses) == (other.losses, other.wins)
    assert one.p_value == pytest.approx(other.p_value, abs=1e-9)


def test_different_users_are_refused() -> None:
    with pytest.raises(ConfigError, match="different users"):
        paired_difference(np.ones(3), np.ones(4))
    with pytest.raises(ConfigError, match="different users"):
        paired_difference(np.asarray([1, np.nan]), np.ones(2))


@pytest.mark.parametrize(("confidence", "n_resamples"), [(95, 2000), (0.95, 10)])
def test_settings_out_of_range_are_refused(confidence: float, n_resamples: int) -> None:
    with pytest.raises(ConfigError):
        interval(np.ones(5), confidence, n_resamples)


def test_comparable_lists_what_differs() -> None:
    one = Fingerprint("d1", "none", "last 1", "10 items", "validation, 5 users")
    comparable(one, Fingerprint("d1", "none", "last 1", "10 items", "validation, 5 users"))
    with pytest.raises(ConfigError, match="split: last 1 ≠ time"):
        comparable(one, Fingerprint("d1", "none", "time", "10 items", "validation, 5 users"))


def test_holm_by_hand() -> None:
    # sorted .01·4 = .04, .02·3 = .06, .03·2 = .06, .5·1 = .5; given order kept; steps never fall
    assert holm([0.03, 0.01, 0.5, 0.02]) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm([0.9, 0.8]) == pytest.approx([1, 1])
    assert holm([]).tolist() == []
    assert holm([float("nan"), 0.01])[1] == pytest.approx(0.01)
