"""Cards of items and users against what a person reads off a small table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.cards import card_index, item_card, user_card
from data.dataset import Dataset
from tests.conftest import make_dataset

DAY = 86_400


@pytest.fixture
def small() -> Dataset:
    """u0: i0 i1 i1, u1: i0 i1, u2: i2; categories: i0 a|b, i1 a, i2 c."""
    data = make_dataset([0, 0, 0, 1, 1, 2], [0, 1, 1, 0, 1, 2], times=[0, DAY, 3 * DAY, 0, 0, 3 * DAY])
    features = pd.DataFrame(
        {"title": ["A", "B", "C"], "categories": ["a|b", "a", "c"], "price": [1.5, np.nan, 2.0]}
    )
    return replace(data, item_features=features)


def test_an_item_card_counts_events_users_and_place(small: Dataset) -> None:
    card = item_card(card_index(small), 1)
    assert (card.events, card.users, card.place) == (3, 2, 1)
    assert (card.first, card.last) == (0, 3 * DAY)
    assert card.over_time["events"].tolist() == [1, 1, 0, 1]
    assert card.attributes.to_numpy().tolist() == [["categories", "a"]]


def test_items_taken_together_are_ranked_by_cosine(small: Dataset) -> None:
    """i0 and i1 share both their users: 2 / √(2·2) = 1; i2 shares none."""
    near = item_card(card_index(small), 0).together
    assert near.to_numpy().tolist() == [[1, 2, 1.0]]


def test_items_of_the_same_categories_are_alike(small: Dataset) -> None:
    """{a, b} and {a}: 1 / √2."""
    alike = item_card(card_index(small), 0).alike
    assert alike["row"].tolist() == [1]
    assert alike["cosine"].tolist() == pytest.approx([1 / np.sqrt(2)])


def test_a_user_card_has_the_history_latest_first(small: Dataset) -> None:
    card = user_card(card_index(small), 0)
    assert card.history["row"].tolist() == [1, 1, 0]
    assert card.history["time"].tolist() == [3 * DAY, DAY, 0]
    assert (card.events, card.items, card.place) == (3, 2, 1)
    assert card.near["row"].tolist() == [1]


def test_taste_stands_beside_that_of_all(small: Dataset) -> None:
    """u0: three of three events in a, one in b. All six events: five in a, two in b, one in c."""
    taste = user_card(card_index(small), 0).taste.set_index("category")
    assert taste.loc["a"].tolist() == pytest.approx([1, 5 / 6])
    assert taste.loc["b"].tolist() == pytest.approx([1 / 3, 2 / 6])
    assert "c" not in taste.index


def test_an_item_without_events_has_an_empty_card() -> None:
    card = item_card(card_index(make_dataset([0], [0], n_items=2)), 1)
    assert (card.events, card.place, card.first) == (0, None, None)
    assert card.together.empty


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7)), min_size=1, max_size=40))
def test_cosines_lie_between_0_and_1_and_cards_never_name_themselves(pairs: list[tuple[int, int]]) -> None:
    data = make_dataset([user for user, _ in pairs], [item for _, item in pairs], n_items=8)
    index = card_index(data)
    for row in range(data.n_items):
        near = item_card(index, row).together
        assert row not in near["row"].tolist()
        assert ((near["cosine"] > 0) & (near["cosine"] <= 1 + 1e-6)).all()
    assert sum(item_card(index, row).events for row in range(data.n_items)) == len(pairs)
    assert sum(user_card(index, row).events for row in range(data.n_users)) == len(pairs)
