"""What Home says: the verdict over all comparable runs, and the newest cold-start crossing."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.cold_start.n_shot import BASELINE
from dashboard.loaders.runs import evaluation, run_split, runs
from dashboard.loaders.sources import store
from dashboard.views.home import Verdict, verdict
from dashboard.views.leaderboard import Entry


@st.cache_resource(max_entries=16, show_spinner=False)
def _verdict(dataset: str, run_labels: tuple[tuple[str, str, str], ...]) -> Verdict | None:
    del dataset  # part of the key: ids are unique, the name helps when reading a cache dump
    entries = [Entry(run, label, model, evaluation(run)) for run, label, model in run_labels]
    if not entries:
        return None
    train = run_split(entries[-1].run).train
    return verdict(entries, np.bincount(train.interactions.user, minlength=train.n_users))


def home_verdict(dataset: str, chosen: tuple[str, ...]) -> Verdict | None:
    """The verdict over `chosen` runs; None when nothing is judged."""
    table = runs(dataset).set_index("run").loc[list(chosen)].sort_values("created", kind="stable")
    keys = tuple((str(row.Index), str(row.label), str(row.model)) for row in table.itertuples())
    return _verdict(dataset, keys)


def newest_crossing(dataset: str) -> dict[str, Any] | None:
    """Of the newest n-shot curve: who passes the line to beat first, and after how many events.

    Returns:
        name, n (None: nobody does), baseline; None when no curve was drawn for the dataset.
    """
    table = store().results("cold_start", dataset)
    if table.empty:
        return None
    meta = dict(table["meta"].iloc[0])
    lines = meta["lines"]
    crossed = [found for found in meta["crossings"] if found["n"] is not None and found["name"] != BASELINE]
    baseline = str(lines[BASELINE]["label"])
    if not crossed:
        return {"name": "", "n": None, "baseline": baseline}
    first = min(crossed, key=lambda found: int(found["n"]))
    return {"name": str(lines[first["name"]]["label"]), "n": int(first["n"]), "baseline": baseline}
