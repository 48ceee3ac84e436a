"""What became of an import: the lines that add up, what could not be read, and the way on."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import loaders, state
from dashboard.components.number_table import written
from dashboard.components.quarantine_table import quarantine_table
from dashboard.components.version_list import version_list
from dashboard.jobs.states import Job
from dashboard.text import t
from dashboard.text.markdown import literal
from dashboard.text.numbers import exact_count, join, plural, share
from dashboard.views.imports import file_table, join_table, line_table

LOOKED_AT = "import_looked_at"
WORDS = ("header", "accepted", "quarantined", "total")


def sentence(result: dict[str, Any]) -> str:
    """Already here, or ready with the sum of lines."""
    if result["existed"]:
        return t("import_data.existed", name=literal(result["name"]))
    rows = result["rows"]
    numbers = {name: exact_count(rows[name]) for name in ("lines", "header", "accepted", "quarantined")}
    sizes = {name: exact_count(result[name]) for name in ("events", "users", "items")}
    removed = exact_count(sum(rows["removed"].values()))
    said = t("import_data.done", name=literal(result["name"]), removed=removed, **numbers, **sizes)
    if not result.get("parent"):
        return said
    added = [
        plural(int(result["added"].get(f"{one}s", 0)), t(f"import_data.{one}"), t(f"import_data.{one}s"))
        for one in ("event", "user", "item")
    ]
    return f"{said} {t('import_data.done_added', version=result['version'], added=join(added))}"


def import_outcome(result: dict[str, Any]) -> None:
    """Sentence, lines, quarantine, joins, lifted columns, versions."""
    st.markdown(sentence(result))
    _lines(result)
    quarantine_table(str(result["dataset"]), result)
    _joins(result)
    _notes(result)
    version_list(str(result["dataset"]))


def _lines(result: dict[str, Any]) -> None:
    """Where every line went; by file, too, where there are several."""
    table = line_table(
        result["rows"],
        {name: t(f"import_data.row_{name}") for name in WORDS},
        t("import_data.row_removed", rule="{rule}"),
    )
    st.markdown(f"**{t('import_data.lines')}**")
    _table(table, {"lines": exact_count, "share": share}, "import_lines")
    files = result.get("files") or []
    if len(files) > 1:
        with st.expander(t("import_data.by_file")):
            numbers = ("lines", "header", "readable", "set_aside", "quarantined")
            named = file_table(files).assign(role=lambda t_: t_["role"].map(_role))
            _table(named, dict.fromkeys(numbers, exact_count), "import_files_read")


def _table(table: pd.DataFrame, words: dict[str, Any], key: str) -> None:
    names = {name: t(f"import_data.column_{name}") for name in table.columns}
    st.dataframe(written(table, words), hide_index=True, key=key, column_config=names)


def _role(role: str) -> str:
    return t(f"import_data.file_{role}")


def _joins(result: dict[str, Any]) -> None:
    """Ids that met no partner in the tables beside the events."""
    joins = result.get("joins") or []
    if not joins:
        return
    st.markdown(f"**{t('import_data.joins')}**")
    numbers = dict.fromkeys(("matched", "without_row", "without_event"), exact_count)
    named = join_table(joins).assign(table=lambda t_: t_["table"].map(_role))
    if (named["examples"] == "").all():
        named = named.drop(columns="examples")
    _table(named, numbers, "import_joins")


def _notes(result: dict[str, Any]) -> None:
    """What the import has to say beside the numbers: columns lifted, conflicts, odd encodings."""
    for note in result["notes"]:
        first = note.split(" ", 1)[0]
        said = note if "." in first else note[:1].upper() + note[1:]  # a file keeps its name as it is
        st.caption(literal(said))


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
