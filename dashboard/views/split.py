"""Split & policy: what is asked, where events fall, who is judged, and what lists can reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.evaluation import judged
from core.ranking import Policy
from data.dataset import Dataset
from data.policy import PolicyLimits, limit_targets
from data.split import Holdout, Split
from data.splits.base import place_in_user, user_starts
from data.splits.rolling import SPREAD, new_item_share

BINS = 150  # bars of the time line, at most
PARTS = ("train", "validation", "test")
HELD_OUT = ("validation", "test")
TENTHS = 10
DAY = 86_400
MONDAY = 4 * DAY  # the first Monday after the epoch
STEPS = {"hour": 3600, "day": DAY, "week": 7 * DAY, "month": 28 * DAY, "quarter": 91 * DAY, "year": 365 * DAY}


def step_of(times: NDArray[np.int64], bins: int = BINS) -> str:
    """The shortest calendar step ("week") that needs at most `bins` bars."""
    span = int(times.max() - times.min()) + 1
    return next((name for name, seconds in STEPS.items() if span <= bins * seconds), "year")


def timeline(dataset: Dataset, split: Split, bins: int = BINS) -> pd.DataFrame:
    """Events per part and calendar step: part, start (UTC), events. Empty without times.

    Weeks begin on Monday; a month is four weeks. Events in no part are not drawn.
    """
    times = dataset.interactions.time
    if times is None or not len(times):
        return pd.DataFrame(columns=["part", "start", "events"])
    width = STEPS[step_of(times, bins)]
    first = (int(times.min()) - MONDAY) // width * width + MONDAY
    n_steps = min((int(times.max()) - first) // width + 1, 4 * bins)  # years beyond any calendar stay drawn
    starts = _stamps(first + width * np.arange(n_steps))
    tables = []
    for part in PARTS:
        places = np.minimum((times[getattr(split, f"{part}_rows")] - first) // width, n_steps - 1)
        events = np.bincount(places, minlength=n_steps)
        tables.append(pd.DataFrame({"part": part, "start": starts, "events": events}))
    return pd.concat(tables, ignore_index=True)


def _stamps(seconds: NDArray[np.int64]) -> pd.Series:
    return pd.Series(pd.to_datetime(seconds, unit="s", utc=True, errors="coerce"))


def sizes(split: Split) -> pd.DataFrame:
    """Events of each part: part, events."""
    return pd.DataFrame({"part": PARTS, "events": [len(getattr(split, f"{part}_rows")) for part in PARTS]})


def positions(dataset: Dataset, split: Split) -> pd.DataFrame:
    """Events per part and tenth of their user's history, in order of time: part, tenth (1 … 10), events."""
    starts = user_starts(dataset)
    place, from_end = place_in_user(starts)
    tenth = place * TENTHS // np.maximum(place + from_end + 1, 1)
    counts = [np.bincount(tenth[getattr(split, f"{part}_rows")], minlength=TENTHS) for part in PARTS]
    return pd.DataFrame(
        {
            "part": np.repeat(PARTS, TENTHS),
            "tenth": np.tile(np.arange(1, TENTHS + 1), len(PARTS)),
            "events": np.concatenate(counts),
        }
    )


def part_table(split: Split) -> pd.DataFrame:
    """What each part holds: part, events, users, new_users, new_items (shares; missing for train)."""
    rows: list[dict[str, Any]] = [
        {"part": "train", "events": len(split.train_rows), "users": int(split.train.trained_users.sum())}
    ]
    for part in HELD_OUT:
        holdout: Holdout = getattr(split, part)
        rows.append(
            {
                "part": part,
                "events": len(getattr(split, f"{part}_rows")),
                "users": len(holdout),
                "new_users": float((~holdout.known).mean()) if len(holdout) else np.nan,
                "new_items": new_item_share(split, holdout),
            }
        )
    return pd.DataFrame(rows)


def held_out_items(dataset: Dataset, split: Split) -> pd.DataFrame:
    """Items to be found without an event in train, those for most users first: title, id, part, users."""
    tables = []
    for part in HELD_OUT:
        wanted = getattr(split, part).targets.indices
        users = np.bincount(wanted[~split.train.trained_items[wanted]], minlength=dataset.n_items)
        items = np.flatnonzero(users)
        columns = {"title": dataset.titles[items], "id": dataset.items.ids[items], "users": users[items]}
        tables.append(pd.DataFrame(columns).assign(part=part))
    table = pd.concat(tables, ignore_index=True)
    return table.sort_values("users", ascending=False, kind="stable", ignore_index=True)


def counts_table(counts: pd.DataFrame, recommended: str) -> pd.DataFrame:
    """The counts of `SplitAdvice`, one row per protocol, the recommended first; NaN where a
    protocol cannot be used."""
    table = counts.assign(_first=counts["protocol"].ne(recommended))
    numbers = ["train_events", "validation_known", "validation_new", "test_known", "test_new"]
    for name in numbers:
        if name not in table:
            table[name] = None
    table = table.sort_values("_first", kind="stable").reset_index(drop=True)
    return table[["label", *numbers]].astype(dict.fromkeys(numbers, np.float64))


def policy_effect(split: Split, policy: str, allowed: NDArray[np.bool_] | None) -> pd.DataFrame:
    """What the policy does to what is to be found, one row per held-out part.

    Args:
        split: before the limits.
        policy: "hide", "allow" or "exclusive".
        allowed: (n_items,) items within the limits; None: all.

    Returns:
        part; targets; outside (share of them outside the limits); seen (within them, but hidden or not among
        the seen ones); new (of the rest, items without an event in train); findable; users; left_out (users
        without a target that the policy can reach). Shares are of all targets and add up to one.
    """
    whole = np.ones(split.train.n_items, dtype=bool) if allowed is None else allowed
    limited = limit_targets(split, whole)
    return pd.DataFrame([_effect(split, limited, part, policy) for part in HELD_OUT])


def _effect(split: Split, limited: Split, part: str, policy: str) -> dict[str, Any]:
    before: Holdout = getattr(split, part)
    within: Holdout = getattr(limited, part)
    reached, _ = judged(within, Policy(policy))  # type: ignore[arg-type]
    total = max(before.targets.nnz, 1)
    known = int(split.train.trained_items[reached.targets.indices].sum())
    return {
        "part": part,
        "targets": before.targets.nnz,
        "outside": (before.targets.nnz - within.targets.nnz) / total,
        "seen": (within.targets.nnz - reached.targets.nnz) / total,
        "new": (reached.targets.nnz - known) / total,
        "findable": known / total,
        "users": len(before),
        "left_out": len(before) - len(reached),
    }


def candidates_left(split: Split, allowed: NDArray[np.bool_] | None) -> tuple[int, int]:
    """(items that lists may show, items of train)."""
    trained = split.train.trained_items
    return int((trained if allowed is None else trained & allowed).sum()), int(trained.sum())


def fold_rows(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(the folds of `fold_table`, its rows of mean and spread)."""
    spread = table["fold"].isin(SPREAD)
    return table[~spread].reset_index(drop=True), table[spread].reset_index(drop=True)


def fold_summary(points: pd.DataFrame) -> pd.DataFrame:
    """Over the folds that judged somebody: model, mean, sd, folds; the best mean first."""
    known = points.dropna(subset=["mean"])
    table = known.groupby("model", sort=False)["mean"].agg(["mean", "std", "size"]).reset_index()
    table = table.rename(columns={"std": "sd", "size": "folds"})
    return table.sort_values("mean", ascending=False, kind="stable").reset_index(drop=True)


def folds_won(points: pd.DataFrame, first: str, second: str) -> int:
    """On how many folds the first model's mean is above the second's."""
    means = points.pivot(index="fold", columns="model", values="mean")
    return int((means[first] > means[second]).sum())


def limits_in_words(limits: Mapping[str, Any]) -> str:
    """The limits as a person reads them; empty for none."""
    return PolicyLimits(**limits).describe() if limits else ""
