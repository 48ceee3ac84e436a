"""What a task is: one kind of job, the same for the worker, the server and the CLI."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from core.progress import Report
from data.artifacts import Home
from data.store import Store

Lane = Literal["light", "cpu", "gpu"]
Result = dict[str, Any]
FollowUp = tuple[str, Mapping[str, Any], str]  # kind, spec, title


class TaskSpec(BaseModel):
    """What is asked for, as kept in jobs.sqlite."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def no_follow_ups(result: Result) -> list[FollowUp]:
    """Nothing comes next."""
    del result
    return []


def on_the_processor(spec: Any) -> Lane:
    """One of the heavy jobs that run one after the other."""
    del spec
    return "cpu"


@dataclass(frozen=True)
class Task:
    """`run` computes and stores files; `register` enters them in the warehouse; `follow_ups` come next.

    `run` is called in a worker (or by the CLI) and never touches the warehouse. `register` is called by
    the owner of the warehouse, also for what an unfinished job had stored, and may be called twice.
    """

    name: str
    label: str
    Spec: type[Any]
    run: Callable[[Any, Home, Report], Result]
    register: Callable[[Result, Home, Store], None]
    follow_ups: Callable[[Result], list[FollowUp]] = no_follow_ups
    lane: Callable[[Any], Lane] = on_the_processor


@runtime_checkable
class JobRecord(Protocol):
    """A report that also keeps what is stored so far, and the device."""

    def keep(self, result: Mapping[str, Any]) -> None: ...

    def device(self, asked: str, used: str, reason: str) -> None: ...


def keep(report: Report, result: Mapping[str, Any]) -> None:
    """Tell the job what is stored so far, where there is a job."""
    if isinstance(report, JobRecord):
        report.keep(result)


def tell_device(report: Report, asked: str, used: str, reason: str) -> None:
    """Tell the job which device is used, where there is a job."""
    if isinstance(report, JobRecord):
        report.device(asked, used, reason)
