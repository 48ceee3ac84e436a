"""Rank of each title per list: a bump chart with straight segments, rank 1 on top."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.memory import drawn_once
from dashboard.charts.template import blank, plain, rank_axis
from dashboard.charts.theme import MUTED, PRIMARY
from dashboard.text.numbers import shorten

LABEL = 26  # letters of a title at the end of its line


@drawn_once
def bump(tidy: pd.DataFrame, *, k: int, chosen: int | None = None, y: str = "Rank") -> go.Figure:
    """Titles as lines through the lists; the chosen one strong, the others pale.

    Args:
        tidy: list, rank, item, title (of `views.side_by_side.tidy_lists`), lists in their order.
        k: deepest rank drawn.
        y: axis title.
        chosen: item drawn strong; None: the first list's best.
    """
    names = list(dict.fromkeys(tidy["list"]))
    place = {name: number for number, name in enumerate(names)}
    figure = blank(y=y, height=120 + 30 * k)
    strong = int(tidy["item"].iloc[0]) if chosen is None and len(tidy) else chosen
    for item, rows in tidy[tidy["rank"] <= k].groupby("item", sort=True):
        figure.add_trace(_line(rows, place, strong=item == strong))
    figure.data = tuple(sorted(figure.data, key=lambda trace: trace.line.width))  # the strong line on top
    rank_axis(figure, k)
    figure.update_yaxes(showgrid=False, title_standoff=16)
    figure.update_xaxes(
        tickvals=list(range(len(names))),
        ticktext=[plain(shorten(name, 18)) for name in names],
        range=[-0.25, len(names) - 0.85],
        side="top",
        showgrid=False,
    )
    _end_labels(figure, tidy, names, k, strong)
    return figure


def _line(rows: pd.DataFrame, place: dict[str, int], *, strong: bool) -> go.Scatter:
    # a list that does not show the title breaks the line: None between neighbours that are not adjacent
    ranks = {place[row.list]: int(row.rank) for row in rows.itertuples()}
    xs = list(range(min(ranks), max(ranks) + 1))
    color = PRIMARY if strong else MUTED
    title = plain(rows["title"].iloc[0])
    return go.Scatter(
        x=xs,
        y=[ranks.get(x) for x in xs],
        mode="lines+markers",
        connectgaps=False,
        line={"color": color, "width": 3 if strong else 1.2},
        marker={"color": color, "size": 9 if strong else 6},
        opacity=1.0 if strong else 0.45,
        name=title,
        showlegend=False,
        hovertemplate=f"{title}: %{{y}}<extra></extra>",
    )


def _end_labels(
    figure: go.Figure,
    tidy: pd.DataFrame,
    names: list[str],
    k: int,
    strong: int | None,
) -> None:
    last = tidy[(tidy["list"] == names[-1]) & (tidy["rank"] <= k)] if names else tidy
    longest = max((len(shorten(str(title), LABEL)) for title in last["title"]), default=0)
    figure.update_layout(margin_r=24 + 6 * longest)
    for row in last.itertuples():
        figure.add_annotation(
            x=len(names) - 1,
            y=row.rank,
            text=plain(shorten(str(row.title), LABEL)),
            showarrow=False,
            xanchor="left",
            xshift=10,
            font={"size": 11, "color": PRIMARY if row.item == strong else MUTED},
        )
