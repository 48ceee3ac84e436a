"""The n-shot curve: quality against the number of known events, one line with its band per model."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.memory import drawn_once
from dashboard.charts.template import Look, add_line, blank
from dashboard.text.numbers import shorten


@drawn_once
def n_shot_curve(
    table: pd.DataFrame,
    looks: Mapping[str, Look],
    *,
    x: str,
    y: str,
) -> go.Figure:
    """Lines over evenly spaced steps 0, 1, 2, 3, 5, 10, 20 (each step about doubles what is known).

    Args:
        table: name, label, n, mean, low, high (of `views.cold_start.curve_table`).
        looks: style of each name.
        x, y: axis titles.
    """
    steps = sorted(table["n"].unique())
    place = {n: number for number, n in enumerate(steps)}
    figure = blank(x=x, y=y, height=420)
    for name in dict.fromkeys(table["name"]):
        rows = table[table["name"] == name]
        add_line(
            figure,
            shorten(str(rows["label"].iloc[0]), 20),
            [place[n] for n in rows["n"]],
            rows["mean"].tolist(),
            looks[name],
            low=rows["low"].tolist(),
            high=rows["high"].tolist(),
        )
    _spread_labels(figure, table)
    figure.update_xaxes(
        tickvals=list(place.values()),
        ticktext=[str(n) for n in steps],
        range=[-0.2, len(steps) - 0.8],
    )
    figure.update_yaxes(rangemode="tozero", tickformat=".3~f", title_standoff=16)
    return figure


def _spread_labels(figure: go.Figure, table: pd.DataFrame) -> None:
    """Move the names at the line ends apart where they would lie on each other."""
    labels = sorted(figure.layout.annotations, key=lambda note: note.y)
    if not labels:
        return
    least = 0.055 * float(table["high"].max())
    for below, above in zip(labels, labels[1:], strict=False):
        if above.y - below.y < least:
            above.y = below.y + least
