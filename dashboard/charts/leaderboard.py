"""Leaderboard figures: means with intervals, differences to the baseline, accuracy against coverage."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.memory import drawn_once
from dashboard.charts.template import Look, add_interval, blank, plain, zero_line
from dashboard.charts.theme import MUTED
from dashboard.text.numbers import shorten

ROW = 36  # pixels per run


@drawn_once
def interval_dots(
    table: pd.DataFrame,
    looks: Mapping[str, Look],
    *,
    x: str,
    baseline: str = "",
) -> go.Figure:
    """One dot with its 95 % interval per run, best on top; a dotted line at the baseline's mean.

    Args:
        table: run, label, mean, low, high, best first.
        looks: colour and marker of each run.
        x: axis title.
        baseline: run whose mean is the line to beat, or "".
    """
    figure = blank(x=x, height=90 + ROW * len(table))
    _intervals(figure, table, ("mean", "low", "high"), looks)
    if baseline in set(table["run"]):
        at = float(table.loc[table["run"] == baseline, "mean"].iloc[0])
        figure.add_vline(x=at, line={"color": MUTED, "width": 1, "dash": "dot"}, layer="below")
    return figure


@drawn_once
def difference_dots(table: pd.DataFrame, looks: Mapping[str, Look], *, x: str) -> go.Figure:
    """Paired difference to the baseline with its 95 % interval per run, around the line of no difference."""
    others = table.dropna(subset=["difference"])
    figure = blank(x=x, height=90 + ROW * max(len(others), 1))
    _intervals(figure, others, ("difference", "difference_low", "difference_high"), looks)
    zero_line(figure)
    return figure


def _intervals(
    figure: go.Figure, table: pd.DataFrame, columns: tuple[str, str, str], looks: Mapping[str, Look]
) -> None:
    mean, low, high = (table[name].to_numpy(dtype=float) for name in columns)
    names = [shorten(str(label), 28) for label in table["label"]]
    for place, run in enumerate(table["run"]):
        add_interval(figure, names[place], mean[place], low[place], high[place], looks[run])
    figure.update_yaxes(autorange="reversed", showgrid=False)


@drawn_once
def trade_off(
    table: pd.DataFrame,
    looks: Mapping[str, Look],
    *,
    x: str,
    y: str,
) -> go.Figure:
    """Accuracy (mean with interval) against the share of the catalogue ever shown, one mark per run."""
    figure = blank(x=x, y=y, height=380)
    for row in table.itertuples():
        look = looks[row.run]
        figure.add_trace(
            go.Scatter(
                x=[row.coverage],
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
                hovertemplate=f"{plain(row.label)}: %{{y:.3f}}, %{{x:.0%}}<extra></extra>",
            )
        )
    widest = float(table["coverage"].max()) if len(table) else 1.0
    figure.update_layout(showlegend=True)  # labels at the marks would lie on each other
    figure.update_xaxes(tickformat=".0%", range=[-0.08 * widest, 1.12 * widest])
    figure.update_yaxes(tickformat=".3~f", rangemode="tozero", title_standoff=16)
    return figure
