"""D003: events of a user that cannot be put in order."""

from __future__ import annotations

from typing import ClassVar

from data.checks.base import NO_EVENTS, NO_TIMES, Answer, answer, grade
from data.checks.times import resolution, same_moment_sizes
from data.checks.wording import number, share
from data.dataset import Dataset
from data.split import Split


class TimestampTies:
    """Share of events that share their time with another event of the same user."""

    code: ClassVar[str] = "D003"
    name: ClassVar[str] = "timestamp_ties"
    title: ClassVar[str] = "Timestamp ties"
    why: ClassVar[str] = (
        "Inside a tie the order is the order of the file. Models that read sequences learn partly from "
        "that, and “the last event” of a user is chosen by chance."
    )
    fix: ClassVar[str] = (
        "Import finer times if there are any; otherwise judge with a cut in time rather than the last "
        "event, and do not read much into sequence models."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Runs longer than one of equal (user, time)."""
        events = dataset.interactions
        if events.time is None:
            return NO_TIMES
        if not len(events):
            return NO_EVENTS
        runs = same_moment_sizes(events.user, events.time)
        tied = int(runs[runs > 1].sum())
        part = tied / len(events)
        unit, word = resolution(events.time)
        kept = f" Times are kept by the {word}." if unit > 1 else ""
        sentence = (
            f"{share(part)} of events ({number(tied)}) share their time with another event of the same "
            f"user.{kept}"
        )
        return answer(grade(part, 0.2, 0.05), sentence, {"tied": tied, "share": part, "unit": unit})
