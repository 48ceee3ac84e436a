"""The figure of a result whose columns nobody knew before."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.memory import drawn_once
from dashboard.charts.template import blank, plain
from dashboard.charts.theme import PRIMARY
from dashboard.text.numbers import shorten

LABEL = 28  # letters of a name on the axis
LONGEST = 1200  # pixels


@drawn_once
def answer_figure(table: pd.DataFrame, x: str, y: str, kind: str) -> go.Figure:
    """Bars, a line or points of `y` over `x`, in the order of the rows; bars of names lie, to be read."""
    if kind == "bars" and not (_moments(table[x]) or _numbers(table[x])):
        return _lying(table, x, y)
    figure = blank(x=plain(x), y=plain(y), height=380)
    along = list(table[x]) if _moments(table[x]) or _numbers(table[x]) else _names(table[x])
    up = table[y].astype(float)
    if kind == "bars":
        figure.add_trace(go.Bar(x=along, y=up, marker={"color": PRIMARY}))
        _from_zero(figure.update_yaxes, up)
    elif kind == "line":
        figure.add_trace(go.Scatter(x=along, y=up, mode="lines", line={"color": PRIMARY, "width": 2}))
    else:
        marker = {"color": PRIMARY, "size": 6, "opacity": 0.6}
        figure.add_trace(go.Scattergl(x=along, y=up, mode="markers", marker=marker))
    place = "%{x|%Y-%m-%d %H:%M}" if _moments(table[x]) else "%{x}"
    figure.update_traces(hovertemplate=f"{place}<br>{plain(y)} %{{y:,}}<extra></extra>")
    figure.update_xaxes(showgrid=False)
    return figure


def _lying(table: pd.DataFrame, x: str, y: str) -> go.Figure:
    """One bar a name, the first on top."""
    names, lengths = _names(table[x]), table[y].astype(float)
    figure = blank(x=plain(y), height=min(90 + 22 * len(names), LONGEST))
    marker = {"color": PRIMARY}
    figure.add_trace(go.Bar(x=lengths, y=list(range(len(names))), orientation="h", marker=marker, text=names))
    figure.update_traces(textposition="none", hovertemplate="%{text}: %{x:,}<extra></extra>")
    short = [shorten(name, LABEL) for name in names]
    figure.update_yaxes(
        autorange="reversed", tickvals=list(range(len(names))), ticktext=short, showgrid=False
    )
    _from_zero(figure.update_xaxes, lengths)
    figure.update_layout(bargap=0.25)
    return figure


def _moments(values: pd.Series) -> bool:
    return bool(pd.api.types.is_datetime64_any_dtype(values))


def _numbers(values: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(values)) and not pd.api.types.is_bool_dtype(values)


def _names(values: pd.Series) -> list[str]:
    return [plain(value) for value in values.astype(str)]


def _from_zero(update_axis: Callable[..., object], values: pd.Series) -> None:
    if len(values) and values.min() >= 0:
        update_axis(rangemode="tozero")
