"""D001: the same event more than once."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from data.checks.base import NO_EVENTS, Answer, answer, grade
from data.checks.wording import number, plural, share
from data.dataset import Dataset
from data.split import Split


class DuplicateEvents:
    """Events equal to an earlier one in user, item, weight and time (without times: user, item, weight)."""

    code: ClassVar[str] = "D001"
    name: ClassVar[str] = "duplicate_events"
    title: ClassVar[str] = "Duplicate events"
    why: ClassVar[str] = (
        "A copy counts as further proof of liking, and one copy may fall into train while the other falls "
        "into test, where it is found by memory alone."
    )
    fix: ClassVar[str] = (
        "Import again and set exact duplicates aside, or settle repeated pairs (last, sum or count)."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Count them by sorting; the first of equal events is none."""
        events = dataset.interactions
        if not len(events):
            return NO_EVENTS
        pair = events.user.astype(np.int64) * dataset.n_items + events.item
        n_copies, n_users = _copies(pair, events.weight, events.time, events.user)
        part = n_copies / len(events)
        values = {"copies": n_copies, "share": part, "users": n_users}
        what = "user, item and weight" if events.time is None else "user, item, weight and time"
        if not n_copies:
            return answer(None, f"No event repeats an earlier one in {what}.", values)
        copies = plural(n_copies, "event repeats", "events repeat")
        sentence = (
            f"{copies} an earlier one in {what} ({share(part)} of {number(len(events))}, in the "
            f"histories of {plural(n_users, 'user', 'users')})."
        )
        return answer(grade(part, 0.01, 0.0), sentence, values)


def _copies(
    pair: NDArray[np.int64],
    weight: NDArray[np.float32],
    time: NDArray[np.int64] | None,
    user: NDArray[np.int32],
) -> tuple[int, int]:
    """Number of copies, and of users who have one. Only pairs that occur again are compared in full."""
    order = np.argsort(pair, kind="stable")
    sorted_pair = pair[order]
    same = sorted_pair[1:] == sorted_pair[:-1]
    again = np.concatenate([same, [False]]) | np.concatenate([[False], same])
    rows = order[again]
    if not len(rows):
        return 0, 0
    keys = (weight[rows], pair[rows]) if time is None else (weight[rows], time[rows], pair[rows])
    rows = rows[np.lexsort(keys)]
    columns = (pair, weight) if time is None else (pair, weight, time)
    equal = np.logical_and.reduce([column[rows[1:]] == column[rows[:-1]] for column in columns])
    return int(equal.sum()), len(np.unique(user[rows[1:][equal]]))
