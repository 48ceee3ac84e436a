"""Home: the verdict in facts — which run is best, by how much, for whom it is worse, what new users get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.evaluation import Evaluation
from core.significance import Difference, Interval, interval, paired_difference
from dashboard.views.leaderboard import Entry, groups, usual_baseline

METRIC, K = "ndcg", 10
FUSED = "fused"
SEGMENTS = 3  # users by activity: few, some, many events


@dataclass(frozen=True)
class Segment:
    """Users with `low` to `high` events in train, and the best run's difference to the baseline for them."""

    low: int
    high: int
    difference: Difference

    @property
    def events(self) -> str:
        """`3–12`, or `3` where they are one number."""
        return f"{self.low}" if self.low == self.high else f"{self.low}–{self.high}"


@dataclass(frozen=True, eq=False)
class Verdict:
    """The state of the comparison. Differences are those of `METRIC`@`K` on validation, per user.

    `table` has run, label, mean, low, high, best first. `gap` is best − baseline (None when the baseline
    is itself the best or alone), `fusion` the best fused run − the best single one.
    """

    best: Entry
    baseline: Entry
    own: Interval
    gap: Difference | None
    segments: tuple[Segment, ...]
    new_users: Interval | None
    new_gap: Difference | None
    fused: Entry | None
    single: Entry | None
    fusion: Difference | None
    table: pd.DataFrame
    users: str  # who is judged: "known", or "new" where the split leaves no known users
    n_left_out: int  # runs judged under other conditions

    @property
    def worse_for(self) -> Segment | None:
        """The group of users for whom the best run is measurably worse than the baseline, if any."""
        return next((segment for segment in self.segments if segment.difference.high < 0), None)


def verdict(entries: Sequence[Entry], activity: NDArray[np.int64]) -> Verdict | None:
    """The verdict over the largest group of comparable runs, or None without a judged run.

    Args:
        entries: runs with their validation evaluation; the newest last.
        activity: (n_users,) events of each user in train.
    """
    if not entries:
        return None
    group = groups(entries)[0].entries
    known = any(entry.evaluation.n_users("known") for entry in group)
    users = "known" if known else "new"
    table = _table(group, users)
    if table.empty:
        return None
    by_run = {entry.run: entry for entry in group}
    best = by_run[str(table["run"].iloc[0])]
    baseline = by_run[usual_baseline(group)]
    fused = _first(table, by_run, fused=True)
    single = _first(table, by_run, fused=False)
    return Verdict(
        best=best,
        baseline=baseline,
        own=interval(best.evaluation.values(METRIC, K, users)),
        gap=_gap(best, baseline, users),
        segments=_segments(best, baseline, activity) if known and best is not baseline else (),
        new_users=_new_users(best.evaluation) if known else None,
        new_gap=_gap(best, baseline, "new") if known else None,
        fused=fused,
        single=single,
        fusion=None if fused is None or single is None else _gap(fused, single, users),
        table=table,
        users=users,
        n_left_out=len(entries) - len(group),
    )


def _table(group: Sequence[Entry], users: str) -> pd.DataFrame:
    rows = []
    for entry in group:
        own = interval(entry.evaluation.values(METRIC, K, users))
        if own.n:
            rows.append((entry.run, entry.label, entry.model, own.mean, own.low, own.high, own.n))
    table = pd.DataFrame(rows, columns=["run", "label", "model", "mean", "low", "high", "n_users"])
    return table.sort_values(["mean", "run"], ascending=[False, True]).reset_index(drop=True)


def _first(table: pd.DataFrame, by_run: dict[str, Entry], *, fused: bool) -> Entry | None:
    chosen = table[table["model"].eq(FUSED) == fused]
    return None if chosen.empty else by_run[str(chosen["run"].iloc[0])]


def _gap(one: Entry, other: Entry, users: str) -> Difference | None:
    """One − other over the same judged users; None for the same run or where nobody is judged."""
    if one.run == other.run:
        return None
    mine, theirs = (entry.evaluation.values(METRIC, K, users) for entry in (one, other))
    return paired_difference(mine, theirs) if len(mine) == len(theirs) >= 2 else None


def _new_users(evaluation: Evaluation) -> Interval | None:
    values = evaluation.values(METRIC, K, "new")
    return interval(values) if len(values) >= 2 else None


def _segments(best: Entry, baseline: Entry, activity: NDArray[np.int64]) -> tuple[Segment, ...]:
    """Known users in thirds by their number of training events; groups that ties merge are dropped."""
    mine, theirs = (_known(entry.evaluation) for entry in (best, baseline))
    joined = pd.concat([mine.rename("a"), theirs.rename("b")], axis=1).dropna()
    events = pd.Series(activity[joined.index.to_numpy()], index=joined.index)
    third = pd.qcut(events, SEGMENTS, labels=False, duplicates="drop")
    found = []
    for _, users in joined.groupby(third, sort=True):
        if len(users) >= 2:
            seen = events[users.index]
            gap = paired_difference(users["a"].to_numpy(), users["b"].to_numpy())
            found.append(Segment(int(seen.min()), int(seen.max()), gap))
    return tuple(found)


def _known(evaluation: Evaluation) -> pd.Series:
    """The metric of each known user, indexed by the user's row number."""
    column = evaluation.per_user[:, evaluation.metrics.index(METRIC), evaluation.ks.index(K)]
    return pd.Series(column[evaluation.known].astype(np.float64), index=evaluation.users[evaluation.known])


def segment_table(found: Verdict) -> pd.DataFrame:
    """One row per group of users: events, users, difference, low, high."""
    return pd.DataFrame(
        [
            {
                "events": s.events,
                "users": s.difference.n_users,
                "difference": s.difference.mean,
                "low": s.difference.low,
                "high": s.difference.high,
            }
            for s in found.segments
        ],
        columns=["events", "users", "difference", "low", "high"],
    )
