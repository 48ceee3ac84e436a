"""Reads for the cards of items and users."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.loaders.datasets import dataset
from dashboard.state import ITEM
from data.cards import CardIndex, ItemCard, UserCard, card_index
from data.cards import item_card as make_item_card
from data.cards import user_card as make_user_card


@st.cache_resource(max_entries=2, show_spinner=False)
def _index(dataset_id: str) -> CardIndex:
    return card_index(dataset(dataset_id))


def sharing(dataset_id: str, of: str, row: int) -> int:
    """How many other items ("item") or users have as many events as the one at `row`."""
    index = _index(dataset_id)
    counts = index.of_item if of == ITEM else np.diff(index.user_starts)
    return int((counts == counts[row]).sum()) - 1


@st.cache_resource(max_entries=64, show_spinner=False)
def item_card(dataset_id: str, row: int) -> ItemCard:
    """The card of an item."""
    return make_item_card(_index(dataset_id), row)


@st.cache_resource(max_entries=64, show_spinner=False)
def user_card(dataset_id: str, row: int) -> UserCard:
    """The card of a user."""
    return make_user_card(_index(dataset_id), row)
