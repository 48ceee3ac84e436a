"""`models`, `check-model` and `rating-errors`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dashboard.cli.output import emit, say, table
from data.home import Home

PROJECT = Path(__file__).resolve().parents[2]
CONTRACT = PROJECT / "tests" / "contracts" / "test_models.py"
ASKED = "RANKSCOPE_CHECK_MODEL"  # read by the contract tests
BROKEN = 1


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the three sub-parsers."""
    every = commands.add_parser(
        "models", parents=[common], help="the models there are, what they need, and whether a data set has it"
    )
    every.add_argument("--dataset", metavar="D", help="id, its beginning, or name")
    every.set_defaults(run=list_models)
    check = commands.add_parser(
        "check-model", parents=[common], help="hold a model of your own to the contract that all models pass"
    )
    check.add_argument("model", metavar="MODEL", help="a registered name, or module:Class")
    check.set_defaults(run=check_model)
    errors = commands.add_parser(
        "rating-errors", parents=[common], help="how far foretold ratings are from those held out"
    )
    errors.add_argument("--runs", required=True, metavar="A,B", help="ids, their beginnings, or labels")
    errors.add_argument(
        "--part",
        choices=("validation", "test"),
        default="validation",
        help="looking at the test part is recorded and counted",
    )
    errors.set_defaults(run=show_rating_errors)


def list_models(asked: argparse.Namespace) -> None:
    """Name, label, what is needed, devices; with a data set also why a model is not offered there."""
    from core.models import MODELS, OWN, REFUSED, missing_needs
    from dashboard.cli.naming import dataset_id
    from dashboard.workspace import Workspace

    home = Home.current()
    data = None if asked.dataset is None else Workspace(home).dataset(dataset_id(home, asked.dataset))
    rows = [
        {
            "name": name,
            "label": model.label,
            "needs": list(model.needs),
            "devices": list(model.devices),
            "installed": name not in OWN,
            "missing": [] if data is None else list(missing_needs(name, data)),
        }
        for name, model in MODELS.items()
    ]
    cells = [
        [row["name"], row["label"], ", ".join(row["needs"]) or "–", " ".join(row["missing"]) or "yes"]
        for row in rows
    ]
    if data is None:
        cells = [row[:3] for row in cells]
    names = ["name", "label", "needs", "offered"][: len(cells[0])]
    refused = [f"{name} was not taken: {why}." for name, why in REFUSED.items()]
    emit(asked, {"models": rows, "refused": REFUSED}, "\n".join([table(names, cells), *refused]))


def check_model(asked: argparse.Namespace) -> int:
    """Run the contract tests on one model; exit code 0 when it passes, 1 when it breaks a promise.

    Raises:
        NotApplicable: the contract tests are not beside this installation.
    """
    from data.errors import NotApplicable

    if not CONTRACT.is_file():
        raise NotApplicable(
            f"The contract tests are not here: {CONTRACT} does not exist.",
            "Run the command from a checkout of Rankscope with its development tools (make install).",
        )
    paths = [str(Path.cwd()), str(PROJECT), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        ASKED: asked.model,
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
    }
    command = [sys.executable, "-m", "pytest", str(CONTRACT), "-q", "-p", "no:cacheprovider", "--no-header"]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, check=False, capture_output=asked.json, text=True
    )
    passed = done.returncode == 0
    verdict = f"{asked.model} {'passes' if passed else 'does not pass'} the contract."
    report = {"model": asked.model, "passed": passed, "report": done.stdout or ""}
    emit(asked, report, verdict)
    return 0 if passed else BROKEN


def show_rating_errors(asked: argparse.Namespace) -> None:
    """MAE, MSE and RMSE of each run over the ratings of a part; below them, of foretelling their mean.

    Raises:
        NotApplicable: a run ranks items and foretells no ratings.
    """
    from core.rating_errors import errors_of_the_mean, held_out_ratings, rating_errors
    from dashboard.cli.naming import names, run_id
    from dashboard.workspace import Workspace

    workspace = Workspace(Home.current())
    rows = []
    for said in names(asked.runs, "--runs", "A,B"):
        meta = workspace.run(run_id(workspace.home, said))
        split = workspace.run_split(meta.run)
        held_out = held_out_ratings(workspace.dataset(meta.dataset), split, asked.part)
        errors = rating_errors(workspace.model(meta.run), held_out)
        mean = errors_of_the_mean(split.train, held_out)
        rows.append({"run": meta.run, "label": meta.label, **asdict(errors), "of_the_mean": asdict(mean)})
        if asked.part == "test":
            _record_test(workspace.home, meta.fingerprint["digest"])
    kinds = ("mae", "mse", "rmse")
    cells = [[row["label"], *(row[kind] for kind in kinds), row["n"]] for row in rows]
    cells += [
        [f"the mean of train, for {row['label']}", *(row["of_the_mean"][kind] for kind in kinds), row["n"]]
        for row in rows
    ]
    emit(asked, {"part": asked.part, "rows": rows}, table(["run", "MAE", "MSE", "RMSE", "ratings"], cells))


def _record_test(home: Home, digest: str) -> None:
    from data.store import Store

    with Store(home) as store:
        times = store.record_test_opened(digest)
    say(f"The test part was opened {times} times under these conditions.")
