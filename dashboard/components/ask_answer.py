"""What came of a question: a sentence, the rows, a figure of them; or why there is nothing."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.charts.ask import answer_figure
from dashboard.components.chart_card import chart_card
from dashboard.text import t
from dashboard.text.markdown import literal
from dashboard.text.numbers import MISSING, exact_count
from dashboard.views.ask import Drawing, drawing, drawn, numeric, with_moments
from data.asking import Answer, QuestionError

KINDS = ("bars", "line", "points")


def sentence(answer: Answer) -> str:
    """How many rows in what time, and whether there were more."""
    rows = exact_count(len(answer.table))
    values = {"rows": rows, "seconds": f"{answer.seconds:.2f}"}
    if answer.truncated:
        return t("ask.rows_cut", **values)
    return t("ask.rows_one", **values) if len(answer.table) == 1 else t("ask.rows", **values)


def refused(error: QuestionError) -> None:
    """The problem, the spot in the text, what to do. A slip in a question is no alarm."""
    st.warning(f"**{literal(error.problem)}**\n\n{literal(error.hint)}")
    if error.place:
        st.code(error.place, language=None)


def shown(answer: Answer, name: str) -> None:
    """The rows and their figure."""
    if "explain_value" in answer.table:
        st.code("\n".join(answer.table["explain_value"].astype(str)), language=None)
        return
    table = with_moments(answer.table)
    suited = drawing(table)
    listed, figure = st.tabs([t("ask.tab_table"), t("ask.tab_chart")])
    with listed:
        _rows(answer, name)
    with figure:
        if suited is None:
            st.caption(t("ask.no_chart"))
        else:
            _figure(table, suited)


def _rows(answer: Answer, name: str) -> None:
    few = len(answer.table) <= 12
    st.dataframe(
        answer.table,
        hide_index=True,
        height="content" if few else 420,
        lazy=False,
        key="ask_rows",
        alt=t("ask.tab_table"),
        placeholder=MISSING,
    )
    st.download_button(
        t("common.download_csv"),
        lambda: answer.table.to_csv(index=False).encode(),
        file_name=f"rankscope-{name}.csv",
        mime="text/csv",
        key="ask_csv",
        on_click="ignore",
    )


def _figure(table: pd.DataFrame, suited: Drawing) -> None:
    left, middle, right = st.columns([2, 2, 3])
    of = "·".join(table.columns)  # widgets of their own for each set of columns
    names = list(table.columns)
    x = left.selectbox(t("ask.x"), names, index=names.index(suited.x), key=f"ask_x_{of}")
    heights = numeric(table)
    y = middle.selectbox(t("ask.y"), heights, index=heights.index(suited.y), key=f"ask_y_{of}")
    kind = right.segmented_control(
        t("ask.kind"),
        KINDS,
        default=suited.kind,
        format_func=lambda name: t(f"ask.kind_{name}"),
        key=f"ask_kind_{of}",
        required=True,
    )
    part = drawn(table, Drawing(x, y, kind))
    if len(part) < len(table):
        st.caption(t("ask.first_drawn", shown=exact_count(len(part)), rows=exact_count(len(table))))
    chart_card(t("ask.chart", x=x, y=y), answer_figure(part, x, y, kind), part, "ask_chart")
