"""Waterfall of one score: base → parts by size → rest → score."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.memory import drawn_once
from dashboard.charts.template import blank, plain
from dashboard.charts.theme import MUTED, NEGATIVE, POSITIVE
from dashboard.text.numbers import MINUS, shorten, signed


@drawn_once
def waterfall(steps: pd.DataFrame, *, x: str, colors: dict[str, str] | None = None) -> go.Figure:
    """Bars from top to bottom, each starting where the one above ends.

    Args:
        steps: label, kind, amount, start, end, error (of `views.explanation.waterfall_steps`).
        x: axis title.
        colors: colour by label, for parts that are models; others are blue (raises) or orange (lowers).
    """
    places = list(range(len(steps)))
    digits = 3 if steps["amount"].abs().max() >= 0.1 else 4
    figure = blank(x=x, height=90 + 34 * len(steps))
    figure.add_trace(
        go.Bar(
            base=steps["start"],
            x=steps["end"] - steps["start"],
            y=places,
            orientation="h",
            marker={"color": [_color(row, colors or {}) for row in steps.itertuples()]},
            error_x=_whiskers(steps),
            customdata=[[plain(row.label), _amount(row, digits)] for row in steps.itertuples()],
            hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
            showlegend=False,
            name=x,
        )
    )
    _connectors(figure, steps)
    _amounts(figure, steps, digits)
    figure.update_layout(bargap=0.3, margin_r=52)  # pixels: the last amount stays in sight on a phone too
    figure.update_yaxes(
        autorange="reversed",
        tickvals=places,
        ticktext=[plain(shorten(str(label), 34)) for label in steps["label"]],
        showgrid=False,
        tickfont={"size": 12},
    )
    low, high = _extent(steps)
    figure.update_xaxes(range=[low - 0.04 * (high - low), high + 0.04 * (high - low)])
    return figure


def _color(row: object, colors: dict[str, str]) -> str:
    kind, label, amount = row.kind, row.label, row.amount  # type: ignore[attr-defined]
    if kind in ("base", "score"):
        return MUTED
    return colors.get(str(label)) or (POSITIVE if amount >= 0 else NEGATIVE)


def _whiskers(steps: pd.DataFrame) -> dict[str, object] | None:
    if steps["error"].notna().sum() == 0:
        return None
    return {
        "type": "data",
        "array": (1.96 * steps["error"]).fillna(0.0).tolist(),
        "color": MUTED,
        "thickness": 1.2,
        "width": 4,
    }


def _connectors(figure: go.Figure, steps: pd.DataFrame) -> None:
    ends = steps["end"].to_numpy(dtype=float)
    xs: list[float | None] = []
    ys: list[float | None] = []
    for place in range(len(steps) - 1):
        xs += [ends[place], ends[place], None]
        ys += [place + 0.35, place + 0.65, None]
    figure.add_trace(
        go.Scatter(
            x=xs,
            y=ys,
            mode="lines",
            line={"color": MUTED, "width": 1},
            hoverinfo="skip",
            showlegend=False,
        )
    )


def _amounts(figure: go.Figure, steps: pd.DataFrame, digits: int) -> None:
    for place, row in enumerate(steps.itertuples()):
        error = 0.0 if pd.isna(row.error) else 1.96 * row.error
        figure.add_annotation(
            x=max(row.start, row.end + error),
            y=place,
            text=_amount(row, digits),
            showarrow=False,
            xanchor="left",
            xshift=6,
            font={"size": 11},
        )


def _amount(row: object, digits: int) -> str:
    """A part with its sign; base value and score without."""
    amount = float(row.amount)  # type: ignore[attr-defined]
    if row.kind in ("part", "rest"):  # type: ignore[attr-defined]
        return signed(amount, digits)
    return f"{amount:.{digits}f}".replace("-", MINUS)


def _extent(steps: pd.DataFrame) -> tuple[float, float]:
    ends = pd.concat([steps["start"], steps["end"], pd.Series([0.0])])
    low, high = float(ends.min()), float(ends.max())
    return (low, high) if high > low else (low - 1.0, high + 1.0)
