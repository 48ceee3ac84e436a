"""Where am I, what next: the verdict and four live cards."""

from __future__ import annotations

import streamlit as st

from core.metrics import METRICS
from dashboard import loaders
from dashboard.charts.home import runs_figure, segments_figure
from dashboard.components import chart_card, empty_state, job_panel, next_button, page
from dashboard.components.home_cards import cards
from dashboard.text import t
from dashboard.text.numbers import count, difference, plural, with_interval
from dashboard.views.home import METRIC, K, Verdict, segment_table

NAME = f"{METRICS[METRIC].label}@{K}"


def sentence(found: Verdict) -> str:
    """The finding: best, by how much, for whom worse, what new users get."""
    facts = {"best": found.best.label, "baseline": found.baseline.label, "metric": NAME}
    facts |= {"users": count(found.own.n), "n_runs": len(found.table)}
    if found.gap is None:
        own = with_interval(found.own.mean, found.own.low, found.own.high)
        parts = [t("home.baseline_best", best=found.best.label, own=own, metric=NAME, users=facts["users"])]
    else:
        gap = difference(found.gap.mean, found.gap.low, found.gap.high)
        key = "home.better" if found.gap.sure else "home.no_difference"
        parts = [t(key, gap=gap, **facts)]
    return " ".join([*parts, *for_whom(found)])


def for_whom(found: Verdict) -> list[str]:
    """Who loses with the best ranking, and what new users get."""
    parts = []
    if found.worse_for is not None:
        worse = found.worse_for
        gap = difference(worse.difference.mean, worse.difference.low, worse.difference.high)
        parts.append(t("home.worse_for", events=f"{worse.low}–{worse.high}", gap=gap))
    elif found.segments:
        parts.append(t("home.worse_for_nobody"))
    if found.new_users is not None:
        new = found.new_users
        own, users = with_interval(new.mean, new.low, new.high), count(new.n)
        if found.new_gap is None:
            parts.append(t("home.new_users_alone", own=own, users=users))
        else:
            gap = difference(found.new_gap.mean, found.new_gap.low, found.new_gap.high)
            parts.append(t("home.new_users", own=own, gap=gap, baseline=found.baseline.label, users=users))
    return parts


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
    job_panel("home_jobs")
    empty_state(t("home.empty_what"), t("home.why_no_data"), t("common.go_import"), "import_data")
    st.stop()
meta = loaders.dataset_meta(here.dataset)
found = loaders.home_verdict(here.dataset, tuple(here.runs["run"])) if here.has_runs else None
if found is None:
    job_panel("home_jobs")
    sizes = {"name": meta["name"], "events": count(meta["events"]), "users": count(meta["users"])}
    why = t("home.why_not_judged") if here.has_runs else t("home.why_no_runs", **sizes)
    why = t("home.why_busy") if loaders.active_jobs() else why
    empty_state(t("home.empty_what"), why, t("common.go_train"), "train")
    st.stop()
st.markdown(sentence(found))
if found.n_left_out:
    st.caption(t("home.left_out", runs=plural(found.n_left_out, "ranking is", "rankings are")))
cold = loaders.newest_crossing(here.dataset)
cards(meta, found, cold, NAME)
figures(found, loaders.looks(here.runs))
job_panel("home_jobs")
if found.fused is None and len(found.table) > 1:
    next_button(t("home.next_fuse"), "fusion_lab")
elif cold is None:
    next_button(t("home.next_curve"), "new_users")
else:
    next_button(t("home.next_compare"), "leaderboard")
