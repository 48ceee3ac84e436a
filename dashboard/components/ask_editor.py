"""Where a question is typed: the editor, examples, saved questions, and what can be asked beside it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import state
from dashboard.loaders import ask
from dashboard.text import t
from dashboard.text.markdown import literal
from dashboard.text.numbers import count, shorten
from dashboard.views.ask import Example
from data.asking import TableShape

EDITOR = "ask_sql"
ASKED = "ask_asked"  # session only: a question too long for a link
LONGEST_LINK = 1500  # characters
# A question is code: letters of one width, so that the caret under an error stands where it belongs.
CODE = "<style>.st-key-ask_sql textarea {font-family: monospace; font-size: 0.875rem;}</style>"


def asked() -> str:
    """The question that the page answers; empty when there is none yet."""
    return state.read(state.SQL) or st.session_state.get(ASKED, "")


def ask_for(sql: str) -> None:
    """Make this the question, in the editor and in the link."""
    sql = sql.strip()
    st.session_state[EDITOR] = sql
    st.session_state[ASKED] = sql
    state.write(state.SQL, sql if 0 < len(sql) <= LONGEST_LINK else None)


def editor(dataset: str, examples: Sequence[Example]) -> None:
    """The text and its button; Ctrl+Enter runs, too. Then examples, and questions that were kept."""
    st.html(CODE)
    st.session_state.setdefault(EDITOR, asked() or examples[0].sql)
    with st.form("ask_form", border=False):
        st.text_area(t("ask.editor"), key=EDITOR, height=210, label_visibility="collapsed")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.form_submit_button(t("ask.run"), type="primary", key="ask_run", on_click=_run)
            st.caption(t("ask.keys"), width="content")
    names = [t(f"ask.example_{example.name}", column=shorten(example.column, 20)) for example in examples]
    _choices(t("ask.examples"), "ask_example", names, [example.sql for example in examples])
    kept = ask.saved(dataset)
    if kept:
        _choices(t("ask.saved"), "ask_saved", [q.name for q in kept], [q.sql for q in kept])
    if asked():
        _keep(dataset, asked(), kept)


def _run() -> None:
    ask_for(str(st.session_state[EDITOR]))


def _choices(label: str, key: str, names: Sequence[str], questions: Sequence[str]) -> None:
    """Names of questions; a click on one runs it."""

    def pick() -> None:
        place = st.session_state[key]
        st.session_state[key] = None  # a click is an act, not a state: the same one may be picked again
        if place is not None:
            ask_for(questions[place])

    def name(place: int) -> str:
        return literal(names[place])

    st.pills(label, range(len(names)), format_func=name, key=key, on_change=pick, wrap=True)


def _keep(dataset: str, sql: str, kept: Sequence[ask.Saved]) -> None:
    """Save the question under a name, or take it off the list."""
    with st.popover(t("ask.save"), type="tertiary", key="ask_save"):
        name = st.text_input(t("ask.save_name"), key="ask_save_name", max_chars=60).strip()
        st.button(
            t("ask.save_go"),
            key="ask_save_go",
            type="primary",
            disabled=not name,
            on_click=ask.save,
            args=(dataset, name, sql),
        )
        for question in kept:
            if question.sql == sql:
                st.button(
                    t("ask.forget", name=literal(question.name)),
                    key=f"ask_forget_{question.id}",
                    on_click=ask.forget,
                    args=(dataset, question.name),
                )


def schema_panel(tables: Sequence[TableShape]) -> None:
    """Tables with their columns, types and an example of each."""
    for number, table in enumerate(tables):
        label = t("ask.table", name=literal(table.name), rows=count(table.rows))
        with st.expander(label, expanded=number == 0):
            lines = [
                t("ask.column", name=_code(column.name), type=literal(column.type.lower()))
                + (
                    t("ask.column_example", value=literal(shorten(column.example, 24)))
                    if column.example
                    else ""
                )
                for column in table.columns
            ]
            st.markdown("  \n".join(lines))


def _code(name: str) -> str:
    return "`" + name.replace("`", "ˋ") + "`"
