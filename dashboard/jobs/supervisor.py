"""What the owner of the store does about jobs, again and again: `tick` finds the lost, stops the cancelled,
takes in the finished and starts the next. A thread of the server calls it; so do the CLI and the tests.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter

from dashboard.jobs import processes
from dashboard.jobs.incident import Failure, attempt
from dashboard.jobs.launcher import Launcher
from dashboard.jobs.queue import FollowUp, JobStore
from dashboard.jobs.states import ALIVE, Job, JobState
from dashboard.tasks import TASKS, lane_of
from data.artifacts import Home
from data.store import Store

LANES = {"cpu": 1, "gpu": 1, "light": 2}  # how many jobs of a kind run at a time
GRACE_S = 3.0
INTERVAL_S = 0.5
log = logging.getLogger("rankscope.jobs")

LOST = "The worker process ended without a word: it was killed, ran out of memory, or the machine restarted."
LOST_HINT = "Nothing stored was lost. Start the job again."


class Supervisor:
    """Looks after the jobs of one home. Only the owner of the warehouse has one."""

    def __init__(self, home: Home, store: Store, jobs: JobStore | None = None) -> None:
        self.home = home
        self.store = store
        self.jobs = jobs or JobStore(home)
        self.launcher = Launcher(home, self.jobs)
        self._asked: set[str] = set()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def tick(self, now: float | None = None) -> None:
        """One round. `now` (epoch seconds) is for tests of the grace time."""
        moment = time.time() if now is None else now
        self.launcher.bury()
        for job in self.jobs.list(ALIVE):
            self._look_after(job, moment)
        for job in self.jobs.unregistered():
            self._take_in(job)
        self._launch_next()

    def drain(self, poll_s: float = 0.1) -> None:
        """Tick until nothing is active (the CLI's `worker` without a job id)."""
        self.tick()
        while self.jobs.list((*ALIVE, JobState.QUEUED)) or self.jobs.unregistered():
            time.sleep(poll_s)
            self.tick()

    def start(self) -> None:
        """Tick in a thread until `stop`."""
        self._thread = threading.Thread(target=self._loop, name="job supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; workers go on, and the next supervisor finds them."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _loop(self) -> None:
        while not self._stop.wait(INTERVAL_S):
            attempt(self.tick)  # one broken round is logged; the next is tried all the same

    def _look_after(self, job: Job, now: float) -> None:
        if not processes.alive(job.worker):
            self._asked.discard(job.id)
            error, hint = ("", "") if job.state is JobState.CANCELLING else (LOST, LOST_HINT)
            if self.jobs.finish(job.id, JobState.LOST, error=error, hint=hint):
                log.warning("job %s (%s): its worker is gone", job.id, job.title)
        elif job.state is JobState.CANCELLING:
            self._press(job, now)

    def _press(self, job: Job, now: float) -> None:
        """SIGTERM once, SIGKILL after the grace time."""
        if job.id not in self._asked:
            self._asked.add(job.id)
            processes.stop(job.worker)
        elif now - (job.cancel_asked or now) > GRACE_S:
            processes.stop(job.worker, force=True)

    def _take_in(self, job: Job) -> None:
        task, result = TASKS[job.kind], job.result or {}
        outcome = attempt(lambda: task.register(result, self.home, self.store))
        if isinstance(outcome, Failure):
            self.jobs.mark_registered(job.id, error=f"The result could not be recorded: {outcome.sentence}")
            return
        follow_ups: list[FollowUp] = task.follow_ups(result) if job.state is JobState.DONE else []
        self.jobs.mark_registered(job.id, follow_ups)

    def _launch_next(self) -> None:
        busy = Counter(job.lane for job in self.jobs.list(ALIVE))
        for job in self.jobs.list((JobState.QUEUED,)):
            lane = attempt(lambda job=job: lane_of(job.kind, job.spec))  # type: ignore[misc]
            if isinstance(lane, Failure):
                self.jobs.fail_queued(job.id, lane.problem, lane.hint)
            elif busy[lane] < LANES[lane] and self.launcher.launch(job, lane):
                busy[lane] += 1
