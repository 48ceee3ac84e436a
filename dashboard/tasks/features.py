"""Drop or bucket columns of items and users: the next version of a data set, with the same events."""

from __future__ import annotations

from typing import Any

from core.progress import Report
from dashboard.tasks.base import Lane, Result, Task, TaskSpec
from dashboard.tasks.registering import register_dataset
from data.artifacts import Home, dataset_table, load_dataset, save_dataset
from data.feature_choice import FeatureChoices, with_features


class Spec(TaskSpec):
    """The data set and what becomes of its columns."""

    dataset: str
    choices: FeatureChoices


def run(spec: Spec, home: Home, report: Report) -> Result:
    """Store the new version.

    Returns:
        dataset, name.

    Raises:
        NotFound: no such data set.
        ConfigError: nothing would change, or a column cannot be changed.
    """
    report(0.1, "choosing columns")
    made = with_features(load_dataset(home, spec.dataset), spec.choices)
    report(0.3, "storing")
    columns = dataset_table(home, spec.dataset, "event_columns")
    return {"dataset": save_dataset(home, made, event_columns=columns), "name": made.name}


def lane(spec: Any) -> Lane:
    del spec
    return "light"


TASK = Task("features", "Features", Spec, run, register_dataset, lane=lane)
