"""The profile page: every view opens, says its finding, and keeps its place in the link."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dashboard import loaders
from dashboard.charts.profile import log_bars, point_map
from dashboard.text import t
from dashboard.views.profile import labelled, typical_words, weight_words
from data.artifacts import Home, dataset_meta, save_dataset
from data.samples import marketplace
from data.store import Store
from tests.dashboard.conftest import do, open_page

VIEWS = ("findings", "spread", "time", "features", "thin", "map", "numbers")


def opened(view: str):
    return open_page("profile", profile_tab=t(f"profile.tab_{view}"))


def told(app) -> str:
    return "\n".join(part.value for part in app.markdown)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_from_a_link(view, seeded_home):
    app = opened(view)
    assert not app.exception
    assert not app.error
    assert app.title[0].value == "Profile & doctor"


def test_only_the_open_view_is_computed(seeded_home):
    tables = [list(frame.value.columns) for frame in opened("thin").dataframe]
    assert tables
    assert all(columns[0] == "segment" for columns in tables)


def test_the_spread_says_what_the_numbers_say(seeded_home):
    assert "The top 1 % of items draw" in told(opened("spread"))


def test_the_map_finds_an_item_and_its_neighbours(seeded_home):
    app = opened("map")
    name = app.session_state["profile_map_of"]
    assert name == "items"
    title = str(marketplace(n_users=200, n_items=120, n_events=6000, seed=3).titles[0])
    app.text_input(key="profile_map_query_items").set_value(title).run()
    assert not app.exception
    assert f"“{title}” is found" in told(app)
    assert [len(frame.value) for frame in app.dataframe if list(frame.value) == ["name", "events"]] == [10]


@pytest.fixture
def befriended(empty_home):
    """A store whose users have friends and a country."""
    base = marketplace(n_users=60, n_items=100, n_events=900, seed=1)
    rng = np.random.default_rng(0)
    data = replace(
        base,
        social=rng.integers(0, base.n_users, (200, 2)).astype(np.int32),
        user_features=pd.DataFrame({"country": rng.choice(["FR", "DE", "CN"], base.n_users)}),
    )
    home = Home.current()
    with Store(home) as store:
        store.add_dataset(dataset_meta(home, save_dataset(home, data)))


@pytest.mark.usefixtures("befriended")
def test_random_friends_share_no_taste_that_we_could_measure():
    app = opened("friends")
    assert not app.exception
    assert "No shared taste of friends that we could measure" in told(app)


@pytest.mark.usefixtures("befriended")
def test_users_are_split_by_their_attributes():
    app = opened("thin")
    assert app.selectbox(key="profile_attribute").value == "country"
    assert {"FR", "DE", "CN"} in [set(frame.value["segment"]) for frame in app.dataframe]


def test_data_without_times_has_no_view_of_time(empty_home):
    base = marketplace(n_users=60, n_items=100, n_events=900, seed=1)
    events = replace(base.interactions, base_time=None)
    home = Home.current()
    with Store(home) as store:
        store.add_dataset(dataset_meta(home, save_dataset(home, base.with_interactions(events))))
    app = open_page("profile")
    assert not app.exception
    assert t("profile.tab_time") not in [tab.label for tab in app.tabs]


def test_a_dropped_column_makes_a_version_with_the_same_events(seeded_home):
    old = str(loaders.datasets()["id"].iloc[0])
    app = opened("features")
    button = next(one for one in app.button if one.key == "features_go")
    assert button.disabled
    choices = {"items": {"drop": ["brand"], "buckets": {"price": 4}}}
    home = Home.current()
    result = do(home, loaders.store(), "features", {"dataset": old, "choices": choices})
    before, after = loaders.dataset(old), loaders.dataset(result["dataset"])
    assert result["dataset"] in set(loaders.datasets()["id"])
    assert "brand" in before.item_features
    assert "brand" not in after.item_features
    assert after.item_features["price"].nunique() == 4
    np.testing.assert_array_equal(before.interactions.item, after.interactions.item)
    app = open_page("profile", dataset=result["dataset"])
    assert not app.exception
    assert "· version 2 (" in app.caption[0].value
    assert "Sample marketplace · version 2" in app.sidebar.selectbox[0].options


def test_all_numbers_name_no_unit_that_is_not_shown(seeded_home):
    table = opened("numbers").table[0].value
    assert "Day of the earliest event (UTC)." in table.iloc[:, 2].tolist()
    assert not table.iloc[:, 2].str.contains("epoch").any()


def test_common_values_with_a_share_of_nothing_are_less_than_one_in_a_hundred():
    assert typical_words("A 45 %, B 0 %, C 10 %, D 0 %") == "A 45 %, B < 1 %, C 10 %, D < 1 %"


def test_weights_are_written_without_powers_of_ten():
    assert [weight_words(value) for value in (0.5, 9.587, 3620.4, 61060.0)] == [
        "0.5", "9.59", "3\u202f620", "61\u202f060",
    ]  # fmt: skip


def test_bins_of_weights_stand_between_powers_of_ten_in_words():
    edges = np.geomspace(0.1, 12_000, 41)[:-1]
    table = pd.DataFrame({"weight": edges, "events": np.arange(40)})
    figure = log_bars(table, "weight", "events", x_title="Weight", y_title="Events")
    assert list(figure.layout.xaxis.ticktext) == [
        "0.1", "1", "10", "100", "1\u202f000", "10k", "100k",
    ]  # fmt: skip
    assert figure.data[0].x[0] > np.log10(0.1)


def test_names_on_the_map_are_those_of_the_largest_points_that_keep_apart():
    points = pd.DataFrame(
        {"x": [0.0, 0.01, 1.0, 0.5], "y": [0.0, 0.01, 1.0, 0.5], "events": [9, 8, 1, 5]}
    ).assign(name=list("abcd"))
    assert labelled(points, 3) == [0, 3, 2]  # the second lies on the first
    assert labelled(points, 1) == [0]
    drawn = point_map(points, np.zeros(4, dtype=bool), [0, 3])
    assert [note.text for note in drawn.layout.annotations] == ["a", "d"]
