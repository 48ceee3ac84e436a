"""Columns dropped and bucketed, with the values a person expects."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.artifacts import Home, load_dataset, save_dataset
from data.errors import ConfigError
from data.feature_choice import FeatureChoice, FeatureChoices, bucketed, with_features
from tests.conftest import make_dataset


def known():
    features = pd.DataFrame(
        {"title": ["A", "B", "C", "D"], "price": [1.0, 2.0, 3.0, np.nan], "brand": list("xxyz")}
    )
    return replace(make_dataset([0, 1], [0, 3]), item_features=features, id="d0123456789")


def choice(**items) -> FeatureChoices:
    return FeatureChoices(items=FeatureChoice(**items))


def test_numbers_fall_into_buckets_of_equal_shares() -> None:
    values = pd.Series([1, 2, 3, 4, 5, 6, np.nan], name="price")
    assert bucketed(values, 2).tolist()[:6] == ["1–3", "1–3", "1–3", "4–6", "4–6", "4–6"]
    assert bucketed(values, 2).isna().tolist() == [False] * 6 + [True]


def test_rare_words_become_other() -> None:
    values = pd.Series(["a", "a", "b", "b", "c", "d", None], name="brand")
    assert bucketed(values, 3).tolist()[:6] == ["a", "a", "b", "b", "other", "other"]
    assert bucketed(values, 4).tolist()[:6] == ["a", "a", "b", "b", "c", "d"]


def test_a_new_version_has_the_same_events_and_says_what_changed(tmp_path) -> None:
    data = known()
    made = with_features(data, choice(drop=("brand",), buckets={"price": 2}))
    assert list(made.item_features) == ["title", "price"]
    assert made.facts["parent"] == "d0123456789"
    assert made.facts["version"] == 2
    assert made.interactions is data.interactions
    home = Home(tmp_path)
    stored = load_dataset(home, save_dataset(home, made))
    assert stored.id not in ("", data.id)
    assert stored.item_features["price"].isna().tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "No column was changed"),
        ({"drop": ("colour",)}, "'colour' of items"),
        ({"drop": ("title",)}, "'title' of items"),
        ({"buckets": {"price": 1}}, "1 buckets"),
    ],
)
def test_what_cannot_be_done_is_said(asked, message) -> None:
    with pytest.raises(ConfigError, match=message):
        with_features(known(), choice(**asked))


@given(
    st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6), st.just(3.0)), min_size=1, max_size=40),
    st.integers(2, 9),
)
def test_buckets_are_few_ordered_and_keep_what_is_missing(values: list[float | None], n: int) -> None:
    series = pd.Series(values, name="x", dtype=float)
    made = bucketed(series, n)
    assert made.isna().tolist() == series.isna().tolist()
    assert made.nunique() <= n
    spans = series.groupby(made).agg(["min", "max"]).sort_values("min")
    assert (spans["min"].to_numpy()[1:] > spans["max"].to_numpy()[:-1]).all()
