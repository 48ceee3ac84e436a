"""A picture of taste: items or users near each other where the same people took them; with a search."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import loaders
from dashboard.charts.profile import point_map
from dashboard.components.chart_card import chart_card
from dashboard.loaders import profiles
from dashboard.text import t
from dashboard.text.numbers import count
from dashboard.views.profile import labelled

NEAR = 10
NAMED = 14  # points whose names stand on the map


def taste(dataset: str) -> None:
    """Choice of items or users, the map, the search, and what lies near the found one."""
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    of = left.segmented_control(
        t("profile.map_of"),
        ("items", "users"),
        default="items",
        required=True,
        format_func=lambda name: t(f"profile.map_{name}"),
        key="profile_map_of",
        bind="query-params",
    )
    query = right.text_input(t(f"profile.map_search_{of}"), key=f"profile_map_query_{of}").strip()
    with st.spinner(t("profile.map_wait"), show_time=True):
        found = profiles.taste_map(dataset, of)
    if found is None:
        st.caption(t(f"profile.map_none_{of}"))
        return
    table = _named(dataset, of, found.points)
    hit = (
        table["name"].str.contains(query, case=False, regex=False) if query else pd.Series(False, table.index)
    )
    st.markdown(_sentence(of, found.shown, found.total, query, int(hit.sum())))
    title = t("profile.map_title", trust=f"{found.trust:.2f}")
    shown = table[["name", "events", "x", "y"]].rename(
        columns={"name": t(f"profile.map_{of}"), "events": t("profile.axis_events")}
    )
    named = list(np.flatnonzero(hit)[:NAMED]) if hit.any() else labelled(table, NAMED)
    drawn = point_map(table, hit.to_numpy(), [int(place) for place in named])
    chart_card(title, drawn, shown, f"profile_map_{of}", t("profile.how_map"))
    if hit.any():
        _near(table, int(np.flatnonzero(hit)[0]), of)


def _named(dataset: str, of: str, points: pd.DataFrame) -> pd.DataFrame:
    data = loaders.dataset(dataset)
    names = data.titles if of == "items" else data.users.ids
    return points.assign(name=[str(names[row]) for row in points["row"]])


def _sentence(of: str, shown: int, total: int, query: str, hits: int) -> str:
    words = t(f"profile.map_sentence_{of}", shown=count(shown), total=count(total))
    return f"{words} {t('profile.map_hits', query=query, hits=count(hits))}" if query else words


def _near(table: pd.DataFrame, place: int, of: str) -> None:
    """The neighbours of the most active match on the map."""
    distance = np.hypot(table["x"] - table["x"].iloc[place], table["y"] - table["y"].iloc[place])
    near = table.assign(distance=distance).nsmallest(NEAR + 1, "distance").iloc[1:]
    st.markdown(f"**{t('profile.map_near', name=table['name'].iloc[place])}**")
    columns = {"name": t(f"profile.map_{of}"), "events": t("profile.axis_events")}
    st.dataframe(near[["name", "events"]], hide_index=True, column_config=columns, key=f"profile_near_{of}")
