"""Plain choices that several pages offer: metric, list length, group of users. In the URL by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.mutable_tab_container import TabContainer

from core.metrics import METRICS, PER_USER
from dashboard import state
from dashboard.text import t


def one_of(
    page: str,
    name: str,
    label: str,
    options: Sequence[str],
    words: Callable[[str], str],
    default: str | None = None,
) -> str:
    """One of a few words, all of them in sight."""
    chosen = st.segmented_control(
        label,
        list(options),
        default=options[0] if default is None else default,
        required=True,
        format_func=words,
        key=state.widget(page, name),
        bind="query-params",
    )
    return str(chosen)


def open_tabs(page: str, labels: Sequence[str]) -> Sequence[TabContainer]:
    """Tabs of which only the open one need be drawn (`.open`); which one stands in the URL."""
    return st.tabs(list(labels), key=state.widget(page, "tab"), on_change="rerun", bind="query-params")


def k_choice(page: str, options: Sequence[int] = (5, 10, 20), default: int = 10) -> int:
    """How many items are shown."""
    chosen = st.segmented_control(
        t("leaderboard.k"),
        list(options),
        default=default,
        required=True,
        key=state.widget(page, state.K),
        bind="query-params",
    )
    return int(chosen)


def metric_choice(page: str) -> str:
    """A metric with one value per user."""
    return st.selectbox(
        t("leaderboard.metric"),
        list(PER_USER),
        format_func=lambda name: METRICS[name].label,
        key=state.widget(page, state.METRIC),
        bind="query-params",
    )


def compact(table: pd.DataFrame, column: int, width: int) -> dict[str, object]:
    """Column settings that make one column as narrow as `width` pixels; the others share the rest."""
    return (
        {str(table.columns[column]): st.column_config.Column(width=width)} if column < table.shape[1] else {}
    )


def even(table: pd.DataFrame, first: int, width: int) -> dict[str, object]:
    """Column settings: the first column `first` pixels wide, the others share `width` pixels at least."""
    names = [str(name) for name in table.columns]
    share = (width - first) // max(len(names) - 1, 1)
    return {
        name: st.column_config.Column(width=share if place else first) for place, name in enumerate(names)
    }
