"""Every figure of the app: figure, table, download, and how it is computed."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts.template import CONFIG, on_paper, plain
from dashboard.text import t
from dashboard.text.markdown import literal


def chart_card(
    title: str,
    figure: go.Figure,
    table: pd.DataFrame,
    key: str,
    how: str | None = None,
    *,
    column_config: dict[str, object] | None = None,
    on_select: str = "ignore",
) -> object:
    """One card.

    Args:
        title: the finding or the question, in words; also the title of a downloaded figure.
        figure: built by `dashboard.charts`, without a title of its own.
        table: the numbers behind the figure, named for people.
        key: unique on the page; the selection of the figure is kept under it.
        how: markdown of "how is this computed", or None.
    """
    with st.container(border=True):
        st.markdown(f"**{literal(title)}**")
        drawn, listed = st.tabs([t("common.tab_figure"), t("common.tab_table")])
        with drawn:
            event = st.plotly_chart(figure, key=key, config=CONFIG, alt=title, on_select=on_select)
        listed.dataframe(table, hide_index=True, column_config=column_config, key=f"{key}_table", alt=title)
        with st.container(horizontal=True):
            if how:
                with st.popover(t("common.how"), type="tertiary"):
                    st.markdown(how)
            with st.popover(t("common.download"), type="tertiary"):
                _downloads(title, figure, table, key)
    return event


def _downloads(title: str, figure: go.Figure, table: pd.DataFrame, key: str) -> None:
    st.download_button(
        t("common.download_csv"),
        lambda: table.to_csv(index=False).encode(),
        file_name=f"rankscope-{key}.csv",
        mime="text/csv",
        key=f"{key}_csv",
        on_click="ignore",
    )
    st.download_button(
        t("common.download_html"),
        lambda: standalone_html(title, figure).encode(),
        file_name=f"rankscope-{key}.html",
        mime="text/html",
        key=f"{key}_html",
        on_click="ignore",
    )
    st.caption(t("common.download_png"))


def standalone_html(title: str, figure: go.Figure) -> str:
    """The figure as one file that asks no other host for anything."""
    paper = on_paper(figure)
    paper.update_layout(title={"text": plain(title), "font": {"size": 15}, "x": 0.01}, margin_t=56)
    paper.update_layout(height=(paper.layout.height or 340) + 40)  # room for the title
    return str(paper.to_html(include_plotlyjs=True, config=CONFIG))
