"""New users: the n-shot curve as a table, and where each model overtakes the line to beat."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd


def curve_table(points: pd.DataFrame, labels: Mapping[str, str], *, metric: str, k: int) -> pd.DataFrame:
    """Points of one metric and k, named by label: name, label, n, mean, low, high, answered_share."""
    chosen = points[(points["metric"] == metric) & (points["k"] == k)]
    table = chosen[["name", "n", "mean", "low", "high", "answered_share"]].copy()
    table.insert(1, "label", [labels.get(name, name) for name in table["name"]])
    order = {name: place for place, name in enumerate(labels)}
    rank = table["name"].map(lambda name: order.get(name, len(order)))
    return (
        table.assign(_order=rank)
        .sort_values(["_order", "name", "n"], kind="stable")
        .drop(columns="_order")
        .reset_index(drop=True)
    )


def wide_curve(table: pd.DataFrame) -> pd.DataFrame:
    """One row per number of known events, one column per label: the curve as a person reads it."""
    labels = list(dict.fromkeys(table["label"]))
    wide = table.pivot(index="n", columns="label", values="mean").reindex(columns=labels)
    return wide.rename_axis(columns=None).reset_index()
