"""Lives, visits, segments, features, friends and the map, each against numbers a person can count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.dataset import Dataset
from data.profile.base import DAY
from data.profile.features import event_table, feature_table, weight_table
from data.profile.lives import GAP, clock, lives
from data.profile.segments import attributes, by_attribute, by_band
from data.profile.social import social
from data.profile.taste_map import taste_map
from tests.conftest import make_dataset


def test_lifetimes_and_newcomers_are_counted_in_days() -> None:
    """User 0 lives 10 days, user 1 for 4, user 2 has one event on the last day; item 1 comes on day 10."""
    data = make_dataset([0, 0, 1, 1, 2], [0, 0, 0, 0, 1], times=[0, 10 * DAY, DAY, 5 * DAY, 10 * DAY])
    numbers, curves, period = lives(data)
    assert period == "day"
    assert numbers["median_user_life"] == pytest.approx((10 + 4) / 2)
    assert numbers["median_item_life"] == pytest.approx(10)
    assert numbers["new_user_share"] == pytest.approx(
        1 / 3
    )  # first events: day 0, 1, 10; the last tenth: after 9
    assert numbers["new_item_share"] == pytest.approx(1 / 2)
    table = curves["over_time"]
    assert table["new_users"].tolist() == [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert table["new_items"].tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert curves["user_life"].to_numpy().tolist() == [[4.0, 1.0], [10.0, 0.5]]


def test_a_visit_ends_after_half_an_hour_of_silence() -> None:
    """User 0: 0, 10 min, then 31 min later; user 1: one event. Visits of 2, 1 and 1 events."""
    data = make_dataset([0, 0, 0, 1], [0, 1, 2, 0], times=[1, 601, 601 + GAP + 60, 5])
    numbers, _, _ = lives(data)
    assert numbers["visits"] == 3
    assert numbers["visit_events"] == pytest.approx(4 / 3)
    assert numbers["visit_minutes"] == pytest.approx(10)


def test_named_sessions_are_the_visits_even_where_they_interleave() -> None:
    data = make_dataset([0, 0, 0, 1], [0, 1, 2, 0], times=[0, 60, 120, 5])
    events = replace(data.interactions, base_session=np.asarray([7, 8, 7, 7], dtype=np.int32))
    numbers, _, _ = lives(data.with_interactions(events))
    assert numbers["visits"] == 3  # (0, 7), (0, 8), (1, 7)
    assert numbers["visit_minutes"] == pytest.approx(2)


def test_dates_without_a_clock_give_no_visits() -> None:
    numbers, _, _ = lives(make_dataset([0, 0], [0, 1], times=[0, DAY]))
    assert numbers["visits"] is None


def test_data_without_times_has_no_life() -> None:
    numbers, curves, period = lives(make_dataset([0, 0], [0, 1]))
    assert set(numbers.values()) == {None}
    assert (period, list(curves)) == ("", ["over_time"])


def test_the_clock_starts_on_monday() -> None:
    """1970-01-01 00:00 was a Thursday; four days later at 13:30 it is Monday, 13 o'clock."""
    table = clock(np.asarray([0, 4 * DAY + 13 * 3600 + 1800, 4 * DAY + 13 * 3600, 0]))
    filled = table[table["share"] > 0]
    assert filled.to_numpy().tolist() == [[0, 13, 0.5], [3, 0, 0.5]]


def test_segments_by_band_share_out_everything() -> None:
    """User 0 has 5 events on 2 items, user 1 one, user 2 two on 2 items; 3 items in all."""
    data = make_dataset([0] * 5 + [1] + [2] * 2, [0, 0, 0, 1, 1, 0, 1, 2])
    table = by_band(data).set_index("segment")
    assert list(table.index) == ["1", "2–4", "5–9"]
    assert table["events"].tolist() == [1, 2, 5]
    assert table["density"].tolist() == pytest.approx([1 / 3, 2 / 3, 2 / 3])
    assert table["reached"].tolist() == [1, 2, 2]
    assert table[["member_share", "event_share"]].sum().tolist() == pytest.approx([1, 1])
    items = by_band(data, "item").set_index("segment")
    assert items["events"].tolist() == [1, 7]  # item 2; items 0 (four) and 1 (three)


def test_segments_by_attribute_put_rare_levels_together() -> None:
    data = make_dataset([0, 0, 1, 2], [0, 1, 0, 1])
    features = pd.DataFrame({"country": ["FR", "DE", None], "id": ["a", "b", "c"]})
    data = replace(data, user_features=features)
    assert "country" in attributes(data)
    table = by_attribute(data, "country").set_index("segment")
    assert table.loc["FR", "events"] == 2
    assert table.loc["(none)", "members"] == 1
    assert table["members"].sum() == 3


def test_feature_table_says_kind_missing_and_levels() -> None:
    table = feature_table(
        pd.DataFrame(
            {
                "title": ["A", "B", "C", None],
                "categories": ["x|y", "x", "y|x", "z"],
                "price": [1.0, 2.0, np.nan, 4.0],
                "text": ["many words " * 20, "more words " * 20, None, "some words " * 20],
                "colour": ["red", "red", "blue", "red"],
            }
        )
    ).set_index("column")
    assert table["kind"].to_dict() == {
        "title": "category",
        "categories": "list",
        "price": "number",
        "text": "text",
        "colour": "category",
    }
    assert table["filled"].tolist() == pytest.approx([0.75, 1, 0.75, 0.75, 1])
    assert table.loc["categories", "levels"] == 3
    assert table.loc["colour", "typical"] == "red 75 %"
    assert table.loc["categories", "typical"] == "x 75 %, y 50 %"


def weighted(weights: list[float]) -> Dataset:
    data = make_dataset([0] * len(weights), list(range(len(weights))))
    return data.with_interactions(
        replace(data.interactions, base_weight=np.asarray(weights, dtype=np.float32))
    )


def test_few_weights_are_levels_and_many_are_bins() -> None:
    assert weight_table(weighted([3, 5, 3])).to_numpy().tolist() == [[3, 2], [5, 1]]
    many = weight_table(weighted([float(w + 1) for w in range(100)]))
    assert many["events"].sum() == 100
    assert len(many) == 40


def test_kinds_of_events_count_events_and_users() -> None:
    data = make_dataset([0, 0, 1], [0, 1, 0])
    events = replace(data.interactions, base_event=np.asarray([0, 1, 0], dtype=np.uint8))
    data = replace(data.with_interactions(events), facts={"event_types": ["view", "buy"]})
    assert event_table(data).to_numpy().tolist() == [["view", 2, 2 / 3, 2], ["buy", 1, 1 / 3, 1]]
    assert event_table(make_dataset([0], [0])).empty


def planted_friends(alike: bool) -> Dataset:
    """80 users in two tastes of ten items; friends share the taste, or are drawn from all."""
    rng = np.random.default_rng(0)
    users, items = [], []
    for user in range(80):
        taste = user % 2
        users += [user] * 5
        items += (10 * taste + rng.choice(10, 5, replace=False)).tolist()
    friends = [(a, (a + 2 * int(rng.integers(1, 39))) % 80) for a in range(80) for _ in range(4)]
    anyone = [(a, int(rng.integers(0, 80))) for a in range(80) for _ in range(4)]
    data = make_dataset(users, items)
    return replace(data, social=np.asarray(friends if alike else anyone, dtype=np.int32))


def test_homophily_is_found_where_planted_and_only_there() -> None:
    alike, random = social(planted_friends(True)), social(planted_friends(False))
    assert alike is not None
    assert random is not None
    assert alike.low > 1.5
    assert random.low < 1 < random.high


def test_friends_are_counted_by_hand() -> None:
    """0→1, 1→0, 0→2: two of three pairs are answered; cosine of {0,1} and {1}: 1/√2."""
    data = make_dataset([0, 0, 1, 2], [0, 1, 1, 2])
    found = social(replace(data, social=np.asarray([[0, 1], [1, 0], [0, 2]], dtype=np.int32)))
    assert found is not None
    assert found.numbers["reciprocity"] == pytest.approx(2 / 3)
    assert found.numbers["median_degree"] == pytest.approx(1.5)
    assert found.numbers["friend_cosine"] == pytest.approx((1 / np.sqrt(2) + 1 / np.sqrt(2) + 0) / 3)
    assert found.numbers["connected"] == 1.0
    assert social(data) is None


def test_the_map_keeps_two_tastes_apart_and_says_how_far_it_may_be_trusted() -> None:
    data = planted_friends(True)
    found = taste_map(data, "users")
    assert found is not None
    assert found.trust > 0.8
    points = found.points
    centres = points.groupby(points["row"] % 2)[["x", "y"]].mean()
    inside = points.groupby(points["row"] % 2)[["x", "y"]].std().to_numpy().mean()
    assert np.linalg.norm(centres.loc[0] - centres.loc[1]) > 2 * inside
    assert taste_map(data, "items") is None  # 20 items are too few
