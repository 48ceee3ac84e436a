"""Ways between pages. The folder is not called `pages`: Streamlit would then run its own page list first."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from dashboard import loaders, state
from dashboard.text.markdown import Link, Markdown, card_link
from dashboard.text.numbers import shorten

FOLDER = "app_pages"


def page_file(name: str) -> str:
    """The page's file as Streamlit asks for it, relative to `app.py`."""
    return f"{FOLDER}/{name}.py"


def go_to(name: str) -> NoReturn:
    """Open the page `name` now; what is looked at goes along through the session."""
    st.switch_page(page_file(name))


def item_link(dataset: str) -> Link:
    """Row number and words of an item as a link to its card."""
    ids = loaders.dataset(dataset).items.ids

    def link(row: int, words: str) -> Markdown:
        return card_link(dataset, state.ITEM, str(ids[row]), words)

    return link


def user_link(dataset: str, width: int = 80) -> Link:
    """Row number and words of a user as a link to their card; words beyond `width` letters are cut."""
    ids = loaders.dataset(dataset).users.ids

    def link(row: int, words: str) -> Markdown:
        return card_link(dataset, state.USER, str(ids[row]), shorten(words, width))

    return link
