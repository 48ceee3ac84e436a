"""Random events of each user."""

from __future__ import annotations

import numpy as np

from data.splits import make_splitter
from tests.conftest import make_dataset


def test_each_user_gives_the_asked_share() -> None:
    """Ten events: 20 % are 2 for test, 10 % are 1 for validation; four events: at least one each."""
    dataset = make_dataset([0] * 10 + [1] * 4, list(range(10)) + list(range(4)))
    split = make_splitter("random").split(dataset, seed=0)
    of_user = dataset.interactions.user
    assert np.bincount(of_user[split.test_rows]).tolist() == [2, 1]
    assert np.bincount(of_user[split.validation_rows]).tolist() == [1, 1]
    assert np.bincount(of_user[split.train_rows]).tolist() == [7, 2]


def test_users_with_fewer_than_three_events_only_teach() -> None:
    split = make_splitter("random").split(make_dataset([0, 0, 1, 1, 1], [0, 1, 0, 1, 2]), seed=0)
    assert split.test.users.tolist() == [1]
    assert split.facts["users_too_short"] == 1


def test_another_seed_draws_other_events_and_each_event_is_drawn_alike() -> None:
    dataset = make_dataset([0] * 10, list(range(10)))
    drawn = np.concatenate([make_splitter("random").split(dataset, seed=s).test_rows for s in range(500)])
    share = np.bincount(drawn, minlength=10) / 500  # 2 of 10 each time: 0.2, standard error 0.018
    assert np.all(np.abs(share - 0.2) < 0.08)
