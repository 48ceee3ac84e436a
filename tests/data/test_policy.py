"""Limits on what lists may show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from data.dataset import Dataset
from data.errors import ConfigError
from data.policy import PolicyLimits, candidate_mask, limit_columns, limit_targets
from data.splits import make_splitter
from tests.conftest import make_dataset


def shop() -> Dataset:
    """Six items with 4, 3, 2, 1, 1 and 1 events; prices 1 2 3 4 5 and none."""
    dataset = make_dataset([0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3], [0, 1, 2, 3, 4, 5, 0, 1, 2, 0, 1, 0])
    features = pd.DataFrame(
        {
            "title": [f"Item {number}" for number in range(6)],
            "price": [1, 2, 3, 4, 5, np.nan],
            "available": ["yes", "no", "yes", "no", "yes", None],
            "stock": [0, 3, np.nan, 1, -1, 2],
            "listed": [True, True, False, True, True, True],
            "categories": ["Garden|Sale", "Garden", "Tools", "", None, "Sale"],
            "colour": ["red", "blue", "red", "green", "red", "red"],
        }
    )
    return replace(dataset, item_features=features)


def left(**limits: object) -> list[int]:
    return np.flatnonzero(candidate_mask(shop(), PolicyLimits(**limits))).tolist()  # type: ignore[arg-type]


def test_no_limit_leaves_every_item() -> None:
    assert left() == [0, 1, 2, 3, 4, 5]
    assert PolicyLimits().chosen() == {}
    assert PolicyLimits().describe() == ""


def test_stock_is_a_number_above_zero_a_truth_or_a_yes() -> None:
    assert left(stock="stock") == [1, 3, 5]
    assert left(stock="available") == [0, 2, 4]
    assert left(stock="listed") == [0, 1, 3, 4, 5]


def test_a_price_lies_between_its_bounds_and_is_known() -> None:
    assert left(price="price", price_from=2, price_to=4) == [1, 2, 3]
    assert left(price="price", price_from=4) == [3, 4]
    assert left(price="price", price_to=1) == [0]
    assert left(price_from=2) == [0, 1, 2, 3, 4, 5]  # no column, no limit


def test_categories_are_wanted_or_not() -> None:
    assert left(include=("Garden",)) == [0, 1]
    assert left(include=("Garden", "Tools")) == [0, 1, 2]
    assert left(exclude=("Sale",)) == [1, 2, 3, 4]
    assert left(include=("Garden",), exclude=("Sale",)) == [1]


def test_popularity_is_counted_in_what_teaches() -> None:
    assert left(min_events=2) == [0, 1, 2]
    assert left(min_events=3) == [0, 1]
    train = shop().with_interactions(shop().interactions.take(np.arange(6)))
    assert candidate_mask(train, PolicyLimits(min_events=1)).sum() == 6


def test_limits_are_told_in_words() -> None:
    limits = PolicyLimits(
        stock="stock", exclude=("A", "B", "C", "D"), price="price", price_to=5, min_events=3
    )
    assert limits.describe() == (
        "in stock (stock), without A or B or C or 1 more, price up to 5, at least 3 train events"
    )
    assert PolicyLimits(price="cost", price_from=1, price_to=2.5).describe() == "cost 1–2.5"


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        ({"stock": "shelf"}, "no column 'shelf'"),
        ({"include": ("Toys",)}, "category 'Toys'"),
        ({"min_events": 50}, "leave none of 6 items"),
        ({"price": "price", "price_from": 100}, "leave none of 6 items"),
    ],
)
def test_limits_that_cannot_be_kept_are_refused(limits: dict, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem) as refused:
        left(**limits)
    assert refused.value.hint


def test_a_price_range_that_runs_backwards_is_refused() -> None:
    with pytest.raises(ValidationError, match="the first is higher"):
        PolicyLimits(price="price", price_from=5, price_to=2)


def test_the_columns_that_can_limit_are_found() -> None:
    offered = limit_columns(shop())
    assert set(offered.stock) == {"price", "available", "stock", "listed"}
    assert set(offered.numbers) == {"price", "stock"}
    assert offered.categories[:2] == ("Garden", "Sale")
    assert not limit_columns(replace(shop(), item_features=None)).any


@given(allowed=st.lists(st.booleans(), min_size=12, max_size=12))
def test_limited_targets_are_those_that_may_be_listed(allowed: list[bool]) -> None:
    rng = np.random.default_rng(3)
    users = np.repeat(np.arange(15), 8).tolist()
    dataset = make_dataset(users, rng.integers(0, 12, 120).tolist(), times=list(range(120)), n_items=12)
    split = make_splitter("last", {"n": 2}).split(dataset, seed=0)
    mask = np.asarray(allowed)
    limited = limit_targets(split, mask)
    for part in ("validation", "test"):
        before, after = (getattr(one, part).targets.toarray() for one in (split, limited))
        np.testing.assert_array_equal(after, before * mask)
        assert len(getattr(limited, part)) == len(getattr(split, part))  # nobody vanishes
        assert getattr(limited, part).targets.nnz == after.sum()  # and no zero is stored
