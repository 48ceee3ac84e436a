"""Split & policy: what is chosen, what it does, and splits under a name."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import loaders
from tests.dashboard.conftest import open_page


def texts(app: AppTest) -> str:
    return "\n".join(str(element.value) for element in [*app.markdown, *app.caption, *app.warning, *app.info])


def widget(elements, key: str):
    return next(element for element in elements if element.key == key)


def table_with(app: AppTest, column: str):
    """The first table that has the column."""
    return next(table.value for table in app.dataframe if column in table.value)


def test_a_cut_in_time_shows_its_parts_and_no_warning(seeded_home):
    app = open_page("split", protocol="time")
    assert not app.exception
    assert "Split & policy" in app.title[0].value
    assert not app.warning
    parts = table_with(app, "New items among targets")
    assert list(parts["Part"]) == ["Train", "Validation", "Test"]


def test_last_events_warn_with_the_measured_share(seeded_home):
    app = open_page("split", protocol="last")
    assert not app.exception
    (warning,) = app.warning
    assert "leaks the future" in warning.value
    assert "% of the test events" in warning.value
    assert "forecast" in warning.value


@pytest.mark.parametrize(
    "protocol", ["user_time", "random", "ratio", "user_cold", "item_cold", "user_item_cold"]
)
def test_every_protocol_has_its_picture(seeded_home, protocol):
    app = open_page("split", protocol=protocol)
    assert not app.exception
    assert not app.error
    assert list(table_with(app, "Can be found")["Part"]) == ["Validation", "Test"]


def test_a_protocol_that_the_data_does_not_allow_says_why(seeded_home):
    app = open_page("split", protocol="given")
    assert not app.exception
    assert "cannot be used on this data" in app.markdown[0].value
    assert "separate files" in app.markdown[0].value
