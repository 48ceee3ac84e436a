"""Where the data comes from: a dropped file, a large one, one that is here already, or a sample."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders, state
from dashboard.components.big_upload import big_upload
from dashboard.components.problem import problem_box
from dashboard.loaders import uploads
from dashboard.text import t
from dashboard.text.numbers import date_time
from data.errors import RankscopeError
from data.samples import SAMPLES

PROBLEM = "import_problem"


def take(key: str, name: str) -> None:
    """Keep the file of an uploader under the URL key `name`; a refused file leaves a problem to show."""
    file = st.session_state.get(key)
    if file is None:
        state.write(name, None)
        return
    try:
        state.write(name, uploads.keep(file.name, file.getvalue()))
    except RankscopeError as error:
        st.session_state[PROBLEM] = error


def file_slot(key: str, label: str, help: str, name: str, *, multiple: bool = False) -> list[str]:  # noqa: A002
    """A place for a file of any size, from this computer or from the server's inbox.

    Args:
        key: unique on the page; widgets of the slot begin with it.
        label: what belongs here, in words.
        help: more about it.
        name: where the choice is remembered: a key of the URL and the session, read with `state.read_all`.
        multiple: several files may be chosen; else a new one takes the place of the old.

    Returns:
        Ids of the files, in the order they were chosen; `uploads.located(id)` gives (path, name).
    """
    st.file_uploader(
        label,
        key=f"{key}_drop",
        help=help,
        max_upload_size=uploads.SMALL_MB,
        accept_multiple_files=multiple,
        on_change=take_all,
        args=(f"{key}_drop", name),
    )
    return list(state.read_all(name))


def take_all(key: str, name: str) -> None:
    """Keep the file or files of an uploader; a refused one leaves a problem to show."""
    chosen = st.session_state.get(key) or []
    try:
        files = chosen if isinstance(chosen, list) else [chosen]
        state.write(name, [uploads.keep(file.name, file.getvalue()) for file in files])
    except RankscopeError as error:
        st.session_state[PROBLEM] = error


def choose_file() -> None:
    """The drop zone, and the ways for large files."""
    st.file_uploader(
        t("import_data.drop", megabytes=uploads.SMALL_MB),
        key="import_drop",
        help=t("import_data.drop_help"),
        max_upload_size=uploads.SMALL_MB,
        on_change=take,
        args=("import_drop", state.UPLOAD),
    )
    problem = st.session_state.pop(PROBLEM, None)
    if problem is not None:
        problem_box(problem)
    with st.expander(t("import_data.large")):
        st.caption(t("import_data.large_words"))
        arrived = big_upload("import_large")
        if arrived:
            state.write(state.UPLOAD, arrived)
            st.rerun()
        _inbox()


def _inbox() -> None:
    waiting = {entry.id: entry for entry in uploads.inbox()}
    if not waiting:
        return
    chosen = st.selectbox(
        t("import_data.inbox"), list(waiting), format_func=lambda i: _option(waiting[i]), key="import_inbox"
    )
    st.button(
        t("import_data.inbox_use"), key="import_inbox_use", on_click=state.write, args=(state.UPLOAD, chosen)
    )


def _option(entry: uploads.Inbox) -> str:
    size = f"{entry.size / 2**20:.1f}"
    return t("import_data.inbox_option", name=entry.name, megabytes=size, arrived=date_time(entry.arrived))


def choose_sample() -> None:
    """One card per sample; a click makes or fetches it in a job."""
    st.subheader(t("import_data.samples"))
    for place, (name, sample) in zip(st.columns(2), SAMPLES.items(), strict=False):
        with place, st.container(border=True, height="stretch"):
            st.markdown(f"**{sample.label}**")
            st.caption(sample.about)
            st.button(
                t("import_data.sample_use", label=sample.label),
                key=f"import_sample_{name}",
                on_click=_order_sample,
                args=(name, sample.label),
            )


def _order_sample(name: str, label: str) -> None:
    state.write(
        state.JOB, loaders.submit("sample", {"sample": name}, t("import_data.sample_title", label=label))
    )
