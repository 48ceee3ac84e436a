"""Runs that differ by their seed alone: mean and spread."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.text import t
from dashboard.text.numbers import score

COLUMNS = ["label", "seeds", "n", "mean", "spread", "low", "high"]


def seed_table(runs: pd.DataFrame, metas: Sequence[Any], values: Mapping[str, float]) -> pd.DataFrame:
    """One row per group of runs with equal model, settings and conditions, and two seeds or more.

    Args:
        runs: run, label (as given, without a number).
        metas: what was written down with each run.
        values: the metric by run.

    Returns:
        label, seeds ("0, 1, 2"), n, mean, spread (standard deviation of a sample, n − 1), low, high.
    """
    labels = dict(zip(runs["run"], runs["label"], strict=True))
    groups: dict[str, dict[int, Any]] = {}
    for meta in sorted(metas, key=lambda meta: (meta.created, meta.run)):
        if meta.run in values and not meta.members:
            groups.setdefault(_group(meta), {}).setdefault(meta.seed, meta)  # a seed twice counts once
    rows = []
    for members in groups.values():
        if len(members) < 2:
            continue
        found = np.array([values[members[seed].run] for seed in sorted(members)], dtype=np.float64)
        rows.append(
            {
                "label": _common(labels[next(iter(members.values())).run]),
                "seeds": ", ".join(str(seed) for seed in sorted(members)),
                "n": len(found),
                "mean": float(found.mean()),
                "spread": float(found.std(ddof=1)),
                "low": float(found.min()),
                "high": float(found.max()),
            }
        )
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values(["mean", "label"], ascending=[False, True], kind="stable", ignore_index=True)


def _group(meta: Any) -> str:
    """Everything but the seed that decides a run's numbers."""
    return json.dumps([meta.model, meta.config, meta.fingerprint], sort_keys=True)


def _common(label: str) -> str:
    """The label without the seed that a training with several seeds writes behind it."""
    mark = t("train.seed_label", label="", seed="")
    head, found, tail = label.rpartition(mark)
    return head if found and tail.isdigit() else label


def seed_sentence(table: pd.DataFrame, metric: str) -> str:
    """How much of a result is chance."""
    widest = table.loc[table["spread"].idxmax()]
    return t(
        "runs.seeds_finding",
        metric=metric,
        label=widest["label"],
        mean=score(widest["mean"]),
        spread=score(widest["spread"]),
        n=int(widest["n"]),
        low=score(widest["low"]),
        high=score(widest["high"]),
    )
