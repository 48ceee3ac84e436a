"""What can be done with runs: rename, hide and undo, compare settings; and the import of foreign lists."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.metrics import METRICS
from dashboard import loaders, state
from dashboard.components.job_panel import job_card
from dashboard.components.number_table import written
from dashboard.text import t
from dashboard.text.numbers import date_time, plural, score
from dashboard.views.runs import METRIC, K, settings_diff
from dashboard.views.seeds import seed_sentence, seed_table

LOG_LINES = 14  # a longer log scrolls
JUST_HIDDEN = "runs_just_hidden"


def choose_runs(runs: pd.DataFrame) -> list[str]:
    """Runs to change or compare."""
    names = loaders.labels(runs)
    return st.multiselect(
        t("runs.choose"),
        list(names),
        format_func=lambda run: names.get(run, run),
        key="runs_chosen",
        help=t("runs.choose_help"),
        placeholder=t("runs.choose"),
        label_visibility="collapsed",
    )


def rename_or_hide(chosen: list[str], labels: dict[str, str]) -> None:
    """Rename one, hide some, bring back what was hidden just now."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(chosen) == 1:
            label = st.text_input(
                t("runs.new_label"), labels[chosen[0]], key=f"runs_label_{chosen[0]}", width=320
            )
            if st.button(t("runs.rename"), key="runs_rename") and label.strip():
                loaders.store().rename_run(chosen[0], label.strip())
                st.rerun()
        if chosen:
            st.button(
                t("runs.hide", runs=plural(len(chosen), "run", "runs")),
                key="runs_hide",
                help=t("runs.hide_help"),
                on_click=hide,
                args=(tuple(chosen),),
            )
    hidden = st.session_state.get(JUST_HIDDEN, ())
    if hidden:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(t("runs.hidden_now", runs=plural(len(hidden), "run", "runs")), width="content")
            st.button(t("runs.undo"), key="runs_undo", type="tertiary", on_click=bring_back, args=(hidden,))


def hide(runs: tuple[str, ...]) -> None:
    """Take runs off every page; nothing is deleted."""
    for run in runs:
        loaders.store().hide_run(run)
    st.session_state[JUST_HIDDEN] = runs
    st.session_state["runs_chosen"] = []


def bring_back(runs: tuple[str, ...]) -> None:
    """Undo `hide`."""
    for run in runs:
        loaders.store().hide_run(run, hidden=False)
    st.session_state[JUST_HIDDEN] = ()


def hidden_runs(dataset: str) -> None:
    """The runs that are hidden, with the way back."""
    table = loaders.runs(dataset, hidden=True)
    table = table[table["hidden"].astype(bool)]
    if table.empty:
        return
    names = loaders.labels(table)
    with st.expander(t("runs.hidden_count", runs=plural(len(table), "run is", "runs are"))):
        back = st.multiselect(
            t("runs.show_hidden"), list(names), format_func=lambda run: names.get(run, run), key="runs_hidden"
        )
        if back:
            st.button(
                t("runs.bring_back", runs=plural(len(back), "run", "runs")),
                key="runs_back",
                on_click=bring_back,
                args=(tuple(back),),
            )


def settings(chosen: list[str], labels: dict[str, str]) -> None:
    """What differs between the settings of the chosen runs."""
    if len(chosen) < 2:
        st.caption(t("runs.diff_choose"))
        return
    table = settings_diff([loaders.run_meta(run) for run in chosen], [labels[run] for run in chosen])
    if table.empty:
        st.caption(t("runs.diff_same"))
        return
    names = {"setting": t("runs.column_setting")}
    st.dataframe(table, hide_index=True, column_config=names, key="runs_diff")


def seeds(dataset: str, runs: pd.DataFrame) -> None:
    """Mean and spread of runs that differ by their seed alone."""
    metrics = loaders.metrics(dataset)
    chosen = metrics[(metrics["metric"] == METRIC) & (metrics["k"] == K)]
    values = dict(zip(chosen["run"], chosen["mean"], strict=True))
    metas = [loaders.run_meta(run) for run in runs["run"]] if len(runs) else []
    table = pd.DataFrame()
    if metas:
        table = seed_table(runs.assign(label=runs["own_label"]), metas, values)
    if table.empty:
        st.caption(t("runs.seeds_none"))
        return
    name = f"{METRICS[METRIC].label}@{K}"
    st.markdown(seed_sentence(table, name))
    words = ("label", "seeds", "mean", "spread", "lowest", "highest")
    shown = table.drop(columns="n").set_axis([t(f"runs.column_{word}") for word in words], axis=1)
    st.dataframe(
        written(shown, {t(f"runs.column_{word}"): score for word in words[2:]}),
        hide_index=True,
        key="runs_seeds",
    )
    st.caption(t("runs.seeds_how", metric=name))


def jobs_and_logs() -> None:
    """The latest jobs: one of them with its log."""
    jobs = {job.id: job for job in loaders.recent_jobs(30)}
    if not jobs:
        st.caption(t("runs.job_none"))
        return
    chosen = st.selectbox(
        t("runs.job_pick"), list(jobs), format_func=lambda i: job_option(jobs[i]), key=state.PICKED_JOB
    )
    job = loaders.job(chosen)
    with st.container(border=True):
        job_card(job, "runs_log")
    if job.incident:
        st.caption(t("runs.incident", number=job.incident))
    log = loaders.job_log(chosen)
    height = 320 if log.count("\n") > LOG_LINES else "content"
    st.code(log or t("runs.log_empty"), language=None, height=height, wrap_lines=True)


def job_option(job: object) -> str:
    """`Train the quick models · Done · 2026-11-21 14:05`."""
    state = t(f"common.state_{job.state}")
    return t("runs.job_option", title=job.title, state=state, created=date_time(job.created))
