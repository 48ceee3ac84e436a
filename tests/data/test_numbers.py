"""Numbers with decimal commas and groups of digits: recognised with a reason, read in SQL as in Python."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.artifacts import Home, load_dataset
from data.ingest import import_file
from data.mapping import Mapping
from data.reading import sniff
from data.reading.numbers import as_number, guess_numbers, number_sql
from data.reading.shape import FileShape

COMMA = FileShape(decimal=",")
GERMAN = FileShape(decimal=",", thousands=".")
ENGLISH = FileShape(thousands=",")
FRENCH = FileShape(decimal=",", thousands=" ")


def in_sql(text: str, shape: FileShape) -> float | None:
    query = f"SELECT {number_sql('c', shape)} FROM (SELECT $1::VARCHAR AS c)"
    found: float | None = duckdb.connect().execute(query, [text]).fetchall()[0][0]
    return found


@pytest.mark.parametrize(
    ("text", "shape", "value"),
    [
        ("3.5", FileShape(), 3.5),
        (" 3.5 ", FileShape(), 3.5),
        ("3,5", FileShape(), None),
        ("3,5", COMMA, 3.5),
        ("-0,25", COMMA, -0.25),
        ("4.5", COMMA, 4.5),
        ("1.234,5", COMMA, None),
        ("1.234,5", GERMAN, 1234.5),
        ("1.234.567", GERMAN, 1234567.0),
        ("12", GERMAN, 12.0),
        ("1,234", ENGLISH, 1234.0),
        ("1,234,567.25", ENGLISH, 1234567.25),
        ("1,23", ENGLISH, None),
        ("1,2,3", ENGLISH, None),
        ("1 234,5", FRENCH, 1234.5),
        ("1\u202f234,5", FRENCH, 1234.5),
        ("1'234.5", FileShape(thousands="'"), 1234.5),
        ("1e3", FileShape(), 1000.0),
        ("1e3", COMMA, 1000.0),
        ("four", ENGLISH, None),
        ("", ENGLISH, None),
    ],
)
def test_a_number_is_read_alike_in_sql_and_in_python(
    text: str, shape: FileShape, value: float | None
) -> None:
    assert as_number(text, shape) == value
    assert in_sql(text, shape) == value


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([["1", "2.5"]], (".", "")),
        ([["3,5", "4", "5,25"]], (",", "")),
        ([["1.234,5", "7", "12,25"]], (",", ".")),
        ([["1,234.50", "999"]], (".", ",")),
        ([["1,234,567", "12"]], (".", ",")),
        ([["1,234", "12"]], (".", "")),  # either: nothing is proposed
        ([["1,234", "2,345", "3,456", "4,567", "5,678", "9"]], (".", ",")),
        ([["0,123", "0,234", "0,345", "0,456", "0,567"]], (",", "")),
        ([["1 234", "56"]], (".", " ")),
        ([["1 234,5", "56"]], (",", " ")),
        ([["1,2,3", "4,5"]], (".", "")),
        ([["2020-01-01", "2020-01-02"], ["12:30", "13:30"]], (".", "")),
        ([["a,b", "1,5"]], (".", "")),
        ([["31.12.2010", "1.1.2011"]], (".", "")),
        ([], (".", "")),
    ],
)
def test_the_marks_of_numbers_are_only_proposed_where_they_are_sure(
    columns: list[list[str]], expected: tuple[str, str]
) -> None:
    decimal, thousands, reason = guess_numbers(columns)
    assert (decimal, thousands) == expected
    assert bool(reason) == (expected != (".", ""))


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("user;item;rating\na;x;3,5\nb;y;4,25\nc;z;5\n", [3.5, 4.25, 5.0]),
        ('user,item,count\na,x,"1,234.5"\nb,y,"2,000,000"\nc,z,7\n', [1234.5, 2000000.0, 7.0]),
        ("user;item;price\na;x;1.234,50\nb;y;7,00\nc;z;12\n", [1234.5, 7.0, 12.0]),
        ("user\titem\tcount\na\tx\t12 345\nb\ty\t7\nc\tz\t1 000\n", [12345.0, 7.0, 1000.0]),
    ],
)
def test_weights_come_out_as_meant(tmp_path: Path, text: str, weights: list[float]) -> None:
    path, home = tmp_path / "sales", Home(tmp_path / "home")
    path.write_text(text)
    shape = sniff(path)
    assert shape.reasons[-1].startswith("numbers like ")
    report = import_file(path, home, mapping=Mapping(user="user", item="item", weight=shape.columns[2]))
    assert load_dataset(home, report.dataset).interactions.weight.tolist() == pytest.approx(weights)


@settings(deadline=None, max_examples=60)
@given(
    text=st.text(alphabet="0123456789.,' +-e\u202fx", max_size=10),
    shape=st.sampled_from([COMMA, GERMAN, ENGLISH, FRENCH]),
)
def test_sql_and_python_never_disagree_on_a_number(text: str, shape: FileShape) -> None:
    mine, sql = as_number(text, shape), in_sql(text, shape)
    assert mine == sql or (mine is None and sql is not None and "_" not in text)
