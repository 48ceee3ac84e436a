"""Starts worker processes: own session, no input, output to the job's log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil

import dashboard
from dashboard.jobs import processes
from dashboard.jobs.queue import JobStore
from dashboard.jobs.states import Job
from data.artifacts import Home

SOURCE = Path(dashboard.__file__).resolve().parents[1]


def environment(home: Home) -> dict[str, str]:
    """The environment of a worker: this home, its kernel cache, nothing buffered."""
    return {
        **os.environ,
        "RANKSCOPE_HOME": str(home.root),
        "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR", str(home.cache / "numba")),
        "PYTHONUNBUFFERED": "1",
    }


class Launcher:
    """Starts workers and buries those that ended; workers outlive it."""

    def __init__(self, home: Home, jobs: JobStore) -> None:
        self.home = home
        self.jobs = jobs
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def launch(self, job: Job, lane: str) -> bool:
        """Start a worker for a queued job; false when the job was cancelled meanwhile."""
        folder = self.home.jobs / job.id
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "spec.json").write_text(json.dumps(job.spec, indent=1))
        with (folder / "log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "dashboard.jobs.worker", job.id],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=SOURCE,
                env=environment(self.home),
            )
        self._children[job.id] = child
        try:
            who = processes.identity(child.pid)
        except psutil.NoSuchProcess:
            return False
        if self.jobs.begin(job.id, who, lane=lane):
            return True
        processes.stop(who)
        return False

    def bury(self) -> None:
        """Take the exit status of ended children, so that none stays as a zombie."""
        self._children = {job: child for job, child in self._children.items() if child.poll() is None}
