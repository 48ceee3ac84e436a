"""Reads for the cards of items and users."""

from __future__ import annotations

import streamlit as st

from dashboard.loaders.datasets import dataset
from data.cards import CardIndex, ItemCard, UserCard, card_index
from data.cards import item_card as make_item_card
from data.cards import user_card as make_user_card


@st.cache_resource(max_entries=2, show_spinner=False)
def _index(dataset_id: str) -> CardIndex:
    return card_index(dataset(dataset_id))


@st.cache_resource(max_entries=64, show_spinner=False)
def item_card(dataset_id: str, row: int) -> ItemCard:
    """The card of an item."""
    return make_item_card(_index(dataset_id), row)


@st.cache_resource(max_entries=64, show_spinner=False)
def user_card(dataset_id: str, row: int) -> UserCard:
    """The card of a user."""
    return make_user_card(_index(dataset_id), row)
