"""Who is this user, what is this item: one card, found by name or opened from any list."""

from __future__ import annotations

import streamlit as st

from dashboard import state
from dashboard.components import item_search, page, shown_problems, user_search
from dashboard.components.cards import item_card, user_card
from dashboard.text import t

NAME, KINDS = "lookup", (state.ITEM, state.USER)


def kind() -> str:
    """An item or a user; a link says which."""
    key = state.widget(NAME, "of")
    st.session_state[key] = state.settle("of", KINDS, state.ITEM)
    return st.segmented_control(
        t("lookup.of"),
        KINDS,
        required=True,
        format_func=lambda name: t(f"lookup.of_{name}"),
        key=key,
        on_change=lambda: state.write("of", st.session_state[key]),
    )


here = page(NAME, needs="data")
with shown_problems():
    if kind() == state.ITEM:
        row = item_search(here.dataset, page=NAME, opens=True)
        if row is not None:
            item_card(here.dataset, row)
    else:
        row = user_search(here.dataset, page=NAME, opens=True)
        if row is not None:
            user_card(here.dataset, row)
