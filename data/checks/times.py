"""Times as several checks see them: their unit, and runs of events at one moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))
TO_JUDGE = 100_000  # times looked at to find the unit
MOST = 0.99  # share of times that must fit it


def resolution(time: NDArray[np.int64]) -> tuple[int, str]:
    """Seconds and name of the coarsest unit that nearly all times are whole numbers of, offset aside.

    Stores in a fixed time zone write days as the same hour of the day, so the commonest remainder counts.
    """
    seen = time[:: max(1, len(time) // TO_JUDGE)]
    for unit, word in UNITS:
        _, counts = np.unique(seen % unit, return_counts=True)
        if len(seen) > 1 and counts.max() >= MOST * len(seen):
            return unit, word
    return 1, "second"


def same_moment_sizes(user: NDArray[np.int32], time: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lengths of the runs of equal (user, time); the events are sorted by both."""
    new = np.flatnonzero((user[1:] != user[:-1]) | (time[1:] != time[:-1])) + 1
    return np.diff(np.concatenate([[0], new, [len(user)]]))
