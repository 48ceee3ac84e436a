"""Five readings of popularity, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.models.popularity import Popularity, PopularityConfig
from data.dataset import Dataset
from data.errors import ConfigError, NotApplicable
from data.histories import Histories, from_lists
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
    for kind in ("recent", "decayed"):
        with pytest.raises(NotApplicable, match="needs event times.*all_time"):
            Popularity(PopularityConfig(kind=kind)).fit(timeless)


def test_decayed_halves_an_event_with_every_half_life() -> None:
    # ages before day 9: item 0 three of 9 days; item 1 one of 9 days less a second, one of 0; item 2 one of 0
    expected = [3 / 8, 1 + 2 ** -((9 * DAY - 1) / (3 * DAY)), 1, 0]
    assert scores(kind="decayed", half_life_days=3) == pytest.approx(expected)


def regions() -> Dataset:
    """North takes item 0 twice, south item 1 twice; u4 has no region and takes item 2."""
    data = make_dataset([0, 1, 2, 3, 4], [0, 0, 1, 1, 2], n_items=4)
    table = pd.DataFrame({"id": range(5), "region": ["north", "north", "south", "south", None]})
    return replace(data, user_features=table.assign(id=table["id"].astype("str")))


def of(*values: str | None) -> Histories:
    rows = from_lists([[3]] * len(values), 4)
    return replace(rows, user_features=pd.DataFrame({"region": list(values)}))


def test_segment_counts_the_events_of_users_alike_and_some_of_everybody() -> None:
    config = PopularityConfig(kind="segment", segment_by="region", segment_prior=5)
    model = Popularity(config).fit(regions())
    # 5 events of everybody in the shares (2, 2, 1) / 5
    got = model.score(of("north", "south", "east", None))
    np.testing.assert_allclose(got, [[4, 2, 1, 0], [2, 4, 1, 0], [2, 2, 1, 0], [2, 2, 1, 0]])
    np.testing.assert_allclose(model.score(from_lists([[0]], 4))[0], [2, 2, 1, 0])  # nothing known of the row
    again = Popularity.restore(config, model.arrays())
    np.testing.assert_array_equal(again.score(of("south")), model.score(of("south")))
    assert model.history_contributions(of("north"), 0, 0)[0] == 4


def test_segment_takes_the_first_column_with_few_values() -> None:
    data = regions()
    table = data.user_features.assign(id="only one").loc[:, ["id", "region"]]
    model = Popularity(PopularityConfig(kind="segment")).fit(replace(data, user_features=table))
    assert model.column_ == "region"


def test_segments_without_a_usable_column_are_refused_in_words() -> None:
    data = regions()
    with pytest.raises(NotApplicable, match="Popularity needs what is known of users"):
        Popularity(PopularityConfig(kind="segment")).fit(replace(data, user_features=None))
    with pytest.raises(ConfigError, match="no column 'age'.*id, region"):
        Popularity(PopularityConfig(kind="segment", segment_by="age")).fit(data)
    many = make_dataset(list(range(60)), [0] * 60)
    many = replace(many, user_features=pd.DataFrame({"id": [f"u{n}" for n in range(60)]}))
    with pytest.raises(NotApplicable, match="has 60 values; segments are made of 50 at most"):
        Popularity(PopularityConfig(kind="segment", segment_by="id")).fit(many)
