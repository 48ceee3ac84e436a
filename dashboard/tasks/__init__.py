"""Kinds of jobs by key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from dashboard.tasks import (
    cold_start,
    examine,
    experiment,
    features,
    folds,
    fuse,
    import_file,
    lists,
    read_file,
    sample,
    seeds,
    train,
    tune,
)
from dashboard.tasks.base import Lane, Task
from data.errors import ConfigError, NotFound

TASKS: dict[str, Task] = {
    "import": import_file.TASK,
    "read": read_file.TASK,
    "sample": sample.TASK,
    "train": train.TASK,
    "tune": tune.TASK,
    "seeds": seeds.TASK,
    "experiment": experiment.TASK,
    "fuse": fuse.TASK,
    "lists": lists.TASK,
    "cold_start": cold_start.TASK,
    "folds": folds.TASK,
    "features": features.TASK,
    "examine": examine.TASK,
}


def read_spec(kind: str, spec: Mapping[str, Any]) -> Any:
    """The checked settings of a job.

    Raises:
        NotFound: no such kind of job.
        ConfigError: a setting is missing, unknown or out of range.
    """
    if kind not in TASKS:
        raise NotFound(f"There is no kind of job {kind!r}.", f"There are: {', '.join(TASKS)}.")
    try:
        return TASKS[kind].Spec.model_validate(dict(spec))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "settings"
        raise ConfigError(
            f"The job {kind!r} cannot start: {where}: {first['msg']}.", "Correct this setting."
        ) from error


def lane_of(kind: str, spec: Mapping[str, Any]) -> Lane:
    """What the job competes for: "cpu" (one at a time), "gpu" (one at a time), "light" (may run beside).

    Raises:
        NotFound, ConfigError: as `read_spec`.
    """
    checked = read_spec(kind, spec)
    return TASKS[kind].lane(checked)
