"""Estimates of training time corrected by what earlier runs took on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

import streamlit as st

from core.models import MODELS, estimate_seconds
from dashboard.loaders.datasets import dataset_meta
from dashboard.loaders.runs import run_meta
from dashboard.loaders.sources import home, store

LATEST = 5  # runs of a model that count
LONG_S = 2.0  # below, starting up is most of the time and says nothing about larger data
BOUNDS = (0.1, 10.0)


def corrected(name: str, seconds: float) -> float:
    """The estimate times what the latest runs of this model took over what was estimated for them."""
    runs = store().runs()
    newest = "" if runs.empty else str(runs.sort_values(["created", "run"])["run"].iloc[-1])
    return seconds * _factors(str(home().root), len(runs), newest).get(name, 1.0)


@st.cache_data(max_entries=32, show_spinner=False)
def _factors(root: str, n_runs: int, newest: str) -> dict[str, float]:
    del root, n_runs, newest  # what is read changes with them
    runs = store().runs().sort_values(["created", "run"], ascending=False)
    found = {}
    for name, rows in runs[runs["model"].isin(list(MODELS))].groupby("model"):
        pairs = [(float(row.seconds), _estimated(str(row.run))) for row in rows.head(LATEST).itertuples()]
        found[str(name)] = factor(pairs)
    return found


def _estimated(run: str) -> float:
    """What was to be expected of a run."""
    meta = run_meta(run)
    sizes, kind = dataset_meta(meta.dataset), MODELS[meta.model]
    return float(
        estimate_seconds(
            meta.model, kind.Config(**meta.config), sizes["users"], sizes["items"], sizes["events"]
        )
    )


def factor(pairs: Iterable[tuple[float, float]]) -> float:
    """Median of seconds taken by seconds expected, within a tenth and ten times; 1 without a long run."""
    ratios = [
        taken / expected for taken, expected in pairs if max(taken, expected) >= LONG_S and expected > 0
    ]
    return min(max(median(ratios), BOUNDS[0]), BOUNDS[1]) if ratios else 1.0
