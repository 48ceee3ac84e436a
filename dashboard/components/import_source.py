"""Where the data comes from: files of this computer, files on the server, or a sample."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import loaders, state
from dashboard.components.problem import problem_box
from dashboard.components.upload_zone import upload_zone
from dashboard.loaders import uploads
from dashboard.text import t
from dashboard.text.file_size import file_size
from dashboard.text.markdown import literal
from dashboard.text.numbers import date_time, share
from data.errors import NotFound
from data.samples import SAMPLES


def file_slot(
    key: str,
    label: str,
    help: str,  # noqa: A002 - named as in Streamlit's own widgets
    name: str,
    *,
    multiple: bool = False,
    compact: bool = True,
) -> list[str]:
    """A place for a file of any size, from this computer or from the server.

    Args:
        key: unique on the page; widgets of the slot begin with it.
        label: what belongs here, in words; may be empty.
        help: more about it.
        name: where the choice is remembered: a key of the URL and the session, read with `state.read_all`.
        multiple: several files may be chosen; else a new one takes the place of the old.
        compact: a low zone, for a slot among other controls.

    Returns:
        Ids of the files, in the order they were chosen; `uploads.located(id)` gives (path, name). Files that
        are gone are said so and left out.
    """
    if label:
        st.markdown(literal(label), help=help)
    chosen = _chosen(key, name)
    if multiple or not chosen:
        words = t("uploads.drop_several" if multiple else "uploads.drop")
        add = partial(_add, name, multiple)
        note = "" if label else help
        upload_zone(f"{key}_drop", words, add, note=note, multiple=multiple, compact=compact)
        _on_server(key, name, multiple)
    return chosen


def _add(name: str, multiple: bool, ids: list[str]) -> None:
    before = state.read_all(name) if multiple else ()
    new = [upload for upload in ids if upload not in before]
    state.write(name, [*before, *new] if multiple else ids[-1:])


def _remove(name: str, upload: str) -> None:
    state.write(name, [other for other in state.read_all(name) if other != upload])


def _chosen(key: str, name: str) -> list[str]:
    """A line for each chosen file, with a button that takes it away."""
    found = []
    for upload in state.read_all(name):
        try:
            path, called = uploads.located(upload)
        except NotFound as problem:
            _remove(name, upload)
            problem_box(problem)
            continue
        found.append(upload)
        with st.container(horizontal=True, vertical_alignment="center"):
            words = t("uploads.chosen", name=literal(called), size=file_size(path.stat().st_size))
            st.markdown(words, width="content")
            st.button(
                t("uploads.remove"),
                key=f"{key}_remove_{upload}",
                type="tertiary",
                on_click=_remove,
                args=(name, upload),
            )
    return found


def _on_server(key: str, name: str, multiple: bool) -> None:
    """Files that need not be sent: the inbox and earlier uploads; uploads can be deleted."""
    with st.popover(t("uploads.on_server"), key=f"{key}_server", on_change="rerun") as here:
        if not here.open:
            return
        held, quota = file_size(uploads.held()), file_size(uploads.limits().total)
        st.caption(t("uploads.on_server_words", held=held, quota=quota))
        files = {file.id: file for file in uploads.on_server()}
        whole = [i for i, file in files.items() if file.kind != "broken"]
        own = [i for i, file in files.items() if file.kind != "inbox"]
        if not files:
            st.markdown(t("uploads.none"))
        if whole:
            _pick(key, name, multiple, whole, files)
        if own:
            _delete(key, own, files)


def _pick(key: str, name: str, multiple: bool, whole: list[str], files: dict[str, uploads.OnServer]) -> None:
    box = f"{key}_pick"
    if multiple:
        chosen = st.multiselect(
            t("uploads.pick_several"), whole, format_func=lambda i: _option(files[i]), key=box
        )
    else:
        chosen = [st.selectbox(t("uploads.pick"), whole, format_func=lambda i: _option(files[i]), key=box)]
    st.button(
        t("uploads.use_several" if multiple else "uploads.use"),
        key=f"{key}_use",
        type="primary",
        disabled=not chosen,
        on_click=_add,
        args=(name, multiple, chosen),
    )


def _delete(key: str, own: list[str], files: dict[str, uploads.OnServer]) -> None:
    chosen = st.selectbox(
        t("uploads.delete_which"),
        own,
        index=None,
        format_func=lambda i: _option(files[i]),
        key=f"{key}_delete_which",
    )
    busy = chosen is not None and uploads.in_use(chosen)
    st.button(
        t("uploads.delete"),
        key=f"{key}_delete",
        disabled=chosen is None or busy,
        help=t("uploads.in_use") if busy else None,
        on_click=uploads.delete,
        args=(chosen,),
    )


def _option(file: uploads.OnServer) -> str:
    facts = {"name": file.name, "size": file_size(file.size), "date": date_time(file.moment)}
    if file.kind == "broken":
        facts["share"] = share(file.received / file.size)
    return t(f"uploads.from_{file.kind}", **facts)


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
