"""Uploads are kept under random names; people know them by the names they were sent with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.errors import RankscopeError


@contextmanager
def by_sent_name(*files: tuple[Path, str] | None) -> Iterator[None]:
    """Problems of the block speak of each file (where it is kept, the name it was sent with) by that name."""
    try:
        yield
    except RankscopeError as error:
        problem, hint = str(error.problem), str(error.hint)
        for path, name in filter(None, files):
            problem, hint = problem.replace(path.name, name), hint.replace(path.name, name)
        if problem == error.problem and hint == error.hint:
            raise
        raise type(error)(problem, hint) from error
