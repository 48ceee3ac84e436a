"""Tuning on the Train page: the budget, trials as they come, studies and what to do with their best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.metrics import METRICS
from core.models import MODELS
from core.tuning import ENOUGH_TRIALS
from dashboard import loaders, state
from dashboard.charts.template import CONFIG
from dashboard.charts.tuning import importance_bars, parallel_settings, search_history
from dashboard.components.chart_card import chart_card
from dashboard.components.choices import k_choice, metric_choice
from dashboard.components.job_panel import POLL_S, job_card
from dashboard.components.page import Page
from dashboard.components.training_forms import fill_form
from dashboard.experiments import as_yaml, experiment_of
from dashboard.jobs.states import Job
from dashboard.loaders import tuning
from dashboard.tasks.experiment_parts import TunePart
from dashboard.text import t
from dashboard.text.numbers import date_time, duration, plural, score
from dashboard.views.tuning import finding, for_people, setting_name, trial_table
from dashboard.workspace.saved_splits import SplitChoice

PAGE = "tuning"
QUICK = ("item_knn", "ease")
STUDY_KEY = "tuning_study"


def tuning_panel(here: Page, choice: SplitChoice) -> None:
    """Budget and start, running searches, then the studies there are."""
    dataset = str(here.dataset)
    st.markdown(t("tuning.intro"))
    _order(dataset, choice)
    _running(dataset)
    _studies(dataset)


def _order(dataset: str, choice: SplitChoice) -> None:
    able = tuning.tunable(dataset)
    names = st.multiselect(
        t("tuning.pick"),
        able,
        default=[name for name in QUICK if name in able],
        format_func=lambda name: MODELS[name].label,
        key=state.widget(PAGE, "models"),
        persist_state="session",
    )
    budget = _budget()
    left, right = st.columns(2)
    with left:
        metric = metric_choice(PAGE)
    with right:
        k = k_choice(PAGE)
    more = st.toggle(
        t("tuning.more"),
        key=state.widget(PAGE, "more"),
        help=t("tuning.more_help"),
        persist_state="session",
    )
    if not names:
        st.caption(t("tuning.none"))
        return
    _say(dataset, names, budget, f"{METRICS[metric].label}@{k}", more=more)
    seconds = tuning.seconds(dataset, names, budget)
    models = plural(len(names), "model", "models")
    asked = {"budget": budget, "metric": metric, "k": k, "more": more, **choice.spec()}
    with st.container(horizontal=True, vertical_alignment="center"):
        label = t("tuning.start", models=models, time=duration(seconds))
        started = st.button(label, type="primary", key="tuning_start")
        _download(dataset, names, asked)
    if started:
        trials = plural(budget["trials"], "trial", "trials")
        titles = {name: t("tuning.job_title", label=MODELS[name].label, trials=trials) for name in names}
        tuning.order(dataset, names, titles, **asked)
        st.rerun()


def _download(dataset: str, names: Sequence[str], asked: Mapping[str, Any]) -> None:
    """The searches as a file that `rankscope run` takes."""
    search = TunePart(**asked["budget"], **{name: asked[name] for name in ("metric", "k", "more")})
    models = [{"name": name, "config": {}} for name in names]
    st.download_button(
        t("train.export"),
        as_yaml(experiment_of(dataset, models, asked, search=search)),
        file_name="experiment.yaml",
        mime="application/yaml",
        key="tuning_export",
        help=t("train.export_help"),
        type="tertiary",
        on_click="ignore",
    )


def _budget() -> dict[str, Any]:
    """The same for every model."""
    places = st.columns(3)
    whole = {"step": 1, "persist_state": "session"}
    trials = places[0].number_input(
        t("tuning.trials"), 2, 500, 20, key="tuning_trials", help=t("tuning.trials_help"), **whole
    )
    minutes = places[1].number_input(
        t("tuning.minutes"), 1, 1440, 10, key="tuning_minutes", help=t("tuning.minutes_help"), **whole
    )
    patience = places[2].number_input(
        t("tuning.patience"), 0, 500, 0, key="tuning_patience", help=t("tuning.patience_help"), **whole
    )
    return {"trials": int(trials), "seconds": 60.0 * int(minutes), "patience": int(patience)}


def _say(dataset: str, names: Sequence[str], budget: Mapping[str, Any], metric: str, *, more: bool) -> None:
    """What is searched, and the budget, before anything starts."""
    lines = [
        t(
            "tuning.searched",
            label=MODELS[name].label,
            settings=", ".join(setting_name(field) for field in tuning.searched_fields(name, more=more)),
        )
        for name in names
    ]
    words = t(
        "tuning.budget",
        trials=plural(budget["trials"], "trial", "trials"),
        time=duration(budget["seconds"]),
        metric=metric,
        total=duration(tuning.seconds(dataset, names, budget)),
    )
    st.caption("  \n".join([words, *lines]))


# ── while it runs ─────────────────────────────────────────────────────────────────────────────────────────


def _running(dataset: str) -> None:
    """Cards of the running searches with their trials so far; a fragment that follows them."""
    active = frozenset(job.id for job in _active(dataset))
    st.fragment(_live, run_every=POLL_S if active else None)(dataset, active)


def _live(dataset: str, drawn: frozenset[str]) -> None:
    jobs = _active(dataset)
    if drawn - {job.id for job in jobs}:
        st.session_state.pop(STUDY_KEY, None)  # the newest is shown
        st.rerun()
    for job in jobs:
        with st.container(border=True):
            job_card(job, "tuning_jobs")
            study = (job.result or {}).get("study", {})
            if len(study.get("trials", ())) > 1:
                st.caption(t("tuning.history_live", metric=metric_name(study)))
                st.plotly_chart(history(study), key=f"tuning_live_{job.id}", config=CONFIG, alt=job.title)


def _active(dataset: str) -> list[Job]:
    return [job for job in loaders.active_jobs(("tune",)) if job.spec.get("dataset") == dataset]


def metric_name(study: Mapping[str, Any]) -> str:
    """`NDCG@10`."""
    return f"{METRICS[study['metric']].label}@{study['k']}"


def history(study: Mapping[str, Any]) -> Any:
    """The figure of the search so far."""
    words = {name: t(f"tuning.word_{name}") for name in ("best", "start", "trial")}
    table = trial_table(study["trials"])[["trial", "value", "best"]]
    return search_history(table, x=t("tuning.axis_trial"), y=metric_name(study), words=words)


# ── studies ───────────────────────────────────────────────────────────────────────────────────────────────


def _studies(dataset: str) -> None:
    found = {str(row.id): row.meta for row in tuning.studies(dataset).itertuples()}
    if not found:
        st.caption(t("tuning.past_none"))
        return
    st.space("small")
    chosen = st.selectbox(
        t("tuning.past"),
        list(found),
        format_func=lambda study: _option(found[study]),
        key=STUDY_KEY,
    )
    _study(found[chosen])


def _option(study: Mapping[str, Any]) -> str:
    values = [row["value"] for row in study["trials"] if row["value"] is not None]
    return t(
        "tuning.past_option",
        label=MODELS[study["model"]].label if study["model"] in MODELS else study["model"],
        trials=plural(len(study["trials"]), "trial", "trials"),
        metric=metric_name(study),
        value=score(max(values, default=None)),
        created=date_time(study["created"]),
    )


def _study(study: Mapping[str, Any]) -> None:
    label = MODELS[study["model"]].label if study["model"] in MODELS else study["model"]
    st.markdown(finding(study, label, metric_name(study)))
    budget, trials = study["budget"], study["trials"]
    patience = {"patience": budget["patience"]} if study["ended"] == "patience" else {}
    ended = t(f"tuning.ended_{study['ended']}", **patience)
    st.caption(
        t(
            "tuning.facts",
            trials=plural(budget["trials"], "trial", "trials"),
            time=duration(budget["seconds"]),
            used=plural(len(trials), "trial", "trials"),
            spent=duration(sum(row.get("seconds") or 0.0 for row in trials)),
            ended=ended,
            seed=study["seed"],
        )
    )
    if study["best"] and study["model"] in MODELS:
        st.button(
            t("tuning.use"),
            key=f"tuning_use_{study['id']}",
            help=t("tuning.use_help"),
            on_click=fill_form,
            args=({study["model"]: study["best"]},),
        )
    _figures(study)


def _figures(study: Mapping[str, Any]) -> None:
    table = trial_table(study["trials"])
    shown = for_people(table)
    metric = metric_name(study)
    chart_card(
        t("tuning.history_title", metric=metric),
        history(study),
        shown,
        "tuning_history",
        t("tuning.history_how"),
    )
    if table["value"].notna().sum() < 2:
        return
    space = study["space"]
    names = {name: setting_name(name) for name in space}
    figure = parallel_settings(table[[*space, "value"]], space, names=names, value=metric)
    chart_card(t("tuning.parallel_title"), figure, shown, "tuning_parallel", t("tuning.parallel_how"))
    _importance(study, int(table["value"].notna().sum()))


def _importance(study: Mapping[str, Any], judged: int) -> None:
    shares = study["importance"]
    if not shares:
        st.caption(t("tuning.importance_few", enough=ENOUGH_TRIALS, n=judged))
        return
    pairs = [(setting_name(name), share) for name, share in shares.items()]
    numbers = pd.DataFrame(pairs, columns=[t("tuning.column_setting"), t("tuning.column_share")])
    figure = importance_bars(pairs, x=t("tuning.importance_axis"))
    chart_card(t("tuning.importance_title"), figure, numbers, "tuning_importance", t("tuning.importance_how"))
