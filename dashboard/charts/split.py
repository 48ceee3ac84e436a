"""Figures about splits: where in their users' histories events were held out, and the folds along time."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.memory import drawn_once
from dashboard.charts.profile import PART_COLOURS
from dashboard.charts.template import blank, plain

MILLISECONDS = 1000
FOLD_HEIGHT = 34


@drawn_once
def tenths(table: pd.DataFrame, names: Mapping[str, str], *, x_title: str, y_title: str) -> go.Figure:
    """Events by tenth of their user's history, stacked by the part that holds them."""
    figure = blank(x=x_title, y=y_title, height=300)
    for part, rows in table.groupby("part", sort=False):
        figure.add_trace(
            go.Bar(
                x=rows["tenth"],
                y=rows["events"],
                name=names[str(part)],
                marker={"color": PART_COLOURS[str(part)]},
                hovertemplate=f"{plain(names[str(part)])}: %{{y:,}}<extra></extra>",
            )
        )
    figure.update_layout(barmode="stack", bargap=0.06, margin_t=44, showlegend=True)
    figure.update_layout(legend_traceorder="normal")
    figure.update_xaxes(dtick=1, showgrid=False)
    return figure


@drawn_once
def folds(table: pd.DataFrame, names: Mapping[str, str], *, fold: str, begins: int) -> go.Figure:
    """One row per fold: what teaches, what it is tuned on and judged by, along time.

    Args:
        table: the folds of `data.splits.fold_table`.
        names: words of the parts.
        fold: "Fold {n}".
        begins: epoch seconds of the first event.
    """
    figure = blank(height=90 + FOLD_HEIGHT * len(table))
    rows = [fold.format(n=number) for number in table["fold"]]
    cuts = [[begins] * len(table), *(table[name] for name in ("validation_from", "test_from", "test_until"))]
    for place, part in enumerate(PART_COLOURS):
        starts, ends = (pd.Series(cut, dtype="float64") for cut in cuts[place : place + 2])
        figure.add_trace(
            go.Bar(
                x=(ends - starts) * MILLISECONDS,
                base=pd.to_datetime(starts, unit="s", utc=True),
                y=rows,
                orientation="h",
                name=names[part],
                marker={"color": PART_COLOURS[part]},
                hovertemplate=f"{plain(names[part])} %{{base|%Y-%m-%d}} – %{{x|%Y-%m-%d}}<extra></extra>",
            )
        )
    figure.update_layout(barmode="overlay", bargap=0.25, margin_t=44, showlegend=True)
    figure.update_layout(legend_traceorder="normal")
    figure.update_xaxes(type="date")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure
