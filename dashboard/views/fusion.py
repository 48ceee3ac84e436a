"""Fusion lab: one user's fused list with its parts, and the metric against the best single member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from core.arrays import NO_ITEM, PerUser
from core.fusion import Pool
from core.fusion.pool import FusedRecommendations, fuse_top_k, slider_metric
from core.metrics import METRICS, PER_USER
from core.significance import Interval, column_intervals
from dashboard.text import numbers, t
from dashboard.text.markdown import Link, Markdown
from dashboard.views.labels import distinct

DRAWS = 1_000_000  # users × resamples that a slider move may cost


@dataclass(frozen=True)
class Gap:
    """Paired difference to the best member, and for how many users it is above and below zero."""

    mean: Interval
    better: int
    worse: int

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.mean.low > 0 or self.mean.high < 0


@dataclass(frozen=True, eq=False)
class FusionResult:
    """The fused metric over the judged users, each member's, and the difference to the best member."""

    fused: Interval
    members: dict[str, Interval]
    best: str
    gap: Gap


def fused_values(
    pool: Pool,
    values: NDArray[np.float32],
    weights: Sequence[float],
    targets: csr_matrix,
    metric: str,
    k: int,
) -> PerUser:
    """(n,) the metric of each row's re-weighted list; NaN where there is nothing to find."""
    table = slider_metric(pool, values, weights, targets, k)
    return table[:, PER_USER.index(metric)].astype(np.float64)


def compare(fused: PerUser, singles: Mapping[str, PerUser], chosen: NDArray[np.bool_]) -> FusionResult:
    """Means with intervals over the chosen users, and the paired difference to the best single member.

    Args:
        fused: (n,) one value per judged user.
        singles: the same of each member, by name.
        chosen: (n,) users that count.
    """
    keep = chosen & ~np.isnan(fused)
    n = int(keep.sum())
    names = list(singles)
    table = np.column_stack([fused[keep], *(singles[name][keep] for name in names)])
    best = int(np.argmax(table[:, 1:].mean(axis=0)))
    gap = table[:, 0] - table[:, 1 + best]
    draws = int(np.clip(DRAWS // max(n, 1), 200, 2000))
    # one draw of users for all columns: a slider move must not wait for five bootstraps
    mean, low, high = column_intervals(np.column_stack([table, gap]), n_resamples=draws)
    parts = [Interval(float(m), float(a), float(b), n) for m, a, b in zip(mean, low, high, strict=True)]
    return FusionResult(
        fused=parts[0],
        members=dict(zip(names, parts[1:-1], strict=True)),
        best=names[best],
        gap=Gap(parts[-1], int((gap > 0).sum()), int((gap < 0).sum())),
    )


def finding(result: FusionResult, metric: str, k: int, labels: Mapping[str, str]) -> str:
    """Does joining help? One sentence."""
    gap = result.gap
    key = "finding_unsure" if not gap.sure else "finding_better" if gap.mean.mean > 0 else "finding_worse"
    return t(
        f"fusion_lab.{key}",
        metric=f"{METRICS[metric].label}@{k}",
        value=numbers.score(result.fused.mean),
        best=labels[result.best],
        difference=numbers.difference(gap.mean.mean, gap.mean.low, gap.mean.high),
        wins=numbers.count(gap.better),
        losses=numbers.count(gap.worse),
    )


def joins(
    label: str, members: Sequence[str], weights: Sequence[float] | None, names: Mapping[str, str]
) -> str:
    """`RRF of 2 joins EASE (0.75) and ALS (0.25).`; without weights where they are equal."""
    shown = [names.get(member, member) for member in members]
    if weights is not None and len(set(weights)) > 1:
        shares = [weight / sum(weights) for weight in weights]
        shown = [
            t("fusion_lab.joins_weight", name=name, weight=f"{share:.2f}")
            for name, share in zip(shown, shares, strict=True)
        ]
    return t("fusion_lab.joins", label=label, names=numbers.join(shown))


def metric_table(result: FusionResult, labels: Mapping[str, str]) -> pd.DataFrame:
    """name, mean, low, high, n: the fused ranking first, then the members, best first."""
    ordered = sorted(result.members.items(), key=lambda pair: -pair[1].mean)
    rows = [(t("fusion_lab.fused"), result.fused), *((labels[name], one) for name, one in ordered)]
    return pd.DataFrame(
        [(name, one.mean, one.low, one.high, one.n) for name, one in rows],
        columns=["name", "mean", "low", "high", "n"],
    )


def member_order(result: FusionResult) -> list[str]:
    """Members in the row order of `metric_table`, without the fused ranking."""
    return sorted(result.members, key=lambda name: -result.members[name].mean)


def fused_table(
    fused: FusedRecommendations, pool: Pool, row: int, members: Sequence[str], titles: NDArray[Any]
) -> pd.DataFrame:
    """One row per fused rank: rank, item, title, score, then `part: m` and `rank: m` of each member.

    `fused` is the list of that one `row` of the pool. A member that does not list the item has rank <NA>.
    The parts of a row sum to its score.
    """
    kept = np.flatnonzero(fused.items[0] != NO_ITEM)
    items = fused.items[0][kept]
    place = np.searchsorted(pool.items[row][pool.items[row] != NO_ITEM], items)
    table = pd.DataFrame(
        {
            "rank": kept + 1,
            "item": items,
            "title": [str(titles[item]) for item in items],
            "score": fused.scores[0][kept].astype(float),
        }
    )
    for number, member in enumerate(members):
        table[f"part: {member}"] = fused.contributions[0, kept, number].astype(float)
        ranks = pool.ranks[row, number][place]
        table[f"rank: {member}"] = pd.array([int(r) if r else pd.NA for r in ranks], dtype="Int64")
    return table


def fused_row(
    pool: Pool, values: NDArray[np.float32], row: int, weights: Sequence[float], k: int
) -> FusedRecommendations:
    """The fused list of one row of the pool, with its parts."""
    one = slice(row, row + 1)
    part = replace(
        pool,
        items=pool.items[one],
        ranks=pool.ranks[one],
        scores=pool.scores[one],
        keys=pool.keys[one],
        users=pool.users[one],
        answered=pool.answered[one],
    )
    return fuse_top_k(part, values[one], weights, k)


def tidy_parts(table: pd.DataFrame, members: Sequence[str]) -> pd.DataFrame:
    """One row per item and member of `fused_table`: rank, title, member, part."""
    return pd.DataFrame(
        [
            (row["rank"], row["title"], member, row[f"part: {member}"])
            for row in table.to_dict("records")
            for member in members
        ],
        columns=["rank", "title", "member", "part"],
    )


def list_table(
    table: pd.DataFrame,
    members: Sequence[str],
    labels: Mapping[str, str],
    targets: csr_matrix,
    link: Link | None = None,
) -> pd.DataFrame:
    """What a person reads of `fused_table`: rank, title (✓ where it was taken later), score, members' ranks.

    `targets` is the (1, n_items) row of what the user went on to take; `link` makes of an item and its words
    a link to its card.
    """
    taken = set(targets.indices)
    shown = pd.DataFrame({t("fusion_lab.column_rank"): table["rank"]})
    words = [_titled(row.item, numbers.shorten(row.title, 64), taken, link) for row in table.itertuples()]
    shown[t("fusion_lab.column_title")] = pd.Series(words, index=table.index, dtype=object)
    digits = 3 if table["score"].max() >= 0.1 else 4  # reciprocal ranks are small
    shown[t("fusion_lab.column_score")] = [f"{score:.{digits}f}" for score in table["score"]]
    heads = dict(zip(members, distinct([numbers.shorten(labels[m], 16) for m in members]), strict=True))
    for member in members:
        shown[heads[member]] = [
            numbers.MISSING if pd.isna(rank) else str(int(rank)) for rank in table[f"rank: {member}"]
        ]
    return shown


def _titled(item: int, title: str, taken: set[int], link: Link | None) -> str:
    mark = "✓ " if item in taken else ""
    return f"{mark}{title}" if link is None else Markdown(f"{mark}{link(int(item), title)}")


def parts_table(table: pd.DataFrame, members: Sequence[str], labels: Mapping[str, str]) -> pd.DataFrame:
    """The numbers behind the bars: rank, title, each member's part, and the score they sum to."""
    names = {"rank": t("fusion_lab.column_rank"), "title": t("fusion_lab.column_title")}
    names |= {f"part: {member}": labels[member] for member in members}
    names["score"] = t("fusion_lab.column_score")
    return table[list(names)].rename(columns=names)
