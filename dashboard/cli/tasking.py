"""Runs a task in this process: the same function as a job's worker, then its rows into the warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.cli.output import Progress


def perform(kind: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """The result of a task, computed and registered here.

    The warehouse is opened first: while the app holds it, nothing is computed in vain.

    Raises:
        StoreBusy: the app (or another command) holds the store.
        RankscopeError: whatever the task has to say.
    """
    from dashboard.tasks import TASKS, read_spec
    from data.home import Home
    from data.store import Store

    home, task, progress = Home.current(), TASKS[kind], Progress()
    checked = read_spec(kind, spec)
    with Store(home) as store:
        try:
            result = task.run(checked, home, progress)
        finally:
            progress.end()
        task.register(result, home, store)
    return result
