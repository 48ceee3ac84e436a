"""Value against cost: one mark per run, the runs that nothing beats joined by a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.memory import drawn_once
from dashboard.charts.template import Look, blank, plain
from dashboard.charts.theme import MUTED
from dashboard.text.numbers import shorten

WIDE = 20.0  # largest by smallest cost: beyond, the axis is logarithmic


@drawn_once
def pareto(
    table: pd.DataFrame, cost: str, best: Sequence[str], looks: Mapping[str, Look], *, x: str, y: str
) -> go.Figure:
    """Value with its interval against a cost; the line joins the runs `best` (Pareto front).

    Args:
        table: run, label, mean, low, high and the cost's column.
        cost: that column.
        best: run ids from the cheapest to the best.
        looks: style of each run.
        x, y: axis titles.
    """
    known = table.dropna(subset=[cost])
    figure = blank(x=x, y=y, height=400)
    rows = known.set_index("run").loc[list(best)]
    figure.add_scatter(
        x=rows[cost].tolist(),
        y=rows["mean"].tolist(),
        mode="lines",
        line={"color": MUTED, "width": 1.5, "dash": "dot", "shape": "hv"},
        hoverinfo="skip",
        showlegend=False,
    )
    for row in known.itertuples():
        look = looks[row.run]
        figure.add_scatter(
            x=[getattr(row, cost)],
            y=[row.mean],
            mode="markers",
            marker={"color": look.colour, "symbol": look.symbol, "size": 12},
            error_y={
                "type": "data",
                "array": [row.high - row.mean],
                "arrayminus": [row.mean - row.low],
                "color": look.colour,
                "thickness": 1.5,
                "width": 4,
            },
            name=plain(shorten(str(row.label), 24)),
            hovertemplate=f"{plain(row.label)}: %{{y:.3f}}, %{{x:.3g}}<extra></extra>",
        )
    figure.update_layout(showlegend=True)
    figure.update_yaxes(tickformat=".3~f", rangemode="tozero", title_standoff=16)
    positive = known[cost][known[cost] > 0]
    if len(positive) == len(known) and positive.max() > WIDE * positive.min():
        figure.update_xaxes(type="log", tickformat="~g", dtick=1)
    else:
        figure.update_xaxes(rangemode="tozero")
    return figure
