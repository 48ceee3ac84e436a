"""Lines that could not be read: browsed by reason, downloaded, corrected in place and imported again."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import loaders, state
from dashboard.loaders import uploads
from dashboard.loaders.imports import quarantine, recipe_of
from dashboard.text import has, t
from dashboard.text.numbers import exact_count, plural
from dashboard.views.quarantine import corrected_shape, correction_file, editable
from data.recipe import Recipe

EDITED = 200  # lines that are corrected on the page; more are in a file


def quarantine_table(dataset: str, result: dict[str, Any]) -> None:
    """The lines with a filter, downloads, and a table to correct them in."""
    lines = int(result["rows"]["quarantined"])
    if not lines:
        st.caption(t("import_data.quarantine_none"))
        return
    table = quarantine(dataset)
    told = t(
        "import_data.quarantine", lines=plural(lines, t("import_data.line"), t("import_data.many_lines"))
    )
    st.markdown(f"**{told}**")
    shown = _filtered(table)
    recipe = recipe_of(dataset)
    shape = None if recipe is None else recipe.shape
    without_text = bool((table["text"] == "").all())
    file = None if shape is None or without_text else correction_file(table, shape, dataset)
    _downloads(dataset, table, file)
    if recipe is None or file is None or len(shown) > EDITED:
        _read_only(shown)
        if without_text:
            st.caption(t("import_data.quarantine_no_text"))
        elif file is not None:
            st.caption(t("import_data.correct_in_file", n=EDITED))
        return
    _editor(dataset, editable(shown), recipe)


def reason_in_words(reason: str) -> str:
    """The reason code in words."""
    key = f"import_data.reason_{reason.replace(' ', '_').replace('-', '_').lower()}"
    return t(key) if has(key) else reason


def _filtered(table: pd.DataFrame) -> pd.DataFrame:
    """The lines of the chosen reasons."""
    counts = table["reason"].value_counts()
    if len(counts) < 2:
        return table
    chosen = st.pills(
        t("import_data.quarantine_reasons"),
        list(counts.index),
        selection_mode="multi",
        format_func=lambda reason: f"{reason_in_words(reason)} ({exact_count(counts[reason])})",
        key="import_quarantine_reasons",
    )
    return table[table["reason"].isin(chosen)] if chosen else table


def _named(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any], list[str]]:
    """The table with reasons in words, names of its columns, and those to show."""
    names = {
        "file": st.column_config.TextColumn(t("import_data.column_file"), width="small"),
        "line": st.column_config.NumberColumn(t("import_data.column_line"), format="%d", width=80),
        "reason": st.column_config.TextColumn(t("import_data.column_reason"), width=220),
        "column": st.column_config.TextColumn(t("import_data.column_column"), width=110),
        "text": st.column_config.TextColumn(t("import_data.column_text"), width="large"),
    }
    several = "file" in table and table["file"].nunique() > 1
    order = [*(["file"] if several else []), "line", "reason", "column", "text"]
    order = [name for name in order if name in table and not (name == "column" and (table[name] == "").all())]
    return table.assign(reason=table["reason"].map(reason_in_words)), names, order


def unreadable_lines(table: pd.DataFrame, key: str) -> None:
    """A folded look at the lines that cannot be read, before anything is imported."""
    lines = plural(len(table), t("import_data.line"), t("import_data.many_lines"))
    with st.expander(t("import_data.unreadable", lines=lines)):
        _read_only(table.head(EDITED), f"{key}_unreadable")
        st.caption(t("import_data.unreadable_words"))


def _read_only(table: pd.DataFrame, key: str = "import_quarantine") -> None:
    shown, names, order = _named(table)
    st.dataframe(shown, hide_index=True, key=key, column_config=names, column_order=order)


def _downloads(dataset: str, table: pd.DataFrame, file: tuple[str, bytes] | None) -> None:
    with st.container(horizontal=True):
        st.download_button(
            t("common.download_csv"),
            lambda: table.to_csv(index=False).encode(),
            file_name=f"quarantine-{dataset}.csv",
            mime="text/csv",
            key="import_quarantine_csv",
            on_click="ignore",
        )
        if file is not None:
            st.download_button(
                t("import_data.correct_download"),
                file[1],
                file_name=file[0],
                mime="text/plain",
                key="import_quarantine_file",
                help=t("import_data.correct_download_help"),
                on_click="ignore",
            )


def _editor(dataset: str, table: pd.DataFrame, recipe: Recipe) -> None:
    """Edit the lines; those that were changed are imported as the next version."""
    st.caption(t("import_data.correct_words"))
    shown, names, order = _named(table)
    edited = st.data_editor(
        shown,
        hide_index=True,
        key=f"import_correct_{dataset}",
        column_config=names,
        column_order=order,
        disabled=[name for name in shown.columns if name != "text"],
    )
    differs = (edited["text"] != shown["text"]).to_numpy()
    changed = table.assign(text=edited["text"])[differs]
    st.button(
        t("import_data.correct_import", lines=exact_count(len(changed))),
        key="import_correct_go",
        disabled=changed.empty,
        on_click=_import_corrected,
        args=(dataset, changed, recipe),
    )


def _import_corrected(dataset: str, table: pd.DataFrame, recipe: Recipe) -> None:
    """The corrected lines as a further file of the same table."""
    assert recipe.shape is not None  # nothing is offered without one
    file = correction_file(table, recipe.shape, dataset)
    if file is None:
        return
    upload = uploads.keep(*file)
    again = recipe.model_copy(update={"shape": corrected_shape(recipe.shape)})
    spec = {
        "recipe": again.model_dump(mode="json", exclude={"items", "users", "social"}),
        "uploads": {"events": [upload]},
        "parent": dataset,
    }
    title = t("import_data.correct_title", name=recipe.name or dataset)
    state.write(state.JOB, loaders.submit("import", spec, title))
