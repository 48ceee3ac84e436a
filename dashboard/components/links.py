"""Ways between pages. The folder is not called `pages`: Streamlit would then run its own page list first."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

FOLDER = "app_pages"


def page_file(name: str) -> str:
    """The page's file as Streamlit asks for it, relative to `app.py`."""
    return f"{FOLDER}/{name}.py"


def go_to(name: str) -> NoReturn:
    """Open the page `name` now; what is looked at goes along through the session."""
    st.switch_page(page_file(name))
