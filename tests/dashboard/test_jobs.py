"""Jobs survive what happens to processes, and late writes change nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.jobs import launcher as launching
from dashboard.jobs import processes
from dashboard.jobs.incident import Failure, attempt
from dashboard.jobs.queue import JobStore
from dashboard.jobs.states import ACTIVE, Identity, JobState, time_left
from dashboard.jobs.supervisor import Supervisor
from dashboard.jobs.worker import JobReport, work
from dashboard.tasks import TASKS
from dashboard.tasks.base import Task, TaskSpec
from data.artifacts import Home
from data.errors import Cancelled, ConfigError, NotFound
from data.store import Store

ME = processes.identity()
DEADLINE_S = 30.0


def until(condition: Callable[[], Any], what: str) -> None:
    """Wait for a condition, with a deadline."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, f"not within {DEADLINE_S} s: {what}"
        time.sleep(0.02)


class Words(TaskSpec):
    """Settings of the test task."""

    text: str = "hello"
    behave: str = "well"


def _run(spec: Words, home: Home, report: Any) -> dict[str, Any]:
    report(0.2, "thinking", curve={"epoch": 1.0, "loss": 0.5})
    if spec.behave == "refuse":
        raise ConfigError("The text is 'x'.", "Use another.")
    if spec.behave == "break":
        raise ZeroDivisionError("a bug")
    report(0.9, "writing", curve={"epoch": 2.0, "loss": 0.25})
    return {"text": spec.text}


@pytest.fixture
def jobs() -> JobStore:
    return JobStore(Home.current())


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The task "words" is there; the list holds what was entered into the store."""
    entered: list[dict[str, Any]] = []

    def follow_ups(result: dict[str, Any]) -> list[Any]:
        return [("words", {"text": "second"}, "Second")] if result["text"] == "first" else []

    task = Task("words", "Words", Words, _run, lambda result, home, store: entered.append(result), follow_ups)
    monkeypatch.setitem(TASKS, "words", task)
    return entered


SCRIPT = """
import sys, time
from pathlib import Path
from dashboard.jobs import worker
from dashboard.tasks import TASKS
from dashboard.tasks.base import Task, TaskSpec, keep
class Spec(TaskSpec):
    behave: str = "well"
def run(spec, home, report):
    keep(report, {"text": "first part"})
    report(0.1, "asleep")
    end = time.monotonic() + 120
    if spec.behave == "deaf":
        import signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        (home.root / "deaf").touch()
    while time.monotonic() < end and spec.behave != "well":
        time.sleep(0.02)
        if spec.behave == "hear":
            report(0.5, "asleep")
    return {"text": "whole"}
TASKS["sleepy"] = Task("sleepy", "Sleepy", Spec, run, lambda *a: None)
sys.exit(worker.main(sys.argv[1:]))
"""


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: JobStore) -> Any:
    """A supervisor whose workers know the task "sleepy"; its workers end with the test."""
    (tmp_path / "sleepy_worker.py").write_text(SCRIPT)
    entered: list[Any] = []
    task = Task("sleepy", "Sleepy", Words, _run, lambda result, home, store: entered.append(result))
    monkeypatch.setitem(TASKS, "sleepy", task)
    real = subprocess.Popen

    def popen(command: list[str], **options: Any) -> Any:
        return real([sys.executable, str(tmp_path / "sleepy_worker.py"), command[-1]], **options)

    monkeypatch.setattr(launching.subprocess, "Popen", popen)
    monkeypatch.setenv("PYTHONPATH", str(launching.SOURCE))
    with Store(jobs.home) as store:
        made = Supervisor(jobs.home, store, jobs)
        made.entered = entered  # type: ignore[attr-defined]
        yield made
        for job in jobs.list((JobState.RUNNING, JobState.CANCELLING)):
            processes.stop(job.worker, force=True)


def started(supervisor: Supervisor, behave: str) -> str:
    """A sleepy job whose worker has begun."""
    job_id = supervisor.jobs.submit("sleepy", {"behave": behave}, "Sleep")
    supervisor.tick()
    until(lambda: supervisor.jobs.get(job_id).stage == "asleep", "the worker begins")
    return job_id


def ends(supervisor: Supervisor, job_id: str, **options: Any) -> None:
    def ended() -> bool:
        supervisor.tick(**options)
        return supervisor.jobs.get(job_id).state not in ACTIVE

    until(ended, "the job ends")


# ── the queue ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_submitted_job_waits_with_its_settings(jobs: JobStore) -> None:
    job = jobs.get(jobs.submit("train", {"dataset": "d1"}, "Train"))
    assert (job.state, job.spec, job.title, job.active) == (JobState.QUEUED, {"dataset": "d1"}, "Train", True)


def test_an_unknown_job_is_said_to_be_unknown(jobs: JobStore) -> None:
    with pytest.raises(NotFound, match="no job 'jx'"):
        jobs.get("jx")


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.LOST, JobState.CANCELLED])
def test_a_late_write_cannot_revive_a_finished_job(jobs: JobStore, state: JobState) -> None:
    job_id = jobs.submit("words", {}, "Words")
    jobs.begin(job_id, ME)
    jobs.finish(job_id, state, error="the end")
    assert jobs.progress(job_id, 0.9, "late", [{"loss": 1.0}]) == state
    assert not jobs.update(job_id, result={"late": True})
    assert not jobs.finish(job_id, JobState.DONE, result={"late": True})
    assert not jobs.begin(job_id, ME)
    job = jobs.get(job_id)
    assert (job.state, job.stage, job.result, job.curve, job.error) == (state, "", None, (), "the end")


def test_a_cancelled_queued_job_cannot_be_begun_and_undo_brings_it_back(jobs: JobStore) -> None:
    job_id = jobs.submit("words", {}, "Words")
    assert jobs.cancel(job_id).state is JobState.CANCELLED
    assert not jobs.begin(job_id, ME)
    assert jobs.undo(job_id) == job_id
    assert jobs.get(job_id).state is JobState.QUEUED


def test_a_running_job_that_was_asked_to_stop_ends_as_cancelled_with_what_it_stored(jobs: JobStore) -> None:
    job_id = jobs.submit("words", {}, "Words")
    jobs.begin(job_id, ME)
    jobs.cancel(job_id)
    jobs.finish(job_id, JobState.DONE, result={"runs": []})
    job = jobs.get(job_id)
    assert (job.state, job.result) == (JobState.CANCELLED, {"runs": []})


def test_retry_makes_a_new_job_with_the_same_settings(jobs: JobStore) -> None:
    first = jobs.submit("words", {"text": "a"}, "Words")
    jobs.begin(first, ME)
    with pytest.raises(ConfigError, match="is running and cannot be repeated"):
        jobs.retry(first)
    jobs.finish(first, JobState.LOST)
    second = jobs.get(jobs.retry(first))
    assert (second.spec, second.parent, second.state) == ({"text": "a"}, first, JobState.QUEUED)


def test_a_job_belongs_to_the_worker_that_came_first(jobs: JobStore) -> None:
    job_id = jobs.submit("words", {}, "Words")
    assert jobs.begin(job_id, ME)
    assert jobs.begin(job_id, ME)  # launcher and worker both say so
    assert not jobs.begin(job_id, Identity(ME.pid + 1, 0.0))
    assert not jobs.begin(job_id, Identity(ME.pid, ME.started + 60))  # the number was given out again


def test_the_time_left_follows_from_the_rate_so_far() -> None:
    # 30 of 100 % in 60 s leaves 70 % at 0.5 % a second: 140 s, of which 10 have passed since the report
    assert time_left(0.3, started=100.0, updated=160.0, now=170.0) == pytest.approx(130.0)
    assert time_left(0.01, started=100.0, updated=160.0, now=170.0) is None
    assert time_left(0.5, started=None, updated=None, now=170.0) is None


def test_curve_points_are_kept_in_order_and_progress_never_goes_back(jobs: JobStore) -> None:
    job_id = jobs.submit("words", {}, "Words")
    jobs.begin(job_id, ME)
    jobs.progress(job_id, 0.5, "a", [{"epoch": 1.0}, {"epoch": 2.0}])
    jobs.progress(job_id, 0.2, "b", [{"epoch": 3.0}])
    job = jobs.get(job_id)
    assert [point["epoch"] for point in job.curve] == [1.0, 2.0, 3.0]
    assert (job.fraction, job.stage) == (0.5, "b")


def test_a_job_counts_as_active_until_its_result_is_entered(jobs: JobStore) -> None:
    job_id = jobs.submit("words", {}, "Words")
    jobs.begin(job_id, ME)
    jobs.finish(job_id, JobState.DONE, result={"text": "a"})
    assert [job.id for job in jobs.active()] == [job_id]
    assert jobs.get(job_id).active
    jobs.mark_registered(job_id)
    assert jobs.active() == []


# ── the worker ────────────────────────────────────────────────────────────────────────────────────────


def test_a_job_is_done_with_result_and_whole_curve(jobs: JobStore, registered: list[Any]) -> None:
    job_id = jobs.submit("words", {"text": "hi"}, "Words")
    assert work(job_id, jobs.home) is JobState.DONE
    job = jobs.get(job_id)
    assert (job.result, job.fraction) == ({"text": "hi"}, 1.0)
    assert [point["loss"] for point in job.curve] == [0.5, 0.25]


def test_an_expected_problem_is_kept_with_its_hint(jobs: JobStore, registered: list[Any]) -> None:
    job_id = jobs.submit("words", {"behave": "refuse"}, "Words")
    work(job_id, jobs.home)
    job = jobs.get(job_id)
    assert (job.state, job.error, job.hint, job.incident) == (
        *(JobState.FAILED, "The text is 'x'.", "Use another."),
        "",
    )


def test_a_bug_becomes_a_numbered_incident_with_its_traceback_in_the_log(
    jobs: JobStore, registered: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    job_id = jobs.submit("words", {"behave": "break"}, "Words")
    work(job_id, jobs.home)
    job = jobs.get(job_id)
    assert job.state is JobState.FAILED
    assert job.incident
    assert job.incident in job.error
    assert "a bug" not in job.error
    assert f"incident {job.incident}" in caplog.text
    assert "ZeroDivisionError: a bug" in caplog.text


def test_a_wrong_setting_fails_with_its_name(jobs: JobStore, registered: list[Any]) -> None:
    job_id = jobs.submit("words", {"colour": "red"}, "Words")
    work(job_id, jobs.home)
    assert "colour" in jobs.get(job_id).error


def test_a_report_raises_once_the_job_is_to_stop(jobs: JobStore) -> None:
    job_id = jobs.submit("words", {}, "Words")
    jobs.begin(job_id, ME)
    report = JobReport(jobs, job_id)
    report(0.1, "going")
    jobs.cancel(job_id)
    with pytest.raises(Cancelled):
        until(lambda: report(0.2), "the cancel is noticed")


def test_attempt_lets_a_cancel_through_and_turns_the_rest_into_words() -> None:
    def stopped() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        attempt(stopped)
    assert attempt(lambda: 7) == 7
    assert isinstance(attempt(lambda: {}["missing"]), Failure)


# ── the supervisor ────────────────────────────────────────────────────────────────────────────────────


def test_a_finished_job_is_entered_once_and_its_follow_up_queued_once(
    jobs: JobStore, registered: list[Any]
) -> None:
    job_id = jobs.submit("words", {"text": "first"}, "First")
    work(job_id, jobs.home)
    with Store(jobs.home) as store:
        one, two = Supervisor(jobs.home, store, jobs), Supervisor(jobs.home, store, jobs)
        for each in (one, two):
            each._launch_next = lambda: None  # type: ignore[method-assign]
            each.tick()
            each.tick()
    assert registered == [{"text": "first"}]
    assert [job.title for job in jobs.list((JobState.QUEUED,))] == ["Second"]


def test_a_result_that_cannot_be_entered_is_said_and_not_tried_for_ever(
    jobs: JobStore, monkeypatch: pytest.MonkeyPatch, registered: list[Any]
) -> None:
    def refuse(*_: Any) -> None:
        raise ConfigError("The store is full.", "Make room.")

    monkeypatch.setitem(TASKS, "words", Task("words", "Words", Words, _run, refuse))
    job_id = jobs.submit("words", {}, "Words")
    work(job_id, jobs.home)
    with Store(jobs.home) as store:
        Supervisor(jobs.home, store, jobs).tick()
    job = jobs.get(job_id)
    assert job.registered
    assert "The store is full. Make room." in job.error


def test_one_heavy_job_runs_at_a_time_and_light_ones_beside_it(
    jobs: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, lane in (("heavy", "cpu"), ("light", "light")):
        task = Task(name, name, TaskSpec, _run, lambda *a: None, lane=lambda spec, lane=lane: lane)
        monkeypatch.setitem(TASKS, name, task)
    begun: list[str] = []

    def launch(job: Any, lane: str) -> bool:
        begun.append(job.title)
        return jobs.begin(job.id, ME, lane=lane)

    for number in (1, 2, 3):
        jobs.submit("heavy", {}, f"heavy {number}")
        jobs.submit("light", {}, f"light {number}")
    with Store(jobs.home) as store:
        supervisor = Supervisor(jobs.home, store, jobs)
        monkeypatch.setattr(supervisor.launcher, "launch", launch)
        supervisor.tick()
        supervisor.tick()
        assert begun == ["heavy 1", "light 1", "light 2"]
        jobs.finish(jobs.list()[0].id, JobState.DONE)
        supervisor.tick()
    assert begun == ["heavy 1", "light 1", "light 2", "heavy 2"]


def test_a_job_with_wrong_settings_fails_without_stopping_the_queue(
    jobs: JobStore, registered: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = jobs.submit("words", {"colour": "red"}, "Bad")
    good = jobs.submit("words", {}, "Good")
    with Store(jobs.home) as store:
        supervisor = Supervisor(jobs.home, store, jobs)
        monkeypatch.setattr(
            supervisor.launcher, "launch", lambda job, lane: jobs.begin(job.id, ME, lane=lane)
        )
        supervisor.tick()
    assert jobs.get(bad).state is JobState.FAILED
    assert jobs.get(good).state is JobState.RUNNING


def test_a_killed_worker_is_lost_and_what_it_stored_is_entered_and_retry_works(
    supervisor: Supervisor,
) -> None:
    job_id = started(supervisor, "hear")
    worker = supervisor.jobs.get(job_id).worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)
    ends(supervisor, job_id)
    job = supervisor.jobs.get(job_id)
    assert job.state is JobState.LOST
    assert "Nothing stored was lost" in job.hint
    supervisor.tick()
    assert supervisor.entered == [{"text": "first part"}]  # type: ignore[attr-defined]
    again = supervisor.jobs.retry(job_id)
    supervisor.tick()
    until(lambda: supervisor.jobs.get(again).stage == "asleep", "the repeated job runs")


def test_a_cancelled_job_ends_by_itself_and_its_group_is_gone(supervisor: Supervisor) -> None:
    job_id = started(supervisor, "hear")
    worker = supervisor.jobs.get(job_id).worker
    supervisor.jobs.cancel(job_id)
    ends(supervisor, job_id)
    assert supervisor.jobs.get(job_id).state is JobState.CANCELLED
    until(lambda: not processes.alive(worker), "the process is gone")


def test_a_worker_that_does_not_hear_is_killed_after_the_grace_time(supervisor: Supervisor) -> None:
    job_id = started(supervisor, "deaf")
    until(lambda: (supervisor.home.root / "deaf").exists(), "the worker ignores SIGTERM")
    supervisor.jobs.cancel(job_id)
    supervisor.tick()
    assert supervisor.jobs.get(job_id).state is JobState.CANCELLING
    ends(supervisor, job_id, now=time.time() + 10)
    job = supervisor.jobs.get(job_id)
    assert (job.state, job.error) == (JobState.CANCELLED, "")


def test_a_new_server_finds_the_running_job_and_can_stop_it(supervisor: Supervisor) -> None:
    job_id = started(supervisor, "hear")
    supervisor.store.close()
    home = supervisor.home
    with Store(home) as store:
        later = Supervisor(home, store)
        later.tick()
        assert later.jobs.get(job_id).state is JobState.RUNNING
        later.jobs.cancel(job_id)
        ends(later, job_id)
        supervisor.launcher.bury()
        assert later.jobs.get(job_id).state is JobState.CANCELLED


def test_a_number_taken_by_another_process_is_not_alive_and_not_signalled() -> None:
    stranger = Identity(ME.pid, ME.started - 3600)
    assert not processes.alive(stranger)
    assert not processes.stop(stranger)
    assert processes.alive(ME)
    assert not processes.alive(None)
