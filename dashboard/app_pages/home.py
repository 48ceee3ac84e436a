"""Where am I, what next: the verdict and four live cards."""

from __future__ import annotations

import streamlit as st

from core.metrics import METRICS
from dashboard import loaders
from dashboard.charts.home import runs_figure, segments_figure
from dashboard.components import chart_card, job_panel, next_button, nothing_yet, page
from dashboard.components.home_cards import cards
from dashboard.text import t
from dashboard.text.numbers import count, plural
from dashboard.views.home import METRIC, K, Verdict, segment_table
from dashboard.views.home_words import sentence

NAME = f"{METRICS[METRIC].label}@{K}"


def figures(found: Verdict, looks: dict) -> None:
    """Who wins, and for whom."""
    wins, whom = (
        st.tabs([t("home.tab_runs"), t("home.tab_segments")]) if found.segments else (st.container(), None)
    )
    metric = METRICS[METRIC]
    with wins:
        chart_card(
            t("home.figure_runs", metric=NAME, users=count(found.own.n)),
            runs_figure(found.table, looks, t("home.axis_metric", metric=NAME)),
            found.table[["label", "mean", "low", "high", "n_users"]],
            "home_runs",
            t("home.how_runs", definition=metric.definition, denominator=metric.denominator),
            column_config=columns("label", "n_users"),
        )
    if whom is not None:
        table = segment_table(found)
        with whom:
            chart_card(
                t("home.figure_segments", best=found.best.label, baseline=found.baseline.label, metric=NAME),
                segments_figure(table, t("home.axis_difference", metric=NAME), t("home.axis_events")),
                table,
                "home_segments",
                t("home.how_segments"),
                column_config=columns("events", "users"),
            )


def columns(first: str, users: str) -> dict:
    """Names and formats of a table of means with intervals."""
    number = st.column_config.NumberColumn
    return {
        first: t("home.column_events") if first == "events" else t("home.column_ranking"),
        "mean": number(t("home.column_mean"), format="%.3f"),
        "difference": number(t("home.column_difference"), format="%+.3f"),
        "low": number(t("home.column_low"), format="%.3f"),
        "high": number(t("home.column_high"), format="%.3f"),
        users: number(t("home.column_users"), format="localized"),
    }


here = page("home")
if here.dataset is None:
    nothing_yet("home", t("home.empty_what"), t("home.why_no_data"), t("common.go_import"), "import_data")
meta = loaders.dataset_meta(here.dataset)
found = loaders.home_verdict(here.dataset, tuple(here.runs["run"])) if here.has_runs else None
if found is None:
    sizes = {"name": meta["name"], "events": count(meta["events"]), "users": count(meta["users"])}
    why = t("home.why_not_judged") if here.has_runs else t("home.why_no_runs", **sizes)
    nothing_yet("home", t("home.empty_what"), why, t("common.go_train"), "train")
st.markdown(sentence(found, NAME))
if found.n_left_out:
    st.caption(t("home.left_out", runs=plural(found.n_left_out, "ranking is", "rankings are")))
cold = loaders.newest_crossing(here.dataset)
cards(meta, found, cold, NAME)
job_panel("home_jobs")
figures(found, loaders.looks(here.runs))
if found.fused is None and len(found.table) > 1:
    next_button(t("home.next_fuse"), "fusion_lab")
elif cold is None:
    next_button(t("home.next_curve"), "new_users")
else:
    next_button(t("home.next_compare"), "leaderboard")
