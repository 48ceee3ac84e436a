"""Answers of checks as JSON, so that what a job found is read by the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from data.checks.base import Answer, DoesNotApply, Finding, NothingFound

KINDS: dict[str, type[Any]] = {"found": Finding, "nothing": NothingFound, "not_applicable": DoesNotApply}


def to_json(answer: Answer) -> dict[str, Any]:
    """Plain values with the kind of the answer."""
    kind = next(name for name, one in KINDS.items() if isinstance(answer, one))
    return {"kind": kind, **asdict(answer)}


def from_json(told: Mapping[str, Any]) -> Answer:
    """The reverse of `to_json`."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
    }
    answer: Answer = KINDS[str(fields.pop("kind"))](**fields)
    return answer
