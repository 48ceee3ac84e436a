"""The dashboard's folder: names that clash with nothing, a short page list, figures that fit both themes."""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import plotly.graph_objects as go

from dashboard.charts.template import (
    CONFIG,
    add_interval,
    add_line,
    blank,
    model_look,
    on_paper,
    plain,
    rank_axis,
)
from dashboard.charts.theme import LIGHT, MODELS
from dashboard.components.chart_card import standalone_html

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "dashboard"


def test_no_module_of_dashboard_bears_the_name_of_another():
    """Streamlit puts the script's folder first on the path: such a module would be imported instead."""
    own = {
        path.stem for path in DASHBOARD.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    own -= {"__init__"}
    taken = (
        set(sys.stdlib_module_names) | set(packages_distributions()) | {"core", "data", "dashboard", "tests"}
    )
    assert own & taken == set()


def test_no_folder_called_pages_stands_beside_the_page_list():
    """Streamlit would run a page list of its own, without our frame, whenever it starts."""
    assert not (DASHBOARD / "pages").exists()


def test_the_page_list_is_short_and_names_pages_that_exist():
    assert len((DASHBOARD / "app.py").read_text().splitlines()) <= 40


def test_the_theme_has_ten_colours_and_figures_leave_in_the_light_ones():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert config["browser"]["gatherUsageStats"] is False
    for scheme in ("light", "dark"):
        assert len(config["theme"][scheme]["chartCategoricalColors"]) == len(MODELS) == 10
    assert [LIGHT[place] for place in MODELS] == config["theme"]["light"]["chartCategoricalColors"]


def test_the_fused_ranking_is_always_the_first_colour_and_no_model_takes_it():
    assert model_look(1, fused=True).colour == MODELS[0]
    looks = [model_look(place) for place in range(1, 10)]
    assert len({look.colour for look in looks}) == len({look.symbol for look in looks}) == 9
    assert MODELS[0] not in {look.colour for look in looks}
    assert model_look(3) == model_look(3)


def test_a_figure_on_paper_has_no_placeholder_colours_left():
    figure = blank(title="Which is better?", x="events", y="NDCG")
    add_line(figure, "EASE", [1, 2], [0.1, 0.2], model_look(1), low=[0.05, 0.1], high=[0.2, 0.3])
    text = on_paper(figure).to_json()
    assert not [place for place in MODELS if place in text]
    assert LIGHT[model_look(1).colour] in text


def test_intervals_and_direct_labels_are_drawn():
    figure = blank()
    add_line(figure, "EASE", [1, 2], [0.1, 0.2], model_look(1))
    add_interval(figure, "ALS", 0.3, 0.2, 0.45, model_look(2))
    assert figure.layout.annotations[0].text == "EASE"
    error = figure.data[-1].error_x
    assert (round(error.array[0], 6), round(error.arrayminus[0], 6)) == (0.15, 0.1)


def test_names_from_data_cannot_write_markup_into_a_figure():
    assert plain("<b>x</b>") == "&lt;b&gt;x&lt;/b&gt;"


def test_ranks_start_at_one_on_top():
    figure = go.Figure()
    rank_axis(figure, 20)
    assert tuple(figure.layout.yaxis.range) == (20.5, 0.5)
    assert figure.layout.yaxis.dtick == 2


def test_a_downloaded_figure_asks_no_other_host():
    page = standalone_html("Finding", blank())
    assert "cdn.plot.ly" not in page.split("<body>", 1)[0]
    assert '"showSendToCloud": false' in page
    assert "<script src=" not in page
    assert CONFIG["showSendToCloud"] is False
