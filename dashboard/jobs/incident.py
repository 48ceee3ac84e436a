"""Where work that may break meets what must go on: errors become values, bugs become numbered incidents."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from data.errors import Cancelled, RankscopeError

T = TypeVar("T")
log = logging.getLogger("rankscope")


@dataclass(frozen=True)
class Failure:
    """Why a piece of work gave nothing: safe to show. `incident` is empty for an expected problem."""

    problem: str
    hint: str = ""
    incident: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.problem} {self.hint}".strip()


def attempt(work: Callable[[], T]) -> T | Failure:
    """The result of `work`, or why there is none. A `Cancelled` passes through.

    This is the one place that catches every exception: the traceback goes to the log under a number, the
    screen gets the number.
    """
    try:
        return work()
    except Cancelled:
        raise
    except RankscopeError as error:
        return Failure(error.problem, error.hint)
    except Exception as error:
        number = secrets.token_hex(3)
        log.exception("incident %s", number)
        return _explained(error, number)


def _explained(error: Exception, number: str) -> Failure:
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        return Failure("There was not enough memory.", "Choose a smaller model or data set.", number)
    return Failure(
        f"Something broke that should not (incident {number}).", "The log has the details.", number
    )
