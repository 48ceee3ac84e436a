"""Checks of the data doctor that take long on a large data set."""

from __future__ import annotations

from typing import Any

from core.progress import Report
from dashboard.tasks.base import Lane, Result, Task, TaskSpec
from dashboard.workspace.examinations import save_examination
from dashboard.workspace.workspace import Workspace
from data.artifacts import Home
from data.checks import CHECKS, run_checks
from data.splits import recommend_split
from data.store import Store


class Spec(TaskSpec):
    """The data set to look at."""

    dataset: str


def run(spec: Spec, home: Home, report: Report) -> Result:
    """Make the slow checks one by one and keep their answers.

    Returns:
        dataset, checks (their names).

    Raises:
        NotFound: no such data set.
    """
    workspace = Workspace(home)
    data = workspace.dataset(spec.dataset)
    report(0.05, "splitting")
    advised = recommend_split(data)
    split = workspace.split(spec.dataset, advised.protocol, dict(advised.config), 0)
    names = [name for name, check in CHECKS.items() if check.slow]
    results = []
    for place, name in enumerate(names):
        report(0.1 + 0.9 * place / len(names), CHECKS[name].title)
        results += run_checks(data, split, names=[name])
    save_examination(home, spec.dataset, results)
    return {"dataset": spec.dataset, "checks": names}


def register(result: Result, home: Home, store: Store) -> None:
    """Nothing stands in the warehouse: the pages read the file."""
    del result, home, store


def lane(spec: Any) -> Lane:
    del spec
    return "light"


TASK = Task("examine", "Examine", Spec, run, register, lane=lane)
