"""D007: half of the users have next to nothing to learn from."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from data.checks.base import KNOW, LOOK, NO_EVENTS, Answer, answer, events_per_user
from data.dataset import Dataset
from data.split import Split

TOO_FEW, FEW = 3, 5


class ShortHistories:
    """The number of events of the middle user."""

    code: ClassVar[str] = "D007"
    name: ClassVar[str] = "short_histories"
    title: ClassVar[str] = "Short histories"
    why: ClassVar[str] = "Personal models have little to go by, so popularity is hard to beat."
    fix: ClassVar[str] = (
        "Import a longer period if there is one, add item metadata, and look at New users before trusting "
        "an average."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """The median over users with an event."""
        counts = events_per_user(dataset)
        if not counts.any():
            return NO_EVENTS
        median = float(np.median(counts[counts > 0]))
        severity = LOOK if median < TOO_FEW else KNOW if median < FEW else None
        sentence = f"Half of the users have {median:g} events or fewer."
        return answer(severity, sentence, {"median_events": median})
