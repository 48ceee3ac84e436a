"""Timing inside one process: medians of several runs, so that rows are ratios of the same minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line of the table: ours, the peer or limit, and their ratio (below 1: ours is quicker)."""

    what: str
    ours_s: float
    peer: str
    peer_s: float | None
    note: str = ""

    @property
    def ratio(self) -> str:
        return "—" if not self.peer_s else f"{self.ours_s / self.peer_s:.2f}"


def seconds(function: Callable[[], object], runs: int = 5, *, warmup: int = 1) -> float:
    """Median wall seconds of `runs` calls after `warmup` uncounted ones."""
    for _ in range(warmup):
        function()
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return median(taken)


def table(rows: list[Row]) -> str:
    """A Markdown table of the rows."""
    lines = [
        "| what | ours | peer or limit | its time | ratio | note |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        peer_time = "—" if row.peer_s is None else pretty(row.peer_s)
        lines.append(
            f"| {row.what} | {pretty(row.ours_s)} | {row.peer} | {peer_time} | {row.ratio} | {row.note} |"
        )
    return "\n".join(lines)


def pretty(value_s: float) -> str:
    return f"{value_s:.2f} s" if value_s >= 1 else f"{value_s * 1000:.1f} ms"
