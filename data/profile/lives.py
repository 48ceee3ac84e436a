"""When: events and newcomers over time, lifetimes of users and items, the week's rhythm, visits."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.dataset import Dataset
from data.profile.base import DAY, POINTS, Number, as_days, period_of, period_starts

HOUR = 3_600
GAP = 30 * 60  # seconds of silence that end a visit where the data names none, as web logs count
DEFINITIONS: dict[str, str] = {
    "median_user_life": "Days from the first to the last event of the middle user with two moments or more.",
    "median_item_life": "Days from the first to the last event of the middle item with two moments or more.",
    "new_user_share": "Share of users whose first event lies in the last tenth of the time.",
    "new_item_share": "Share of items whose first event lies in the last tenth of the time.",
    "visits": "Visits: named by the data, or events of a user with less than 30 minutes between neighbours.",
    "visit_events": "Events of the average visit.",
    "visit_minutes": "Minutes between the first and last event of the middle visit with two events or more.",
}


def first_and_last(
    code: NDArray[np.int32], time: NDArray[np.int64], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(n,) first and last time of each code; first > last where it has no event."""
    first = np.full(n, np.iinfo(np.int64).max)
    last = np.full(n, np.iinfo(np.int64).min)
    np.minimum.at(first, code, time)
    np.maximum.at(last, code, time)
    return first, last


def lives(dataset: Dataset) -> tuple[dict[str, Number], dict[str, pd.DataFrame], str]:
    """Numbers, curves (`over_time`, `user_life`, `item_life`, `clock`) and the period of `over_time`."""
    events, time = dataset.interactions, dataset.interactions.time
    if time is None or not len(time):
        return dict.fromkeys(DEFINITIONS), {"over_time": _no_time()}, ""
    user_span = first_and_last(events.user, time, dataset.n_users)
    item_span = first_and_last(events.item, time, dataset.n_items)
    table, period = _over_time(events.user, time, user_span[0], item_span[0])
    late = int(time.max()) - 0.1 * (int(time.max()) - int(time.min()))
    numbers: dict[str, Number] = {
        "median_user_life": _median_days(*user_span),
        "median_item_life": _median_days(*item_span),
        "new_user_share": _share_after(user_span[0], late),
        "new_item_share": _share_after(item_span[0], late),
        **_visits(dataset),
    }
    curves = {"over_time": table, "user_life": _life(*user_span), "item_life": _life(*item_span)}
    return numbers, {**curves, "clock": clock(time)}, period


def _no_time() -> pd.DataFrame:
    empty: dict[str, list[int]] = {name: [] for name in ("events", "users", "new_users", "new_items")}
    return pd.DataFrame({"start": pd.to_datetime([]), **empty})


def _over_time(
    user: NDArray[np.int32],
    time: NDArray[np.int64],
    first_of_user: NDArray[np.int64],
    first_of_item: NDArray[np.int64],
) -> tuple[pd.DataFrame, str]:
    """start of the period, its events, active users, new users and new items; and the period."""
    period = period_of(int(time.min()), int(time.max()))
    starts = period_starts(time, period)
    first = int(starts.min())
    bucket = (starts - first).astype(np.int64)
    events = np.bincount(bucket)
    again = (user[1:] == user[:-1]) & (bucket[1:] == bucket[:-1])  # events are sorted by user and time
    users = np.bincount(bucket[np.concatenate([[True], ~again])], minlength=len(events))

    def newcomers(firsts: NDArray[np.int64]) -> NDArray[np.int64]:
        met = firsts[firsts <= int(time.max())]
        return np.bincount((period_starts(met, period) - first).astype(np.int64), minlength=len(events))

    table = pd.DataFrame(
        {
            "start": pd.to_datetime(as_days(first + np.arange(len(events)), period)),
            "events": events,
            "users": users,
            "new_users": newcomers(first_of_user),
            "new_items": newcomers(first_of_item),
        }
    )
    return table, period


def _days(first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.float64]:
    return (last - first)[last > first] / DAY


def _median_days(first: NDArray[np.int64], last: NDArray[np.int64]) -> float | None:
    days = _days(first, np.where(last >= first, last, first))
    return float(np.median(days)) if len(days) else None


def _life(first: NDArray[np.int64], last: NDArray[np.int64]) -> pd.DataFrame:
    """days, and the share of those with two moments or more who live at least as long."""
    days = np.sort(_days(first, np.where(last >= first, last, first)))
    if not len(days):
        return pd.DataFrame({"days": np.zeros(0), "share": np.zeros(0)})
    place = np.unique(np.linspace(0, len(days) - 1, min(len(days), POINTS)).round().astype(np.int64))
    return pd.DataFrame({"days": days[place], "share": 1 - place / len(days)})


def _share_after(first: NDArray[np.int64], moment: float) -> float:
    met = first[first < np.iinfo(np.int64).max]
    return float((met > moment).mean()) if len(met) else 0.0


def clock(time: NDArray[np.int64]) -> pd.DataFrame:
    """weekday (0 = Monday), hour (UTC) and share of the events; one row per hour of the week.

    Where every time is a midnight the file holds dates, and only hour 0 has events.
    """
    weekday, hour = (time // DAY + 3) % 7, time % DAY // HOUR
    counts = np.bincount(weekday * 24 + hour, minlength=168)
    place = np.arange(168)
    return pd.DataFrame({"weekday": place // 24, "hour": place % 24, "share": counts / len(time)})


def visit_starts(dataset: Dataset) -> NDArray[np.bool_]:
    """(n_events,) where a visit begins: another user, another named session, or GAP seconds of silence."""
    events, time = dataset.interactions, dataset.interactions.time
    begins = np.ones(len(events), dtype=bool)
    if events.session is not None:
        order = np.lexsort((events.session, events.user))
        user, session = events.user[order], events.session[order]
        first = np.ones(len(events), dtype=bool)
        first[1:] = (user[1:] != user[:-1]) | (session[1:] != session[:-1])
        begins = np.zeros(len(events), dtype=bool)
        begins[order[first]] = True
        return begins
    assert time is not None
    begins[1:] = (events.user[1:] != events.user[:-1]) | (np.diff(time) > GAP)
    return begins


def _visits(dataset: Dataset) -> dict[str, Number]:
    events, time = dataset.interactions, dataset.interactions.time
    assert time is not None
    dated = bool((time % DAY == 0).all())
    if dated and events.session is None:  # dates alone say nothing about half hours
        return {"visits": None, "visit_events": None, "visit_minutes": None}
    starts = np.flatnonzero(visit_starts(dataset))
    if events.session is None:
        ends = np.append(starts[1:], len(events)) - 1
        seconds = time[ends] - time[starts]
    else:
        key = pd.MultiIndex.from_arrays([events.user, events.session])
        spans = pd.Series(time, index=key).groupby(level=[0, 1], sort=False)
        seconds = (spans.max() - spans.min()).to_numpy()
    longer = seconds[seconds > 0]
    return {
        "visits": len(starts),
        "visit_events": len(events) / len(starts),
        "visit_minutes": float(np.median(longer)) / 60 if len(longer) else 0.0,
    }
