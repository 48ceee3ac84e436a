"""What is stored comes back the same, whole or not at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from data.artifacts import (
    Home,
    dataset_meta,
    dataset_table,
    list_dataset_ids,
    load_dataset,
    read_arrays,
    read_meta,
    remove_leftovers,
    save_dataset,
    write_folder,
)
from data.dataset import Dataset, IdMap, Interactions
from data.errors import DataError, NotFound
from tests.conftest import make_dataset


@pytest.fixture
def home() -> Home:
    return Home.current()


def rich() -> Dataset:
    plain = make_dataset([0, 0, 1, 2], [1, 1, 0, 2], times=[10, 20, 5, 7])
    return replace(
        plain,
        users=IdMap(np.asarray(["zoë", "0042", ""], dtype=object)),
        user_features=pd.DataFrame({"age_band": ["18-24", None, "65+"]}),
        item_features=pd.DataFrame({"title": ["A", None, "C"], "price": [1.5, np.nan, 3.0]}),
        social=np.asarray([[0, 1], [1, 2]], dtype=np.int32),
        name="rich",
        facts={"causes": {"i1": "i0"}, "n": np.int64(3)},
    )


def test_home_is_the_folder_named_by_the_environment(rankscope_home: Path, home: Home) -> None:
    assert home.root == rankscope_home
    assert home.datasets.is_dir()
    assert home.warehouse.parent == rankscope_home


def test_a_written_folder_reads_back_as_read_only_maps(tmp_path: Path) -> None:
    write_folder(
        tmp_path / "r1", {"a": np.arange(3), "none": np.zeros(0)}, {"k": np.float32(0.5)}, {"log": "x"}
    )
    arrays = read_arrays(tmp_path / "r1")
    assert isinstance(arrays["a"], np.memmap)
    assert arrays["none"].shape == (0,)
    with pytest.raises(ValueError, match="read-only"):
        arrays["a"][0] = 9
    assert read_meta(tmp_path / "r1") == {"k": 0.5}
    assert (tmp_path / "r1" / "log").read_text() == "x"


def test_an_existing_folder_is_kept_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    write_folder(tmp_path / "r", {"a": np.arange(1)}, {"v": 1})
    write_folder(tmp_path / "r", {"a": np.arange(2)}, {"v": 2})
    assert read_meta(tmp_path / "r") == {"v": 1}
    write_folder(tmp_path / "r", {"b": np.arange(2)}, {"v": 3}, replace=True)
    assert list(read_arrays(tmp_path / "r")) == ["b"]
    assert [p.name for p in tmp_path.iterdir()] == ["r"]


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Object arrays"):
        write_folder(tmp_path / "r", {"a": np.asarray([{}], dtype=object)}, {})
    assert list(tmp_path.iterdir()) == []


def test_a_process_killed_while_writing_leaves_no_folder_of_that_name(tmp_path: Path) -> None:
    program = (
        "import os, signal, numpy as np; from pathlib import Path; from data.artifacts import write_folder\n"
        f"write_folder(Path({str(tmp_path / 'r')!r}), {{'a': np.arange(9)}}, {{}},"
        " {'x': lambda path: os.kill(os.getpid(), signal.SIGKILL)})"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, env=os.environ, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "r").exists()
    write_folder(tmp_path / "r", {"a": np.arange(9)}, {})
    assert len(read_arrays(tmp_path / "r")["a"]) == 9


def test_leftovers_of_killed_writers_are_removed_and_whole_folders_kept(home: Home) -> None:
    write_folder(home.runs / "r1", {}, {})
    (home.runs / ".r2.0123abcd.part").mkdir()
    (home.cache / "reading-a1b2" / "spill").mkdir(parents=True)  # of an import that was killed
    (home.cache / "numba").mkdir()
    assert remove_leftovers(home, older_than_s=3600) == []  # it may still be being written
    assert remove_leftovers(home, older_than_s=-1) == [".r2.0123abcd.part", "reading-a1b2"]
    assert [path.name for path in home.cache.iterdir()] == ["numba"]
    assert [path.name for path in home.runs.iterdir()] == ["r1"]


def test_a_data_set_comes_back_with_everything_it_had(home: Home) -> None:
    before = rich()
    after = load_dataset(home, save_dataset(home, before))
    assert isinstance(after.interactions.base_user, np.memmap)
    for name in ("user", "item", "weight", "time"):
        np.testing.assert_array_equal(getattr(after.interactions, name), getattr(before.interactions, name))
    assert after.interactions.event is None
    assert list(after.users.ids) == ["zoë", "0042", ""]
    assert list(after.items.index_of(["i2", "nothing"])) == [2, -1]
    assert after.user_features is not None
    assert after.item_features is not None
    assert after.user_features["age_band"].isna().tolist() == [False, True, False]
    assert after.item_features["price"].iloc[2] == 3.0
    assert list(after.titles) == ["A", "i1", "C"]
    np.testing.assert_array_equal(after.social, before.social)
    assert (after.name, after.facts) == ("rich", {"causes": {"i1": "i0"}, "n": 3})


def test_the_id_follows_the_content_and_not_the_name(home: Home) -> None:
    first = save_dataset(home, rich())
    created = dataset_meta(home, first)["created"]
    assert save_dataset(home, replace(rich(), name="other", facts={})) == first
    assert dataset_meta(home, first)["name"] == "rich"
    assert dataset_meta(home, first)["created"] == created
    assert len(first) == 11
    assert first.startswith("d")


@pytest.mark.parametrize(
    "change",
    [
        lambda d: replace(d, users=IdMap(np.asarray(["zoë", "42", ""], dtype=object))),
        lambda d: replace(d, user_features=None),
        lambda d: replace(d, item_features=d.item_features.assign(price=[1.5, np.nan, 4.0])),
        lambda d: replace(d, interactions=replace(d.interactions, base_time=None)),
        lambda d: replace(d, social=None),
    ],
    ids=["user ids", "user features", "item features", "times", "friends"],
)
def test_any_change_of_the_content_changes_the_id(home: Home, change) -> None:
    assert save_dataset(home, change(rich())) != save_dataset(home, rich())


def test_the_id_does_not_depend_on_how_pandas_keeps_text(home: Home) -> None:
    texts = rich().user_features
    assert texts is not None
    as_object = replace(rich(), user_features=texts.astype(object))
    stored = load_dataset(home, save_dataset(home, rich()))
    assert save_dataset(home, as_object) == save_dataset(home, stored) == stored.id


def test_a_selection_of_events_is_stored_as_that_selection(home: Home) -> None:
    whole = rich()
    part = whole.with_interactions(whole.interactions.take(np.asarray([0, 2])))
    assert load_dataset(home, save_dataset(home, part)).interactions.item.tolist() == [1, 0]


def test_unsorted_events_are_refused(home: Home) -> None:
    wrong = Interactions(np.asarray([1, 0]), np.asarray([0, 0]), np.ones(2))
    with pytest.raises(DataError, match="not sorted by user and time"):
        save_dataset(home, replace(rich(), interactions=wrong))


def test_extra_tables_are_kept_beside_the_data_set(home: Home) -> None:
    bad = pd.DataFrame({"line": [7], "text": ["x;y"], "reason": ["no user"]})
    stored = save_dataset(home, rich(), extra_tables={"quarantine": bad})
    table = dataset_table(home, stored, "quarantine")
    assert table is not None
    assert table["reason"].tolist() == ["no user"]
    assert dataset_table(home, stored, "nothing") is None
    assert dataset_table(home, stored, "../../secret") is None


def test_extra_tables_need_a_plain_name(home: Home) -> None:
    with pytest.raises(DataError, match="cannot be the name"):
        save_dataset(home, rich(), extra_tables={"../x": pd.DataFrame()})


def test_an_unknown_data_set_is_named_with_those_there_are(home: Home) -> None:
    stored = save_dataset(home, rich())
    assert list_dataset_ids(home) == [stored]
    with pytest.raises(NotFound, match=f"no data set 'd0123456789'.*{stored}"):
        load_dataset(home, "d0123456789")
    with pytest.raises(NotFound, match="no data set"):
        dataset_meta(home, "../runs")


def test_events_can_be_asked_in_sql_by_several_readers(home: Home) -> None:
    path = home.datasets / save_dataset(home, rich()) / "events.duckdb"
    con = duckdb.connect()
    con.execute(f"ATTACH '{path}' AS data (READ_ONLY)")
    rows = con.execute(
        "SELECT user_id, item_id, epoch(time), title FROM data.events JOIN data.items USING (item_id) "
        "ORDER BY time"
    ).fetchall()
    assert rows[0] == ("0042", "i0", 5.0, "A")
    assert len(rows) == 4
    program = (
        "import duckdb, sys; "
        "print(duckdb.connect(sys.argv[1], read_only=True).execute('FROM users').fetchall())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    assert "65+" in other.stdout


def test_columns_that_differ_only_in_case_survive_in_sql(home: Home) -> None:
    twice = pd.DataFrame({"Title": ["a", "b", "c"], "title": ["A", "B", "C"], "ITEM_ID": [1, 2, 3]})
    path = home.datasets / save_dataset(home, replace(rich(), item_features=twice)) / "events.duckdb"
    names = duckdb.connect(str(path), read_only=True).execute("DESCRIBE items").df()["column_name"]
    assert names.tolist() == ["item_id", "Title", "title_2", "ITEM_ID_2"]


def test_events_without_times_have_none_in_sql(home: Home) -> None:
    path = home.datasets / save_dataset(home, make_dataset([0, 1], [0, 1])) / "events.duckdb"
    con = duckdb.connect(str(path), read_only=True)
    assert con.execute("SELECT count(*), count(time) FROM events").fetchone() == (2, 0)


def test_a_data_set_without_events_is_stored(home: Home) -> None:
    empty = make_dataset([0], [0])
    empty = empty.with_interactions(empty.interactions.take(np.zeros(0, dtype=np.int64)))
    assert len(load_dataset(home, save_dataset(home, empty)).interactions) == 0
    assert json.dumps(dataset_meta(home, list_dataset_ids(home)[0]))
