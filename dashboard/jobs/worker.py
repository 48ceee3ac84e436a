"""The worker process of one job: `python -m dashboard.jobs.worker <id>`.

It reads datasets/ and runs/ and writes new folders there; it never opens the warehouse and never imports
Streamlit.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

from dashboard.jobs import processes
from dashboard.jobs.incident import Failure, attempt
from dashboard.jobs.queue import JobStore
from dashboard.jobs.states import Job, JobState
from data.artifacts import Home
from data.errors import Cancelled

EVERY_S = 0.2  # a fraction is written at most this often; a new stage at once; all curve points are kept


class JobReport:
    """The `Report` of a worker: keeps progress in jobs.sqlite, raises `Cancelled` when asked to stop."""

    def __init__(self, jobs: JobStore, job_id: str) -> None:
        self._jobs = jobs
        self._job = job_id
        self._stop = threading.Event()
        self._last = 0.0
        self._stage = ""
        self._points: list[dict[str, float]] = []

    def stop(self, *_: object) -> None:
        """Ask the work to end at its next report (the handler of SIGTERM)."""
        self._stop.set()

    def __call__(self, fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        if self._stop.is_set():
            raise Cancelled
        if curve is not None:
            self._points.append(curve)
        changed = bool(stage) and stage != self._stage
        self._stage = stage or self._stage
        now = time.monotonic()
        if now - self._last < EVERY_S and not changed:
            return
        self._last = now
        state = self._jobs.progress(self._job, fraction, self._stage, self._take_points())
        if state != JobState.RUNNING:
            raise Cancelled

    def flush(self) -> None:
        """Write the curve points that wait."""
        if points := self._take_points():
            self._jobs.progress(self._job, 0.0, self._stage, points)

    def keep(self, result: Mapping[str, Any]) -> None:
        """Record what is stored so far, so that it counts even when the job does not reach its end."""
        self._jobs.update(self._job, result=result)

    def device(self, asked: str, used: str, reason: str) -> None:
        """Record the device asked for and used."""
        self._jobs.update(self._job, device={"asked": asked, "used": used, "reason": reason})

    def _take_points(self) -> list[dict[str, float]]:
        points, self._points = self._points, []
        return points


def work(job_id: str, home: Home) -> JobState | None:
    """Do the job in this process; the state it ended in, or None when it is not ours to do.

    Raises:
        NotFound: no job has this id.
    """
    jobs = JobStore(home)
    job = jobs.get(job_id, curve=False)
    if not jobs.begin(job_id, processes.identity()):
        return None
    report = JobReport(jobs, job_id)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, report.stop)
    try:
        outcome = attempt(lambda: _run(job, home, report))
    except Cancelled:
        report.flush()
        jobs.finish(job_id, JobState.CANCELLED)
        return JobState.CANCELLED
    report.flush()
    if isinstance(outcome, Failure):
        jobs.finish(
            job_id, JobState.FAILED, error=outcome.problem, hint=outcome.hint, incident=outcome.incident
        )
        return JobState.FAILED
    jobs.finish(job_id, JobState.DONE, result=outcome)
    return JobState.DONE


def _run(job: Job, home: Home, report: JobReport) -> dict[str, Any]:
    from dashboard.tasks import TASKS, read_spec  # the heavy libraries load after the job is ours

    report(0.0, "starting")
    return TASKS[job.kind].run(read_spec(job.kind, job.spec), home, report)


def main(arguments: list[str]) -> int:
    """Entry point of the process; exit code 0 done, 1 otherwise."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    os.nice(5)  # the screen goes before the training
    state = work(arguments[0], Home.current())
    logging.info("job %s: %s", arguments[0], state or "not ours")
    return 0 if state is JobState.DONE else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
