"""Leaderboard: which runs may be compared, one row per run with its difference, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.evaluation import Evaluation
from core.metrics import METRICS
from core.significance import interval, paired_difference

FEW_USERS = 200  # below this the page warns that intervals are wide
MAIN_METRICS = ("ndcg", "recall", "capped_recall", "precision", "map", "mrr", "hit_rate")
LIST_METRICS = ("coverage", "novelty", "gini", "head_share", "effective_rank")


@dataclass(frozen=True, eq=False)
class Entry:
    """One run and its evaluation on one part."""

    run: str
    label: str
    model: str
    evaluation: Evaluation


@dataclass(frozen=True, eq=False)
class Group:
    """Runs judged under the same conditions; `differences` to the first group, in words."""

    digest: str
    entries: tuple[Entry, ...]
    differences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The best run in facts: what it gets right, and the difference to the baseline.

    `right`, `more`, `low`, `high` count items taken among the k shown; `measurable` says whether the
    interval of the chosen metric's difference leaves zero out. `more` is None for the baseline itself.
    """

    run: str
    label: str
    baseline: str
    k: int
    right: float
    more: float | None
    low: float
    high: float
    measurable: bool
    n_users: int


def groups(entries: Sequence[Entry]) -> list[Group]:
    """Entries under the same fingerprint together, the largest group first (ties: the order given)."""
    by_digest: dict[str, list[Entry]] = {}
    for entry in entries:
        by_digest.setdefault(entry.evaluation.fingerprint.digest, []).append(entry)
    ordered = sorted(by_digest.items(), key=lambda pair: -len(pair[1]))
    first = ordered[0][1][0].evaluation.fingerprint if ordered else None
    return [
        Group(
            digest,
            tuple(members),
            () if first is None else members[0].evaluation.fingerprint.differences(first),
        )
        for digest, members in ordered
    ]


def difference_table(
    entries: Sequence[Entry], metric: str, k: int, *, baseline: str, users: str = "known"
) -> pd.DataFrame:
    """One row per run of one group, best first.

    Args:
        entries: runs under one fingerprint.
        metric: key of METRICS judged per user.
        k: list length.
        baseline: the run all others are compared with.
        users: "known", "new" or "all".

    Returns:
        run, model, label, mean, low, high, difference, difference_low, difference_high, better, worse,
        coverage, effective_rank, n_users. The baseline's own difference is NaN.
    """
    reference = next(entry for entry in entries if entry.run == baseline)
    theirs = per_user(reference.evaluation, metric, k, users)
    rows = [_row(entry, metric, k, users, baseline, theirs) for entry in entries]
    sign = 1.0 if METRICS[metric].higher_is_better else -1.0
    table = pd.DataFrame(rows)
    order = np.argsort(-sign * table["mean"].to_numpy(), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def per_user(evaluation: Evaluation, metric: str, k: int, users: str) -> NDArray[np.float64]:
    """(n,) one value per judged user of the chosen kind; NaN rows (nothing to find) are dropped."""
    values = np.asarray(evaluation.values(metric, k, users=users), dtype=np.float64)
    return values[~np.isnan(values)]


def _row(
    entry: Entry, metric: str, k: int, users: str, baseline: str, theirs: NDArray[np.float64]
) -> dict[str, object]:
    values = per_user(entry.evaluation, metric, k, users)
    own = interval(values)
    row: dict[str, object] = {
        "run": entry.run,
        "model": entry.model,
        "label": entry.label,
        "mean": own.mean,
        "low": own.low,
        "high": own.high,
        "difference": np.nan,
        "difference_low": np.nan,
        "difference_high": np.nan,
        "better": 0,
        "worse": 0,
        "coverage": entry.evaluation.catalogue.get(f"coverage@{k}", np.nan),
        "effective_rank": entry.evaluation.catalogue.get("effective_rank", np.nan),
        "n_users": len(values),
    }
    if entry.run != baseline and len(values) == len(theirs) and len(values) > 0:
        gap = paired_difference(values, theirs)
        row |= {
            "difference": gap.mean,
            "difference_low": gap.low,
            "difference_high": gap.high,
            "better": gap.wins,
            "worse": gap.losses,
        }
    return row


def verdict(entries: Sequence[Entry], table: pd.DataFrame, k: int, *, baseline: str, users: str) -> Verdict:
    """The best run of `difference_table` in plain counts: precision@k times k items of the k shown."""
    best = table.iloc[0]
    by_run = {entry.run: entry for entry in entries}
    mine = k * per_user(by_run[best["run"]].evaluation, "precision", k, users)
    theirs = k * per_user(by_run[baseline].evaluation, "precision", k, users)
    same = best["run"] == baseline
    gap = None if same or len(mine) != len(theirs) or len(mine) == 0 else paired_difference(mine, theirs)
    return Verdict(
        run=str(best["run"]),
        label=str(best["label"]),
        baseline=by_run[baseline].label,
        k=k,
        right=float(mine.mean()) if len(mine) else float("nan"),
        more=None if gap is None else float(gap.mean),
        low=float("nan") if gap is None else float(gap.low),
        high=float("nan") if gap is None else float(gap.high),
        measurable=bool(best["difference_low"] > 0 or best["difference_high"] < 0),
        n_users=len(mine),
    )


def usual_baseline(entries: Sequence[Entry]) -> str:
    """The run of the popularity model, or the first run where none is there."""
    return next((entry.run for entry in entries if entry.model == "popularity"), entries[0].run)


def all_metrics_table(entries: Sequence[Entry], k: int, *, users: str) -> pd.DataFrame:
    """One row per metric: metric, one column per run label, definition, denominator, users judged."""
    rows = []
    for name in (*MAIN_METRICS, *LIST_METRICS):
        metric = METRICS[name]
        row: dict[str, object] = {
            "metric": f"{metric.label}@{k}" if name != "effective_rank" else metric.label
        }
        for entry in entries:
            row[entry.label] = _value(entry.evaluation, name, k, users)
        row["definition"] = metric.definition
        row["denominator"] = metric.denominator
        judged = len(per_user(entries[0].evaluation, name, k, users)) if metric.per_user else np.nan
        row["users"] = judged
        rows.append(row)
    return pd.DataFrame(rows)


def _value(evaluation: Evaluation, name: str, k: int, users: str) -> float:
    if METRICS[name].per_user:
        values = per_user(evaluation, name, k, users)
        return float(values.mean()) if len(values) else float("nan")
    plain = evaluation.catalogue.get(name, np.nan)
    return float(evaluation.catalogue.get(f"{name}@{k}", plain))


def collapse(table: pd.DataFrame) -> str:
    """Label of the most accurate run whose lists hardly differ from user to user, or "".

    Effective rank below 2 means that nearly everybody gets one and the same order.
    """
    flat = table[(table["effective_rank"] < 2.0) & (table["model"] != "popularity")]
    return "" if flat.empty else str(flat.iloc[0]["label"])
