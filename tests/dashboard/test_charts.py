"""Figures: what is drawn is what stands in the table, axes carry titles, points stay few."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts.cold_start import n_shot_curve
from dashboard.charts.explanation import waterfall
from dashboard.charts.fusion import agreement_map, member_dots, stacked_parts
from dashboard.charts.leaderboard import difference_dots, interval_dots, trade_off
from dashboard.charts.side_by_side import bump
from dashboard.charts.template import model_look
from dashboard.charts.theme import NEGATIVE, POSITIVE

NAMES = ("ease", "als", "popularity")
LOOKS = {f"r{place}": model_look(place) for place in range(1, 4)}


def board() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "run": ["r1", "r2", "r3"],
            "label": ["EASE", "ALS", "Popularity"],
            "mean": [0.30, 0.25, 0.10],
            "low": [0.28, 0.22, 0.09],
            "high": [0.33, 0.27, 0.12],
            "difference": [0.20, 0.15, np.nan],
            "difference_low": [0.17, 0.12, np.nan],
            "difference_high": [0.23, 0.19, np.nan],
            "coverage": [0.4, 0.5, 0.01],
        }
    )


def lists() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "list": ["A", "A", "A", "B", "B", "B", "C", "C", "C"],
            "rank": [1, 2, 3] * 3,
            "item": [4, 5, 6, 5, 4, 7, 4, 7, 5],
            "title": ["four", "five", "six", "five", "four", "seven", "four", "seven", "five"],
        }
    )


def steps() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["Nothing known", "Alien", "Heat", "Score"],
            "kind": ["base", "part", "part", "score"],
            "amount": [0.1, 0.5, -0.2, 0.4],
            "start": [0.0, 0.1, 0.6, 0.0],
            "end": [0.1, 0.6, 0.4, 0.4],
            "error": [np.nan, 0.05, 0.02, np.nan],
        }
    )


def curve() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": ["r1"] * 3 + ["r3"] * 3,
            "label": ["EASE"] * 3 + ["Popularity"] * 3,
            "n": [0, 1, 5] * 2,
            "mean": [0.1, 0.2, 0.3, 0.1, 0.1, 0.1],
            "low": [0.08, 0.17, 0.26, 0.09, 0.09, 0.09],
            "high": [0.12, 0.23, 0.34, 0.11, 0.11, 0.11],
        }
    )


def parts() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "rank": [1, 1, 2, 2],
            "title": ["four", "four", "five", "five"],
            "member": ["r1", "r2"] * 2,
            "part": [0.3, 0.1, 0.05, 0.2],
            "score": [0.4, 0.4, 0.25, 0.25],
        }
    )


def figures() -> dict[str, go.Figure]:
    agreed = pd.DataFrame([[1.0, 0.4], [0.4, 1.0]], index=["A", "B"], columns=["A", "B"])
    return {
        "interval": interval_dots(board(), LOOKS, x="NDCG@10", baseline="r3"),
        "difference": difference_dots(board(), LOOKS, x="Difference"),
        "trade": trade_off(board(), LOOKS, x="Catalogue shown", y="NDCG@10"),
        "bump": bump(lists(), k=3),
        "stack": stacked_parts(parts(), LOOKS, x="Part"),
        "agreement": agreement_map(agreed),
        "dots": member_dots(
            ["Fused", "A"],
            [0.3, 0.2],
            [0.2, 0.1],
            [0.4, 0.3],
            list(LOOKS.values())[:2],
            x="NDCG@10",
        ),
        "waterfall": waterfall(steps(), x="Score"),
        "curve": n_shot_curve(curve(), LOOKS, x="Known events", y="NDCG@10"),
    }


@pytest.mark.parametrize("name", list(figures()))
def test_every_figure_is_small_and_says_what_its_axis_measures(name):
    figure = figures()[name]
    points = sum(len(trace.x) for trace in figure.data if trace.x is not None)
    assert 0 < points <= 5000
    titled = [figure.layout.xaxis.title.text, figure.layout.yaxis.title.text]
    assert name == "agreement" or any(titled)


@pytest.mark.parametrize("name", list(figures()))
def test_the_same_table_gives_the_same_figure(name):
    assert figures()[name].to_json() == figures()[name].to_json()


def test_interval_dots_draw_the_means_and_both_ends_of_the_table():
    figure = figures()["interval"]
    dots = [trace for trace in figure.data if trace.mode == "markers"]
    assert [trace.x[0] for trace in dots] == [0.30, 0.25, 0.10]
    assert [trace.y[0] for trace in dots] == ["EASE", "ALS", "Popularity"]
    assert dots[0].error_x.array[0] == pytest.approx(0.33 - 0.30)
    assert dots[0].error_x.arrayminus[0] == pytest.approx(0.30 - 0.28)
    assert figure.layout.shapes[0].x0 == 0.10  # the line to beat


def test_the_baseline_has_no_difference_to_itself():
    dots = [trace for trace in figures()["difference"].data if trace.mode == "markers"]
    assert [trace.name for trace in dots] == ["EASE", "ALS"]
    assert figures()["difference"].layout.shapes[0].x0 == 0


def test_bump_has_rank_one_on_top_and_breaks_a_line_where_a_list_does_not_show_the_title():
    figure = figures()["bump"]
    low, high = figure.layout.yaxis.range
    assert low > high
    assert low == 3.5
    five = next(trace for trace in figure.data if trace.name == "five")
    assert (list(five.x), list(five.y)) == ([0, 1, 2], [2, 1, 3])
    seven = next(trace for trace in figure.data if trace.name == "seven")
    assert (list(seven.x), list(seven.y)) == ([1, 2], [3, 2])


def test_the_chosen_title_is_strong_and_drawn_last():
    figure = bump(lists(), k=3, chosen=7)
    assert figure.data[-1].name == "seven"
    assert figure.data[-1].opacity == 1.0
    assert {trace.opacity for trace in figure.data[:-1]} == {0.45}


def test_stacked_parts_sum_to_the_scores():
    figure = figures()["stack"]
    assert [trace.x[0] for trace in figure.data] == [0.3, 0.1]
    assert sum(trace.x[1] for trace in figure.data) == pytest.approx(0.25)


def test_waterfall_bars_start_where_the_one_above_ends_and_close_at_the_score():
    bars = figures()["waterfall"].data[0]
    assert list(bars.base) == [0.0, 0.1, 0.6, 0.0]
    assert list(bars.x) == pytest.approx([0.1, 0.5, -0.2, 0.4])
    assert bars.base[2] + bars.x[2] == pytest.approx(0.4)


def test_waterfall_raises_in_blue_lowers_in_orange_and_shows_whiskers_only_when_estimated():
    bars = figures()["waterfall"].data[0]
    assert bars.marker.color[1:3] == (POSITIVE, NEGATIVE)
    assert bars.error_x.array[1] == pytest.approx(1.96 * 0.05)
    exact = waterfall(steps().assign(error=np.nan), x="Score").data[0]
    assert exact.error_x.array is None


def test_the_curve_draws_every_point_with_its_band():
    figure = figures()["curve"]
    lines = [trace for trace in figure.data if trace.mode == "lines+markers"]
    bands = [trace for trace in figure.data if trace.fill == "toself"]
    assert [list(line.y) for line in lines] == [[0.1, 0.2, 0.3], [0.1, 0.1, 0.1]]
    assert max(bands[0].y) == 0.34
    assert list(figure.layout.xaxis.ticktext) == ["0", "1", "5"]
