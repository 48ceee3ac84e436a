"""Half-steps against dense solves and the package, the loss written out, both solvers, exact explanations."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from implicit.cpu._als import calculate_loss, least_squares
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from core.explanation import explain
from core.models.ials import IALS, IALSConfig, Side, loss
from core.models.weighting import weighted
from core.progress import Cancelled
from data.dataset import Dataset
from data.histories import from_lists
from tests.conftest import make_dataset

N_USERS, N_ITEMS = 50, 22


def some_data(seed: int = 0) -> Dataset:
    """50 × 20 with a quarter of all pairs; items 20 and 21 have no event."""
    rng = np.random.default_rng(seed)
    pairs = np.argwhere(rng.random((N_USERS, 20)) < 0.25)
    return make_dataset(pairs[:, 0].tolist(), pairs[:, 1].tolist(), n_items=N_ITEMS)


def model(**settings: object) -> IALS:
    return IALS(IALSConfig(**({"factors": 6, "iterations": 5} | settings)))


def state(ials: IALS, seed: int = 1) -> tuple[Side, Side, NDArray[np.float32], NDArray[np.float32]]:
    """Sides of the data and arbitrary vectors."""
    users, items = ials.sides(weighted(some_data().matrix, ials.config.weights))
    rng = np.random.default_rng(seed)
    x, y = (rng.normal(0, 0.5, (n, ials.config.factors)).astype(np.float32) for n in (N_USERS, N_ITEMS))
    return users, items, x, y


def dense_half_step(ials: IALS, y: NDArray[np.float32]) -> NDArray[np.float64]:
    """(Y'Y + Y'(C − 1)Y + ρ I)⁻¹ Y'C p of every user, C = 1 + 1/α₀ on events, all in double precision."""
    matrix, wide = some_data().matrix.toarray() > 0, y.astype(float)
    a0, c = ials.config.unobserved_weight, ials.config
    rows = []
    for taken in matrix:
        confidence = np.where(taken, 1 + 1 / a0, 1.0)
        # 20 items have an event: ridge λ (1 + 1/α₀) (n + 20 α₀)^ν
        ridge = c.regularization * (1 + 1 / a0) * (taken.sum() + a0 * 20) ** c.regularization_exponent
        left = (wide.T * confidence) @ wide + ridge * np.eye(len(wide.T))
        rows.append(np.linalg.solve(left, wide.T @ (confidence * taken)) * bool(taken.any()))
    return np.array(rows)


@pytest.mark.parametrize("factors", [3, 24])  # shorter and longer than the histories: both sides of the solve
@pytest.mark.parametrize("exponent", [0.0, 1.0])
def test_the_exact_half_step_equals_a_dense_solve(factors: int, exponent: float) -> None:
    ials = model(factors=factors, solver="exact", regularization_exponent=exponent, regularization=0.05)
    users, _, x, y = state(ials)
    np.testing.assert_allclose(ials.half_step(users, x, y), dense_half_step(ials, y), atol=2e-4)


@pytest.mark.parametrize("factors", [3, 24])
def test_enough_conjugate_gradient_steps_equal_the_exact_solve(factors: int) -> None:
    ials = model(factors=factors, cg_steps=60, regularization=0.05)
    users, _, x, y = state(ials)
    np.testing.assert_allclose(ials.half_step(users, x, y), dense_half_step(ials, y), atol=1e-3)


def test_a_half_step_leaves_what_it_is_given_unchanged() -> None:
    ials = model()
    users, _, x, y = state(ials)
    before = x.copy(), y.copy()
    ials.half_step(users, x, y)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_from_the_same_state_a_half_step_agrees_with_the_package() -> None:
    # exponent 0: one ridge ρ = λ (1 + 1/α₀) for all, which is the package's regularization
    ials = model(solver="exact", regularization_exponent=0.0, regularization=0.1, unobserved_weight=0.25)
    users, _, x, y = state(ials)
    theirs = x.copy()
    confidence = csr_matrix(some_data().matrix * np.float32(1 + 1 / 0.25))
    least_squares(confidence, theirs, y, 0.1 * (1 + 1 / 0.25), num_threads=1)
    np.testing.assert_allclose(ials.half_step(users, x, y), theirs, atol=1e-4)


def test_the_loss_is_the_papers_written_out_over_all_pairs() -> None:
    ials = model(unobserved_weight=0.2, regularization=0.03)
    users, items, x, y = state(ials)
    taken = some_data().matrix.toarray() > 0
    # the vectors are stretched by √(1 + α₀) and the loss is (1 + α₀)² / α₀ times as large: undo both
    stretch = math.sqrt(1.2)
    w, h = x.astype(float) / stretch, y.astype(float) / stretch
    w_ridge = 0.03 * (taken.sum(1) + 0.2 * 20)
    h_ridge = 0.03 * (taken.sum(0) + 0.2 * int(taken.any(1).sum()))
    s = w @ h.T
    paper = ((s - 1) ** 2)[taken].sum() + 0.2 * (s**2).sum()
    paper += w_ridge @ (w**2).sum(1) + h_ridge @ (h**2).sum(1)
    # Σ_S (1−s)² + α₀ s² = (1+α₀) (s − 1/(1+α₀))² + α₀/(1+α₀): a constant per event lies between the two
    constant = taken.sum() * 0.2 / 1.2
    assert loss(users, items, x, y) * 0.2 / 1.2**2 == pytest.approx(paper - constant, rel=1e-5)


def test_the_loss_agrees_with_the_package() -> None:
    ials = model(regularization_exponent=0.0, regularization=0.1, unobserved_weight=0.25)
    users, items, x, y = state(ials)
    confidence = csr_matrix(some_data().matrix * np.float32(5))
    theirs = calculate_loss(confidence, x, y, 0.1 * 5, num_threads=1)
    ours = loss(users, items, x, y)
    # the package divides by Σ of all confidences: events count c, the other pairs 1
    everything = confidence.sum() + N_USERS * N_ITEMS - confidence.nnz
    assert ours / everything == pytest.approx(theirs, rel=1e-4)


@pytest.mark.parametrize("solver", ["cg", "exact"])
def test_the_training_loss_never_rises(solver: str) -> None:
    curve: list[float] = []

    def report(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        if curve:
            values.append(curve["loss"])

    values = curve
    model(solver=solver, iterations=8).fit(some_data(), report=report)
    assert len(values) == 8
    assert all(after <= before + 1e-6 for before, after in itertools.pairwise(values))


def test_both_solvers_reach_the_same_loss() -> None:
    last: dict[str, float] = {}
    for solver in ("cg", "exact"):

        def report(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
            if curve:
                last[solver] = curve["loss"]  # noqa: B023

        model(solver=solver, iterations=30).fit(some_data(), report=report)
    assert last["cg"] == pytest.approx(last["exact"], rel=0.01)


def test_a_history_is_folded_in_with_the_ridge_of_the_mean_user() -> None:
    ials = model(regularization=0.02, unobserved_weight=0.5).fit(some_data(), seed=1)
    mean = some_data().matrix.nnz / int(some_data().trained_users.sum())
    # λ (1 + 1/α₀) (mean events + α₀ · 20 items with an event)
    assert ials.ridge_ == pytest.approx(0.02 * 3 * (mean + 0.5 * 20), rel=1e-6)
    y = ials.item_factors_.astype(float)
    taken = y[[4, 9, 11]]
    left = y.T @ y + taken.T @ taken / 0.5 + ials.ridge_ * np.eye(6)
    x = np.linalg.solve(left, taken.sum(0) * 3)
    np.testing.assert_allclose(ials.user_factors(from_lists([[9, 4, 11]], N_ITEMS))[0], x, rtol=1e-6)


def test_shapley_values_are_exactly_those_of_all_orders_of_arrival() -> None:
    ials = model().fit(some_data(), seed=1)
    history, item = [2, 8, 13], 5
    found = explain(ials, from_lists([history], N_ITEMS), 0, item, method="shapley_operator").contributions
    by_hand = np.zeros(3)
    for order in itertools.permutations(range(3)):
        before = 0.0
        for place in range(3):
            present = [history[player] for player in sorted(order[: place + 1])]
            now = float(ials.score(from_lists([present], N_ITEMS))[0, item])
            by_hand[order[place]] += (now - before) / 6
            before = now
    np.testing.assert_allclose(found, by_hand, atol=1e-5)


def test_a_weight_counts_as_confidence() -> None:
    data = some_data()
    ials = model(weights="raw", unobserved_weight=0.5).fit(data)
    once, twice = from_lists([[4], [4, 4]], N_ITEMS).rows([0]), from_lists([[4, 4]], N_ITEMS)
    _, _, _, c = ials.fold_in_system(twice, 0)
    assert c.tolist() == [1 + 2 / 0.5]
    assert ials.score(twice)[0, 4] > ials.score(once)[0, 4]


def test_a_resumed_fit_equals_an_uninterrupted_one() -> None:
    kept: dict[str, NDArray[np.float32]] = {}
    whole = model(iterations=9).fit(some_data(), seed=3, checkpoint=lambda arrays: kept.update(arrays))
    assert int(kept["iteration"]) == 5
    again = model(iterations=9).fit(some_data(), seed=8, resume=kept)
    np.testing.assert_array_equal(again.item_factors_, whole.item_factors_)


def test_it_can_be_cancelled_between_iterations() -> None:
    def report(fraction: float, stage: str = "", **more: object) -> None:
        if "iteration 2" in stage:
            raise Cancelled

    with pytest.raises(Cancelled):
        model().fit(some_data(), report=report)


def test_default_settings_tell_two_camps_apart() -> None:
    rng, n_users = np.random.default_rng(0), 600
    users = np.repeat(np.arange(n_users), 6)
    items = np.concatenate([rng.permutation(20)[:6] + 20 * (user % 2) for user in range(n_users)])
    scores = (
        IALS()
        .fit(make_dataset(users.tolist(), items.tolist(), n_items=40))
        .score(from_lists([[0, 1, 2], [20, 21, 22]], 40))
    )
    assert scores[0, 3:20].min() > scores[0, 20:].max()
    assert scores[1, 23:].min() > scores[1, :20].max()


def test_a_planted_cause_is_the_top_reason_of_its_effect() -> None:
    rng = np.random.default_rng(0)
    users, items = [], []
    for user in range(200):
        chosen = [user % 4, 4 + user % 4, *(rng.permutation(20)[:4] + 8)]
        users += [user] * 6
        items += chosen
    ials = IALS(IALSConfig(factors=16)).fit(make_dataset(users, items, n_items=28))
    found = explain(ials, from_lists([[10, 1, 15, 20]], 28), 0, 5)
    assert found.method == "shapley_operator"
    assert int(np.argmax(found.contributions)) == 1
