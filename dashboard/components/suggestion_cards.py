"""Proposals about rows as cards: the reason, the rows it reaches, apply or leave."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard.loaders.import_reading import suggestions_for
from dashboard.text import has, t
from dashboard.text.markdown import literal
from data.cleaning import Cleaning
from data.cleaning.suggestions import Suggestion
from data.read_tables import Read


def suggestion_cards(
    read: Read, read_key: str, cleaning: Cleaning, key: str, take: Callable[[Cleaning], None]
) -> None:
    """Draw those that are neither settled by the choices nor left by the person.

    Args:
        take: called with the choices that an accepted proposal leads to.
    """
    left: tuple[str, ...] = st.session_state.get(f"{key}_left", ())
    for suggestion in suggestions_for(read, read_key, cleaning):
        if suggestion.id not in left:
            with st.container(border=True, key=f"{key}_suggestion_{suggestion.id}"):
                _card(suggestion, cleaning, key, take)


def _card(suggestion: Suggestion, cleaning: Cleaning, key: str, take: Callable[[Cleaning], None]) -> None:
    st.markdown(literal(suggestion.sentence))
    with st.container(horizontal=True, vertical_alignment="center"):
        if suggestion.change:
            st.button(
                _deed(suggestion),
                key=f"{key}_apply_{suggestion.id}",
                on_click=lambda: take(suggestion.apply(cleaning)),
            )
        st.button(
            t("import_data.suggestion_leave" if suggestion.change else "import_data.suggestion_noted"),
            key=f"{key}_leave_{suggestion.id}",
            type="tertiary",
            on_click=_leave,
            args=(key, suggestion.id),
        )
        if suggestion.evidence:
            with st.popover(t("import_data.suggestion_ids", n=len(suggestion.evidence)), type="tertiary"):
                _evidence(suggestion, key)


def _deed(suggestion: Suggestion) -> str:
    """What applying does, in words."""
    key = f"import_data.apply_{next(iter(suggestion.change))}"
    return t(key) if has(key) else t("import_data.suggestion_apply")


def _evidence(suggestion: Suggestion, key: str) -> None:
    table = pd.DataFrame([(one.id, one.reason, one.rows) for one in suggestion.evidence])
    table.columns = pd.Index(["id", "reason", "rows"])
    st.dataframe(
        table,
        hide_index=True,
        key=f"{key}_evidence_{suggestion.id}",
        lazy=False,
        column_config={
            "id": t("import_data.column_id"),
            "reason": t("import_data.column_reason"),
            "rows": st.column_config.NumberColumn(t("import_data.column_rows"), format="%d"),
        },
    )


def _leave(key: str, suggestion: str) -> None:
    name = f"{key}_left"
    st.session_state[name] = (*st.session_state.get(name, ()), suggestion)
