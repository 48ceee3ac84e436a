"""Fusion figures: parts of each fused score, agreement of members, fused against the best single member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.memory import drawn_once
from dashboard.charts.template import Look, add_interval, blank, plain
from dashboard.charts.theme import BACKGROUND, SEQUENTIAL, TEXT
from dashboard.text.numbers import shorten


@drawn_once
def stacked_parts(
    parts: pd.DataFrame,
    looks: Mapping[str, Look],
    *,
    x: str,
    labels: Mapping[str, str] | None = None,
) -> go.Figure:
    """One bar per fused rank, split into the members' parts; the best item on top.

    Args:
        parts: rank, title, member, part (of `views.fusion.tidy_parts`).
        looks: colour of each member.
        x: axis title.
        labels: name of each member on the screen.
    """
    ranks = parts["rank"].nunique()
    figure = blank(x=x, height=130 + 28 * ranks)
    for member in dict.fromkeys(parts["member"]):
        rows = parts[parts["member"] == member]
        name = (labels or {}).get(member, member)
        figure.add_trace(
            go.Bar(
                x=rows["part"],
                y=rows["rank"],
                orientation="h",
                name=plain(shorten(name, 24)),
                marker={"color": looks[member].colour, "line": {"width": 0}},
                customdata=[plain(title) for title in rows["title"]],
                hovertemplate=f"%{{customdata}}<br>{plain(name)}: %{{x:.4f}}<extra></extra>",
            )
        )
    titles = parts.drop_duplicates("rank")
    figure.update_layout(barmode="relative", bargap=0.28, showlegend=True)
    figure.update_yaxes(
        autorange="reversed",
        tickvals=list(titles["rank"]),
        ticktext=[
            f"{rank}  {plain(shorten(str(title), 30))}"
            for rank, title in zip(titles["rank"], titles["title"], strict=True)
        ],
        showgrid=False,
        ticklabelstandoff=6,
    )
    return figure


@drawn_once
def agreement_map(table: pd.DataFrame) -> go.Figure:
    """Square of overlaps between members, 0 to 1, from background to primary."""
    names = [plain(shorten(str(name), 20)) for name in table.columns]
    figure = blank(height=150 + 44 * len(names))
    figure.add_trace(
        go.Heatmap(
            z=table.to_numpy(),
            x=names,
            y=names,
            zmin=0,
            zmax=1,
            colorscale=SEQUENTIAL,
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="%{y} · %{x}: %{z:.2f}<extra></extra>",
        )
    )
    for row, left in enumerate(names):
        for column, top in enumerate(names):
            value = float(table.iat[row, column])
            figure.add_annotation(
                x=top,
                y=left,
                text=f"{value:.2f}",
                showarrow=False,
                font={"size": 12, "color": BACKGROUND if value > 0.55 else TEXT},
            )
    figure.update_yaxes(autorange="reversed", showgrid=False, ticklabelstandoff=6)
    figure.update_xaxes(showgrid=False, side="top")
    return figure


@drawn_once
def member_dots(
    names: Sequence[str],
    means: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    looks: Sequence[Look],
    *,
    x: str,
) -> go.Figure:
    """The fused ranking first, then each member: mean and 95 % interval."""
    figure = blank(x=x, height=90 + 36 * len(names))
    for name, mean, low, high, look in zip(names, means, lows, highs, looks, strict=True):
        add_interval(figure, shorten(name, 26), mean, low, high, look)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure
