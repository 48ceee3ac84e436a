"""An empty state: what the page will show, why it is empty, the button that fills it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.components.links import go_to


def empty_state(what: str, why: str, button_label: str, target: str | Callable[[], object]) -> None:
    """Draw it. `target` is a page name ("train") or what the button does."""
    with st.container(border=True):
        if what:
            st.markdown(what)
        st.caption(why)
        if isinstance(target, str):
            if st.button(button_label, type="primary", key=f"empty_{target}"):
                go_to(target)
        else:
            st.button(button_label, type="primary", key=f"empty_{button_label}", on_click=target)
