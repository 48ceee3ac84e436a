"""Import of ranked lists made elsewhere: a small file, a name, a job."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import loaders
from dashboard.components.problem import shown_problems
from dashboard.loaders import uploads
from dashboard.text import t
from dashboard.text.numbers import count

SENT = "runs_lists_sent"


def lists_form(dataset: str, conditions: dict[str, Any]) -> None:
    """File and name; the job judges the lists under `conditions` (protocol, split, policy of the task)."""
    st.markdown(t("runs.lists_words"))
    sent = st.session_state.setdefault(SENT, 0)  # a new key empties the drop zone after each order
    file = st.file_uploader(
        t("runs.lists_file"), key=f"runs_lists_file_{sent}", max_upload_size=uploads.SMALL_MB
    )
    if file is None:
        return
    label = st.text_input(
        t("runs.lists_label"), file.name.rsplit(".", 1)[0], key=f"runs_lists_label_{sent}", width=420
    )
    if st.button(t("runs.lists_start"), type="primary", key="runs_lists_start"):
        with shown_problems():
            upload = uploads.keep(file.name, file.getvalue())
            order = {"dataset": dataset, "upload": upload, "label": label.strip(), **conditions}
            loaders.submit("lists", order, t("runs.lists_title", label=label.strip()))
            st.session_state[SENT] = sent + 1
            st.rerun()


def lists_outcome(dataset: str) -> None:
    """What became of the latest import of lists to this dataset."""
    done = [
        job for job in loaders.recent_jobs(10, ("lists",)) if (job.result or {}).get("dataset") == dataset
    ]
    if done:
        result = done[0].result or {}
        counts = {name: count(result[name]) for name in ("matched", "rows", "users")}
        st.caption(t("runs.lists_done", label=result["runs"][0]["label"], **counts))
