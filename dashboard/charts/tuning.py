"""A search for settings: its history, which settings went with which value, which of them mattered."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.memory import drawn_once
from dashboard.charts.template import blank, plain
from dashboard.charts.theme import MUTED, NEGATIVE, PRIMARY

TOP_SHARE = 0.25


@drawn_once
def search_history(table: pd.DataFrame, *, x: str, y: str, words: Mapping[str, str]) -> go.Figure:
    """The value of each trial as a point, the best so far as a step line, the start as a diamond.

    Args:
        table: trial, value, best (of `views.tuning.trial_table`).
        x, y: axis titles.
        words: "best", "start", "trial" for the labels.
    """
    known = table.dropna(subset=["value"])
    figure = blank(x=x, y=y, height=320)
    figure.add_scatter(
        x=known["trial"].tolist(),
        y=known["value"].tolist(),
        mode="markers",
        marker={"color": MUTED, "size": 7, "opacity": 0.7},
        hovertemplate=plain(words["trial"]) + " %{x}: %{y:.4f}<extra></extra>",
    )
    figure.add_scatter(
        x=known["trial"].tolist(),
        y=known["best"].tolist(),
        mode="lines",
        line={"color": PRIMARY, "width": 2.5, "shape": "hv"},
        hovertemplate=plain(words["best"]) + ": %{y:.4f}<extra></extra>",
    )
    first = known[known["trial"] == 1]
    figure.add_scatter(
        x=first["trial"].tolist(),
        y=first["value"].tolist(),
        mode="markers",
        marker={"color": NEGATIVE, "size": 11, "symbol": "diamond"},
        hovertemplate=plain(words["start"]) + ": %{y:.4f}<extra></extra>",
    )
    _label(figure, first, "value", words["start"], NEGATIVE, left=False)
    _label(figure, known.tail(1), "best", words["best"], PRIMARY, left=True)
    figure.update_xaxes(tickformat="d", rangemode="tozero", range=[0.4, max(len(table), 5) + 0.6])
    figure.update_yaxes(tickformat=".3~f")
    return figure


def _label(figure: go.Figure, row: pd.DataFrame, column: str, words: str, colour: str, *, left: bool) -> None:
    if row.empty:
        return
    figure.add_annotation(
        x=int(row["trial"].iloc[0]),
        y=float(row[column].iloc[0]),
        text=plain(words),
        showarrow=False,
        xanchor="right" if left else "left",
        yanchor="bottom" if left else "top",
        xshift=0 if left else 6,
        yshift=4 if left else -4,
        font={"color": colour, "size": 12},
    )


@drawn_once
def parallel_settings(
    table: pd.DataFrame, space: Mapping[str, Mapping[str, Any]], *, names: Mapping[str, str], value: str
) -> go.Figure:
    """Every trial a line over its settings to its value: the best strong, the best quarter in colour, the
    rest pale.

    Args:
        table: value and one column per setting.
        space: what was searched: {"low", "high", "log"} or {"options"} by setting.
        names: of the settings, for people.
        value: name of the last axis.
    """
    known = table.dropna(subset=["value"]).sort_values("value", kind="stable")
    figure = blank(height=340)
    axes = [*space, "value"]
    top = max(1, math.ceil(TOP_SHARE * len(known)))
    groups = (
        (known.iloc[:-top], MUTED, 1.0, 0.35),
        (known.iloc[-top:-1], PRIMARY, 1.4, 0.6),
        (known.iloc[-1:], PRIMARY, 3.5, 1.0),
    )
    places = {name: _places(known, name, space) for name in axes}
    for rows, colour, width, opacity in groups:
        xs: list[float | None] = []
        ys: list[float | None] = []
        notes: list[str] = []
        for index in rows.index:
            note = "<br>".join(f"{plain(names.get(n, value))} {_word(known.at[index, n])}" for n in axes)
            xs += [*range(len(axes)), None]
            ys += [*(places[name][index] for name in axes), None]
            notes += [note] * (len(axes) + 1)
        figure.add_scatter(
            x=xs,
            y=ys,
            mode="lines+markers",
            line={"color": colour, "width": width},
            marker={"color": colour, "size": 5},
            opacity=opacity,
            text=notes,
            hovertemplate="%{text}<extra></extra>",
        )
    for place, name in enumerate(axes):
        figure.add_shape(
            type="line", x0=place, x1=place, y0=0, y1=1, line={"color": MUTED, "width": 1}, layer="below"
        )
        _ends(figure, place, name, known, space)
    figure.update_xaxes(
        tickvals=list(range(len(axes))),
        ticktext=[plain(names.get(name, value)) for name in axes],
        range=[-0.4, len(axes) - 0.6],
        showgrid=False,
    )
    figure.update_yaxes(visible=False, range=[-0.12, 1.12])
    return figure


def _places(known: pd.DataFrame, name: str, space: Mapping[str, Mapping[str, Any]]) -> pd.Series:
    """Where each trial crosses an axis, 0 (bottom) to 1."""
    about = space.get(name, {})
    if "options" in about:
        options = [str(option) for option in about["options"]]
        return known[name].map(lambda found: options.index(str(found)) / max(1, len(options) - 1))
    low, high = _limits(known, name, space)
    if about.get("log"):
        return known[name].map(lambda found: math.log(found / low) / math.log(high / low))
    return (known[name].astype(float) - low) / ((high - low) or 1.0)


def _limits(known: pd.DataFrame, name: str, space: Mapping[str, Mapping[str, Any]]) -> tuple[float, float]:
    about = space.get(name)
    if about is None:
        return float(known[name].min()), float(known[name].max())
    return float(about["low"]), float(about["high"])


def _ends(
    figure: go.Figure, place: int, name: str, known: pd.DataFrame, space: Mapping[str, Mapping[str, Any]]
) -> None:
    """The lowest and highest value at the ends of an axis; every word of a choice."""
    options = space.get(name, {}).get("options")
    if options is not None:
        marks = [(number / max(1, len(options) - 1), _word(option)) for number, option in enumerate(options)]
    else:
        marks = [(float(end), _word(limit)) for end, limit in enumerate(_limits(known, name, space))]
    for height, words in marks:
        figure.add_annotation(
            x=place,
            y=height,
            text=plain(words),
            showarrow=False,
            yanchor="top" if height == 0 else "bottom",
            yshift=-4 if height == 0 else 4,
            font={"color": MUTED, "size": 11},
        )


def _word(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


@drawn_once
def importance_bars(shares: Sequence[tuple[str, float]], *, x: str) -> go.Figure:
    """(setting, share) as bars, the largest on top."""
    ordered = sorted(shares, key=lambda pair: pair[1])
    figure = blank(x=x, height=90 + 34 * len(ordered))
    figure.add_bar(
        x=[100 * share for _, share in ordered],
        y=[plain(name) for name, _ in ordered],
        orientation="h",
        marker={"color": PRIMARY},
        text=[f"{100 * share:.0f} %" for _, share in ordered],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:.0f} %<extra></extra>",
    )
    figure.update_xaxes(range=[0, 112], ticksuffix=" %")
    return figure
