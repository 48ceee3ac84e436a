"""An item of a list, in the URL by its id."""

from __future__ import annotations

import streamlit as st

from dashboard import state
from dashboard.text import t
from dashboard.text.numbers import shorten
from dashboard.views.side_by_side import Shown
from data.dataset import Dataset


def item_choice(page: str, listed: Shown, dataset: Dataset) -> int:
    """Row number of the chosen item, the first of the list at first.

    An item that a link names is offered even where the list does not hold it.
    """
    items = [int(item) for item in listed.items]
    rank = {item: place + 1 for place, item in enumerate(items)}
    linked = state.read(state.ITEM)
    asked = -1 if linked is None else int(dataset.items.index_of([linked])[0])
    options = items if asked < 0 or asked in rank else [*items, asked]
    key = state.widget(page, state.ITEM)
    st.session_state[key] = asked if asked in options else options[0]

    def words(item: int) -> str:
        title = shorten(str(dataset.titles[item]), 48)
        name = "item_option" if item in rank else "item_unlisted"
        return t(f"why_this_item.{name}", rank=rank.get(item, ""), title=title)

    return st.selectbox(
        t("why_this_item.item"),
        options,
        format_func=words,
        key=key,
        on_change=lambda: state.write(state.ITEM, str(dataset.items.ids[st.session_state[key]])),
    )
