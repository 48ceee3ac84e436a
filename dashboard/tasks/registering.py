"""Entering what a job stored into the warehouse. Safe to repeat: what is known is passed over."""

from __future__ import annotations

from dashboard.tasks.base import Result
from dashboard.workspace.storage import read_metrics, read_run, run_folder
from data.artifacts import Home, dataset_meta
from data.store import Store


def register_run(run_id: str, home: Home, store: Store) -> None:
    """One stored run."""
    run_folder(home, run_id)
    store.add_run(read_run(home, run_id).model_dump(mode="json"), read_metrics(home, run_id))


def register_runs(result: Result, home: Home, store: Store) -> None:
    """Every run that the result names as done."""
    for entry in result.get("runs", []):
        if entry.get("status") == "done":
            register_run(entry["run"], home, store)


def register_dataset(result: Result, home: Home, store: Store) -> None:
    """The data set that the result names."""
    store.add_dataset(dataset_meta(home, result["dataset"]))
