"""`models` and `check-model`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from dashboard.cli.output import emit, table

PROJECT = Path(__file__).resolve().parents[2]
CONTRACT = PROJECT / "tests" / "contracts" / "test_models.py"
ASKED = "RANKSCOPE_CHECK_MODEL"  # read by the contract tests
BROKEN = 1


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the two sub-parsers."""
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


def list_models(asked: argparse.Namespace) -> None:
    """Name, label, what is needed, devices; with a data set also why a model is not offered there."""
    from core.models import MODELS, OWN, REFUSED, missing_needs
    from dashboard.cli.naming import dataset_id
    from dashboard.workspace import Workspace
    from data.home import Home

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
