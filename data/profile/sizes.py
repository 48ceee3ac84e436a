"""How large and how even: users, items, events, inequality, repeats."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.dataset import Dataset
from data.policy import distinct_pairs, repeat_share
from data.profile.base import POINTS, Number
from data.split import Split

DEFINITIONS: dict[str, str] = {
    "users": "Users with at least one event.",
    "items": "Items with at least one event.",
    "events": "Rows of the data after import.",
    "density": "Share of all user-item pairs that have an event.",
    "first_time": "Time of the earliest event, UTC.",
    "last_time": "Time of the latest event, UTC.",
    "median_user_events": "Half of the users have this many events or fewer.",
    "median_item_events": "Half of the items have this many events or fewer.",
    "mean_user_events": "Events divided by users.",
    "mean_item_events": "Events divided by items.",
    "one_event_users": "Share of users with exactly one event.",
    "head_share_1": "Share of all events that fall on the 1 % of items with the most events.",
    "head_share_10": "Share of all events that fall on the 10 % of items with the most events.",
    "long_tail": "Share of items that share the last fifth of all events, items taken by popularity.",
    "gini": "Gini coefficient of events over items: 0 when all items have equally many, 1 when one has all.",
    "user_gini": "Gini coefficient of events over users: 0 when all are equally active.",
    "repeat_share": "Share of events after a user's first whose item the user had before.",
    "tied_share": "Share of events that share their time with another event of the same user.",
    "cold_test_users": "Users judged in the test part without an event in train.",
    "test_users": "Users judged in the test part.",
    "cold_test_items": "Items to be found in the test part without an event in train.",
    "test_items": "Items to be found in the test part.",
}


def gini(counts: NDArray[np.int64]) -> float:
    """Gini coefficient of counts ≥ 0; 0 for equal ones, (n − 1) / n when one has all.

    G = Σ (2i − n − 1) x_i / (n Σ x_i), x ascending (Gini 1912; form of Dixon et al. 1987).
    """
    total, n = counts.sum(), len(counts)
    if total == 0:
        return 0.0
    rank = np.arange(1, n + 1)
    return float(((2 * rank - n - 1) * np.sort(counts)).sum() / (n * total))


def sizes(dataset: Dataset, of_user: NDArray[np.int64], of_item: NDArray[np.int64]) -> dict[str, Number]:
    """Counts, density, events per user and item, repeats."""
    active, taken = of_user[of_user > 0], of_item[of_item > 0]
    pairs, n_events = distinct_pairs(dataset), len(dataset.interactions)
    return {
        "users": len(active),
        "items": len(taken),
        "events": n_events,
        "density": pairs / (len(active) * len(taken)) if pairs else 0.0,
        "median_user_events": float(np.median(active)) if len(active) else 0.0,
        "median_item_events": float(np.median(taken)) if len(taken) else 0.0,
        "mean_user_events": n_events / max(len(active), 1),
        "mean_item_events": n_events / max(len(taken), 1),
        "one_event_users": float((active == 1).mean()) if len(active) else 0.0,
        "repeat_share": repeat_share(dataset),
        "user_gini": gini(active),
    }


def concentration(of_item: NDArray[np.int64]) -> dict[str, Number]:
    """How much of everything falls on few items."""
    taken = np.sort(of_item[of_item > 0])[::-1]
    total = max(int(taken.sum()), 1)
    head = {
        f"head_share_{percent}": float(taken[: int(np.ceil(len(taken) * percent / 100))].sum() / total)
        for percent in (1, 10)
    }
    n_head = int(np.searchsorted(np.cumsum(taken), 0.8 * total)) + 1 if len(taken) else 0
    return {**head, "long_tail": 1 - n_head / max(len(taken), 1), "gini": gini(taken)}


def times(dataset: Dataset) -> dict[str, Number]:
    """First, last, and how many events share their moment with another one of their user."""
    user, time = dataset.interactions.user, dataset.interactions.time
    if time is None or not len(time):
        return {"first_time": None, "last_time": None, "tied_share": None}
    same = (user[1:] == user[:-1]) & (time[1:] == time[:-1])
    tied = np.concatenate([same, [False]]) | np.concatenate([[False], same])
    return {"first_time": int(time.min()), "last_time": int(time.max()), "tied_share": float(tied.mean())}


def cold(split: Split) -> dict[str, Number]:
    """How much of the test part nobody met in train."""
    wanted = np.unique(split.test.targets.indices)
    return {
        "cold_test_users": int((~split.test.known).sum()),
        "test_users": len(split.test),
        "cold_test_items": int((~split.train.trained_items[wanted]).sum()),
        "test_items": len(wanted),
    }


def ranked(counts: NDArray[np.int64]) -> pd.DataFrame:
    """rank (1 = most) and events, at most POINTS rows evenly spread over the logarithm of the rank."""
    ordered = np.sort(counts[counts > 0])[::-1]
    if len(ordered) <= POINTS:
        rank = np.arange(1, len(ordered) + 1)
    else:
        rank = np.unique(np.geomspace(1, len(ordered), POINTS).round().astype(np.int64))
    return pd.DataFrame({"rank": rank, "events": ordered[rank - 1]})
