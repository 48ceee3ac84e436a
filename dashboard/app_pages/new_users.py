"""When does personalisation pay?"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.metrics import METRICS
from dashboard import loaders, state
from dashboard.charts.cold_start import n_shot_curve
from dashboard.components import chart_card, job_panel, next_button, page, shown_problems
from dashboard.components.curve_form import curve_form
from dashboard.components.sandbox import sandbox
from dashboard.loaders import compare
from dashboard.text import t
from dashboard.views import cold_start as view

NAME = "new_users"


def curve_choice(stored: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The newest stored curve, or the one that the URL names."""
    value = state.settle("curve", list(stored), next(iter(stored)))
    if len(stored) == 1:
        return stored[value]

    def words(result: str) -> str:
        meta = stored[result]
        return t(
            "new_users.curve_option", metric=METRICS[meta["metric"]].label, k=meta["k"], n=len(meta["lines"]),
            shown=t(f"new_users.shown_{meta['shown']}").lower(), part=t(f"new_users.part_{meta['part']}"),
        )  # fmt: skip

    key = state.widget(NAME, "curve")
    st.session_state[key] = value
    st.selectbox(
        t("new_users.curve"), list(stored), format_func=words, key=key,
        on_change=lambda: state.write("curve", st.session_state[key]),
    )  # fmt: skip
    return stored[value]


def curve(meta: dict[str, Any], top: Any) -> None:
    """Finding, figure, and one sentence per line."""
    every = compare.all_runs(here.dataset)
    labels, looks = view.line_labels(meta, loaders.labels(every)), view.line_looks(meta, loaders.looks(every))
    found = view.stored_crossings(meta)
    words = {"metric": METRICS[meta["metric"]].label, "k": meta["k"]}
    table = view.curve_table(pd.DataFrame(meta["points"]), labels)
    with top:
        st.markdown(view.finding(found, labels))
        st.caption(meta["note"])
    figure = n_shot_curve(table, looks, x=t("new_users.axis_n"), y=t("new_users.axis_metric", **words))
    rows = view.shown_table(table, meta["metric"], meta["k"])
    chart_card(t("new_users.figure", **words), figure, rows, f"{NAME}_curve", t("new_users.how"))
    sentences = view.crossing_sentences(found, labels, len(meta["ns"]))
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))
    if stand_ins := view.stand_in_words(table, labels):
        st.caption(" ".join(stand_ins))
    for line, reason in meta.get("refused", {}).items():
        st.caption(t("new_users.refused", model=labels.get(line, line), reason=reason))


here = page(NAME, needs="runs")
with shown_problems():
    top = st.container()
    drawn, tried = st.tabs(
        [t("new_users.tab_curve"), t("new_users.tab_sandbox")],
        key=f"{NAME}_tab",
        on_change="rerun",
        bind="query-params",
    )
    stored = compare.curves(here.dataset)
    with drawn:
        if stored:
            curve(curve_choice(stored), top)
            with st.expander(t("new_users.other")):
                curve_form(NAME, here.runs)
        else:
            top.markdown(t("new_users.no_curve"))
            curve_form(NAME, here.runs)
    if tried.open:
        with tried:
            sandbox(NAME, here.dataset, here.runs)
job_panel(f"{NAME}_jobs", kinds=("cold_start",))
next_button(t("new_users.next"), "leaderboard")
