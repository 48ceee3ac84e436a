"""D015: events without times."""

from __future__ import annotations

from typing import ClassVar

from data.checks.base import LOOK, NO_EVENTS, Answer, Finding, NothingFound
from data.checks.wording import date, plural
from data.dataset import Dataset
from data.split import Split


class MissingTimes:
    """The data has no time column."""

    code: ClassVar[str] = "D015"
    name: ClassVar[str] = "missing_times"
    title: ClassVar[str] = "No times"
    why: ClassVar[str] = (
        "Without times nothing can be tested as it will be used: a model may learn from what happened after "
        "the event it is judged on. A cut in time, recent popularity and sequences are not possible."
    )
    fix: ClassVar[str] = "Map a time column at import if the source has one."
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Look whether times were imported."""
        stamps = dataset.interactions.time
        if stamps is None:
            return Finding(LOOK, "The events have no times.")
        if not len(stamps):
            return NO_EVENTS
        first, last = int(stamps.min()), int(stamps.max())
        days = (last - first) // 86_400 + 1
        sentence = f"Events run from {date(first)} to {date(last)}, {plural(days, 'day', 'days')}."
        return NothingFound(sentence, {"first": first, "last": last})
