"""Figures about splits: where in their users' histories events were held out, and the folds along time."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.memory import drawn_once
from dashboard.charts.profile import PART_COLOURS
from dashboard.charts.template import add_line, blank, model_look, plain

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
def scores(points: pd.DataFrame, labels: Mapping[str, str], *, x_title: str, y_title: str) -> go.Figure:
    """One line per model over the folds, with the interval of each mean; names at the line ends.

    Args:
        points: fold, model, mean, low, high.
        labels: names of the models, in the order of their looks.
    """
    figure = blank(x=x_title, y=y_title, height=300)
    for place, (model, label) in enumerate(labels.items(), start=1):
        rows = points[points["model"] == model].dropna(subset=["mean"])
        lines = {name: rows[name].tolist() for name in ("fold", "mean", "low", "high")}
        add_line(
            figure,
            label,
            lines["fold"],
            lines["mean"],
            model_look(place),
            low=lines["low"],
            high=lines["high"],
        )
    figure.update_xaxes(dtick=1, showgrid=False)
    figure.update_yaxes(rangemode="tozero")
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
