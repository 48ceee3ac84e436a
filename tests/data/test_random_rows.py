"""Rows from all over a file: evenly spread, readable, the same for a seed; and columns after a change."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.reading import FileShape, sniff
from data.reading.random_rows import random_rows
from data.reading.reshaping import reshaped

N = 3000


def written(folder: Path, kind: str) -> Path:
    """One table of N numbered rows in several shapes."""
    path = folder / f"rows.{kind}"
    rows = [(f"u{n}", f"i{n % 40}") for n in range(N)]
    text = "user,item\n" + "".join(f"{user},{item}\n" for user, item in rows)
    if kind == "csv":
        path.write_text(text)
    elif kind == "csv.gz":
        path.write_bytes(gzip.compress(text.encode()))
    elif kind == "utf16":
        path.write_text(text, encoding="utf-16")
    elif kind == "jsonl":
        path.write_text("".join(json.dumps({"user": user, "item": item}) + "\n" for user, item in rows))
    elif kind == "json":
        path.write_text(json.dumps([{"user": user, "item": item} for user, item in rows]))
    else:
        pd.DataFrame(rows, columns=["user", "item"]).to_parquet(path)
    return path


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "utf16", "jsonl", "json", "parquet"])
def test_rows_come_from_all_over_the_file_whatever_its_shape(tmp_path, kind):
    path = written(tmp_path, kind)
    shape = sniff(path)
    rows = random_rows(path, shape, 60, seed=1)
    numbers = [int(user[1:]) for user in rows["user"]]
    assert len(rows) == 60
    assert len(set(numbers)) == 60
    assert all(item == f"i{number % 40}" for number, item in zip(numbers, rows["item"], strict=True))
    assert min(numbers) < N / 4
    assert max(numbers) > 3 * N / 4
    assert rows.equals(random_rows(path, shape, 60, seed=1))
    assert not rows.equals(random_rows(path, shape, 60, seed=2))


def test_a_file_with_fewer_rows_than_asked_for_is_shown_without_repeats(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("user,item\nu1,i1\nu2,i2\nu3,i3")
    rows = random_rows(path, sniff(path), 50)
    assert set(rows["user"]) <= {"u1", "u2", "u3"}
    assert len(rows) == len(set(rows["user"])) >= 2


def test_lists_of_items_give_pairs(tmp_path):
    path = tmp_path / "lists.txt"
    path.write_text(
        "".join(
            f"{user} {' '.join(str(user + step) for step in range(2 + user % 7))}\n" for user in range(90)
        )
    )
    rows = random_rows(path, sniff(path), 40)
    assert all(0 <= int(item) - int(user) < 8 for user, item in zip(rows["user"], rows["item"], strict=True))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text("abc,", max_size=6), min_size=1, max_size=40), st.integers(0, 99))
def test_every_row_shown_is_a_row_of_the_file(tmp_path_factory, cells, seed):
    path = tmp_path_factory.mktemp("rows") / "any.csv"
    lines = [f"{place};{cell}" for place, cell in enumerate(cells)]
    path.write_text("\n".join(["number;cell", *lines]))
    shape = FileShape(delimiter=";", columns=("number", "cell"))
    rows = random_rows(path, shape, 10, seed=seed)
    there = {(str(place), cell or None) for place, cell in enumerate(cells)}
    assert {(number, cell or None) for number, cell in rows.itertuples(index=False)} <= there


def test_another_delimiter_names_the_columns_again(tmp_path):
    path = tmp_path / "both.csv"
    path.write_text("# made by hand\nuser;item,1;item,1\nu1;i1,2;3\n")
    shape = FileShape(delimiter=",", columns=("a", "b"), comment="")
    again = reshaped(path, shape, {"delimiter": ";", "comment": "#"})
    assert again.columns == ("user", "item,1", "item,1_2")
    assert reshaped(path, again, {"header": False}).columns == ("column_1", "column_2", "column_3")


def test_rows_taken_for_lists_have_two_columns_and_lists_taken_for_rows_as_many_as_the_first(tmp_path):
    path = tmp_path / "lists.txt"
    path.write_text("u1 5 6 7\nu2 5\n")
    shape = FileShape(format="user_lines", delimiter=" ", header=False, columns=("user", "item"))
    rows = reshaped(path, shape, {"format": "delimited"})
    assert rows.columns == ("column_1", "column_2", "column_3", "column_4")
    assert reshaped(path, rows, {"format": "user_lines"}).columns == ("user", "item")


def test_another_file_of_an_archive_has_its_own_columns(tmp_path):
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ratings.csv", "user,item\nu1,i1\nu2,i2\n")
        archive.writestr("films.csv", "item;title\ni1;One\ni2;Two\n")
    shape = sniff(path)
    assert shape.columns == ("user", "item")
    other = reshaped(path, shape, {"member": "films.csv", "delimiter": ";"})
    assert other.columns == ("item", "title")
    assert set(random_rows(path, other, 5)["title"]) == {"One", "Two"}


def test_a_change_that_names_no_column_keeps_the_names(tmp_path):
    shape = FileShape(columns=("a", "b"))
    assert reshaped(tmp_path / "is not even opened", shape, {"decimal": ","}).columns == ("a", "b")
