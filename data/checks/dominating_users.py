"""D009: single users with a large part of all events."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from data.checks.base import NO_EVENTS, Answer, answer, events_per_user, grade
from data.checks.wording import number, plural, quoted, share
from data.dataset import Dataset
from data.split import Split

PART = 0.01  # of all events
FAIR = 20  # times the part that each user would have if all were alike


class DominatingUsers:
    """Users with at least 1 % of all events and 20 times their fair part."""

    code: ClassVar[str] = "D009"
    name: ClassVar[str] = "dominating_users"
    title: ClassVar[str] = "Dominating users"
    why: ClassVar[str] = (
        "Bots, shared accounts and staff shape what counts as similar for everybody, and every user is "
        "judged with their taste."
    )
    fix: ClassVar[str] = (
        "Look at who they are; where they are no single persons, import again with their ids set aside or "
        "with a limit of events per user."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Compare the largest histories with the fair part."""
        counts = events_per_user(dataset)
        total, n_users = int(counts.sum()), int((counts > 0).sum())
        if not total:
            return NO_EVENTS
        limit = max(PART, FAIR / n_users) * total
        heavy = np.flatnonzero(counts >= limit)
        heavy = heavy[np.argsort(-counts[heavy], kind="stable")]
        largest, part = int(counts.max()), float(counts[heavy].sum() / total)
        values = {"users": len(heavy), "share": part, "largest": largest, "largest_share": largest / total}
        if not len(heavy):
            sentence = f"The most active user has {number(largest)} events, {share(largest / total)} of all."
            return answer(None, sentence, values)
        ids = tuple(str(dataset.users.ids[user]) for user in heavy[:10])
        have = plural(len(heavy), "user has", "users have")
        sentence = (
            f"{have} {share(part)} of all events; the most active, {quoted(ids[:1])}, has "
            f"{number(largest)}, the middle user {np.median(counts[counts > 0]):g}."
        )
        return answer(grade(part, 0.1, 0.0), sentence, values, ids)
