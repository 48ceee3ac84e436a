"""Orders an n-shot curve: which models, which events are shown, which metric."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import loaders
from dashboard.components.choices import k_choice, metric_choice, one_of
from dashboard.components.run_choice import runs_choice
from dashboard.loaders import compare
from dashboard.text import t

SHOWN = ("last", "first", "random")


def curve_form(page: str, runs: pd.DataFrame) -> None:
    """Models and settings, and the button that starts the job."""
    chosen = runs_choice(page, "lines", runs, t("new_users.models"), default=list(runs["run"]))
    first, second, third = st.columns([1, 1, 1.4])
    with first:
        metric = metric_choice(page)
    with second:
        k = k_choice(page)
    with third:
        words = {name: t(f"new_users.shown_{name}") for name in SHOWN}
        shown = one_of(page, "shown", t("new_users.shown"), SHOWN, words.__getitem__)
    if not chosen:
        st.info(t("new_users.choose_models"))
        return
    lines = compare.comparable(chosen)
    if len(lines) < len(chosen):
        st.caption(t("side_by_side.different", n=len(chosen) - len(lines)))
    # on validation: the test part stays closed until somebody opens it on the leaderboard
    spec = {"runs": lines, "metric": metric, "k": k, "shown": shown, "part": "validation"}
    st.button(
        t("new_users.measure", n=len(lines)),
        type="primary",
        key=f"{page}_measure",
        on_click=loaders.submit,
        args=("cold_start", spec, t("new_users.measure_title", n=len(lines))),
    )
