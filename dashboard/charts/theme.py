"""Colours of the figures, as names that the browser resolves.

A figure is built once for both themes: it carries the placeholder colours of Streamlit's Plotly theme
(#000001 … #000010 for the ten categorical colours of `.streamlit/config.toml`, others for text and grid),
which the page replaces by those of the theme that is on. A figure that leaves the page gets `LIGHT`.
"""

from __future__ import annotations

MODELS = tuple(f"#{place:06d}" for place in range(1, 11))  # the ten categorical colours, in their order
PRIMARY = MODELS[0]
POSITIVE = MODELS[0]  # better, or a part that raises a score: blue
NEGATIVE = MODELS[1]  # worse, or a part that lowers a score: orange
TEXT = "#000037"  # the page's own text, for words on a filled area
MUTED = "#000036"  # secondary text, lines of reference
FAINT = "#000039"  # fill of areas, rest bars
BACKGROUND = "#000038"
SEQUENTIAL = [[0.0, BACKGROUND], [1.0, PRIMARY]]
DIVERGING = [[0.0, NEGATIVE], [0.5, BACKGROUND], [1.0, POSITIVE]]  # centre on zero with zmid=0

LIGHT = {  # what the placeholders stand for on paper
    **dict(
        zip(
            MODELS,
            (
                "#2F6DE0", "#E66109", "#793C5A", "#1E9B9D", "#9A1409",
                "#AF6561", "#534A8F", "#2D6033", "#357389", "#7E83C7",
            ),
            strict=True,
        )
    ),
    TEXT: "#1B2430",
    MUTED: "#5B6675",
    FAINT: "#E3E8EF",
    BACKGROUND: "#FFFFFF",
}  # fmt: skip
TEXT_ON_PAPER = "#1B2430"
