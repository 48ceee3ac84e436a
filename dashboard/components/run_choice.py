"""One run, or several, out of those of a table; in the URL by id."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import loaders, state
from dashboard.text import t
from dashboard.views.labels import distinct


def run_choice(page: str, name: str, table: pd.DataFrame, label: str, *, default: str | None = None) -> str:
    """The chosen run.

    Args:
        page: the page that asks.
        name: under which the choice stands in the URL.
        table: of `loaders.runs`, at least one row.
        label: of the widget.
        default: run chosen at first; None: the first of the table.
    """
    own = loaders.labels(table)
    names = dict(zip(own, distinct(list(own.values())), strict=True))
    value = state.settle(name, list(names), default if default in names else next(iter(names)))
    key = state.widget(page, name)
    st.session_state[key] = value
    st.selectbox(
        label,
        list(names),
        format_func=lambda run: names.get(run, run),
        key=key,
        on_change=lambda: state.write(name, st.session_state[key]),
    )
    return str(value)


def runs_choice(
    page: str, name: str, table: pd.DataFrame, label: str, *, default: list[str]
) -> tuple[str, ...]:
    """The chosen runs, in the order they were chosen; arguments as in `run_choice`."""
    own = loaders.labels(table)
    names = dict(zip(own, distinct(list(own.values())), strict=True))
    value = state.settle_all(name, list(names), [run for run in default if run in names])
    key = state.widget(page, name)
    st.session_state[key] = list(value)
    st.multiselect(
        label,
        list(names),
        format_func=lambda run: names.get(run, run),
        key=key,
        help=t("common.models_help"),
        on_change=lambda: state.write(name, st.session_state[key]),
    )
    return value
