"""The figure of a result whose columns nobody knew before."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.memory import drawn_once
from dashboard.charts.template import blank, plain
from dashboard.charts.theme import PRIMARY
from dashboard.text.numbers import shorten

LABEL = 28  # letters of a name on the axis


@drawn_once
def answer_figure(table: pd.DataFrame, x: str, y: str, kind: str) -> go.Figure:
    """Bars, a line or points of `y` over `x`, in the order of the rows."""
    figure = blank(x=plain(x), y=plain(y), height=380)
    moments = pd.api.types.is_datetime64_any_dtype(table[x])
    numbers = pd.api.types.is_numeric_dtype(table[x])
    along = list(table[x]) if moments or numbers else [plain(value) for value in table[x].astype(str)]
    up = table[y].astype(float)
    if kind == "bars":
        figure.add_trace(go.Bar(x=along, y=up, marker={"color": PRIMARY}))
    elif kind == "line":
        figure.add_trace(go.Scatter(x=along, y=up, mode="lines", line={"color": PRIMARY, "width": 2}))
    else:
        marker = {"color": PRIMARY, "size": 6, "opacity": 0.6}
        figure.add_trace(go.Scattergl(x=along, y=up, mode="markers", marker=marker))
    place = "%{x|%Y-%m-%d %H:%M}" if moments else "%{x}"
    figure.update_traces(hovertemplate=f"{place}<br>{plain(y)} %{{y:,}}<extra></extra>")
    figure.update_xaxes(showgrid=False)
    if not (moments or numbers):
        names = [shorten(value, LABEL) for value in along]
        figure.update_xaxes(type="category", tickvals=along, ticktext=names)
    if kind == "bars" and len(up) and up.min() >= 0:
        figure.update_yaxes(rangemode="tozero")
    return figure
