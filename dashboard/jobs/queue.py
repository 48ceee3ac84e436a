"""jobs.sqlite: the queue that pages, the server and every worker share (WAL, one short connection per call).

Every change names the states it may start from, so a late write cannot bring a finished job back to life.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from dashboard.jobs.processes import TOLERANCE_S
from dashboard.jobs.schema import TABLES
from dashboard.jobs.states import ALIVE, FINISHED, REPEATABLE, Identity, Job, JobState, time_left
from data.artifacts import Home
from data.errors import ConfigError, NotFound

FollowUp = tuple[str, Mapping[str, Any], str]  # kind, spec, title


def _marks(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))


class JobStore:
    """The rows of jobs.sqlite under one `Home`; safe to use from any thread and any process."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._path = home.jobs_db
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._connection() as connection:
            connection.execute("pragma journal_mode=wal")
            connection.executescript(TABLES)

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────

    def submit(self, kind: str, spec: Mapping[str, Any], title: str, *, parent: str = "") -> str:
        """Put a job at the end of the queue; returns its id."""
        with self._connection() as connection:
            return _insert(connection, (kind, spec, title), parent)

    def cancel(self, job_id: str) -> Job:
        """Ask for the end: a queued job is cancelled at once, a running one is asked to stop."""
        now = time.time()
        with self._connection() as connection:
            connection.execute(
                "update jobs set state='cancelled', finished=?, cancel_asked=? where id=? and state='queued'",
                (now, now, job_id),
            )
            connection.execute(
                "update jobs set state='cancelling', cancel_asked=? where id=? and state='running'",
                (now, job_id),
            )
        return self.get(job_id)

    def retry(self, job_id: str) -> str:
        """A new job with the same settings as one that failed, was lost or cancelled.

        Raises:
            ConfigError: the job is still active or done.
        """
        job = self.get(job_id)
        if job.state not in REPEATABLE:
            raise ConfigError(
                f"Job “{job.title}” is {job.state} and cannot be repeated.",
                "Only failed, lost and cancelled jobs can be started again.",
            )
        return self.submit(job.kind, job.spec, job.title, parent=job.id)

    def undo(self, job_id: str) -> str:
        """Take a cancel back: a job that had not begun returns to the queue, another is started anew."""
        with self._connection() as connection:
            back = connection.execute(
                "update jobs set state='queued', finished=null, cancel_asked=null"
                " where id=? and state='cancelled' and started is null",
                (job_id,),
            ).rowcount
        return job_id if back else self.retry(job_id)

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────

    def get(self, job_id: str, *, curve: bool = True) -> Job:
        """One job with its curve.

        Raises:
            NotFound: no job has this id.
        """
        found = self._read("where id=?", (job_id,), curve=curve)
        if not found:
            raise NotFound(
                f"There is no job {job_id!r}.", "The list under Runs & jobs shows those that exist."
            )
        return found[0]

    def list(self, states: Iterable[JobState] | None = None) -> list[Job]:
        """Jobs in these states (all when None), oldest first, without curves."""
        if states is None:
            return self._read("order by created", ())
        wanted = tuple(str(state) for state in states)
        return self._read(f"where state in ({_marks(wanted)}) order by created", wanted)

    def active(self) -> list[Job]:
        """Jobs with `Job.active`, oldest first, with their curves."""
        waits = "state='done' and result is not null and registered=0"
        where = f"where state in ('queued', 'running', 'cancelling') or ({waits}) order by created"
        return self._read(where, (), curve=True)

    def recent(self, n: int = 20) -> list[Job]:
        """The latest `n` jobs of any state, newest first, without curves."""
        return self._read("order by created desc limit ?", (n,))

    def unregistered(self) -> list[Job]:
        """Finished jobs with something stored that the warehouse does not know yet."""
        where = (
            f"where registered=0 and result is not null and state in ({_marks(FINISHED)}) order by finished"
        )
        return self._read(where, FINISHED)

    # ── the worker's and the supervisor's writes ──────────────────────────────────────────────────────

    def begin(self, job_id: str, worker: Identity, *, lane: str | None = None) -> bool:
        """Give a queued job to `worker`; false when it was cancelled or belongs to another process."""
        with self._connection() as connection:
            changed = connection.execute(
                "update jobs set state='running', pid=?, process_started=?, started=coalesce(started, ?),"
                " updated=?, lane=coalesce(?, lane)"
                " where id=? and (state='queued'"
                " or (state='running' and pid=? and abs(process_started - ?) < ?))",
                (
                    *(worker.pid, worker.started, time.time(), time.time(), lane, job_id),
                    *(worker.pid, worker.started, TOLERANCE_S),
                ),
            ).rowcount
        return bool(changed)

    def progress(
        self, job_id: str, fraction: float, stage: str, points: Sequence[Mapping[str, float]] = ()
    ) -> str:
        """Record progress of a running job; returns its state now, so that the worker learns of a cancel."""
        now = time.time()
        with self._connection() as connection:
            connection.execute(
                "update jobs set fraction=max(fraction, ?), stage=?, updated=?"
                " where id=? and state='running'",
                (min(max(fraction, 0.0), 1.0), stage, now, job_id),
            )
            connection.executemany(
                'insert into points (job, at, "values")'
                " select id, ?, ? from jobs where id=? and state='running'",
                [(now, json.dumps(dict(point)), job_id) for point in points],
            )
            row = connection.execute("select state from jobs where id=?", (job_id,)).fetchone()
        return str(row["state"]) if row else JobState.LOST

    def update(
        self, job_id: str, *, device: Mapping[str, str] | None = None, result: Mapping[str, Any] | None = None
    ) -> bool:
        """Record the device in use, or what is stored so far; false when the job no longer runs."""
        with self._connection() as connection:
            changed = connection.execute(
                "update jobs set device=coalesce(?, device), result=coalesce(?, result)"
                f" where id=? and state in ({_marks(ALIVE)})",
                (_json(device), _json(result), job_id, *ALIVE),
            ).rowcount
        return bool(changed)

    def finish(
        self,
        job_id: str,
        state: JobState,
        *,
        result: Mapping[str, Any] | None = None,
        error: str = "",
        hint: str = "",
        incident: str = "",
    ) -> bool:
        """End a live job. One that was asked to stop ends as cancelled, with what it has stored.

        Returns:
            False when the job had ended before (this late write changed nothing).
        """
        with self._connection() as connection:
            changed = connection.execute(
                "update jobs set state=case when state='cancelling' then 'cancelled' else ? end,"
                " result=coalesce(?, result), error=?, hint=?, incident=?, finished=?, updated=?,"
                " fraction=case when ?='done' then 1 else fraction end,"
                " stage=case when ?='done' then '' else stage end"
                f" where id=? and state in ({_marks(ALIVE)})",
                (
                    *(state, _json(result), error, hint, incident, time.time(), time.time(), state, state),
                    *(job_id, *ALIVE),
                ),
            ).rowcount
        return bool(changed)

    def fail_queued(self, job_id: str, error: str, hint: str) -> None:
        """End a job that cannot be started at all."""
        with self._connection() as connection:
            connection.execute(
                "update jobs set state='failed', error=?, hint=?, finished=? where id=? and state='queued'",
                (error, hint, time.time(), job_id),
            )

    def mark_registered(self, job_id: str, follow_ups: Iterable[FollowUp] = (), *, error: str = "") -> bool:
        """Set the flag and queue what follows in one transaction, so that both happen exactly once."""
        with self._connection() as connection:
            connection.execute("begin immediate")
            changed = connection.execute(
                "update jobs set registered=1, error=case when ?='' then error else ? end"
                " where id=? and registered=0",
                (error, error, job_id),
            ).rowcount
            if changed:
                for follow_up in follow_ups:
                    _insert(connection, follow_up, "")
            connection.execute("commit")
        return bool(changed)

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=20, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("pragma synchronous=normal")
            yield connection
        finally:
            connection.close()

    def _read(self, where: str, values: Sequence[Any], *, curve: bool = False) -> list[Job]:
        with self._connection() as connection:
            rows = connection.execute(f"select * from jobs {where}", values).fetchall()
            curves = {row["id"]: _curve(connection, row["id"]) if curve else () for row in rows}
        now = time.time()
        return [_job(row, curves[row["id"]], now) for row in rows]


def _insert(connection: sqlite3.Connection, asked: FollowUp, parent: str) -> str:
    kind, spec, title = asked
    job_id = "j" + secrets.token_hex(5)
    connection.execute(
        "insert into jobs (id, kind, title, spec, state, created, parent)"
        " values (?, ?, ?, ?, 'queued', ?, ?)",
        (job_id, kind, title, json.dumps(dict(spec)), time.time(), parent),
    )
    return job_id


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(dict(value))


def _curve(connection: sqlite3.Connection, job_id: str) -> tuple[dict[str, float], ...]:
    rows = connection.execute('select "values" from points where job=? order by number', (job_id,))
    return tuple(json.loads(row["values"]) for row in rows)


def _job(row: sqlite3.Row, curve: tuple[dict[str, float], ...], now: float) -> Job:
    state = JobState(row["state"])
    known = row["pid"] is not None and row["process_started"] is not None
    left = time_left(row["fraction"], row["started"], row["updated"], now)
    names = ("id", "kind", "title", "stage", "fraction", "created", "started", "updated", "finished", "error")
    more = ("hint", "incident", "lane", "parent", "cancel_asked")
    return Job(
        **{name: row[name] for name in (*names, *more)},
        spec=json.loads(row["spec"]),
        state=state,
        eta_s=left if state is JobState.RUNNING else None,
        result=None if row["result"] is None else json.loads(row["result"]),
        device={} if row["device"] is None else json.loads(row["device"]),
        curve=curve,
        worker=Identity(row["pid"], row["process_started"]) if known else None,
        registered=bool(row["registered"]),
    )
