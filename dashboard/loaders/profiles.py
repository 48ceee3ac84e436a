"""Reads for the profile beyond its numbers: features, segments, friends, the map of taste."""

from __future__ import annotations

from typing import Literal

import pandas as pd
import streamlit as st

from dashboard.loaders.datasets import dataset
from data.profile.features import event_table, feature_table
from data.profile.segments import attributes, by_attribute
from data.profile.social import Social
from data.profile.social import social as measure_social
from data.profile.taste_map import TasteMap
from data.profile.taste_map import taste_map as lay_out


@st.cache_resource(max_entries=8, show_spinner=False)
def feature_tables(dataset_id: str) -> dict[str, pd.DataFrame]:
    """Columns of items and of users, and kinds of events where there are several."""
    data = dataset(dataset_id)
    tables = {"items": feature_table(data.item_features), "users": feature_table(data.user_features)}
    events = event_table(data)
    return tables if events.empty else {**tables, "events": events}


@st.cache_resource(max_entries=8, show_spinner=False)
def user_attributes(dataset_id: str) -> list[str]:
    """Columns of user attributes that make segments."""
    return attributes(dataset(dataset_id))


@st.cache_resource(max_entries=16, show_spinner=False)
def attribute_segments(dataset_id: str, column: str) -> pd.DataFrame:
    """Users by the levels of an attribute."""
    return by_attribute(dataset(dataset_id), column)


@st.cache_resource(max_entries=8, show_spinner=False)
def social(dataset_id: str) -> Social | None:
    """Degrees, reciprocity and homophily of the social list."""
    return measure_social(dataset(dataset_id))


@st.cache_resource(max_entries=8, show_spinner=False)
def taste_map(dataset_id: str, of: Literal["items", "users"]) -> TasteMap | None:
    """The map of the most active items or users; some seconds, once."""
    return lay_out(dataset(dataset_id), of)
