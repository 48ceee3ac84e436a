"""Users with more rows than a person makes."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from data.cleaning.base import NOTHING, Effect, Mask, among
from data.cleaning.config import Cleaning
from data.coded import Coded

ENOUGH = 100  # users, below which nobody stands out from the others
FAR = 50  # times the 99th percentile of rows per user


class ExtremeUsers:
    """All rows of users with more than `max_user_events` of them."""

    name: ClassVar[str] = "extreme_users"
    label: ClassVar[str] = "extreme user"
    in_order: ClassVar[bool] = False

    def applies(self, rows: Coded) -> str | None:
        """To all rows."""
        return None

    def is_on(self, cleaning: Cleaning) -> bool:
        """When a limit is set."""
        return cleaning.max_user_events is not None

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """50 times the 99th percentile, where a user lies above it."""
        counts = rows_per_user(rows, np.ones(len(rows), dtype=bool))
        counts = counts[counts > 0]
        if len(counts) < ENOUGH:
            return {}
        limit = int(FAR * np.quantile(counts, 0.99))
        return {"max_user_events": limit} if counts.max() > limit else {}

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Count the rows that are alive; rows without user were set aside before."""
        counts = rows_per_user(rows, alive)
        heavy = counts > (cleaning.max_user_events or len(rows))
        return Effect(gone=np.append(heavy, False)[rows.user]) if heavy.any() else NOTHING


def rows_per_user(rows: Coded, alive: Mask) -> NDArray[np.int64]:
    """(n_users,) rows that are alive and name a user."""
    user = rows.user[among(alive)]
    counts = np.bincount(user + 1, minlength=len(rows.users) + 1)  # the first place counts missing users
    return counts[1:].astype(np.int64)
