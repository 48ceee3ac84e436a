"""A recipe is written once and used for the next file: whole, checked, and honest about what does not fit."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.artifacts import Home, dataset_meta
from data.cleaning import Cleaning
from data.errors import ConfigError, DataError
from data.ingest import import_file, import_files
from data.items_table import ItemsMapping
from data.mapping import Mapping
from data.reading.shape import FileShape
from data.recipe import Files, GivenFile, ItemsPart, Recipe, SocialMapping, SocialPart, read_recipe

HEADER = "user,item,rating,timestamp\n"
BODY = "a,x,4,1000000000\nb,y,5,1000000100\na,y,3,1000000200\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def write(folder: Path, name: str, text: str) -> GivenFile:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return GivenFile(path, name)


NAMES = st.text(min_size=1, max_size=8)
RECIPES = st.builds(
    Recipe,
    name=st.none() | NAMES,
    mapping=st.none() | st.just(Mapping(user="u", item="i", keep=("k",), item_columns=())),
    cleaning=st.none()
    | st.builds(
        Cleaning,
        repeats=st.sampled_from(["keep", "sum", "max"]),
        drop_items=st.tuples(NAMES),
        binarise=st.booleans(),
    ),
    shape=st.none()
    | st.builds(FileShape, columns=st.lists(NAMES, max_size=3).map(tuple), header=st.booleans()),
    items=st.just(ItemsPart())
    | st.builds(ItemsPart, mapping=st.builds(ItemsMapping, id=NAMES, text=st.tuples(NAMES))),
    social=st.just(SocialPart(mapping=SocialMapping(source="a", target="b", mutual=True))),
    pseudonyms=st.booleans(),
)


@given(recipe=RECIPES)
def test_a_recipe_comes_back_from_its_json(recipe: Recipe) -> None:
    assert read_recipe(recipe.model_dump_json()) == recipe
    assert read_recipe(recipe.model_dump(mode="json")) == recipe


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "no recipe"),
        ("[1]", "no recipe but"),
        ('{"maping": {}}', "no key 'maping'.*name, shape, mapping"),
        ('{"mapping": {"user": "a", "item": "b", "wieght": "c"}}', "no key 'mapping.wieght'.*weight, time"),
        ('{"cleaning": {"min": 3}}', "no key 'cleaning.min'.*min_weight"),
        ('{"items": {"mapping": {"id": "a", "titel": "b"}}}', "no key 'items.mapping.titel'"),
        ('{"mapping": {"item": "b"}}', "mapping.user"),
        ('{"cleaning": {"repeats": "often"}}', "cleaning.repeats cannot be 'often'"),
        ('{"version": 2}', "version"),
        (b"\xff\xfe", "no recipe"),
    ],
)
def test_what_is_no_recipe_is_refused_with_what_is_known(content: str | bytes, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        read_recipe(content)
    assert caught.value.hint


def test_the_recipe_of_a_data_set_makes_it_again(tmp_path: Path, home: Home) -> None:
    events = write(tmp_path, "e.csv", HEADER + BODY)
    items = write(tmp_path, "i.csv", "item,title\nx,Ax\ny,Bee\n")
    done = import_files(Files((events,), items=items), home)
    kept = dataset_meta(home, done.dataset)["facts"]["recipe"]
    recipe = read_recipe(json.dumps(kept))
    assert recipe.mapping is not None
    assert recipe.cleaning is not None
    assert recipe.items.mapping == ItemsMapping(id="item", title="title")
    again = import_files(Files((events,), items=items), Home(tmp_path / "other"), recipe=recipe)
    assert again.dataset == done.dataset
    assert dataset_meta(Home(tmp_path / "other"), again.dataset)["facts"]["recipe"] == kept


def test_a_recipe_serves_the_next_file_however_it_is_packed_and_ordered(tmp_path: Path, home: Home) -> None:
    first = import_files(Files((write(tmp_path, "e.csv", HEADER + BODY),)), home)
    recipe = read_recipe(dataset_meta(home, first.dataset)["facts"]["recipe"])
    packed = tmp_path / "next.csv.gz"
    packed.write_bytes(gzip.compress(b"timestamp,user,item,rating\n1000000300,c,x,2\n1000000400,c,y,1\n"))
    report = import_files(Files((GivenFile(packed, "next.csv.gz"),)), home, recipe=recipe)
    assert (report.events, report.users, report.items, report.quarantined) == (2, 1, 2, 0)


def test_columns_of_a_sheet_are_told_by_name_too(tmp_path: Path, home: Home) -> None:
    rows = {"user": ["a", "b", "a"], "item": ["x", "y", "y"], "rating": [4, 5, 3]}
    pd.DataFrame(rows).to_excel(tmp_path / "one.xlsx", index=False)
    pd.DataFrame(rows)[["rating", "item", "user"]].to_excel(tmp_path / "two.xlsx", index=False)
    first = import_files(Files((GivenFile(tmp_path / "one.xlsx", "one.xlsx"),)), home)
    recipe = read_recipe(dataset_meta(home, first.dataset)["facts"]["recipe"])
    again = import_files(Files((GivenFile(tmp_path / "two.xlsx", "two.xlsx"),)), home, recipe=recipe)
    assert again.dataset == first.dataset


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "user,item,stars,timestamp\na,x,4,1000000000\n",
            "no column 'rating'.*It has: user, item, stars, timestamp",
        ),
        ("user,item\na,x\nb,y\n", "no column 'rating'.*It has: user, item"),
        (BODY, "does not begin with the names of its columns"),
    ],
)
def test_a_recipe_that_does_not_fit_says_what_the_file_has(
    tmp_path: Path, home: Home, text: str, message: str
) -> None:
    first = import_files(Files((write(tmp_path, "e.csv", HEADER + BODY),)), home)
    recipe = read_recipe(dataset_meta(home, first.dataset)["facts"]["recipe"])
    with pytest.raises(DataError, match=message):
        import_files(Files((write(tmp_path, "next.csv", text),)), home, recipe=recipe)


def test_a_wrong_column_of_the_mapping_is_named_with_those_there_are(tmp_path: Path, home: Home) -> None:
    path = write(tmp_path, "e.csv", HEADER + BODY).path
    with pytest.raises(DataError, match="no column 'who'.*user, item, rating, timestamp"):
        import_file(path, home, mapping=Mapping(user="who", item="item"))
