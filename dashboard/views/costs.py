"""What runs cost beside what they are worth: seconds, memory, time to answer, size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.text import t
from dashboard.text.numbers import duration, score, share

COSTS = ("fit_s", "tuning_s", "ram_mb", "gpu_mb", "answer_ms", "size_mb")
ENOUGH = 0.95  # of the best value: "nearly as good"


def alike(runs: pd.DataFrame) -> pd.DataFrame:
    """The runs under the same test conditions as the newest."""
    newest = runs.sort_values(["created", "run"], kind="stable")["fingerprint"].iloc[-1]
    return runs[runs["fingerprint"] == newest]


def cost_table(runs: pd.DataFrame, metas: Sequence[Any], metrics: pd.DataFrame) -> pd.DataFrame:
    """One row per run with a value: run, label, mean, low, high, then `COSTS` (NaN where not measured), best
    first.

    Args:
        runs: run, label.
        metas: what was written down with each run.
        metrics: run, mean, low, high of one metric.
    """
    labels = dict(zip(runs["run"], runs["label"], strict=True))
    found = {str(row.run): row for row in metrics.itertuples()}
    rows = [
        {
            "run": meta.run,
            "label": labels[meta.run],
            **{end: float(getattr(found[meta.run], end)) for end in ("mean", "low", "high")},
            "fit_s": meta.seconds.get("fit") if meta.costs else None,
            "tuning_s": meta.seconds.get("tuning"),
            **{name: meta.costs.get(name) for name in COSTS[2:]},
        }
        for meta in metas
        if meta.run in found
    ]
    table = pd.DataFrame(rows, columns=["run", "label", "mean", "low", "high", *COSTS])
    table[list(COSTS)] = table[list(COSTS)].astype("float64")
    return table.sort_values(["mean", "label"], ascending=[False, True], kind="stable", ignore_index=True)


def front(table: pd.DataFrame, cost: str) -> list[str]:
    """Runs that no other beats in both value and cost (Pareto), from the cheapest to the best."""
    known = table.dropna(subset=[cost, "mean"]).sort_values(
        [cost, "mean"], ascending=[True, False], kind="stable"
    )
    best, kept = float("-inf"), []
    for row in known.itertuples():
        if row.mean > best:
            best = float(row.mean)
            kept.append(str(row.run))
    return kept


def cost_words(value: float, cost: str) -> str:
    """The cost with its unit."""
    if cost.endswith("_s"):
        return duration(value)
    number = f"{value:.0f}" if value >= 100 else f"{value:.3g}"
    return f"{number} {'ms' if cost == 'answer_ms' else 'MB'}"


def cost_sentence(table: pd.DataFrame, cost: str, metric: str) -> str:
    """Which run is best, and which costs least among those nearly as good."""
    known = table.dropna(subset=[cost])
    if known.empty:
        return t("runs.costs_none")
    best = known.iloc[0]
    near = known[known["mean"] >= ENOUGH * best["mean"]].sort_values(cost, kind="stable").iloc[0]
    words: Mapping[str, str] = {
        "label": best["label"],
        "metric": metric,
        "value": score(best["mean"]),
        "cost": cost_words(best[cost], cost),
        "what": t(f"runs.what_{cost}"),
    }
    if near["run"] == best["run"]:
        return t("runs.costs_best", **words)
    kept = share(near["mean"] / best["mean"])
    return t("runs.costs_near", **words, other=near["label"], kept=kept, less=cost_words(near[cost], cost))


def written_costs(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The table for people: a column of costs that no run has is left out."""
    shown = pd.DataFrame({t("runs.column_label"): table["label"], metric: table["mean"].map(score)})
    for cost in COSTS:
        known = table[cost].fillna(0.0).gt(0).any() or (cost == "ram_mb" and table[cost].notna().any())
        if known:
            shown[t(f"runs.cost_{cost}")] = [
                "–" if pd.isna(value) else cost_words(value, cost) for value in table[cost]
            ]
    return shown
