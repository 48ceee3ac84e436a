"""D008: too few users to tell models apart."""

from __future__ import annotations

from typing import ClassVar

from data.checks.base import LOOK, NO_EVENTS, Answer, answer
from data.checks.wording import number
from data.dataset import Dataset
from data.split import Split

ENOUGH = 200


class FewUsers:
    """Fewer than 200 users with an event."""

    code: ClassVar[str] = "D008"
    name: ClassVar[str] = "few_users"
    title: ClassVar[str] = "Few users"
    why: ClassVar[str] = "Intervals are wide, and the best of several models is found by luck."
    fix: ClassVar[str] = "Import more users; read differences with their interval, not by rank."
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Count users with an event."""
        users = int(dataset.trained_users.sum())
        if not users:
            return NO_EVENTS
        sentence = f"The data has {number(users)} users; from {ENOUGH} on figures become steady."
        return answer(LOOK if users < ENOUGH else None, sentence, {"users": users})
