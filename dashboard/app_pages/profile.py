"""Can I trust the data: findings by severity, curves, numbers with their definitions."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders
from dashboard.charts.profile import log_log, over_time
from dashboard.components import chart_card, next_button, page, shown_problems
from dashboard.components.doctor import doctor
from dashboard.text import has, t
from dashboard.views.profile import number_table
from data.profile import Profile


def rank_card(profile: Profile, curve: str, axis: str) -> None:
    """Users by activity or items by popularity."""
    table = profile.curves[curve]
    names = {"rank": t("profile.column_rank"), "events": t("profile.axis_events")}
    figure = log_log(table, "rank", "events", x_title=t(axis), y_title=t("profile.axis_events"))
    how = t(f"profile.how_{curve}")
    chart_card(t(f"profile.figure_{curve}"), figure, table.rename(columns=names), f"profile_{curve}", how)


def time_card(profile: Profile) -> None:
    """Events over time."""
    table, period = profile.curves["over_time"], t(f"profile.period_{profile.period}")
    names = {
        "start": t("profile.column_start"),
        "events": t("profile.axis_events"),
        "users": t("profile.column_users"),
    }
    figure = over_time(table, "start", "events", y_title=t("profile.axis_events"))
    shown = table.assign(start=table["start"].dt.strftime("%Y-%m-%d")).rename(columns=names)
    title, how = t("profile.figure_time", period=period), t("profile.how_time", period=period)
    chart_card(title, figure, shown, "profile_time", how)


def numbers(profile: Profile) -> None:
    """Every number with its definition."""
    names = {key: t(f"profile.name_{key}") for key in profile.numbers if has(f"profile.name_{key}")}
    table = number_table(profile.numbers, profile.definitions, names)
    columns = {name: t(f"profile.column_{name}") for name in ("name", "value", "definition")}
    st.dataframe(table, hide_index=True, column_config=columns, key="profile_numbers", height="content")


here = page("profile", needs="data")
with shown_problems():
    profile = loaders.profile(here.dataset)
    first, second = st.tabs([t("profile.tab_findings"), t("profile.tab_numbers")])
    with first:
        doctor(here.dataset)
    with second:
        numbers(profile)
    left, right = st.columns(2)
    with left:
        rank_card(profile, "activity", "profile.axis_user_rank")
    with right:
        rank_card(profile, "popularity", "profile.axis_item_rank")
    if profile.period:
        time_card(profile)
next_button(t("profile.next"), "split")
