"""Runs & jobs: the table of runs, and what differs between their settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.views.split import limits_in_words

METRIC, K = "ndcg", 10


def runs_table(runs: pd.DataFrame, metrics: pd.DataFrame, model_labels: Mapping[str, str]) -> pd.DataFrame:
    """One row per run, the newest first: label, model, metric (NDCG@10 of known users), split, device,
    seconds, created, run."""
    chosen = metrics[(metrics["metric"] == METRIC) & (metrics["k"] == K)].set_index("run")["mean"]
    table = runs.sort_values("created", ascending=False, kind="stable")
    return pd.DataFrame(
        {
            "label": table["label"],
            "model": table["model"].map(lambda name: model_labels.get(name, name)),
            "metric": table["run"].map(chosen).astype(np.float64),
            "protocol": table["protocol"],
            "seconds": table["seconds"].astype(np.float64),
            "device": table["device"].str.upper(),
            "created": table["created"],
            "run": table["run"],
        }
    ).reset_index(drop=True)


def settings_of(meta: Any) -> dict[str, str]:
    """Everything that could make two runs differ, as text."""
    device = getattr(meta.device, "used", "")
    facts = {
        "model": meta.model,
        "seed": meta.seed,
        "split": meta.protocol,
        "split seed": meta.split_seed,
        "policy": meta.policy,
        "device": device,
    }
    facts |= {f"split: {name.replace('_', ' ')}": value for name, value in meta.split_config.items()}
    facts |= {"limits": limits_in_words(meta.limits)} if getattr(meta, "limits", None) else {}
    facts |= {name.replace("_", " "): value for name, value in meta.config.items()}
    facts |= {f"version: {name}": value for name, value in meta.versions.items()}
    return {name: str(value) for name, value in facts.items()}


def settings_diff(
    metas: Sequence[Any], labels: Sequence[str], *, only_different: bool = True
) -> pd.DataFrame:
    """One row per setting, one column per run (its label, all different); a setting a run lacks is "–"."""
    found = [settings_of(meta) for meta in metas]
    names = list(dict.fromkeys(name for settings in found for name in settings))
    labels = list(labels)
    rows = [
        {"setting": name, **{label: own.get(name, "–") for label, own in zip(labels, found, strict=True)}}
        for name in names
    ]
    table = pd.DataFrame(rows, columns=["setting", *labels])
    return table[table[labels].nunique(axis=1) > 1].reset_index(drop=True) if only_different else table
