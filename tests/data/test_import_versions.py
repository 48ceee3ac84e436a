"""What an import keeps beside the events: versions, pseudonyms, unseen items, types and columns of events."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from data.artifacts import Home, dataset_meta, dataset_table, load_dataset, remove_leftovers, save_dataset
from data.cleaning import Cleaning
from data.continuing import recipe_of
from data.errors import DataError
from data.ingest import import_files
from data.lineage import lineage
from data.mapping import Mapping
from data.read_cache import MOST_ENTRIES, read_cached
from data.reading.staging import silent
from data.recipe import Files, GivenFile, Recipe
from data.samples import marketplace

HEADER = "user,item,rating,timestamp\n"
FIRST = HEADER + "bea,y,1,1000000000\nann,x,2,1000000001\nann,z,5,1000000002\n"
LATER = HEADER + "ann,a,3,1000000003\nzoe,x,4,1000000004\nann,x,2,1000000001\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def write(folder: Path, name: str, text: str) -> GivenFile:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return GivenFile(path, name)


def test_a_later_file_makes_a_version_that_keeps_the_codes_of_its_parent(tmp_path: Path, home: Home) -> None:
    items = write(tmp_path, "i.csv", "item,title,price\nx,Ax,1\ny,Bee,2\nz,Cee,3\n")
    pairs = write(tmp_path, "s.csv", "source,target\nann,bea\n")
    first = import_files(
        Files((write(tmp_path, "one.csv", FIRST),), items=items, social=pairs),
        home,
        recipe=Recipe(name="Shop"),
    )
    more = write(tmp_path, "j.csv", "item,title,price\na,Aye,4\nx,Axe,\n")
    report = import_files(Files((write(tmp_path, "two.csv", LATER),), items=more), home, parent=first.dataset)
    old, new = load_dataset(home, first.dataset), load_dataset(home, report.dataset)
    assert new.users.ids.tolist() == [*old.users.ids, "zoe"] == ["ann", "bea", "zoe"]
    assert new.items.ids.tolist() == [*old.items.ids, "a"] == ["x", "y", "z", "a"]
    assert (report.version, report.parent, report.name) == (2, first.dataset, "Shop")
    assert report.added == {"events": 2, "users": 1, "items": 1}
    assert report.lines == 4 == report.header + report.accepted + sum(report.removed.values())
    assert sum(report.removed.values()) == 1  # the row that the first version holds
    assert new.item_features is not None
    assert new.item_features["title"].tolist() == ["Axe", "Bee", "Cee", "Aye"]
    assert new.item_features["price"].tolist() == [1, 2, 3, 4]
    assert new.social is not None
    assert new.social.tolist() == [[0, 1]]
    meta = dataset_meta(home, report.dataset)
    assert (meta["version"], meta["parent"], meta["name"]) == (2, first.dataset, "Shop")
    line = lineage([dataset_meta(home, one) for one in (report.dataset, first.dataset)])
    assert [(row.number, row.added.get("events")) for row in line] == [(1, None), (2, 2)]


def test_the_same_file_again_adds_nothing_and_makes_no_version(tmp_path: Path, home: Home) -> None:
    events = write(tmp_path, "one.csv", FIRST)
    first = import_files(Files((events,)), home)
    again = import_files(Files((events,)), home, parent=first.dataset)
    assert (again.dataset, again.existed, again.added["events"]) == (first.dataset, True, 0)
    assert dataset_meta(home, again.dataset)["version"] == 1


def test_a_sample_is_continued_with_a_mapping_of_its_own(tmp_path: Path, home: Home) -> None:
    sample = save_dataset(home, marketplace(n_users=20, n_items=80, n_events=200))
    events = write(tmp_path, "two.csv", "user,item,timestamp\nnew,thing,1700000000\nnew,other,1700000001\n")
    report = import_files(Files((events,)), home, parent=sample)
    assert (report.version, report.added["users"], report.added["items"]) == (2, 1, 2)


def stored_bytes(home: Home) -> bytes:
    kept = [
        path for part in ("datasets", "cache") for path in (home.root / part).rglob("*") if path.is_file()
    ]
    return b"".join(path.read_bytes() for path in kept)


def test_pseudonyms_leave_no_id_of_a_user_in_anything_that_is_stored(tmp_path: Path, home: Home) -> None:
    names = ["karoline.muster", "hendrik.beispiel", "wilhelmina.probe"]
    events = write(
        tmp_path,
        "e.csv",
        HEADER
        + "".join(f"{name},x{n},3,1000000000\n" for n, name in enumerate(names))
        + f"{names[0]},,3,1000000000\n{names[1]},x9,bad,1000000000\n{names[2]},x1\n",
    )
    users = write(
        tmp_path, "u.csv", f"user,band\n{names[0]},young\n{names[1]},old\nelsewhere.person,old\nhm\n"
    )
    pairs = write(tmp_path, "s.csv", f"source,target\n{names[0]},{names[1]}\n{names[1]},elsewhere.person\n")
    recipe = Recipe(
        pseudonyms=True,
        mapping=Mapping(user="user", item="item", weight="rating", time="timestamp"),
        cleaning=Cleaning(drop_users=(names[2],)),
    )
    files = Files((events,), users=users, social=pairs)
    read_cached(files, recipe, home, silent)
    report = import_files(files, home, recipe=recipe)
    stored = load_dataset(home, report.dataset)
    assert (report.users, report.events, report.quarantined) == (2, 2, 3)
    assert all(name.startswith("u_") for name in stored.users.ids)
    assert stored.user_features is not None
    assert sorted(stored.user_features["band"]) == ["old", "young"]
    assert stored.social is not None
    assert len(stored.social) == 1
    quarantine = dataset_table(home, report.dataset, "quarantine")
    assert quarantine is not None
    assert set(quarantine["text"]) == {""}
    assert sorted(quarantine["line"]) == [5, 5, 6, 7]
    kept = stored_bytes(home)
    for name in (*names, "elsewhere.person"):
        assert name.encode() not in kept
    # the recipe names pseudonyms from now on, and gives the same data set
    again = import_files(files, home, recipe=Recipe(**dataset_meta(home, report.dataset)["facts"]["recipe"]))
    assert again.dataset == report.dataset
    # a later version keeps them
    later = write(tmp_path, "l.csv", HEADER + f"{names[0]},x7,3,1000000005\nnobody.known,x7,2,1000000006\n")
    grown = import_files(Files((later,)), home, parent=report.dataset)
    assert grown.added == {"events": 2, "users": 1, "items": 1}
    assert b"nobody.known" not in stored_bytes(home)


def test_ids_are_joined_as_the_cleaning_writes_them(tmp_path: Path, home: Home) -> None:
    events = write(tmp_path, "e.csv", "user,item\n1.0,x\n2.0,y\n")
    users = write(tmp_path, "u.csv", "user,band\n1,young\n2,old\n")
    for pseudonyms in (False, True):
        recipe = Recipe(cleaning=Cleaning(normalise_ids=True), pseudonyms=pseudonyms)
        report = import_files(Files((events,), users=users), home, recipe=recipe)
        assert report.joins[0].matched == 2


def test_items_that_only_the_item_file_names_are_kept_when_asked(tmp_path: Path, home: Home) -> None:
    events = write(tmp_path, "e.csv", "user,item\na,m\nb,m\na,p\n")
    items = write(tmp_path, "i.csv", "item,title\nm,Em\nn,En\nz,Zed\n")
    without = import_files(Files((events,), items=items), home)
    assert (without.items, without.joins[0].without_event) == (2, 2)
    report = import_files(Files((events,), items=items), home, recipe=Recipe(keep_unseen_items=True))
    assert report.joins == without.joins  # what has an event does not change
    stored = load_dataset(home, report.dataset)
    assert stored.items.ids.tolist() == ["m", "n", "p", "z"]
    assert stored.titles.tolist() == ["Em", "En", "p", "Zed"]
    assert stored.trained_items.tolist() == [True, False, True, False]
    assert stored.interactions.item.tolist() == [0, 2, 0]


def test_types_visits_and_further_columns_of_events_are_there_in_sql(tmp_path: Path, home: Home) -> None:
    events = write(
        tmp_path,
        "e.csv",
        "user,item,kind,visit,shop,user_id,time\na,x,view,v1,north,7,1000000000\na,x,cart,v1,,8,1000000001\n"
        "b,y,view,,south,9,1000000002\n",
    )
    mapping = Mapping(
        user="user",
        item="item",
        event="kind",
        session="visit",
        keep=("shop", "user_id"),
        time="time",
        item_columns=(),
        user_columns=(),
    )
    report = import_files(Files((events,)), home, recipe=Recipe(mapping=mapping))
    stored = load_dataset(home, report.dataset)
    assert stored.event_types == ("view", "cart")
    con = duckdb.connect(str(home.datasets / report.dataset / "events.duckdb"), read_only=True)
    found = con.execute(
        "SELECT user_id, event, session IS NULL, shop, user_id_2 FROM events ORDER BY time"
    ).fetchall()
    assert found == [
        ("a", "view", False, "north", 7.0),
        ("a", "cart", False, None, 8.0),
        ("b", "view", True, "south", 9.0),
    ]
    other = mapping.model_copy(update={"keep": ("shop",)})
    assert import_files(Files((events,)), home, recipe=Recipe(mapping=other)).dataset != report.dataset


def test_friends_and_parts_are_there_in_sql(tmp_path: Path, home: Home) -> None:
    files = Files(
        (write(tmp_path, "train.csv", FIRST),),
        test=(write(tmp_path, "test.csv", LATER),),
        social=write(tmp_path, "s.csv", "source,target\nann,zoe\n"),
    )
    report = import_files(files, home)
    con = duckdb.connect(str(home.datasets / report.dataset / "events.duckdb"), read_only=True)
    assert con.execute("FROM social").fetchall() == [("ann", "zoe")]
    assert con.execute("SELECT part, count(*) FROM events GROUP BY part ORDER BY part").fetchall() == [
        ("test", 3),
        ("train", 3),
    ]


def test_what_was_read_is_kept_and_an_import_after_it_gives_the_same(tmp_path: Path, home: Home) -> None:
    text = FIRST + "ann,y,bad,1000000002\n\nbob,x,2,1000000009\n"
    files = Files(
        (write(tmp_path, "one.csv", text), write(tmp_path, "two.csv", LATER)),
        items=write(tmp_path, "i.csv", "item,title\nx,Ax\nbroken\n"),
    )
    recipe = Recipe(mapping=Mapping(user="user", item="item", weight="rating", time="timestamp"))
    fresh = read_cached(files, recipe, home, silent)
    kept = read_cached(files, recipe, home, silent)
    assert isinstance(kept.coded.user, np.memmap)
    for name in ("user", "item", "weight", "span", "second", "row_hash"):
        np.testing.assert_array_equal(getattr(kept.coded, name), getattr(fresh.coded, name))
    assert kept.files == fresh.files
    assert kept.events.quarantine.equals(fresh.events.quarantine)
    cleaning = Cleaning(min_weight=3)
    after = import_files(files, home, recipe=recipe.model_copy(update={"cleaning": cleaning}))
    plain = import_files(
        files, Home(tmp_path / "other"), recipe=recipe.model_copy(update={"cleaning": cleaning})
    )
    assert replace(after, existed=False) == plain
    quarantine = dataset_table(home, after.dataset, "quarantine")
    assert quarantine is not None
    assert quarantine["file"].tolist() == ["one.csv", "i.csv"]


def test_a_changed_file_or_mapping_is_read_again_and_old_entries_go(tmp_path: Path, home: Home) -> None:
    events = write(tmp_path, "one.csv", FIRST)
    assert len(read_cached(Files((events,)), Recipe(), home, silent).coded) == 3
    write(tmp_path, "one.csv", FIRST + "cat,x,1,1000000009\n")
    assert len(read_cached(Files((events,)), Recipe(), home, silent).coded) == 4
    for n in range(MOST_ENTRIES + 2):
        read_cached(Files((write(tmp_path, f"{n}.csv", FIRST),)), Recipe(), home, silent)
    entries = list((home.cache / "reads").iterdir())
    assert len(entries) == MOST_ENTRIES
    assert len(remove_leftovers(home, older_than_s=-1)) == MOST_ENTRIES
    assert not list((home.cache / "reads").iterdir())


def test_a_data_set_without_a_recipe_says_so(home: Home) -> None:
    sample = save_dataset(home, marketplace(n_users=20, n_items=80, n_events=200))
    with pytest.raises(DataError, match="not known how"):
        recipe_of(load_dataset(home, sample))
