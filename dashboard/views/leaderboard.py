"""Leaderboard: which runs may be compared, one row per run with its difference, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.evaluation import Evaluation, Users
from core.metrics import METRICS, OF_LISTS, PER_USER
from core.significance import interval, paired_difference
from dashboard.text import numbers, t
from dashboard.views.labels import distinct

FEW_USERS = 200  # below this the page warns that intervals are wide
ONE_ORDER = 2.0  # effective rank below which nearly everybody gets one and the same order


@dataclass(frozen=True, eq=False)
class Entry:
    """One run and its evaluation on one part."""

    run: str
    label: str
    model: str
    evaluation: Evaluation


@dataclass(frozen=True, eq=False)
class Group:
    """Runs judged under the same conditions, and what differs from the first group, in words."""

    digest: str
    entries: tuple[Entry, ...]
    differences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The best run in counts: of k shown, how many were taken, and how many more than the baseline's.

    `more`, `low` and `high` are None for the baseline itself; `sure`: their interval leaves zero out.
    """

    run: str
    label: str
    baseline: str
    k: int
    right: float
    more: float | None
    low: float | None
    high: float | None
    sure: bool


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


def usual_baseline(entries: Sequence[Entry]) -> str:
    """The run of the popularity model, or the first run where there is none."""
    return next((entry.run for entry in entries if entry.model == "popularity"), entries[0].run)


def difference_table(
    entries: Sequence[Entry], metric: str, k: int, *, baseline: str, users: Users = "known"
) -> pd.DataFrame:
    """One row per run of one group, best first.

    Args:
        entries: runs under one fingerprint.
        metric: key of METRICS judged per user.
        k: list length.
        baseline: the run that all others are compared with.
        users: the group of users.

    Returns:
        run, model, label, mean, low, high, difference, difference_low, difference_high, better, worse,
        coverage, effective_rank, n_users. The baseline's own difference is NaN.
    """
    reference = next(entry for entry in entries if entry.run == baseline).evaluation
    labels = distinct([entry.label for entry in entries])
    rows = [
        {"run": entry.run, "model": entry.model, "label": label}
        | _numbers(entry.evaluation, None if entry.run == baseline else reference, metric, k, users)
        for entry, label in zip(entries, labels, strict=True)
    ]
    table = pd.DataFrame(rows)
    sign = 1.0 if METRICS[metric].higher_is_better else -1.0
    order = np.argsort(-sign * table["mean"].to_numpy(), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _numbers(
    own: Evaluation, reference: Evaluation | None, metric: str, k: int, users: Users
) -> dict[str, float]:
    values = own.values(metric, k, users)
    mean = interval(values)
    row = {
        "mean": mean.mean,
        "low": mean.low,
        "high": mean.high,
        "difference": np.nan,
        "difference_low": np.nan,
        "difference_high": np.nan,
        "better": 0,
        "worse": 0,
        "coverage": own.catalogue.get(f"coverage@{k}", np.nan),
        "effective_rank": own.catalogue.get("effective_rank", np.nan),
        "n_users": mean.n,
    }
    if reference is None or mean.n == 0:
        return row
    gap = paired_difference(values, reference.values(metric, k, users))
    better, worse = gap.wins, gap.losses
    if not METRICS[metric].higher_is_better:
        better, worse = worse, better
    return row | {
        "difference": gap.mean,
        "difference_low": gap.low,
        "difference_high": gap.high,
        "better": better,
        "worse": worse,
    }


def verdict(
    entries: Sequence[Entry], table: pd.DataFrame, k: int, *, baseline: str, users: Users = "known"
) -> Verdict:
    """The first row of `difference_table` in counts: precision@k times k."""
    best = str(table["run"].iloc[0])
    by_run = {entry.run: entry.evaluation for entry in entries}
    labels = dict(zip(table["run"], table["label"], strict=True))
    mine = k * by_run[best].values("precision", k, users)
    right = float(mine.mean()) if len(mine) else float("nan")
    if best == baseline or len(mine) == 0:
        return Verdict(best, labels[best], labels[baseline], k, right, None, None, None, sure=False)
    gap = paired_difference(mine, k * by_run[baseline].values("precision", k, users))
    return Verdict(best, labels[best], labels[baseline], k, right, gap.mean, gap.low, gap.high, sure=gap.sure)


def finding(found: Verdict) -> str:
    """The verdict as a sentence."""
    right = _items(found.right)
    if found.more is None or found.low is None or found.high is None:
        return t("leaderboard.finding_baseline", model=found.label, right=right, k=found.k)
    key = "finding" if found.sure and found.more > 0 else "finding_fewer" if found.sure else "finding_unsure"
    low, high = sorted([abs(found.low), abs(found.high)]) if found.sure else (found.low, found.high)
    joint = numbers.EN_DASH if low >= 0 else " to "
    return t(
        f"leaderboard.{key}",
        model=found.label,
        right=right,
        k=found.k,
        more=_items(abs(found.more)),
        baseline=found.baseline,
        interval=f"{_items(low)}{joint}{_items(high)}",
    )


def _items(value: float) -> str:
    """A number of items: 2.1, or 0.42 below one."""
    text = f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}"
    return text.replace("-", numbers.MINUS)


def shown_table(
    table: pd.DataFrame, metric: str, k: int, *, test: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The five columns a person reads (six when the test part is open), numbers written out."""
    names = heads(metric, k, baseline_label(table))
    shown = pd.DataFrame(
        {
            names[0]: [numbers.shorten(str(label), 24) for label in table["label"]],
            names[1]: [numbers.with_interval(r.mean, r.low, r.high) for r in _rows(table)],
            names[2]: [_difference(r) for r in _rows(table)],
            names[3]: [_wins(r) for r in _rows(table)],
            names[4]: [numbers.share(value) for value in table["coverage"]],
        }
    )
    if test is not None:
        by_run = {row.run: numbers.with_interval(row.mean, row.low, row.high) for row in _rows(test)}
        shown.insert(
            2, t("leaderboard.column_test"), [by_run.get(run, numbers.MISSING) for run in table["run"]]
        )
    return shown


def heads(metric: str, k: int, baseline: str) -> list[str]:
    """Heads of the five columns."""
    return [
        t("leaderboard.column_model"),
        f"{METRICS[metric].label}@{k} (95 %)",
        t("leaderboard.column_difference", baseline=numbers.shorten(baseline, 20)),
        t("leaderboard.column_users"),
        t("leaderboard.column_coverage"),
    ]


def baseline_label(table: pd.DataFrame) -> str:
    """Label of the run without a difference: the baseline."""
    own = table.loc[table["difference"].isna(), "label"]
    return "" if own.empty else str(own.iloc[0])


def _rows(table: pd.DataFrame) -> list[Row]:
    return [Row(**{name: row[name] for name in Row.__dataclass_fields__}) for row in table.to_dict("records")]


@dataclass(frozen=True)
class Row:
    """Numbers of one run (a row of `difference_table`)."""

    run: str
    mean: float
    low: float
    high: float
    difference: float
    difference_low: float
    difference_high: float
    better: int
    worse: int


def _difference(row: Row) -> str:
    if np.isnan(row.difference):
        return numbers.MISSING
    return f"{numbers.signed(row.difference)} ({numbers.interval(row.difference_low, row.difference_high)})"


def _wins(row: Row) -> str:
    if np.isnan(row.difference):
        return numbers.MISSING
    return f"{numbers.count(row.better)} / {numbers.count(row.worse)}"


def all_metrics_table(entries: Sequence[Entry], k: int, *, users: Users = "known") -> pd.DataFrame:
    """One row per metric: its label, one column per run, definition, denominator, users or lists counted."""
    labels = distinct([entry.label for entry in entries])
    rows = []
    for name in (*PER_USER, *OF_LISTS, "effective_rank"):
        metric = METRICS[name]
        first = entries[0].evaluation
        row: dict[str, object] = {
            t("leaderboard.column_metric"): metric.label
            if name == "effective_rank"
            else f"{metric.label}@{k}"
        }
        row |= {
            label: _value(entry.evaluation, name, k, users)
            for label, entry in zip(labels, entries, strict=True)
        }
        row[t("leaderboard.column_definition")] = metric.definition
        row[t("leaderboard.column_denominator")] = metric.denominator
        row[t("leaderboard.column_n")] = first.n_users(users) if metric.per_user else first.n_lists
        rows.append(row)
    return pd.DataFrame(rows)


def written_metrics(rows: pd.DataFrame, runs: Sequence[str]) -> pd.DataFrame:
    """The values of runs written out: three decimals, and one for numbers above ten."""
    written = {
        run: [f"{value:.1f}" if value >= 10 else numbers.score(value) for value in rows[run]] for run in runs
    }
    return rows.assign(**written)


def _value(evaluation: Evaluation, name: str, k: int, users: Users) -> float:
    if METRICS[name].per_user:
        values = evaluation.values(name, k, users)
        return float(values.mean()) if len(values) else float("nan")
    plain = evaluation.catalogue.get(name, np.nan)
    return float(evaluation.catalogue.get(f"{name}@{k}", plain))


def judged_words(evaluation: Evaluation, users: Users) -> str:
    """How many users were judged, and who was left out and why."""
    judged = evaluation.n_users(users)
    left = sum(evaluation.left_out.values())
    total = evaluation.n_users("all") + left
    reasons = "; ".join(f"{numbers.count(n)} ({_flat(why)})" for why, n in evaluation.left_out.items())
    group = t(f"leaderboard.users_{users}").lower()
    if not left:
        return t("leaderboard.judged_all", judged=numbers.count(judged), group=group)
    return t(
        "leaderboard.judged",
        judged=numbers.count(judged),
        group=group,
        total=numbers.count(total),
        reasons=reasons,
    )


def _flat(reason: str) -> str:
    """A reason without brackets of its own."""
    return reason.replace(" (", ", ").replace(")", "")


def collapsed(table: pd.DataFrame) -> list[str]:
    """Labels of runs other than the baselines whose scores follow one order for nearly everybody."""
    flat = (table["effective_rank"] < ONE_ORDER) & ~table["model"].isin(["popularity", "random"])
    return [str(label) for label in table.loc[flat, "label"]]


def beside_accuracy(table: pd.DataFrame, metric: str, k: int) -> str:
    """The chosen metric, coverage and effective rank of the best run in words.

    Coverage and rank stand beside accuracy so that one list for everybody is visible.
    """
    best, of = table.iloc[0], METRICS[metric]
    plain = of.sentence(float(best["mean"]), k)
    words = [t("leaderboard.by_metric", metric=f"{of.label}@{k}", plain=plain)]
    words += [t("leaderboard.coverage_words", model=best["label"], share=numbers.share(best["coverage"]))]
    if not np.isnan(best["effective_rank"]):
        words.append(t("leaderboard.rank_words", rank=f"{best['effective_rank']:.0f}"))
    words += [t("leaderboard.collapse", model=label) for label in collapsed(table)]
    return " ".join(words)


def figure_table(table: pd.DataFrame, metric: str, k: int) -> pd.DataFrame:
    """The numbers behind the interval figure, unrounded, with names for people."""
    names: Mapping[str, str] = {
        "label": t("leaderboard.column_model"),
        "mean": f"{METRICS[metric].label}@{k}",
        "low": t("leaderboard.column_low"),
        "high": t("leaderboard.column_high"),
        "n_users": t("leaderboard.column_n"),
    }
    return table[list(names)].rename(columns=dict(names))


def gap_table(table: pd.DataFrame) -> pd.DataFrame:
    """The numbers behind the difference figure, unrounded, with names for people."""
    names = {
        "label": t("leaderboard.column_model"),
        "difference": t("leaderboard.column_gap"),
        "difference_low": t("leaderboard.column_low"),
        "difference_high": t("leaderboard.column_high"),
        "better": t("leaderboard.column_better"),
        "worse": t("leaderboard.column_worse"),
    }
    return table.dropna(subset=["difference"])[list(names)].rename(columns=names)


def trade_table(table: pd.DataFrame, metric: str, k: int) -> pd.DataFrame:
    """The numbers behind the trade-off figure, unrounded, with names for people."""
    names = {
        "label": t("leaderboard.column_model"),
        "mean": f"{METRICS[metric].label}@{k}",
        "low": t("leaderboard.column_low"),
        "high": t("leaderboard.column_high"),
        "coverage": t("leaderboard.column_coverage"),
        "effective_rank": METRICS["effective_rank"].label,
    }
    return table[list(names)].rename(columns=names)
