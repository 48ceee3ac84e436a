"""Fusion lab: one user's fused list with its parts, agreement of members, the metric against the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from core.arrays import NO_ITEM
from core.evaluation import list_metrics
from core.fusion import FusedRecommendations
from core.fusion.base import Pool
from core.metrics import METRICS
from core.significance import Difference, Interval, interval, paired_difference


@dataclass(frozen=True, eq=False)
class FusionResult:
    """The metric of the fused lists over the judged users, and against the best single member."""

    fused: Interval
    best: str
    best_mean: float
    gap: Difference


def fused_table(
    fused: FusedRecommendations, pool: Pool, row: int, members: Sequence[str], titles: NDArray[Any]
) -> pd.DataFrame:
    """One row per fused rank: rank, item, title, score, then `part: m` and `rank: m` of each member.

    A member that does not list the item has rank <NA>. The parts of a row sum to its score.
    """
    kept = np.flatnonzero(fused.items[row] != NO_ITEM)
    items = fused.items[row][kept]
    width = pool.items[row] != NO_ITEM
    place = np.searchsorted(pool.items[row][width], items)
    table = pd.DataFrame(
        {
            "rank": kept + 1,
            "item": items,
            "title": [str(titles[item]) for item in items],
            "score": fused.scores[row][kept].astype(float),
        }
    )
    for number, member in enumerate(members):
        table[f"part: {member}"] = fused.contributions[row, kept, number].astype(float)
        ranks = pd.array(pool.ranks[row, number][place], dtype="Int64")
        ranks[ranks == 0] = pd.NA
        table[f"rank: {member}"] = ranks
    return table


def tidy_parts(table: pd.DataFrame, members: Sequence[str]) -> pd.DataFrame:
    """One row per item and member of `fused_table`: rank, title, member, part, score."""
    long = table.melt(
        id_vars=["rank", "title", "score"],
        value_vars=[f"part: {member}" for member in members],
        var_name="member",
        value_name="part",
    )
    long["member"] = long["member"].str.removeprefix("part: ")
    return long.sort_values("rank", kind="stable").reset_index(drop=True)


def per_user_metric(
    items: NDArray[np.int32], targets: csr_matrix, metric: str, k: int, names: Sequence[str]
) -> NDArray[np.float64]:
    """(n,) values of one metric at one k for lists (n, ≥ k); NaN where a user has nothing to find.

    `names` is the order of metrics in `list_metrics`.
    """
    return list_metrics(items, targets, ks=(k,))[:, list(names).index(metric), 0].astype(np.float64)


def compare_with_best(
    fused: NDArray[np.float64], singles: Mapping[str, NDArray[np.float64]], judged: NDArray[np.bool_]
) -> FusionResult:
    """Mean with interval of the fused lists, and its paired difference to the member with the best mean."""
    means = {name: float(np.nanmean(values[judged])) for name, values in singles.items()}
    best = max(means, key=lambda name: means[name])
    keep = judged & ~np.isnan(fused) & ~np.isnan(singles[best])
    return FusionResult(
        fused=interval(fused[keep]),
        best=best,
        best_mean=means[best],
        gap=paired_difference(fused[keep], singles[best][keep]),
    )


def agreement(lists: Mapping[str, NDArray[np.int32]], *, k: int = 10) -> pd.DataFrame:
    """Square table over members: mean share of the k items that two lists share, 1 on the diagonal."""
    names = list(lists)
    shares = np.eye(len(names))
    for a, left in enumerate(names):
        for b in range(a + 1, len(names)):
            one, other = lists[left][:, :k], lists[names[b]][:, :k]
            same = (one[:, :, None] == other[:, None, :]) & (one[:, :, None] != NO_ITEM)
            shares[a, b] = shares[b, a] = same.any(axis=2).sum(axis=1).mean() / k
    return pd.DataFrame(shares, index=names, columns=names)


def fusable_metrics() -> list[str]:
    """Metrics judged per user: those a slider can follow."""
    return [name for name, metric in METRICS.items() if metric.per_user]
