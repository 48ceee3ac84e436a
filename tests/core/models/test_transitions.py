"""Transitions against counts made by hand, and on a planted chain."""

from __future__ import annotations

import numpy as np

from core.models.als import ALS, ALSConfig
from core.models.transitions import Transitions, TransitionsConfig
from data.histories import from_lists
from tests.conftest import make_dataset


def test_pairs_count_less_the_further_apart() -> None:
    """One user: 0, 1, 2. C_01 = 1, C_02 = ½, C_12 = 1; rows sum to 1.5 and 1; no popularity."""
    data = make_dataset([0, 0, 0], [0, 1, 2], times=[1, 2, 3])
    config = TransitionsConfig(reach=2, decay=0.5, popularity=0)
    weights = Transitions(config).fit(data).weights_.toarray()
    np.testing.assert_allclose(weights, [[0, 1 / 1.5, 0.5 / 1.5], [0, 0, 1], [0, 0, 0]], rtol=1e-6)


def test_a_popular_target_is_divided_by_a_power_of_its_count() -> None:
    """0→1 twice and 0→2 once: (2/3)/2^½ and (1/3)/1^½."""
    data = make_dataset([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 2], times=[1, 2, 1, 2, 1, 2])
    weights = Transitions(TransitionsConfig(reach=1, popularity=0.5)).fit(data).weights_.toarray()
    np.testing.assert_allclose(weights[0], [0, (2 / 3) / np.sqrt(2), 1 / 3], rtol=1e-6)


def test_the_latest_event_speaks_loudest_and_early_ones_not_at_all() -> None:
    data = make_dataset([0, 0, 1, 1], [0, 2, 1, 3], times=[1, 2, 1, 2])
    model = Transitions(TransitionsConfig(reach=1, last=2, history_decay=0.5, popularity=0)).fit(data)
    np.testing.assert_allclose(model.score(from_lists([[0, 1]], 4))[0], [0, 0, 0.5, 1.0])
    np.testing.assert_allclose(model.score(from_lists([[0, 1, 1]], 4))[0], [0, 0, 0, 1.5])  # 0 is the third


def test_a_transition_never_crosses_from_user_to_user() -> None:
    data = make_dataset([0, 1], [0, 1], times=[1, 2])
    assert Transitions().fit(data).weights_.nnz == 0


def test_a_planted_chain_is_learnt_and_als_does_not_see_it() -> None:
    """Item n is always followed by n + 1 of 24: it is found first; factors only see a ring of company."""
    rng = np.random.default_rng(0)
    users, items, times = [], [], []
    for user in range(300):
        start = int(rng.integers(24))
        for step in range(8):
            users.append(user)
            items.append((start + step) % 24)
            times.append(step)
    data = make_dataset(users, items, times=times, n_items=24)
    rows = from_lists([[(n - 2) % 24, (n - 1) % 24, n] for n in range(24)], 24)
    wanted = (np.arange(24) + 1) % 24
    found = Transitions(TransitionsConfig(reach=1)).fit(data).score(rows).argmax(axis=1)
    assert (found == wanted).all()
    als = ALS(ALSConfig(factors=16, iterations=10)).fit(data, seed=1).score(rows)
    assert (als.argmax(axis=1) == wanted).mean() < 0.5
