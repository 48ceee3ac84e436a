"""Figures about a dataset: how events spread over users, items and time, and where a split cuts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.memory import drawn_once
from dashboard.charts.template import BASE_LOOK, blank, plain
from dashboard.charts.theme import MODELS, MUTED, PRIMARY
from dashboard.text.numbers import exact_count

PART_COLOURS = {"train": MODELS[0], "validation": MODELS[1], "test": MODELS[2]}


@drawn_once
def log_log(table: pd.DataFrame, x: str, y: str, *, x_title: str, y_title: str) -> go.Figure:
    """A curve on two logarithmic axes: a straight fall is a power law."""
    figure = blank(x=x_title, y=y_title, height=320)
    figure.add_trace(
        go.Scatter(
            x=table[x],
            y=table[y],
            mode="lines+markers",
            line={"color": PRIMARY, "width": 2},
            marker={"color": PRIMARY, "size": 4, "symbol": BASE_LOOK.symbol},
            hovertemplate=f"{plain(x_title)} %{{x:,}}<br>{plain(y_title)} %{{y:,}}<extra></extra>",
        )
    )
    figure.update_xaxes(type="log", dtick=1, showgrid=False)
    figure.update_yaxes(type="log", dtick=1)
    return figure


@drawn_once
def over_time(table: pd.DataFrame, x: str, y: str, *, y_title: str) -> go.Figure:
    """Events per stretch of time."""
    figure = blank(y=y_title, height=280)
    figure.add_trace(
        go.Bar(
            x=table[x],
            y=table[y],
            marker={"color": PRIMARY},
            hovertemplate="%{x|%Y-%m-%d}: %{y:,}<extra></extra>",
        )
    )
    figure.update_layout(bargap=0.08)
    return figure


def timeline(table: pd.DataFrame, names: Mapping[str, str], *, y_title: str) -> go.Figure:
    """Events over time, stacked by the part that holds them; where the colour changes is the cut."""
    figure = blank(y=y_title, height=300)
    for part, rows in table.groupby("part", sort=False):
        figure.add_trace(
            go.Bar(
                x=rows["start"],
                y=rows["events"],
                name=names[str(part)],
                marker={"color": PART_COLOURS[str(part)]},
                hovertemplate=f"{names[str(part)]}, %{{x|%Y-%m-%d}}: %{{y:,}}<extra></extra>",
            )
        )
    figure.update_layout(barmode="stack", bargap=0.06, margin_t=44)
    return figure


@drawn_once
def part_bars(table: pd.DataFrame, names: Mapping[str, str], *, x_title: str) -> go.Figure:
    """Events per part, for data without times."""
    figure = blank(x=x_title, height=190)
    for row in table.itertuples():
        figure.add_trace(
            go.Bar(
                x=[row.events],
                y=[names[row.part]],
                orientation="h",
                marker={"color": PART_COLOURS[row.part]},
                text=[exact_count(row.events)],
                textposition="auto",
                hoverinfo="skip",
            )
        )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def mark_cuts(figure: go.Figure, cuts: Sequence[tuple[pd.Timestamp, str, str]]) -> None:
    """Vertical lines at moments; what begins there, in the colour of its part, stands above and left."""
    for level, (moment, name, part) in enumerate(cuts):
        figure.add_vline(x=moment, line={"color": MUTED, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=moment,
            y=1,
            yref="paper",
            yshift=10 + 16 * level,
            text=f"{plain(name)} →",
            showarrow=False,
            xanchor="right",
            xshift=6,
            font={"size": 12, "color": PART_COLOURS[part]},
        )
