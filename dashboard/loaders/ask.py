"""Questions in SQL: what can be asked, answers (kept, as a data set never changes), saved questions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import streamlit as st

from dashboard.loaders.sources import home, store
from data.asking import Answer, Busy, QuestionError, TableShape, ask
from data.asking import schema as read_schema

KIND = "query"


@dataclass(frozen=True)
class Saved:
    """A question kept under a name."""

    id: str
    name: str
    sql: str


@st.cache_resource(max_entries=16, show_spinner=False)
def schema(dataset_id: str) -> tuple[TableShape, ...]:
    """Tables, columns and examples of a data set."""
    return read_schema(home(), dataset_id)


def answer(dataset_id: str, sql: str) -> Answer | QuestionError:
    """The answer, or why there is none; both are kept, so that looking at them again costs nothing.

    Raises:
        NotFound: the data set is gone.
    """
    try:
        return _answer(dataset_id, sql)
    except Busy as busy:
        return busy


@st.cache_resource(max_entries=6, show_spinner=False)
def _answer(dataset_id: str, sql: str) -> Answer | QuestionError:
    try:
        return ask(home(), dataset_id, sql)
    except Busy:
        raise
    except QuestionError as error:
        return error


def saved(dataset_id: str) -> list[Saved]:
    """Questions kept for a data set, by name."""
    rows = store().results(KIND, dataset_id)
    found = [
        Saved(str(row.id), row.meta["name"], row.meta["sql"]) for row in rows.itertuples() if row.meta["sql"]
    ]
    return sorted(found, key=lambda question: question.name.lower())


def save(dataset_id: str, name: str, sql: str) -> None:
    """Keep a question; one of the same name is replaced."""
    store().add_result(KIND, _id(dataset_id, name), dataset_id, {"name": name, "sql": sql})


def forget(dataset_id: str, name: str) -> None:
    """Take a question off the list."""
    store().add_result(KIND, _id(dataset_id, name), dataset_id, {"name": name, "sql": ""})


def _id(dataset_id: str, name: str) -> str:
    return hashlib.blake2b(f"{dataset_id}\n{name}".encode(), digest_size=8).hexdigest()
