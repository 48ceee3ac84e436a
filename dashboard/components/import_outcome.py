"""What became of an import: the lines that add up, what could not be read, and the way on."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import state
from dashboard.loaders.imports import quarantine
from dashboard.text import t
from dashboard.text.numbers import count, exact_count, share
from dashboard.views.imports import line_table

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
    if result["lifted"]:
        st.caption(t("import_data.lifted", columns=", ".join(result["lifted"])))
    for note in result["notes"]:
        st.caption(note[:1].upper() + note[1:])
    right = st.column_config.TextColumn
    table = line_table(
        result["rows"],
        {name: t(f"import_data.row_{name}") for name in WORDS},
        t("import_data.row_removed", rule="{rule}"),
    )
    st.markdown(f"**{t('import_data.lines')}**")
    st.dataframe(
        table.assign(lines=table["lines"].map(exact_count), share=table["share"].map(share)),
        hide_index=True,
        key="import_lines",
        column_config={
            "what": t("import_data.column_what"),
            "lines": right(t("import_data.column_lines"), alignment="right"),
            "share": right(t("import_data.column_share"), alignment="right"),
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
        "line": st.column_config.NumberColumn(t("import_data.column_line"), format="%d"),
        "text": t("import_data.column_text"),
        "reason": t("import_data.column_reason"),
    }
    st.dataframe(table, hide_index=True, key="import_quarantine", column_config=names)
    st.download_button(
        t("common.download_csv"),
        lambda: table.to_csv(index=False).encode(),
        file_name=f"quarantine-{dataset}.csv",
        mime="text/csv",
        key="import_quarantine_csv",
        on_click="ignore",
    )


def look_at(dataset: str) -> None:
    """Make the new dataset the one all pages look at."""
    for name in state.OF_DATASET:
        state.write(name, None)
    state.write(state.DATASET, dataset)
