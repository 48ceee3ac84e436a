"""A history put together by hand: titles added and removed, in the URL by their ids."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import loaders, state
from dashboard.components.pickers import item_label
from dashboard.text import t
from dashboard.text.numbers import count


def history_editor(page: str, dataset: str, name: str, default: Sequence[int]) -> tuple[int, ...]:
    """Row numbers of the chosen items, oldest first.

    Args:
        page: the page that asks.
        dataset: id of the data set.
        name: under which the item ids stand in the URL.
        default: items at first.
    """
    data = loaders.dataset(dataset)
    in_url = [int(item) for item in data.items.index_of(list(state.read_all(name))) if item >= 0]
    chosen = in_url or list(dict.fromkeys(int(item) for item in default))
    left, right = st.columns([1, 2])
    query = left.text_input(t("common.items_search"), key=f"{state.widget(page, name)}_query")
    matches, n_found = loaders.find_items(dataset, query)
    if query and not matches:
        left.caption(t("common.nothing_found", query=query, n=count(data.n_items)))
    elif query and n_found > len(matches):
        left.caption(t("common.found_more", shown=len(matches), n=count(n_found)))
    options = [*chosen, *(item for item in matches if item not in set(chosen))]
    key = state.widget(page, name)
    st.session_state[key] = chosen
    right.multiselect(
        t("side_by_side.edit_items"),
        options,
        format_func=lambda item: item_label(dataset, item),
        key=key,
        placeholder=t("side_by_side.edit_placeholder"),
        on_change=lambda: state.write(name, [str(data.items.ids[item]) for item in st.session_state[key]]),
    )
    return tuple(chosen)
