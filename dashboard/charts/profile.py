"""Figures about a dataset: how events spread over users, items and time, and where a split cuts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.charts.memory import drawn_once
from dashboard.charts.template import BASE_LOOK, DASHES, blank, plain
from dashboard.charts.theme import MODELS, MUTED, PRIMARY, SEQUENTIAL, TEXT
from dashboard.text.numbers import count, exact_count, shorten

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
def over_time(table: pd.DataFrame, x: str, series: Mapping[str, str], *, y_title: str) -> go.Figure:
    """Counts per stretch of time; several series are lines with their names, one alone is bars."""
    figure = blank(y=y_title, height=280)
    if len(series) == 1:
        (column,) = series
        bar = go.Bar(
            x=table[x],
            y=table[column],
            marker={"color": PRIMARY},
            hovertemplate="%{x|%Y-%m-%d}: %{y:,}<extra></extra>",
        )
        figure.add_trace(bar)
        figure.update_layout(bargap=0.08)
        return figure
    for place, (column, name) in enumerate(series.items(), start=1):
        figure.add_trace(
            go.Scatter(
                x=table[x],
                y=table[column],
                name=plain(name),
                mode="lines",
                line={"color": MODELS[place - 1], "width": 2, "dash": DASHES[place - 1]},
                hovertemplate=f"{plain(name)}, %{{x|%Y-%m-%d}}: %{{y:,}}<extra></extra>",
            )
        )
    figure.update_layout(showlegend=True, margin_t=36)
    return figure


@drawn_once
def bars(
    table: pd.DataFrame, x: str, y: str, *, x_title: str, y_title: str, tickformat: str = ","
) -> go.Figure:
    """One bar per row, in the order of the table."""
    figure = blank(x=x_title, y=y_title, height=280)
    figure.add_trace(
        go.Bar(
            x=[plain(value) for value in table[x]],
            y=table[y],
            marker={"color": PRIMARY},
            hovertemplate=f"%{{x}}: %{{y:{tickformat}}}<extra></extra>",
        )
    )
    figure.update_xaxes(type="category", showgrid=False)
    figure.update_yaxes(tickformat=tickformat)
    figure.update_layout(bargap=0.2)
    return figure


@drawn_once
def log_bars(table: pd.DataFrame, x: str, y: str, *, x_title: str, y_title: str) -> go.Figure:
    """Bars over bins of equal width on a logarithmic axis; `x` holds the lower edges."""
    low = np.log10(table[x].to_numpy(float))
    step = float(low[1] - low[0])
    figure = blank(x=x_title, y=y_title, height=280)
    figure.add_trace(
        go.Bar(
            x=low + step / 2,
            y=table[y],
            width=step * 0.92,
            marker={"color": PRIMARY},
            customdata=np.stack([table[x], 10 ** (low + step)], axis=1),
            hovertemplate="%{customdata[0]:,.3~r}–%{customdata[1]:,.3~r}: %{y:,}<extra></extra>",
        )
    )
    powers = np.arange(np.floor(low[0]), np.ceil(low[-1] + step) + 1)
    words = [f"{10.0**power:g}" if power < 0 else count(10.0**power) for power in powers]
    figure.update_xaxes(tickvals=powers, ticktext=words, showgrid=False)
    figure.update_yaxes(tickformat=",")
    return figure


@drawn_once
def survival(table: pd.DataFrame, *, x_title: str, y_title: str) -> go.Figure:
    """The share of those whose first and last event lie at least so many days apart."""
    figure = blank(x=x_title, y=y_title, height=280)
    figure.add_trace(
        go.Scatter(
            x=table["days"],
            y=table["share"],
            mode="lines",
            line={"color": PRIMARY, "width": 2, "shape": "hv"},
            hovertemplate="%{x:.1f} d: %{y:.0%}<extra></extra>",
        )
    )
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    return figure


@drawn_once
def week_clock(table: pd.DataFrame, days: Sequence[str], *, x_title: str) -> go.Figure:
    """The share of all events in each hour of the week."""
    grid = table.pivot_table(index="weekday", columns="hour", values="share", fill_value=0.0)
    figure = blank(x=x_title, height=260)
    figure.add_trace(
        go.Heatmap(
            z=grid.to_numpy(),
            x=list(grid.columns),
            y=list(days),
            colorscale=SEQUENTIAL,
            zmin=0,
            zmax=float(table["share"].max()),
            xgap=1,
            ygap=1,
            colorbar={"tickformat": ".1%", "thickness": 10, "outlinewidth": 0},
            hovertemplate="%{y} %{x}:00: %{z:.2%}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showgrid=False, dtick=3)
    return figure


@drawn_once
def point_map(table: pd.DataFrame, found: NDArray[np.bool_], named: Sequence[int] = ()) -> go.Figure:
    """Points sized by events; those found stand out, the rest steps back.

    Args:
        named: places of points whose names stand on the map.
    """
    figure = blank(height=520)
    size = 4 + 14 * np.sqrt(table["events"] / table["events"].max())
    for mask, colour, opacity, symbol in (
        (~found, PRIMARY, 0.15 if found.any() else 0.45, "circle"),
        (found, MODELS[1], 1.0, "diamond"),
    ):
        part = table[mask]
        figure.add_trace(
            go.Scattergl(
                x=part["x"],
                y=part["y"],
                mode="markers",
                marker={"size": size[mask], "color": colour, "opacity": opacity, "symbol": symbol},
                text=[plain(name) for name in part["name"]],
                customdata=part["events"],
                hovertemplate="%{text}<br>%{customdata:,}<extra></extra>",
            )
        )
    for place in named:
        point = table.iloc[place]
        figure.add_annotation(
            x=point["x"],
            y=point["y"],
            text=plain(shorten(str(point["name"]), 24)),
            showarrow=False,
            yshift=6 + size.iloc[place] / 2,
            font={"size": 11, "color": TEXT},
        )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
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
