"""Findings of the data doctor: what was found, why it matters, what to do; and what was not found."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders
from dashboard.components.job_panel import job_panel
from dashboard.loaders.doctor import examination
from dashboard.text import t
from dashboard.text.markdown import literal, written
from dashboard.text.numbers import count, plural
from dashboard.views.doctor import QUICK_EVENTS, Examination, check_table, examined
from data.checks import OUTCOMES, Result

COLORS = {"look": "orange", "know": "blue"}


def doctor(dataset: str) -> None:
    """The verdict in a sentence, the findings, and a table of all checks."""
    slow = len(loaders.dataset(dataset).interactions) <= QUICK_EVENTS
    results, description = examination(dataset, slow)
    seen = examined(results)
    st.markdown(_sentence(dataset, seen))
    for result in seen.found:
        _finding(result)
    _all_checks(results, seen)
    st.caption(t("doctor.split", description=literal(description)))
    if seen.left_out:
        _slow_ones(dataset, seen)


def _slow_ones(dataset: str, seen: Examination) -> None:
    """Which checks wait, and the job that makes them."""
    st.caption(t("doctor.slow_note", titles=", ".join(seen.left_out)))
    busy = any(job.kind == "examine" and job.spec.get("dataset") == dataset for job in loaders.active_jobs())
    if not busy and st.button(t("doctor.slow_button"), key=f"doctor_slow_{dataset}"):
        name = loaders.dataset_meta(dataset)["name"]
        loaders.submit("examine", {"dataset": dataset}, t("doctor.job", name=name))
        st.rerun()
    job_panel("doctor_jobs", kinds=("examine",))


def _sentence(dataset: str, seen: Examination) -> str:
    """How many things deserve a look, and the size of the data."""
    data = loaders.dataset(dataset)
    sizes = {
        "events": count(len(data.interactions)),
        "users": count(int(data.trained_users.sum())),
        "items": count(int(data.trained_items.sum())),
        "checks": count(seen.n_made),
    }
    if not seen.n_grave:
        return t("doctor.sentence_none", **sizes)
    return t("doctor.sentence_some", things=plural(seen.n_grave, "thing", "things"), **sizes)


def _finding(result: Result) -> None:
    """One line that opens: why it matters, what to do, examples."""
    label = t(
        "doctor.finding",
        color=COLORS[result.outcome],
        outcome=t(f"doctor.outcome_{result.outcome}"),
        title=result.check.title,
        sentence=literal(result.sentence),
    )
    with st.expander(label):
        st.markdown(t("doctor.why", why=result.check.why))
        st.markdown(t("doctor.fix", fix=result.check.fix))
        if result.examples:
            st.caption(t("doctor.examples", examples=literal("; ".join(result.examples[:5]))))
        st.caption(t("doctor.code", code=result.check.code))


def _all_checks(results: list[Result], seen: Examination) -> None:
    table = check_table(results, {outcome: t(f"doctor.outcome_{outcome}") for outcome in OUTCOMES})
    label = t(
        "doctor.rest",
        checks=count(seen.n_made),
        nothing=count(seen.n_nothing),
        apart=count(seen.n_apart),
    )
    with st.expander(label):
        columns = {name: t(f"doctor.column_{name}") for name in table}
        st.table(written(table).rename(columns=columns), hide_index=True)
