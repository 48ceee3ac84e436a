"""From a file to a trusted dataset: drop it, check its columns, import, see where every line went."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders, state
from dashboard.components import job_panel, next_button, page, problem_box
from dashboard.components.import_outcome import import_outcome, look_at_result
from dashboard.components.import_source import choose_file, choose_sample, take
from dashboard.components.mapping_form import in_words, mapping_form
from dashboard.jobs.states import Job, JobState
from dashboard.loaders import uploads
from dashboard.loaders.imports import look_into
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
    for name in (state.UPLOAD, state.ITEMS_UPLOAD, state.JOB):
        state.write(name, None)


def after_no_result() -> None:
    """Where to go from an import that failed or was stopped: its columns, or another file."""
    with st.container(horizontal=True):
        if state.read(state.UPLOAD):
            st.button(
                t("import_data.change"), key="import_change", on_click=state.write, args=(state.JOB, None)
            )
        st.button(t("import_data.more"), key="import_more", on_click=forget, type="tertiary")


def edit(upload: str) -> None:
    """Preview, mapping, item file, name, and the button."""
    look = look_into(upload)
    st.markdown(in_words(look))
    st.button(t("import_data.another"), key="import_another", type="tertiary", on_click=forget)
    st.markdown(f"**{t('import_data.preview')}**")
    st.dataframe(look.preview, hide_index=True, height=210, key="import_preview", lazy=False)
    asked = mapping_form(look, f"import_{upload[:8]}")
    left, right = st.columns(2)
    with left:
        item_file()
    name = right.text_input(
        t("import_data.name"), look.name.split(".")[0], key=f"import_name_{upload[:8]}", max_chars=80
    )
    if st.button(
        t("import_data.go", name=look.name), type="primary", disabled=asked is None, key="import_go"
    ):
        mapping, cleaning = (part.model_dump(mode="json") for part in asked)
        spec = {"upload": upload, "mapping": mapping, "cleaning": cleaning, "name": name.strip() or None}
        spec["items_upload"] = state.read(state.ITEMS_UPLOAD) or ""
        state.write(state.JOB, loaders.submit("import", spec, t("import_data.job_title", name=look.name)))
        st.rerun()


def item_file() -> None:
    """Titles and other facts of items."""
    st.file_uploader(
        t("import_data.items"),
        key="import_items",
        help=t("import_data.items_help"),
        max_upload_size=uploads.SMALL_MB,
        on_change=take,
        args=("import_items", state.ITEMS_UPLOAD),
    )
    kept = state.read(state.ITEMS_UPLOAD)
    if kept:
        st.caption(t("import_data.items_kept", name=uploads.located(kept)[1]))


def follow(job: Job) -> None:
    """Progress of the job, then what became of it."""
    if not job.result or job.state != JobState.DONE:
        job_panel("import_job", job_ids=(job.id,))
        if not job.active:
            after_no_result()
        return
    if "rows" in job.result:
        import_outcome(job.result)
    st.button(t("import_data.more"), key="import_more", on_click=forget, type="tertiary")
    if job.result["dataset"] in set(loaders.datasets()["id"]):
        next_button(t("import_data.next"), "profile", primary=True)


job = current_job()
look_at_result(job)
page("import_data")
upload = state.read(state.UPLOAD)
if job is not None:
    follow(job)
elif upload is not None:
    try:
        edit(upload)
    except RankscopeError as error:
        problem_box(error)
        st.button(t("import_data.another"), key="import_again", on_click=forget)
else:
    st.markdown(t("import_data.start"))
    choose_file()
    choose_sample()
    if not loaders.datasets().empty:
        next_button(t("import_data.next"), "profile")
