"""The page "Ask in SQL": questions from the editor, a link or an example; refusals in words; figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import loaders
from dashboard.charts.ask import answer_figure
from dashboard.loaders import ask
from dashboard.views.ask import Drawing, drawing, drawn, examples, with_moments
from data.artifacts import Home, save_dataset
from data.asking import Answer, schema
from data.asking import ask as run
from tests.conftest import make_dataset
from tests.dashboard.conftest import open_page


def words(app: AppTest) -> str:
    return "\n".join(str(mark.value) for mark in [*app.markdown, *app.warning, *app.caption])


def type_and_run(app: AppTest, sql: str) -> AppTest:
    app.text_area(key="ask_sql").set_value(sql)
    app.button(key="ask_run").click().run()
    assert not app.exception
    return app


def test_a_question_from_the_editor_shows_its_rows_and_stands_in_the_link(seeded_home: Path) -> None:
    app = open_page("ask")
    assert not app.exception
    assert app.title[0].value == "Ask in SQL"
    type_and_run(app, " SELECT count(*) AS n FROM users ")
    assert "**One row**" in words(app)
    assert app.dataframe[0].value["n"].tolist() == [200]
    assert app.query_params["sql"] == "SELECT count(*) AS n FROM users"


def test_a_link_opens_the_question_with_its_answer(seeded_home: Path) -> None:
    app = open_page("ask", sql="SELECT * FROM items LIMIT 3")
    assert app.text_area(key="ask_sql").value == "SELECT * FROM items LIMIT 3"
    assert "**3 rows**" in words(app)


def test_a_long_question_runs_but_stays_out_of_the_link(seeded_home: Path) -> None:
    app = type_and_run(open_page("ask"), "SELECT 1 AS one -- " + "long " * 400)
    assert "**One row**" in words(app)
    assert "sql" not in app.query_params
    app.run()
    assert "**One row**" in words(app)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("COPY events TO '/tmp/x.csv'", "COPY is not run here"),
        ("ATTACH '/tmp/x.duckdb'", "ATTACH is not run here"),
        ("SELECT * FROM read_csv('/etc/passwd')", "Files, other databases and the network"),
        ("SELECT * FROM evnts", "Did you mean"),
    ],
)
def test_a_refusal_is_a_calm_sentence(seeded_home: Path, sql: str, said: str) -> None:
    app = type_and_run(open_page("ask"), sql)
    assert said in words(app)
    assert len(app.warning) == 1
    assert not app.error
    assert not app.dataframe


def test_a_slip_shows_its_line_with_the_caret(seeded_home: Path) -> None:
    app = type_and_run(open_page("ask"), "SELECT user_id\nFORM events")
    assert "LINE 2" in app.code[0].value
    assert "^" in app.code[0].value


def test_more_rows_than_are_shown_are_said(seeded_home: Path) -> None:
    app = type_and_run(open_page("ask"), "FROM range(20000)")
    assert "More than 10\u202f000 rows" in words(app)
    assert len(app.dataframe[0].value) == 10_000


def test_an_example_is_one_click(seeded_home: Path) -> None:
    app = open_page("ask")
    app.pills(key="ask_example").set_value(0).run()
    assert not app.exception
    assert "**20 rows**" in words(app)
    assert list(app.dataframe[0].value.columns) == ["item_id", "title", "events"]
    assert app.text_area(key="ask_sql").value.startswith("SELECT i.item_id")


def test_explain_is_shown_as_the_plan_that_it_is(seeded_home: Path) -> None:
    app = type_and_run(open_page("ask"), "EXPLAIN SELECT count(*) FROM events")
    assert "Scan" in app.code[0].value or "SCAN" in app.code[0].value
    assert not app.dataframe


def test_a_question_is_kept_and_forgotten(seeded_home: Path) -> None:
    dataset = str(loaders.datasets()["id"].iloc[0])
    app = type_and_run(open_page("ask"), "SELECT 1 AS one")
    app.text_input(key="ask_save_name").set_value("One *row*").run()
    app.button(key="ask_save_go").click().run()
    assert not app.exception
    (kept,) = ask.saved(dataset)
    assert (kept.name, kept.sql) == ("One *row*", "SELECT 1 AS one")
    type_and_run(app, "SELECT 2 AS two")
    app.pills(key="ask_saved").set_value(0).run()
    assert app.dataframe[0].value.columns.tolist() == ["one"]
    app.button(key=f"ask_forget_{kept.id}").click().run()
    assert ask.saved(dataset) == []


def test_without_a_dataset_the_page_says_what_it_will_show(empty_home: Path) -> None:
    app = open_page("ask")
    assert not app.exception
    assert "answers questions in SQL" in words(app)
    assert app.button(key="empty_import_data").label == "Import data"


def test_answers_are_kept_but_not_that_others_were_quicker(
    seeded_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = str(loaders.datasets()["id"].iloc[0])
    with monkeypatch.context() as crowded:
        crowded.setattr(ask, "ask", no_place)
        assert isinstance(ask.answer(dataset, "SELECT 71"), ask.Busy)
    assert isinstance(ask.answer(dataset, "SELECT 71"), Answer)


def no_place(*_: object) -> Answer:
    raise ask.Busy("Other questions are being answered.", "Try again in a moment.")


# ── examples


def with_and_without() -> dict[str, str]:
    """A data set with times and one without; neither has features beside titles."""
    home = Home.current()
    timed = make_dataset([0, 0, 1, 1], [0, 1, 0, 0], times=[0, 86_400, 5, 6])
    return {
        "timed": save_dataset(home, timed),
        "timeless": save_dataset(home, make_dataset([0, 0, 1], [0, 1, 0])),
    }


def test_examples_fit_what_the_data_set_has_and_all_of_them_work(seeded_home: Path) -> None:
    home = Home.current()
    sets = with_and_without() | {"market": str(loaders.datasets()["id"].iloc[0])}
    names = {}
    for kind, dataset in sets.items():
        offered = examples(schema(home, dataset))
        names[kind] = [example.name for example in offered]
        for example in offered:
            assert len(run(home, dataset, example.sql).columns) >= 2, example
    assert "over_time" in names["timed"]
    assert "over_time" not in names["timeless"]
    assert {"by_items", "by_users"} <= set(names["market"])
    assert not {"by_items", "by_users"} & set(names["timed"])


def test_examples_on_large_data_look_at_a_part_and_still_work(seeded_home: Path) -> None:
    dataset = str(loaders.datasets()["id"].iloc[0])
    large = tuple(replace(table, rows=20_000_000) for table in schema(Home.current(), dataset))
    offered = {example.name: example.sql for example in examples(large)}
    assert "% 10 = 0" in offered["repeats"]
    assert "SAMPLE" in offered["summary"]
    for sql in offered.values():
        run(Home.current(), dataset, sql)


# ── figures


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (pd.DataFrame({"item": ["a", "b"], "n": [1, 2]}), Drawing("item", "n", "bars")),
        (
            pd.DataFrame({"item_id": ["1", "2"], "title": ["A", "B"], "n": [1, 2]}),
            Drawing("title", "n", "bars"),
        ),
        (
            pd.DataFrame({"week": pd.to_datetime(["2026-01-01", "2026-01-08"]), "n": [1, 2]}),
            Drawing("week", "n", "line"),
        ),
        (pd.DataFrame({"x": np.arange(100), "y": np.arange(100.0)}), Drawing("x", "y", "line")),
        (pd.DataFrame({"x": np.arange(100)[::-1], "y": np.arange(100.0)}), Drawing("x", "y", "points")),
        (pd.DataFrame({"weight": [1.0, 2.0], "n": [5, 6]}), Drawing("weight", "n", "bars")),
        (pd.DataFrame({"n": [1, 2]}), None),
        (pd.DataFrame({"a": ["x", "y"], "b": [True, False]}), None),
        (pd.DataFrame({"a": ["x"], "n": [1]}), None),
        (pd.DataFrame(), None),
    ],
)
def test_a_result_asks_for_the_figure_that_suits_it(table: pd.DataFrame, expected: Drawing | None) -> None:
    assert drawing(table) == expected


@pytest.mark.parametrize("kind", ["bars", "line", "points"])
def test_every_kind_of_figure_carries_the_values_and_shows_names_as_they_are(kind: str) -> None:
    table = pd.DataFrame({"name": ["<b>a</b>", None, "c"], "n": pd.array([1, 2, None], dtype="Int64")})
    part = drawn(table, Drawing("name", "n", kind))
    (trace,) = answer_figure(part, "name", "n", kind).data
    names, values = (trace.text, trace.x) if kind == "bars" else (trace.x, trace.y)
    assert list(names) == ["&lt;b&gt;a&lt;/b&gt;"]
    assert list(values) == [1.0]


def test_equal_names_keep_bars_of_their_own() -> None:
    table = pd.DataFrame({"title": ["Same", "Same"], "n": [3, 4]})
    (trace,) = answer_figure(table, "title", "n", "bars").data
    assert (list(trace.y), list(trace.x)) == ([0, 1], [3.0, 4.0])


def test_a_figure_takes_no_more_rows_than_it_can_carry() -> None:
    table = pd.DataFrame({"x": np.arange(9000), "y": np.arange(9000)})
    assert len(drawn(table, Drawing("x", "y", "bars"))) == 60
    assert len(drawn(table, Drawing("x", "y", "points"))) == 5000
    assert list(drawn(table, Drawing("x", "x", "line")).columns) == ["x"]


def test_days_are_laid_along_a_calendar_as_a_line() -> None:
    days = [date(2020, 1, 6), date(2020, 1, 13), None]
    table = with_moments(pd.DataFrame({"week": days, "events": [3, 4, 5]}))
    assert drawing(table) == Drawing("week", "events", "line")
    assert table["week"].iloc[1] == pd.Timestamp("2020-01-13")
    words = pd.DataFrame({"name": ["a", "b"], "events": [1, 2]})
    assert drawing(with_moments(words)) == Drawing("name", "events", "bars")
