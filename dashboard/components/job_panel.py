"""Jobs as they run: stage, progress, time left, curve, cancel; try again where one failed."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders, state
from dashboard.charts.template import CONFIG
from dashboard.charts.training import STEP, curve_table, training_curve
from dashboard.jobs.states import REPEATABLE, Job, JobState
from dashboard.text import t
from dashboard.text.numbers import duration, share

POLL_S = 1.0


def job_panel(
    key: str, *, kinds: tuple[str, ...] = (), job_ids: tuple[str, ...] = (), idle: str = ""
) -> None:
    """The active jobs (of these kinds, or exactly these ids even when ended), followed while they run.

    A top-level fragment: call it outside other fragments. When a job ends, or another takes its place, the
    page runs again, so that what was made appears at once. `idle` is said when nothing is there.
    """
    active = _active(_chosen(kinds, job_ids))
    st.fragment(_panel, run_every=POLL_S if active else None)(key, kinds, job_ids, idle, active)


def _panel(
    key: str, kinds: tuple[str, ...], job_ids: tuple[str, ...], idle: str, drawn: frozenset[str]
) -> None:
    chosen = _chosen(kinds, job_ids)
    if drawn - _active(chosen):  # the page around the panel was drawn before a job ended
        st.rerun()
    if not chosen and idle:
        st.caption(idle)
    for job in chosen:
        with st.container(border=True):
            job_card(job, key)


def job_card(job: Job, key: str) -> None:
    """One job: what it is doing, how far it is, how to stop or repeat it."""
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    row.markdown(f"**{job.title}** · {t(f'common.state_{job.state}')}{_took(job)}")
    if job.state in (JobState.QUEUED, JobState.RUNNING):
        row.button(
            t("common.job_cancel"), key=f"{key}_cancel_{job.id}", on_click=loaders.cancel, args=(job.id,)
        )
    elif job.state in REPEATABLE:
        again = row.button(
            t("common.job_retry"), key=f"{key}_retry_{job.id}", on_click=_retry, args=(job.id,)
        )
        if again:
            st.rerun()  # the whole page: it follows the new job
    if job.state == JobState.QUEUED:
        st.caption(t("common.job_waits"))
    elif job.active:
        st.progress(min(max(job.fraction, 0.0), 1.0), text=_progress_text(job))
    if job.state == JobState.LOST:
        st.warning(t("common.job_lost"))
    elif job.error and job.state == JobState.FAILED:
        st.error(f"**{job.error}**\n\n{job.hint}" if job.hint else job.error)
    if job.device.get("reason"):
        used, reason = job.device.get("used", "").upper(), job.device["reason"].rstrip(".")
        st.caption(t("common.job_device", device=used, reason=reason))
    _curve(job, key)


def _retry(job_id: str) -> None:
    """Start the job once more; what followed the old one follows the new one."""
    new = loaders.retry(job_id)
    if state.read(state.JOB) == job_id:
        state.write(state.JOB, new)
    if st.session_state.get(state.PICKED_JOB) == job_id:
        st.session_state[state.PICKED_JOB] = new


def _active(jobs: list[Job]) -> frozenset[str]:
    return frozenset(job.id for job in jobs if job.active)


def _chosen(kinds: tuple[str, ...], job_ids: tuple[str, ...]) -> list[Job]:
    if job_ids:
        return [loaders.job(job_id) for job_id in job_ids]
    return loaders.active_jobs(kinds)


def _took(job: Job) -> str:
    if job.active or job.seconds is None:
        return ""
    return f" · {t('common.job_took', time=duration(job.seconds))}"


def _progress_text(job: Job) -> str:
    if job.waits:
        return t("common.job_taken_in")
    stage = job.stage or t("common.job_starting")
    parts = [t("common.job_stage", stage=_capital(stage), share=share(job.fraction))]
    if job.eta_s is not None:
        parts.append(t("common.job_left", time=duration(job.eta_s)))
    if job.device.get("used"):
        parts.append(t("common.job_running_on", device=job.device["used"].upper()))
    return " · ".join(parts)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _curve(job: Job, key: str) -> None:
    table = curve_table(job.curve)
    if len(table) < 2:
        return
    values = [column for column in table.columns if column != STEP]
    for place, value in zip(st.columns(max(len(values[:2]), 1)), values[:2], strict=False):
        with place:
            st.plotly_chart(
                training_curve(table, value, t("common.job_curve_axis")),
                key=f"{key}_{job.id}_{value}",
                config=CONFIG,
                alt=f"{t('common.job_curve')}: {value}",
            )
