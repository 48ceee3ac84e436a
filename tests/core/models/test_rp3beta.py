"""Walks by hand and against the dense formula, and a planted cause."""

from __future__ import annotations

import numpy as np
import pytest

from core.models.rp3beta import RP3beta, RP3betaConfig
from data.histories import from_lists
from tests.conftest import make_dataset
from tests.core.models.planted import CAUSE, TARGET, planted_cause


def fit(**settings: object) -> RP3beta:
    # user 0: items 0 1; user 1: items 0 1 2; user 2: items 1 2; item 3 has no event
    data = make_dataset([0, 0, 1, 1, 1, 2, 2], [0, 1, 0, 1, 2, 1, 2], n_items=4)
    return RP3beta(RP3betaConfig(**settings)).fit(data)


def test_a_walk_goes_over_the_users_of_an_item_to_their_items() -> None:
    # from item 0 (users 0 and 1, ½ each): item 1 by user 0 (½) or user 1 (⅓); item 2 by user 1 (⅓)
    score = fit(alpha=1, beta=0, normalize=False).score(from_lists([[0]], 4))[0]
    assert score == pytest.approx([0, 1 / 2 * 1 / 2 + 1 / 2 * 1 / 3, 1 / 2 * 1 / 3, 0])


def test_alpha_bends_every_step_and_beta_takes_popularity_out() -> None:
    # item 1 has 3 users, item 2 has 2; √ of every probability, divided by √ of the users
    score = fit(alpha=0.5, beta=0.5, normalize=False).score(from_lists([[0]], 4))[0]
    to_1 = (1 / 2 * 1 / 2) ** 0.5 + (1 / 2 * 1 / 3) ** 0.5
    assert score == pytest.approx([0, to_1 / 3**0.5, (1 / 2 * 1 / 3) ** 0.5 / 2**0.5, 0], rel=1e-6)


def test_normalised_rows_give_every_event_one_vote() -> None:
    # the walks of the first test, 5/12 and 2/12, scaled to sum 1
    score = fit(alpha=1, beta=0).score(from_lists([[0]], 4))[0]
    assert score == pytest.approx([0, 5 / 7, 2 / 7, 0])


def test_only_the_best_targets_of_each_item_are_kept() -> None:
    score = fit(alpha=1, beta=0, n_neighbors=1).score(from_lists([[0]], 4))[0]
    assert score == pytest.approx([0, 1, 0, 0])


def test_the_transitions_equal_the_dense_formula() -> None:
    rng = np.random.default_rng(2)
    x = (rng.random((60, 25)) < 0.2).astype(float)
    data = make_dataset(*(np.nonzero(x)[axis].tolist() for axis in (0, 1)), n_items=25)
    with np.errstate(divide="ignore"):
        users, items = (np.where(d > 0, 1 / d, 0) for d in (x.sum(1), x.sum(0)))
    alpha, beta, k = 0.7, 0.3, 6
    w = (items**alpha)[:, None] * (x.T @ ((users**alpha)[:, None] * x)) * items**beta
    np.fill_diagonal(w, 0)
    w[w < np.sort(w, axis=1)[:, -k][:, None]] = 0
    w /= np.maximum(w.sum(1, keepdims=True), 1e-12)
    model = RP3beta(RP3betaConfig(alpha=alpha, beta=beta, n_neighbors=k)).fit(data)
    kept = model.transitions_.toarray()
    unlike = (kept > 0) != (w > 1e-12)  # equal weights at the edge: any of them may be kept
    assert unlike.sum() <= 2 * k
    np.testing.assert_allclose(kept[~unlike.any(axis=1)], w[~unlike.any(axis=1)], rtol=1e-5)


def test_a_planted_cause_is_the_top_reason() -> None:
    data = planted_cause()
    base, parts = (
        RP3beta().fit(data).history_contributions(from_lists([[2, CAUSE, 5, 7]], data.n_items), 0, TARGET)
    )
    assert base == 0
    assert int(np.argmax(parts)) == 1
