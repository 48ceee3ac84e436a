"""A problem in words that help. What cannot be answered is a calm note, not a red box."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.text import t
from data.errors import NotApplicable, RankscopeError

log = logging.getLogger("rankscope.pages")


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


def unexpected(error: Exception) -> bool:
    """What a page shows for an error nobody caught: the problem, or a number under which the log has it.

    Returns:
        True: Streamlit need not show its own box.
    """
    if isinstance(error, RankscopeError):
        problem_box(error)
        return True
    number = secrets.token_hex(3)
    log.error("incident %s", number, exc_info=error)
    st.error(t("common.problem_unknown", number=number))
    return True
