"""Three readings of popularity, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.models.popularity import Popularity, PopularityConfig
from data.dataset import Dataset
from data.errors import NotApplicable
from data.histories import from_lists
from tests.conftest import make_dataset

DAY = 86_400


def small() -> Dataset:
    """Item 0: three old events; item 1: two, one of them on the last day; item 2: one, on the last day."""
    return make_dataset(
        [0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 2], times=[0, 0, 0, 1, 9 * DAY, 9 * DAY], n_items=4
    )


def scores(**settings: object) -> list[float]:
    model = Popularity(PopularityConfig(**settings)).fit(small())
    return model.score(from_lists([[1]], 4))[0].tolist()


def test_all_time_counts_events() -> None:
    assert scores() == [3, 2, 1, 0]


def test_recent_counts_the_window_and_orders_the_rest_by_all_time() -> None:
    # window: items 1 and 2 once each; plus all-time / (1 + 6 events)
    assert scores(kind="recent", window_days=1) == pytest.approx([3 / 7, 1 + 2 / 7, 1 + 1 / 7, 0])


def test_recent_takes_the_latest_share_of_events() -> None:
    assert scores(kind="recent", window_share=0.3) == pytest.approx([3 / 7, 1 + 2 / 7, 1 + 1 / 7, 0])


def test_activity_weighted_counts_a_user_as_often_as_they_have_items() -> None:
    # every user has two items: R1 = (2, 2, 2), R'R1 = 2 · (3, 2, 1, 0)
    assert scores(kind="activity_weighted") == [6, 4, 2, 0]


def test_recent_popularity_without_times_is_refused_in_words() -> None:
    data = small()
    timeless = data.with_interactions(replace(data.interactions, base_time=None))
    with pytest.raises(NotApplicable, match="needs event times.*all_time"):
        Popularity(PopularityConfig(kind="recent")).fit(timeless)
