"""Reads about runs: the list, settings, metrics, lists, evaluations, models. Results never change."""

from __future__ import annotations

from typing import Any

import pandas as pd

from core.evaluation import Evaluation
from core.models.base import Recommender
from core.ranking import Recommendations
from dashboard.charts.template import Look, model_look
from dashboard.loaders.sources import store, workspace
from dashboard.views.labels import distinct
from dashboard.workspace import RunMeta
from data.split import Split

FUSED = "fused"  # the model name of a saved fusion


def runs(dataset: str, *, hidden: bool = False) -> pd.DataFrame:
    """Runs of a dataset, the fused ones first, then in the order they were made.

    Columns as `Store.runs`, but `place` is the number 1, 2, … of the run among those of its kind (fused or
    not), and labels that come again are numbered (`own_label` is the label as given). Hidden runs count too,
    so a run never changes its colour or its number.
    """
    table = store().runs(dataset, hidden=True).sort_values(["created", "run"], kind="stable")
    fused = table["model"].eq(FUSED)
    table = table.assign(
        place=table.groupby(fused).cumcount() + 1,
        _single=~fused,
        own_label=table["label"],
        label=distinct([str(label) for label in table["label"]]),
    )
    table = table.sort_values(["_single", "place"], kind="stable").drop(columns="_single")
    return (table if hidden else table[~table["hidden"].astype(bool)]).reset_index(drop=True)


def run_meta(run: str) -> RunMeta:
    """Settings, seed, conditions, device, versions and durations of a run."""
    return workspace().run(run)


def look(run_row: Any) -> Look:
    """Colour, marker and dash of a row of `runs`; the same on every page."""
    return model_look(int(run_row.place), fused=run_row.model == FUSED)


def looks(table: pd.DataFrame) -> dict[str, Look]:
    """Look of each run of a table of `runs`."""
    return {str(row.run): look(row) for row in table.itertuples()}


def labels(table: pd.DataFrame) -> dict[str, str]:
    """Label of each run of a table of `runs`."""
    return {str(row.run): str(row.label) for row in table.itertuples()}


def metrics(dataset: str, part: str = "validation", users: str = "known") -> pd.DataFrame:
    """run, metric, k, mean, low, high, n_users."""
    return store().metrics(dataset, part=part, users=users)


def evaluation(run: str, part: str = "validation") -> Evaluation:
    """Values per user and for the catalogue."""
    return workspace().evaluation(run, part)


def lists(run: str, part: str = "validation") -> Recommendations:
    """The stored top lists (50 deep) of a part."""
    return workspace().lists(run, part)


def model(run: str) -> Recommender:
    """The trained model, ready to score."""
    return workspace().model(run)


def run_split(run: str) -> Split:
    """The split that a run was trained and judged on."""
    return workspace().run_split(run)
