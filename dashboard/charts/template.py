"""The one look of all figures: fonts, margins, model colours, interval bars, direct labels."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.theme import FAINT, LIGHT, MODELS, MUTED, PRIMARY, TEXT_ON_PAPER
from dashboard.text.numbers import THIN_SPACE

FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'
MARKERS = (
    "circle", "square", "diamond", "triangle-up", "cross",
    "x", "star", "pentagon", "hexagon", "triangle-down",
)  # fmt: skip
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
CONFIG: dict[str, Any] = {  # image and reset only; nothing that talks to another host
    "displaylogo": False,
    "showSendToCloud": False,
    "modeBarButtons": [["toImage", "resetScale2d"]],
    "toImageButtonOptions": {"format": "png", "scale": 2},
}


@dataclass(frozen=True)
class Look:
    """How one model is drawn on every page: colour, marker symbol and dash."""

    colour: str
    symbol: str
    dash: str


def model_look(place: int, *, fused: bool = False) -> Look:
    """Look of the run at `place` (1, 2, … as registered). The fused ranking is always the first."""
    if fused:
        return Look(MODELS[0], MARKERS[0], DASHES[(max(int(place), 1) - 1) % 2])
    index = 1 + (max(int(place), 1) - 1) % (len(MODELS) - 1)
    return Look(MODELS[index], MARKERS[index], DASHES[index % len(DASHES)])


def plain(text: object) -> str:
    """Text from data, safe inside a figure: Plotly reads some HTML."""
    return html.escape(str(text), quote=False)


def blank(*, title: str = "", x: str = "", y: str = "", height: int = 340) -> go.Figure:
    """An empty figure in the look of Rankscope. `title` is the finding or the question; axes carry units.

    Everything is set on the layout itself: the page's own theme may only fill in what is left open.
    """
    axis = {
        "zeroline": False,
        "automargin": True,
        "separatethousands": True,
        "tickfont": {"size": 11},
        "ticks": "",
        "gridcolor": FAINT,
        "ticklabelstandoff": 6,
    }
    figure = go.Figure()
    figure.update_layout(
        template="none",
        height=height,
        font={"family": FONT, "size": 13},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        colorway=list(MODELS),
        margin={"l": 8, "r": 16, "t": 44 if title else 16, "b": 8, "pad": 0},
        xaxis=axis,
        yaxis=axis,
        hovermode="closest",
        hoverlabel={"font": {"size": 12}},
        separators=f".{THIN_SPACE}",  # 1 041 on axes and in hover texts, as in sentences
        showlegend=False,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    if title:
        figure.update_layout(
            title={"text": title, "font": {"size": 14}, "x": 0, "xref": "paper", "y": 0.98, "yanchor": "top"}
        )
    for update, words in ((figure.update_xaxes, x), (figure.update_yaxes, y)):
        if words:
            update(title={"text": words, "font": {"size": 12, "color": MUTED}, "standoff": 8})
    return figure


def add_line(
    figure: go.Figure,
    name: str,
    x: Sequence[Any],
    y: Sequence[float],
    look: Look,
    *,
    low: Sequence[float] | None = None,
    high: Sequence[float] | None = None,
    hover: str = "%{y:.3f}",
    label: bool = True,
    markers: bool = True,
) -> None:
    """A line with its interval as a band and its name at the right end."""
    if low is not None and high is not None:
        figure.add_trace(_band(name, x, low, high, look))
    figure.add_trace(
        go.Scatter(
            x=list(x),
            y=list(y),
            mode="lines+markers" if markers else "lines",
            line={"color": look.colour, "width": 2.2, "dash": look.dash},
            marker={"color": look.colour, "symbol": look.symbol, "size": 7},
            name=plain(name),
            hovertemplate=f"{plain(name)}: {hover}<extra></extra>",
        )
    )
    if label and len(x):
        figure.add_annotation(
            x=x[-1],
            y=y[-1],
            text=plain(name),
            showarrow=False,
            xanchor="left",
            xshift=8,
            font={"color": look.colour, "size": 12},
        )
        figure.update_layout(margin_r=max(16, 12 + 7 * len(name), figure.layout.margin.r or 0))


def _band(name: str, x: Sequence[Any], low: Sequence[float], high: Sequence[float], look: Look) -> go.Scatter:
    return go.Scatter(
        x=[*x, *reversed(list(x))],
        y=[*high, *reversed(list(low))],
        fill="toself",
        fillcolor=look.colour,
        opacity=0.14,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        name=plain(name),
    )


def add_interval(figure: go.Figure, name: str, mean: float, low: float, high: float, look: Look) -> None:
    """One point with its interval on the row `name` (dot plot with error bars, values on x)."""
    figure.add_trace(
        go.Scatter(
            x=[mean],
            y=[plain(name)],
            mode="markers",
            marker={"color": look.colour, "symbol": look.symbol, "size": 11},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [high - mean],
                "arrayminus": [mean - low],
                "color": look.colour,
                "thickness": 2,
                "width": 5,
            },
            name=plain(name),
            hovertemplate=f"{plain(name)}: {mean:.3f} ({low:.3f}–{high:.3f})<extra></extra>",
        )
    )


def zero_line(figure: go.Figure, *, axis: str = "x") -> None:
    """The line of "no difference"."""
    add = figure.add_vline if axis == "x" else figure.add_hline
    add(**{axis: 0}, line={"color": MUTED, "width": 1, "dash": "dot"})


def rank_axis(figure: go.Figure, deepest: int) -> None:
    """Ranks on y: 1 on top, integer ticks."""
    step = max(1, -(-deepest // 10))
    figure.update_yaxes(range=[deepest + 0.5, 0.5], dtick=step, tick0=1, tickformat="d")


def on_paper(figure: go.Figure) -> go.Figure:
    """The figure as it leaves the page: placeholder colours replaced by those of the light theme."""
    text = figure.to_json()
    for placeholder, colour in LIGHT.items():
        text = text.replace(placeholder, colour)
    exported = go.Figure(json.loads(text))
    exported.update_layout(
        font={"family": FONT, "color": TEXT_ON_PAPER}, paper_bgcolor="#FFFFFF", plot_bgcolor="#FFFFFF"
    )
    return exported


BASE_LOOK = Look(PRIMARY, MARKERS[0], DASHES[0])
