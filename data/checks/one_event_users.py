"""D006: users who came once."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from data.checks.base import NO_EVENTS, Answer, answer, events_per_user, grade
from data.checks.wording import number, share
from data.dataset import Dataset
from data.split import Split


class OneEventUsers:
    """Share of the users with exactly one event."""

    code: ClassVar[str] = "D006"
    name: ClassVar[str] = "one_event_users"
    title: ClassVar[str] = "Users with one event"
    why: ClassVar[str] = (
        "Such a user can teach or be judged, not both: with the event in test nothing is known of them. "
        "Averages over all users then say more about strangers than about personal lists."
    )
    fix: ClassVar[str] = (
        "Keep them and read known and new users apart (the leaderboard does); look at New users for what "
        "they get."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Count users by their number of events."""
        counts = events_per_user(dataset)
        n_users = int((counts > 0).sum())
        if not n_users:
            return NO_EVENTS
        once = int((counts == 1).sum())
        part = once / n_users
        median = float(np.median(counts[counts > 0]))
        values = {"users": once, "share": part, "median_events": median}
        if not once:
            return answer(None, f"All {number(n_users)} users have two events or more.", values)
        sentence = f"{share(part)} of users ({number(once)} of {number(n_users)}) have one event only."
        return answer(grade(part, 0.3, 0.05), sentence, values)
