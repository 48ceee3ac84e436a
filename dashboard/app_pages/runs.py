"""What ran, what runs: running jobs first, the runs, what differs, lists made elsewhere, logs."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.metrics import METRICS
from core.models import MODELS
from dashboard import loaders
from dashboard.components import empty_state, job_panel, next_button, page
from dashboard.components.lists_form import lists_form, lists_outcome
from dashboard.components.number_table import written
from dashboard.components.run_actions import choose_runs, hidden_runs, jobs_and_logs, rename_or_hide, settings
from dashboard.components.run_actions import seeds as seeds_tab
from dashboard.components.run_costs import run_costs
from dashboard.components.run_notes import clone_button, note_form, shown_notes, tag_filter
from dashboard.components.split_choice import read_choice
from dashboard.loaders.run_notes import run_notes
from dashboard.text import t
from dashboard.text.numbers import date_time, duration, plural, score, shorten
from dashboard.views.runs import METRIC, K, runs_table

TABS = ("runs", "settings", "seeds", "costs", "lists", "jobs")


def sentence(runs: pd.DataFrame) -> str:
    """How many runs, and the newest."""
    if runs.empty:
        return t("runs.finding_none")
    newest = runs.sort_values("created", kind="stable").iloc[-1]
    return t(
        "runs.finding",
        runs=plural(len(runs), "run", "runs"),
        label=newest["label"],
        created=date_time(newest["created"]),
        time=duration(newest["seconds"]),
    )


def columns() -> dict[str, Any]:
    """Names and formats of the table of runs."""
    column, metric = st.column_config.Column, f"{METRICS[METRIC].label}@{K}"
    return {
        "label": column(t("runs.column_label"), width=165),
        "model": column(t("runs.column_model"), width=85),
        "metric": column(t("runs.column_metric", metric=metric), width=85),
        "protocol": column(t("runs.column_split"), width=100),
        "seconds": column(t("runs.column_seconds"), width=85),
        "device": column(t("runs.column_device"), width=70),
        "created": column(t("runs.column_created"), width=125),
        "run": column(t("runs.column_id"), width=100),
    }


def table(dataset: str, runs: pd.DataFrame) -> list[str]:
    """The runs with their metric; what may be done with chosen ones."""
    notes = run_notes(dataset)
    runs = tag_filter(runs, notes)
    names = {name: kind.label for name, kind in MODELS.items()} | {"fused": "Fusion", "listed": "Lists"}
    shown = runs_table(runs, loaders.metrics(dataset), names)
    shown = shown.assign(
        label=shown["label"].map(lambda label: shorten(label, 26)),
        protocol=shown["protocol"].map(loaders.protocol_label),
        created=shown["created"].map(date_time),
    )
    st.dataframe(
        written(shown, {"metric": score, "seconds": duration}),
        hide_index=True,
        column_config=columns(),
        key="runs_table",
    )
    shown_notes(runs, notes)
    chosen = choose_runs(runs)
    rename_or_hide(chosen, dict(zip(runs["run"], runs["own_label"], strict=True)))
    if len(chosen) == 1:
        note_form(dataset, chosen[0], notes)
    if chosen:
        clone_button(chosen)
    hidden_runs(dataset)
    return chosen


here = page("runs")
if here.dataset is not None:
    st.markdown(sentence(here.runs))
job_panel("runs_jobs", idle=t("runs.idle"))
if here.dataset is None:
    empty_state(t("runs.empty_what"), t("common.empty_no_data"), t("common.go_import"), "import_data")
    if loaders.recent_jobs(1):
        jobs_and_logs()
    st.stop()
tabs = st.tabs(
    [t(f"runs.tab_{name}") for name in ("runs", "settings", "seeds", "costs", "lists", "jobs")],
    key="runs_tab",
)
chosen: list[str] = []
with tabs[0]:
    if here.has_runs:
        chosen = table(here.dataset, here.runs)
    else:
        st.caption(t("common.empty_no_runs"))
with tabs[1]:
    settings(chosen, loaders.labels(here.runs))
with tabs[2]:
    seeds_tab(here.dataset, here.runs)
with tabs[3]:
    run_costs(here.dataset, here.runs)
with tabs[4]:
    lists_form(here.dataset, read_choice(here.dataset).spec())  # chosen on Split & policy, else recommended
    lists_outcome(here.dataset)
with tabs[5]:
    jobs_and_logs()
next_button(*(((t("runs.next"), "leaderboard")) if here.has_runs else (t("common.go_train"), "train")))
