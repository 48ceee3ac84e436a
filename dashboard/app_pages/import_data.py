"""From files to a trusted dataset: drop them, check what they mean, import, see where every line went."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from dashboard import loaders, state
from dashboard.components import job_panel, next_button, page, problem_box
from dashboard.components.import_files import take_added
from dashboard.components.import_form import import_form
from dashboard.components.import_outcome import import_outcome, look_at_result
from dashboard.components.import_source import choose_sample, file_slot
from dashboard.jobs.states import Job, JobState
from dashboard.text import t
from data.errors import NotFound, RankscopeError


def current_job() -> Job | None:
    """The import or sample job that this page follows."""
    job_id = state.read(state.JOB)
    if job_id is None:
        return None
    try:
        return loaders.job(job_id)
    except NotFound:
        state.write(state.JOB, None)
        return None


def forget() -> None:
    """Back to the drop zone."""
    for name in (state.UPLOAD, state.JOB):
        state.write(name, None)


def after_result(kind: Literal["secondary", "tertiary"]) -> None:
    """Where to go from an import that has ended: its choices, or other files."""
    with st.container(horizontal=True):
        if state.read(state.UPLOAD):
            st.button(
                t("import_data.change"),
                key="import_change",
                on_click=state.write,
                args=(state.JOB, None),
                type=kind,
            )
        st.button(t("import_data.more"), key="import_more", on_click=forget, type="tertiary")


def follow(job: Job) -> None:
    """Progress of the job, then what became of it."""
    if not job.result or job.state != JobState.DONE:
        job_panel("import_job", job_ids=(job.id,))
        if not job.active:
            after_result("secondary")
        return
    if "rows" in job.result:
        import_outcome(job.result)
    after_result("tertiary")
    if job.result["dataset"] in set(loaders.datasets()["id"]):
        next_button(t("import_data.next"), "profile", primary=True)


job = current_job()
look_at_result(job)
page("import_data")
if job is not None:
    follow(job)
else:
    take_added()
    uploads = state.read_all(state.UPLOAD)
    if uploads:
        try:
            import_form(uploads)
        except RankscopeError as error:
            problem_box(error)
    else:
        st.markdown(t("import_data.start"))
        file_slot("import", "", t("import_data.drop_help"), state.UPLOAD, multiple=True, compact=False)
        choose_sample()
        if not loaders.datasets().empty:
            next_button(t("import_data.next"), "profile")
