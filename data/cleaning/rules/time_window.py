"""Rows outside a window of time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, ClassVar

from data.cleaning.base import NOTHING, Effect, Mask
from data.cleaning.config import Cleaning
from data.coded import Coded

EARLIEST = 631_152_000  # 1990-01-01: earlier ones are usually 0, -1 or a wrong unit
DAY = 86_400


class TimeWindow:
    """Rows before `since`, and rows at or after `until`."""

    name: ClassVar[str] = "time_window"
    label: ClassVar[str] = "outside the time window"
    in_order: ClassVar[bool] = False

    def __init__(self, now: float | None = None) -> None:
        self.now = now  # epoch seconds; None asks the clock when a window is proposed

    def applies(self, rows: Coded) -> str | None:
        """To rows with times."""
        return None if rows.second is not None else "no times"

    def is_on(self, cleaning: Cleaning) -> bool:
        """When a limit is set."""
        return cleaning.since is not None or cleaning.until is not None

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """From 1990 to tomorrow, where some rows lie outside."""
        if rows.second is None or not len(rows):
            return {}
        tomorrow = int(time.time() if self.now is None else self.now) // DAY * DAY + 2 * DAY
        limits: dict[str, Any] = {}
        if rows.second.min() < EARLIEST:
            limits["since"] = in_iso(EARLIEST)
        if rows.second.max() >= tomorrow:
            limits["until"] = in_iso(tomorrow)
        return limits

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Compare seconds."""
        if rows.second is None:
            return NOTHING
        since, until = epoch(cleaning.since), epoch(cleaning.until)
        if until is None:
            return NOTHING if since is None else Effect(gone=rows.second < since)
        gone = rows.second >= until
        return Effect(gone=gone if since is None else gone | (rows.second < since))


def epoch(moment: str | None) -> float | None:
    """Epoch seconds of an ISO moment; one without a zone is UTC."""
    if moment is None:
        return None
    parsed = datetime.fromisoformat(moment)
    return (parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)).timestamp()


def in_iso(second: float) -> str:
    """The UTC date, with the time of day where it is not midnight."""
    moment = datetime.fromtimestamp(second, tz=UTC).replace(tzinfo=None)
    return moment.strftime("%Y-%m-%d") if second % DAY == 0 else moment.isoformat()
