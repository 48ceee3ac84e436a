"""What became of an import: the lines that add up, what could not be read, and the way on."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import loaders, state
from dashboard.components.number_table import written
from dashboard.jobs.states import Job
from dashboard.loaders.imports import quarantine
from dashboard.text import has, t
from dashboard.text.numbers import count, exact_count, share
from dashboard.views.imports import line_table

LOOKED_AT = "import_looked_at"
WORDS = ("header", "accepted", "quarantined", "total")


def sentence(result: dict[str, Any]) -> str:
    """Already here, or ready with the sum of lines."""
    if result["existed"]:
        return t("import_data.existed", name=result["name"])
    rows = result["rows"]
    numbers = {name: exact_count(rows[name]) for name in ("lines", "header", "accepted", "quarantined")}
    sizes = {name: count(result[name]) for name in ("events", "users", "items")}
    removed = exact_count(sum(rows["removed"].values()))
    return t("import_data.done", name=result["name"], removed=removed, **numbers, **sizes)


def import_outcome(result: dict[str, Any]) -> None:
    """Sentence, notes, lines, quarantine."""
    st.markdown(sentence(result))
    for note in result["notes"]:
        first = note.split(" ", 1)[0]
        st.caption(note if "." in first else note[:1].upper() + note[1:])  # a file keeps its name as it is
    table = line_table(
        result["rows"],
        {name: t(f"import_data.row_{name}") for name in WORDS},
        t("import_data.row_removed", rule="{rule}"),
    )
    st.markdown(f"**{t('import_data.lines')}**")
    st.dataframe(
        written(table, {"lines": exact_count, "share": share}),
        hide_index=True,
        key="import_lines",
        column_config={
            "what": t("import_data.column_what"),
            "lines": t("import_data.column_lines"),
            "share": t("import_data.column_share"),
        },
    )
    _quarantine(result["dataset"], int(result["rows"]["quarantined"]))


def _quarantine(dataset: str, n_lines: int) -> None:
    if not n_lines:
        st.caption(t("import_data.quarantine_none"))
        return
    table = quarantine(dataset)
    st.markdown(f"**{t('import_data.quarantine')}**")
    names = {
        "line": st.column_config.NumberColumn(t("import_data.column_line"), format="%d", width=80),
        "text": st.column_config.TextColumn(t("import_data.column_text"), width="large"),
        "reason": st.column_config.TextColumn(t("import_data.column_reason"), width=260),
    }
    shown = table.assign(reason=table["reason"].map(_reason))
    st.dataframe(shown, hide_index=True, key="import_quarantine", column_config=names)
    st.download_button(
        t("common.download_csv"),
        lambda: table.to_csv(index=False).encode(),
        file_name=f"quarantine-{dataset}.csv",
        mime="text/csv",
        key="import_quarantine_csv",
        on_click="ignore",
    )


def _reason(reason: str) -> str:
    key = f"import_data.reason_{reason.replace(' ', '_')}"
    return t(key) if has(key) else reason


def look_at_result(job: Job | None) -> None:
    """Once, when the job has ended: all pages look at the dataset it made, sidebar and context bar too."""
    if job is None or job.waits or not job.result or st.session_state.get(LOOKED_AT) == job.id:
        return
    dataset = str(job.result["dataset"])
    if dataset not in set(loaders.datasets()["id"]):
        return
    st.session_state[LOOKED_AT] = job.id
    if dataset != state.read(state.DATASET):
        for name in state.OF_DATASET:
            state.write(name, None)
        state.write(state.DATASET, dataset)
        st.rerun()
