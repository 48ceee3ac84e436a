"""Figures of Home: how good each run is, and for which users the best one gains or loses."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.memory import drawn_once
from dashboard.charts.template import BASE_LOOK, Look, add_interval, blank, zero_line
from dashboard.charts.theme import NEGATIVE
from dashboard.text.numbers import shorten

ROW = 34  # pixels of one row of a dot plot


@drawn_once
def runs_figure(table: pd.DataFrame, looks: Mapping[str, Look], x: str) -> go.Figure:
    """Mean and interval of each run, best on top. Columns run, label, mean, low, high."""
    figure = blank(x=x, height=70 + ROW * max(len(table), 2))
    for row in table.itertuples():
        add_interval(figure, shorten(str(row.label), 36), row.mean, row.low, row.high, looks[str(row.run)])
    figure.update_yaxes(autorange="reversed", showgrid=False, type="category")
    figure.update_xaxes(rangemode="tozero", tickformat=".2f")
    return figure


@drawn_once
def segments_figure(table: pd.DataFrame, x: str, y: str) -> go.Figure:
    """Difference to the baseline with its interval per group of users; the dotted line is no difference."""
    figure = blank(x=x, y=y, height=70 + ROW * max(len(table), 2))
    zero_line(figure)
    for row in table.itertuples():
        worse = row.high < 0
        look = Look(NEGATIVE, "triangle-down", "solid") if worse else BASE_LOOK
        add_interval(figure, str(row.events), row.difference, row.low, row.high, look)
    figure.update_yaxes(autorange="reversed", showgrid=False, type="category")
    figure.update_xaxes(tickformat="+.2f")
    return figure
