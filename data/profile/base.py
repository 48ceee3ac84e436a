"""What a profile is: numbers with their definitions, and the curves behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

DAY = 86_400
POINTS = 500  # most points of a rank curve; more cannot be seen
MANY_DAYS, MANY_WEEKS = 92, 104  # longest spans shown by day and by week
Number = float | int | None


@dataclass(frozen=True, eq=False)
class Profile:
    """Numbers by name with `definitions` of the same keys, and curves.

    A number is None where the data cannot say (no times). Curves: `activity` (rank, events of the user),
    `popularity` (rank, events of the item), `over_time` (start, events, users, new_users, new_items; by
    `period`), `user_life` and `item_life` (days, share), `weights` (weight, events), `clock` (weekday, hour,
    share), `segments` (segment, users, events and shares).
    """

    numbers: dict[str, Number]
    definitions: dict[str, str]
    curves: dict[str, pd.DataFrame]
    period: str  # "day", "week" or "month"; empty without times


def period_of(first: int, last: int) -> str:
    """The stretch by which a span of time is shown: day, week or month."""
    days = (last - first) / DAY
    return "day" if days <= MANY_DAYS else "week" if days <= 7 * MANY_WEEKS else "month"


def period_starts(time: NDArray[np.int64], period: str) -> NDArray[np.int64]:
    """Number of the day, of the week (from Monday) or of the month since 1970 of each time."""
    day = time // DAY
    if period == "day":
        return day
    if period == "week":
        return (day + 3) // 7  # 1970-01-01 was a Thursday
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def as_days(number: NDArray[np.int64], period: str) -> NDArray[np.datetime64]:
    """The reverse of `period_starts`: the moment at which each period begins."""
    if period == "month":
        return number.astype("datetime64[M]").astype("datetime64[s]")
    return (number if period == "day" else number * 7 - 3).astype("datetime64[D]").astype("datetime64[s]")


def share(part: float, whole: float) -> float:
    """part / whole, 0 for an empty whole."""
    return float(part) / float(whole) if whole else 0.0
