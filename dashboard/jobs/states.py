"""What a job is: its states, and the row that pages, worker and supervisor read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class JobState(StrEnum):
    """queued → running → done, failed or lost; queued → cancelled; running → cancelling → cancelled."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"


ACTIVE = (JobState.QUEUED, JobState.RUNNING, JobState.CANCELLING)
ALIVE = (JobState.RUNNING, JobState.CANCELLING)  # a worker process belongs to it
FINISHED = (JobState.CANCELLED, JobState.DONE, JobState.FAILED, JobState.LOST)
REPEATABLE = (JobState.CANCELLED, JobState.FAILED, JobState.LOST)


@dataclass(frozen=True)
class Identity:
    """A process: the number alone is reused by the system, with its start time it is not."""

    pid: int
    started: float  # psutil's create_time, epoch seconds


@dataclass(frozen=True)
class Job:
    """One row of jobs.sqlite with its curve. Times are epoch seconds; None = not yet."""

    id: str
    kind: str  # key of TASKS
    title: str
    spec: dict[str, Any]
    state: JobState
    stage: str = ""
    fraction: float = 0.0
    eta_s: float | None = None
    created: float = 0.0
    started: float | None = None
    updated: float | None = None
    finished: float | None = None
    error: str = ""
    hint: str = ""
    incident: str = ""
    result: dict[str, Any] | None = None
    curve: tuple[dict[str, float], ...] = ()
    device: dict[str, str] = field(default_factory=dict)  # asked, used, reason
    worker: Identity | None = None
    lane: str = ""
    parent: str = ""  # the job that this one repeats
    cancel_asked: float | None = None
    registered: bool = False

    @property
    def active(self) -> bool:
        """Does something still change? A result that the store has not taken in yet counts as well."""
        return self.state in ACTIVE or self.waits

    @property
    def waits(self) -> bool:
        """Done, and the owner of the store is about to enter the result."""
        return self.state is JobState.DONE and self.result is not None and not self.registered

    @property
    def seconds(self) -> float | None:
        """Time from start to the end, or to the latest sign of life."""
        end = self.finished or self.updated
        return None if self.started is None or end is None else max(0.0, end - self.started)


def time_left(fraction: float, started: float | None, updated: float | None, now: float) -> float | None:
    """Seconds left at the rate so far: elapsed · (1 − fraction) / fraction, less the time since the report.

    None below 2 % done, where the rate says nothing yet.
    """
    if started is None or updated is None or fraction < 0.02:
        return None
    left = (updated - started) * (1.0 - fraction) / fraction
    return max(0.0, left - (now - updated))
