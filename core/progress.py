"""Progress of long work: one callable that records it and raises `Cancelled` when asked to stop."""

from __future__ import annotations

from typing import Protocol

from data.errors import Cancelled as Cancelled


class Report(Protocol):
    """Called often by long work.

    `fraction` in 0..1 of the present stage; `stage` a short phrase ("epoch 3 of 20"); `curve` values of
    this step, e.g. {"epoch": 3, "loss": 0.41, "ndcg@10": 0.12}, kept as the training curve. Raises
    `Cancelled` when the person asked to stop.
    """

    def __call__(
        self, fraction: float, stage: str = "", *, curve: dict[str, float] | None = None
    ) -> None: ...


def silent(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
    """A report that records nothing."""
    del fraction, stage, curve


def part_of(report: Report, start: float, end: float, prefix: str = "") -> Report:
    """A report whose 0..1 is the range `start`..`end` of `report`."""

    def inner(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        report(start + (end - start) * min(max(fraction, 0.0), 1.0), prefix + stage, curve=curve)

    return inner
