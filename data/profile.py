"""What a data set is like: numbers with their definitions, and curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.dataset import Dataset
from data.policy import distinct_pairs, repeat_share
from data.split import Split

POINTS = 500  # most points of a rank curve; more cannot be seen
DAY = 86_400
MANY_DAYS, MANY_WEEKS = 92, 104  # longest spans shown by day and by week

DEFINITIONS: dict[str, str] = {
    "users": "Users with at least one event.",
    "items": "Items with at least one event.",
    "events": "Rows of the data after import.",
    "density": "Share of all user-item pairs that have an event.",
    "first_time": "Time of the earliest event, epoch seconds, UTC.",
    "last_time": "Time of the latest event, epoch seconds, UTC.",
    "median_user_events": "Half of the users have this many events or fewer.",
    "median_item_events": "Half of the items have this many events or fewer.",
    "head_share_1": "Share of all events that fall on the 1 % of items with the most events.",
    "head_share_10": "Share of all events that fall on the 10 % of items with the most events.",
    "gini": "Gini coefficient of events over items: 0 when all items have equally many, 1 when one has all.",
    "repeat_share": "Share of events after a user's first whose item the user had before.",
    "tied_share": "Share of events that share their time with another event of the same user.",
    "cold_test_users": "Users judged in the test part without an event in train.",
    "test_users": "Users judged in the test part.",
    "cold_test_items": "Items to be found in the test part without an event in train.",
    "test_items": "Items to be found in the test part.",
}


@dataclass(frozen=True, eq=False)
class Profile:
    """Numbers by name with `definitions` of the same keys, and curves.

    A number is None where the data cannot say (no times). Curves: `activity` (rank, events of the user),
    `popularity` (rank, events of the item), `over_time` (start, events, users; by `period`).
    """

    numbers: dict[str, float | int | None]
    definitions: dict[str, str]
    curves: dict[str, pd.DataFrame]
    period: str  # "day", "week" or "month"; empty without times


def profile(dataset: Dataset, split: Split | None = None) -> Profile:
    """Measure a data set, and with a split how much of its test part is cold."""
    events = dataset.interactions
    of_user = np.bincount(events.user, minlength=dataset.n_users)
    of_item = np.bincount(events.item, minlength=dataset.n_items)
    numbers: dict[str, float | int | None] = {
        **_sizes(dataset, of_user, of_item),
        **_concentration(of_item),
        "repeat_share": repeat_share(dataset),
        **_times(dataset),
        **(_cold(split) if split is not None else {}),
    }
    over_time, period = _over_time(dataset)
    curves = {"activity": _ranked(of_user), "popularity": _ranked(of_item), "over_time": over_time}
    ordered = {name: numbers[name] for name in DEFINITIONS if name in numbers}
    return Profile(ordered, {name: DEFINITIONS[name] for name in ordered}, curves, period)


def gini(counts: NDArray[np.int64]) -> float:
    """Gini coefficient of counts ≥ 0; 0 for equal ones, (n − 1) / n when one has all.

    G = Σ (2i − n − 1) x_i / (n Σ x_i), x ascending (Gini 1912; form of Dixon et al. 1987).
    """
    total, n = counts.sum(), len(counts)
    if total == 0:
        return 0.0
    rank = np.arange(1, n + 1)
    return float(((2 * rank - n - 1) * np.sort(counts)).sum() / (n * total))


def _sizes(
    dataset: Dataset, of_user: NDArray[np.int64], of_item: NDArray[np.int64]
) -> dict[str, float | int | None]:
    users, items = int((of_user > 0).sum()), int((of_item > 0).sum())
    pairs = distinct_pairs(dataset)
    return {
        "users": users,
        "items": items,
        "events": len(dataset.interactions),
        "density": pairs / (users * items) if pairs else 0.0,
        "median_user_events": float(np.median(of_user[of_user > 0])) if users else 0.0,
        "median_item_events": float(np.median(of_item[of_item > 0])) if items else 0.0,
    }


def _concentration(of_item: NDArray[np.int64]) -> dict[str, float | int | None]:
    taken = np.sort(of_item[of_item > 0])[::-1]
    total = max(int(taken.sum()), 1)
    head = {
        f"head_share_{percent}": float(taken[: int(np.ceil(len(taken) * percent / 100))].sum() / total)
        for percent in (1, 10)
    }
    return {**head, "gini": gini(taken)}


def _times(dataset: Dataset) -> dict[str, float | int | None]:
    user, time = dataset.interactions.user, dataset.interactions.time
    if time is None or not len(time):
        return {"first_time": None, "last_time": None, "tied_share": None}
    same = (user[1:] == user[:-1]) & (time[1:] == time[:-1])
    tied = np.concatenate([same, [False]]) | np.concatenate([[False], same])
    return {"first_time": int(time.min()), "last_time": int(time.max()), "tied_share": float(tied.mean())}


def _cold(split: Split) -> dict[str, float | int | None]:
    wanted = np.unique(split.test.targets.indices)
    return {
        "cold_test_users": int((~split.test.known).sum()),
        "test_users": len(split.test),
        "cold_test_items": int((~split.train.trained_items[wanted]).sum()),
        "test_items": len(wanted),
    }


def _ranked(counts: NDArray[np.int64]) -> pd.DataFrame:
    """rank (1 = most) and events, at most POINTS rows evenly spread over the logarithm of the rank."""
    ordered = np.sort(counts[counts > 0])[::-1]
    if len(ordered) <= POINTS:
        rank = np.arange(1, len(ordered) + 1)
    else:
        rank = np.unique(np.geomspace(1, len(ordered), POINTS).round().astype(np.int64))
    return pd.DataFrame({"rank": rank, "events": ordered[rank - 1]})


def _over_time(dataset: Dataset) -> tuple[pd.DataFrame, str]:
    """(start of the period, its events and its active users), and the length of the period."""
    user, time = dataset.interactions.user, dataset.interactions.time
    if time is None or not len(time):
        return pd.DataFrame({"start": pd.to_datetime([]), "events": [], "users": []}), ""
    days = (int(time.max()) - int(time.min())) / DAY
    period = "day" if days <= MANY_DAYS else "week" if days <= 7 * MANY_WEEKS else "month"
    starts = _period_starts(time, period)
    first = starts.min()
    bucket = (starts - first).astype(np.int64)
    events = np.bincount(bucket)
    again = (user[1:] == user[:-1]) & (bucket[1:] == bucket[:-1])  # events are sorted by user and time
    users = np.bincount(bucket[np.concatenate([[True], ~again])], minlength=len(events))
    begin = first + np.arange(len(events))
    stamps = _as_days(begin, period)
    return pd.DataFrame({"start": pd.to_datetime(stamps), "events": events, "users": users}), period


def _period_starts(time: NDArray[np.int64], period: str) -> NDArray[np.int64]:
    """Number of the day, of the week (from Monday) or of the month since 1970 of each time."""
    day = time // DAY
    if period == "day":
        return day
    if period == "week":
        return (day + 3) // 7  # 1970-01-01 was a Thursday
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _as_days(number: NDArray[np.int64], period: str) -> NDArray[np.datetime64]:
    if period == "month":
        return number.astype("datetime64[M]").astype("datetime64[s]")
    return (number if period == "day" else number * 7 - 3).astype("datetime64[D]").astype("datetime64[s]")
