"""Reads about jobs, and the orders that pages give: submit, cancel, retry."""

from __future__ import annotations

from typing import Any

from dashboard.jobs.states import Job
from dashboard.loaders.sources import jobs


def active_jobs(kinds: tuple[str, ...] = ()) -> list[Job]:
    """Queued, running and cancelling jobs, oldest first."""
    return [job for job in jobs().active() if not kinds or job.kind in kinds]


def recent_jobs(n: int = 20, kinds: tuple[str, ...] = ()) -> list[Job]:
    """The latest jobs of any state, newest first."""
    return [job for job in jobs().recent(n) if not kinds or job.kind in kinds]


def job(job_id: str) -> Job:
    """One job with its curve."""
    return jobs().get(job_id)


def submit(kind: str, spec: dict[str, Any], title: str) -> str:
    """Put a job into the queue; returns its id."""
    return jobs().submit(kind, spec, title)


def cancel(job_id: str) -> None:
    """Ask a job to stop."""
    jobs().cancel(job_id)


def retry(job_id: str) -> str:
    """The same job once more; returns the new id."""
    return jobs().retry(job_id)


def job_log(job_id: str, last: int = 200) -> str:
    """The last lines of a job's log, or "" when it has none."""
    path = jobs().home.jobs / job_id / "log"
    if not path.is_file():
        return ""
    return "\n".join(path.read_text(errors="replace").splitlines()[-last:])
