"""At start: what lies on disk and is not in the warehouse is entered (a kill may come between the two)."""

from __future__ import annotations

from dashboard.jobs.incident import Failure, attempt
from dashboard.tasks.registering import register_run
from dashboard.workspace.storage import run_ids
from data.artifacts import Home, dataset_meta, list_dataset_ids
from data.store import Store


def take_in(home: Home, store: Store) -> int:
    """Enter every stored data set and run that is missing; returns how many. A broken one is logged."""
    known_data = set(store.datasets()["id"])
    known_runs = set(store.runs(hidden=True)["run"])
    entered = 0
    for dataset_id in set(list_dataset_ids(home)) - known_data:
        entered += not isinstance(
            attempt(lambda d=dataset_id: store.add_dataset(dataset_meta(home, d))), Failure
        )
    for run_id in set(run_ids(home)) - known_runs:
        entered += not isinstance(attempt(lambda r=run_id: register_run(r, home, store)), Failure)
    return entered
