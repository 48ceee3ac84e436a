"""Figures of equal content are drawn once, and only those."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import memory
from dashboard.charts.memory import drawn_once
from dashboard.charts.profile import over_time


def table(last: int) -> pd.DataFrame:
    return pd.DataFrame({"day": pd.date_range("2026-01-01", periods=3), "events": [1, 2, last]})


def test_equal_content_gives_the_figure_drawn_before() -> None:
    first = over_time(table(3), "day", {"events": "Events"}, y_title="Events")
    assert over_time(table(3), "day", {"events": "Events"}, y_title="Events") is first


def test_other_content_or_words_give_another_figure() -> None:
    first = over_time(table(3), "day", {"events": "Events"}, y_title="Events")
    assert list(over_time(table(4), "day", {"events": "Events"}, y_title="Events").data[0].y) == [1, 2, 4]
    assert over_time(table(3), "day", {"events": "Events"}, y_title="Sales") is not first


def test_the_memory_is_bounded() -> None:
    drawn = drawn_once(lambda n: go.Figure(layout={"height": 100 + n}))
    for number in range(memory.KEPT + 5):
        drawn(number)
    assert len(memory._figures) == memory.KEPT
    assert drawn(3).layout.height == 103
