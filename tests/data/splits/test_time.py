"""A cut in time: the past teaches, the future judges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import ConfigError, DataError
from data.splits import make_splitter
from tests.conftest import make_dataset


def test_the_cuts_lie_at_the_shares_of_all_events() -> None:
    """Ten events at 0..9: 0.8 of 10 is event 8, 0.9 of 10 is event 9."""
    split = make_splitter("time").split(make_dataset([0, 1] * 5, [0] * 10, times=list(range(10))), seed=0)
    assert (split.facts["validation_from"], split.facts["test_from"]) == (8, 9)
    assert [len(r) for r in (split.train_rows, split.validation_rows, split.test_rows)] == [8, 1, 1]


@settings(deadline=None)
@given(times=st.lists(st.integers(0, 15), min_size=5, max_size=80))
def test_train_is_before_validation_and_validation_before_test(times: list[int]) -> None:
    dataset = make_dataset([i % 4 for i in range(len(times))], [0] * len(times), times=times)
    try:
        split = make_splitter("time").split(dataset, seed=0)
    except DataError:
        return
    stamp = dataset.interactions.time
    assert stamp is not None
    assert stamp[split.train_rows].max() < stamp[split.validation_rows].min()  # no moment on both sides
    assert stamp[split.validation_rows].max() < stamp[split.test_rows].min()


def test_test_histories_hold_validation_events_and_new_users_have_none() -> None:
    users = [0, 0, 0, 0, 0, 0, 1, 0, 1, 2]
    split = make_splitter("time", {"validation_from": 0.6, "test_from": 0.8}).split(
        make_dataset(users, list(range(10)), times=list(range(10))), seed=0
    )
    assert split.validation.users.tolist() == [0, 1]
    assert split.validation.known.tolist() == [True, False]
    assert split.test.users.tolist() == [1, 2]
    assert split.test.known.tolist() == [False, False]
    assert [split.test.histories.row(r).tolist() for r in (0, 1)] == [[6], []]
    assert split.test.histories.users.tolist() == [-1, -1]


def test_an_item_taken_again_is_a_target_again() -> None:
    split = make_splitter("time", {"validation_from": 0.5, "test_from": 0.75}).split(
        make_dataset([0] * 8, [3, 3, 1, 1, 3, 2, 3, 3], times=list(range(8))), seed=0
    )
    assert split.test.targets[0].indices.tolist() == [3]
    assert split.test.targets[0].data.tolist() == [1.0]
    assert split.test.histories.row(0).tolist() == [3, 3, 1, 1, 3, 2]


def test_the_description_names_days_or_moments() -> None:
    day = 86_400
    long_ago = make_dataset([0] * 10, [0] * 10, times=[1_772_323_200 + day * i for i in range(10)])
    assert make_splitter("time").split(long_ago, seed=0).description == (
        "time: train before 2026-03-09, validation to 2026-03-10, test after"
    )
    brief = make_dataset([0] * 10, [0] * 10, times=list(range(10)))
    assert "1970-01-01 00:00:08" in make_splitter("time").split(brief, seed=0).description


def test_times_outside_the_calendar_are_split_all_the_same() -> None:
    far = make_dataset([0] * 10, [0] * 10, times=[10**17 + i for i in range(10)])
    assert "100000000000000008" in make_splitter("time").split(far, seed=0).description


def test_one_moment_for_all_cannot_be_cut() -> None:
    with pytest.raises(DataError, match="0 events to learn from.*share one moment"):
        make_splitter("time").split(make_dataset([0] * 10, [0] * 10, times=[5] * 10), seed=0)


def test_cuts_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"validation starts at 0.9 and the test part at 0.8"):
        make_splitter("time", {"validation_from": 0.9, "test_from": 0.8})
    with pytest.raises(ConfigError, match="test_from"):
        make_splitter("time", {"test_from": 1.5})


def test_events_are_shared_with_the_data_and_not_copied() -> None:
    dataset = make_dataset([0] * 10, [0] * 10, times=list(range(10)))
    split = make_splitter("time").split(dataset, seed=0)
    assert np.shares_memory(split.train.interactions.base_item, dataset.interactions.base_item)
