"""D004: times before anybody clicked, in the future, or far away from all others."""

from __future__ import annotations

import time
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from data.checks.base import LOOK, NO_EVENTS, NO_TIMES, Answer, answer
from data.checks.wording import DAY, YEAR, date, plural
from data.dataset import Dataset
from data.split import Split

EARLIEST = 631_152_000  # 1990-01-01; earlier ones are usually 0, -1 or a wrong unit
FAR = 3.0  # times the span of the inner 98 % of events


class OutOfRangeTimes:
    """Events before 1990, after tomorrow, or further from the inner 98 % than three times their span."""

    code: ClassVar[str] = "D004"
    name: ClassVar[str] = "out_of_range_times"
    title: ClassVar[str] = "Times out of range"
    why: ClassVar[str] = (
        "A cut in time puts them all on one side: one event in 2099 moves the cut or becomes the whole "
        "test part, and “recent” popularity is measured from it."
    )
    fix: ClassVar[str] = (
        "Check the unit of the time column (seconds or milliseconds) and how missing times are written; "
        "import again with the right one, or with a time window."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def __init__(self, now: float | None = None) -> None:
        self.now = now  # epoch seconds; None asks the clock when it runs

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Count each kind."""
        stamps = dataset.interactions.time
        if stamps is None:
            return NO_TIMES
        if not len(stamps):
            return NO_EVENTS
        now = time.time() if self.now is None else self.now
        early, late, lonely = _kinds(stamps, now + DAY)
        first, last = int(stamps.min()), int(stamps.max())
        values = {
            "before_1990": early,
            "in_future": late,
            "far_away": lonely,
            "first": first,
            "last": last,
        }
        if not early + late + lonely:
            return answer(None, f"Events run from {date(first)} to {date(last)}; none stands apart.", values)
        parts = [
            plural(n, f"event {what}", f"events {what}")
            for n, what in ((early, "before 1990"), (late, "in the future"), (lonely, "far from all others"))
            if n
        ]
        sentence = f"{'; '.join(parts)}. The first is of {date(first)}, the last of {date(last)}."
        return answer(LOOK, sentence, values)


def _kinds(stamps: NDArray[np.int64], latest: float) -> tuple[int, int, int]:
    """Events before 1990, after `latest`, and of the others those far from the rest."""
    early, late = stamps < EARLIEST, stamps > latest
    others = stamps[~(early | late)]
    lonely = 0
    if len(others) >= 100:
        low, high = np.quantile(others, (0.01, 0.99))
        reach = max(FAR * (high - low), YEAR)
        lonely = int(((others < low - reach) | (others > high + reach)).sum())
    return int(early.sum()), int(late.sum()), lonely
