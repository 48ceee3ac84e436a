"""Whole users held out."""

from __future__ import annotations

import numpy as np

from data.splits import make_splitter
from tests.conftest import make_dataset


def test_held_out_users_are_unknown_and_their_last_fifth_is_to_be_found() -> None:
    """Ten events per user: int(0.2 × 10) = 2 to be found, 8 shown; 10 % of 20 users are 2."""
    dataset = make_dataset([u for u in range(20) for _ in range(10)], list(range(10)) * 20)
    split = make_splitter("user_cold").split(dataset, seed=1)
    assert (len(split.validation), len(split.test)) == (2, 2)
    for holdout in (split.validation, split.test):
        assert not holdout.known.any()
        assert not np.isin(holdout.users, split.train.interactions.user).any()
        assert [holdout.histories.row(r).tolist() for r in range(2)] == [list(range(8))] * 2
        assert [holdout.targets[r].indices.tolist() for r in range(2)] == [[8, 9]] * 2
    assert not set(split.validation.users) & set(split.test.users)


def test_at_least_one_event_is_to_be_found_and_users_with_one_event_teach() -> None:
    users = [0] + [u for u in range(1, 11) for _ in range(2)]
    split = make_splitter("user_cold", {"test_share": 0.4, "validation_share": 0.4}).split(
        make_dataset(users, [0, *[1, 2] * 10]), seed=0
    )
    assert len(split.test) == 4
    assert 0 in split.train.interactions.user
    assert split.facts["users_too_short"] == 1
    assert split.test.targets.nnz == 4
    assert split.test.histories.lengths.tolist() == [1] * 4
