"""Training curves: what a model learnt, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.memory import drawn_once
from dashboard.charts.template import add_line, blank, model_look

STEP = "epoch"
MODEL = "model"  # which model of the job a step belongs to


def curve_table(curve: Sequence[dict[str, float]]) -> pd.DataFrame:
    """One row per reported step: epoch (counted where not reported), then every reported value.

    Of several models trained one after the other only the latest is kept.
    """
    table = pd.DataFrame(list(curve))
    if table.empty:
        return table
    if MODEL in table:
        table = table[table[MODEL].eq(table[MODEL].iloc[-1])].drop(columns=MODEL).reset_index(drop=True)
        table = table.dropna(axis=1, how="all")
    if STEP not in table:
        table.insert(0, STEP, range(1, len(table) + 1))
    return table[[STEP, *sorted(column for column in table.columns if column != STEP)]]


@drawn_once
def training_curve(table: pd.DataFrame, value: str, x_title: str) -> go.Figure:
    """One reported value (loss, ndcg@10, …) over the epochs."""
    known = table[[STEP, value]].dropna()
    figure = blank(x=x_title, y=value, height=220)
    add_line(
        figure,
        value,
        list(known[STEP]),
        list(known[value]),
        model_look(1, fused=True),
        label=False,
        hover="%{y:.4g}",
    )
    figure.update_xaxes(tickformat="d")
    return figure
