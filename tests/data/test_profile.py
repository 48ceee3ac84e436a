"""The numbers of a profile are those a person would count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.dataset import Dataset
from data.profile import DEFINITIONS, POINTS, gini, profile
from data.splits import make_splitter
from tests.conftest import make_dataset

DAY = 86_400


@pytest.fixture
def small() -> Dataset:
    """User 0: items 0 0 1, user 1: item 0; user 0's first two events share a time."""
    return make_dataset([0, 0, 0, 1], [0, 0, 1, 0], times=[0, 0, DAY, 2 * DAY], n_items=3)


def test_sizes_are_counted_by_hand(small: Dataset) -> None:
    numbers = profile(small).numbers
    assert (numbers["users"], numbers["items"], numbers["events"]) == (2, 2, 4)
    assert numbers["density"] == pytest.approx(3 / (2 * 2))  # pairs (0,0) (0,1) (1,0)
    assert numbers["median_user_events"] == 2.0  # of 3 and 1
    assert numbers["repeat_share"] == pytest.approx(1 / 2)  # events after the first: 0 again, 1
    assert numbers["tied_share"] == pytest.approx(2 / 4)
    assert (numbers["first_time"], numbers["last_time"]) == (0, 2 * DAY)


def test_head_shares_take_at_least_one_item() -> None:
    """Items with 6, 3 and 1 events: 1 % and 10 % of three items are rounded up to one, 6 of 10 events."""
    numbers = profile(make_dataset([0] * 10, [0] * 6 + [1] * 3 + [2])).numbers
    assert numbers["head_share_1"] == numbers["head_share_10"] == pytest.approx(0.6)


def test_gini_is_the_textbook_value() -> None:
    """x = 1, 3: ((2·1 − 3)·1 + (2·2 − 3)·3) / (2·4) = 2/8."""
    assert gini(np.array([3, 1])) == pytest.approx(2 / 8)
    assert gini(np.array([5, 5, 5])) == pytest.approx(0.0)
    assert gini(np.array([0, 0, 9])) == pytest.approx(2 / 3)
    assert gini(np.zeros(4, dtype=np.int64)) == 0.0


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.integers(1, 9))
def test_gini_lies_between_0_and_1_and_ignores_scale(counts: list[int], factor: int) -> None:
    values = np.array(counts)
    assert -1e-12 <= gini(values) < 1
    assert gini(values * factor) == pytest.approx(gini(values))


def test_every_number_has_its_definition(toy: Dataset) -> None:
    split = make_splitter("time").split(toy, seed=0)
    measured = profile(toy, split)
    assert list(measured.numbers) == list(measured.definitions) == list(DEFINITIONS)


def test_cold_users_and_items_of_the_test_part_are_counted() -> None:
    """Cuts at 4 and 5: the test part is user 2's first event, on item 9, which train never saw."""
    dataset = make_dataset([0, 0, 1, 1, 0, 2], [0, 1, 0, 1, 2, 9], times=[0, 1, 2, 3, 4, 5])
    split = make_splitter("time", {"validation_from": 0.7, "test_from": 0.85}).split(dataset, seed=0)
    numbers = profile(dataset, split).numbers
    assert (numbers["cold_test_users"], numbers["test_users"]) == (1, 1)
    assert (numbers["cold_test_items"], numbers["test_items"]) == (1, 1)
    assert "test_users" not in profile(dataset).numbers


def test_rank_curves_fall_and_are_thinned() -> None:
    users = np.repeat(np.arange(2000), np.arange(2000, 0, -1) % 7 + 1)
    curve = profile(make_dataset(users.tolist(), [0] * len(users))).curves["activity"]
    assert len(curve) <= POINTS
    assert curve["rank"].is_unique
    assert (curve["rank"].iloc[0], curve["rank"].iloc[-1]) == (1, 2000)
    assert curve["events"].is_monotonic_decreasing
    assert curve["events"].iloc[0] == 7


def test_short_spans_are_shown_by_day_with_the_empty_days(small: Dataset) -> None:
    gap = make_dataset([0, 1, 0], [0, 1, 1], times=[0, 10, 3 * DAY])
    measured = profile(gap)
    table = measured.curves["over_time"]
    assert measured.period == "day"
    assert table["events"].tolist() == [2, 0, 0, 1]
    assert table["users"].tolist() == [2, 0, 0, 1]
    assert table["start"].iloc[-1] == pd.Timestamp("1970-01-04")


def test_a_year_is_shown_by_week_from_monday() -> None:
    monday = 1_736_121_600  # 2025-01-06
    times = [monday, monday + 6 * DAY, monday + 7 * DAY, monday + 200 * DAY]
    measured = profile(make_dataset([0] * 4, [0, 1, 2, 3], times=times))
    assert measured.period == "week"
    assert measured.curves["over_time"]["events"].tolist()[:3] == [2, 1, 0]
    assert measured.curves["over_time"]["start"].iloc[0] == pd.Timestamp("2025-01-06")


def test_many_years_are_shown_by_month() -> None:
    measured = profile(make_dataset([0, 0], [0, 1], times=[0, 3650 * DAY]))
    table = measured.curves["over_time"]
    assert measured.period == "month"
    assert table["start"].iloc[[0, -1]].tolist() == [pd.Timestamp("1970-01-01"), pd.Timestamp("1979-12-01")]
    assert table["events"].sum() == 2


def test_data_without_times_says_none() -> None:
    measured = profile(make_dataset([0, 1], [0, 1]))
    assert measured.numbers["first_time"] is None
    assert measured.numbers["tied_share"] is None
    assert measured.curves["over_time"].empty
    assert measured.period == ""


def test_a_data_set_without_events_has_a_profile(toy: Dataset) -> None:
    empty = toy.with_interactions(toy.interactions.take(np.zeros(0, dtype=np.int64)))
    numbers = profile(empty).numbers
    assert (numbers["users"], numbers["events"], numbers["density"], numbers["gini"]) == (0, 0, 0.0, 0.0)
