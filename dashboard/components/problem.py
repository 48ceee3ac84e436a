"""A problem in words that help. What cannot be answered is a calm note, not a red box."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from data.errors import NotApplicable, RankscopeError


def problem_box(error: RankscopeError) -> None:
    """The problem, and what to do, of an error that is safe to show."""
    draw = st.info if isinstance(error, NotApplicable) else st.error
    draw(f"**{error.problem}**\n\n{error.hint}" if error.hint else error.problem)


@contextmanager
def shown_problems() -> Iterator[None]:
    """Show the problems of the block in place; the rest of the page goes on."""
    try:
        yield
    except RankscopeError as error:
        problem_box(error)
