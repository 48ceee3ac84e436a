"""`run`: an experiment from a file, from the data to the table."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from dashboard.cli.naming import dataset_id
from dashboard.cli.output import emit, table
from dashboard.cli.tasking import perform
from dashboard.cli.training import headline_users, metrics_by_name

SHOWN = ("ndcg@10", "recall@20")


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the sub-parser."""
    run = commands.add_parser(
        "run",
        parents=[common],
        help="run an experiment file: data, split, models, tuning, fusion, evaluation",
    )
    run.add_argument("file", metavar="EXPERIMENT.yaml")
    run.add_argument("--dataset", metavar="D", help="another data set than the file names")
    run.add_argument("--check", action="store_true", help="only say whether the file can be run")
    run.set_defaults(run=run_experiment)


def run_experiment(asked: argparse.Namespace) -> None:
    """Check the whole file, then run it here with progress on stderr."""
    from dashboard.experiments import load_experiment
    from data.home import Home

    home, found = Home.current(), load_experiment(Path(asked.file).expanduser())
    if asked.dataset is not None:
        found = found.model_copy(update={"dataset": asked.dataset, "file": None})
    if found.dataset:
        found = found.model_copy(update={"dataset": dataset_id(home, found.dataset)})
    spec = found.model_dump(mode="json", exclude_defaults=True)
    if asked.check:
        emit(asked, {"experiment": spec}, f"{asked.file} can be run: {len(found.models)} models.")
        return
    done = perform("experiment", spec)
    rows = [_row(home, entry) for entry in done["runs"]]
    document = {name: done[name] for name in ("dataset", "protocol", "policy", "fingerprint")}
    emit(asked, {**document, "studies": done["studies"], "runs": rows}, _told(rows))


def _row(home: Any, entry: dict[str, Any]) -> dict[str, Any]:
    """The entry of a run with its metrics on validation, by name."""
    from dashboard.workspace.storage import read_metrics

    if entry["run"] is None:
        return {**entry, "users": None, "metrics": {}}
    rows = read_metrics(home, entry["run"])
    rows = rows[rows["part"] == "validation"]
    users = headline_users(rows)
    return {**entry, "users": users, "metrics": metrics_by_name(rows[rows["users"] == users])}


def _told(rows: list[dict[str, Any]]) -> str:
    """A table of the runs, and the problems below it."""
    names = ["run", "label", "seed", "status", "seconds", *SHOWN]
    cells = [
        [
            *(row.get(name) for name in names[:5]),
            *(row["metrics"].get(metric, {}).get("mean") for metric in SHOWN),
        ]
        for row in rows
    ]
    problems = [f"{row['label']}: {row['problem']} {row['hint']}" for row in rows if row.get("problem")]
    return "\n".join([table(names, cells), "(validation)", *problems])
