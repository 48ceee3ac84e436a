"""Corners of the import: names that clash, files that change, plain ids, what goes on in a later file."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import read_tables
from data.artifacts import Home, dataset_table, load_dataset
from data.cleaning import Cleaning
from data.errors import ConfigError, DataError
from data.gathering import can_gather
from data.ingest import import_files
from data.mapping import Mapping, propose_file
from data.read_cache import find_read, read_cached
from data.reading import typed
from data.reading.shape import FileShape
from data.reading.sniffing import sniff
from data.reading.staging import silent
from data.reading.typed import _Head
from data.recipe import Files, GivenFile, Recipe
from data.settling import settle

SESSIONS = Mapping(user="user", item="item", session="session", time="time")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> GivenFile:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return GivenFile(path, name)


def lines(header: str, rows: list[str]) -> str:
    return "\n".join([header, *rows]) + "\n"


def test_a_column_called_item_beside_the_mapped_id_becomes_metadata_under_a_free_name(
    tmp_path: Path, home: Home
) -> None:
    rows = [f"{u},{i},Name {i},{u % 3}" for u in range(20) for i in range(12) if (u + i) % 3]
    file = write(tmp_path, "e.csv", lines("user_id,item_id,item,user", rows))
    mapping = Mapping(user="user_id", item="item_id")
    report = import_files(Files((file,)), home, recipe=Recipe(mapping=mapping))
    features = load_dataset(home, report.dataset).item_features
    assert report.lifted == ("item_2",)
    assert report.lifted_users == ("user_2",)
    assert features is not None
    assert sorted(features.iloc[:, 0]) == sorted(f"Name {i}" for i in range(12))


def test_the_id_column_wins_over_a_column_of_names_that_is_called_item(tmp_path: Path) -> None:
    rows = [f"{u},Name {i},{i}" for u in range(20) for i in range(12) if (u + i) % 3]
    file = write(tmp_path, "e.csv", lines("user_id,item,item_id", rows))
    mapping = propose_file(file.path, sniff(file.path)).mapping
    assert (mapping.user, mapping.item) == ("user_id", "item_id")


def test_users_are_not_kept_in_plain_beside_their_pseudonyms(tmp_path: Path, home: Home) -> None:
    file = write(
        tmp_path, "e.csv", lines("user,item", [f"secret{u},{i}" for u in range(9) for i in range(9)])
    )
    mapping = Mapping(user="user", item="item", keep=("user",))
    with pytest.raises(ConfigError, match="pseudonyms"):
        import_files(Files((file,)), home, recipe=Recipe(mapping=mapping, pseudonyms=True))


def test_an_id_column_is_no_description_of_its_own_ids() -> None:
    with pytest.raises(ConfigError, match="'user'"):
        Mapping(user="user", item="item", user_columns=("user",))


def test_a_refusal_for_want_of_rows_names_the_rules_that_set_them_aside(tmp_path: Path, home: Home) -> None:
    file = write(tmp_path, "e.csv", lines("user,item", [f"{k},{k}" for k in range(30)]))
    with pytest.raises(DataError, match="user or item with few events 30"):
        import_files(Files((file,)), home, recipe=Recipe(cleaning=Cleaning(min_user_events=5)))


def test_files_with_a_broken_header_are_read_one_by_one_and_count_every_line(
    tmp_path: Path, home: Home
) -> None:
    header = 'user,item,"rat\ning"'
    files = [
        write(tmp_path, f"day{k}.csv", lines(header, [f"{u},{u * k % 7},{u % 5 + 1}" for u in range(40)]))
        for k in (1, 2, 3)
    ]
    settled = settle(Files(tuple(files)), Recipe())
    assert not can_gather(settled.events)
    report = import_files(Files(tuple(files)), home)
    assert (report.lines, report.header, report.quarantined) == (126, 6, 0)


def test_the_field_of_an_object_is_proposed_not_the_object(tmp_path: Path) -> None:
    rows = [
        f'{{"user": {{"id": {u}, "name": "N{u}"}}, "item": {{"id": {i}}}, "time": {1_600_000_000 + u + i}}}'
        for u in range(20)
        for i in range(12)
    ]
    file = write(tmp_path, "e.jsonl", "\n".join(rows) + "\n")
    mapping = propose_file(file.path, sniff(file.path)).mapping
    assert (mapping.user, mapping.item, mapping.time) == ("user.id", "item.id", "time")


def test_days_of_a_spreadsheet_are_times_in_a_column_called_date(tmp_path: Path, home: Home) -> None:
    rows = [f"{u},{i},{43831 + u + i}.5" for u in range(20) for i in range(12) if (u * i) % 3]
    file = write(tmp_path, "e.csv", lines("user,item,date", rows))
    mapping = propose_file(file.path, sniff(file.path)).mapping
    assert (mapping.time, mapping.time_format) == ("date", "excel_days")
    told = Mapping(user="user", item="item", time="date")
    report = import_files(Files((file,)), home, recipe=Recipe(mapping=told))
    second = load_dataset(home, report.dataset).interactions.time
    assert second is not None
    assert int(second.min()) == (43831 + 1 + 1 - 25569) * 86400 + 43200


def test_years_are_times_where_a_person_says_so(tmp_path: Path, home: Home) -> None:
    rows = [f"{u},{i},{2000 + (u * i) % 9}" for u in range(12) for i in range(12)]
    file = write(tmp_path, "e.csv", lines("user,item,year", rows))
    mapping = Mapping(user="user", item="item", time="year")
    assert import_files(Files((file,)), home, recipe=Recipe(mapping=mapping)).events == len(rows)


def test_the_first_rows_of_a_wide_file_are_split_once_for_all_columns(tmp_path: Path) -> None:
    names = [f"c{k}" for k in range(300)]
    row = ",".join(str(k % 7) for k in range(300))
    file = write(tmp_path, "wide.csv", lines(",".join(names), [row] * 1500))
    head = _Head(file.path, sniff(file.path))
    assert [head.cells(k) for k in range(300)] == [[str(k % 7)] * 1500 for k in range(300)]
    for line in range(len(head.lines)):
        head.lines[line] = ""  # nobody splits it again
    assert head.cells(299) == [str(299 % 7)] * 1500


def test_a_later_file_keeps_the_further_columns_of_stored_events(tmp_path: Path, home: Home) -> None:
    def rows(days: range) -> list[str]:
        return [f"{u},{u + d},{1_600_000_000 + d * 86400},note {u} {d}" for u in range(9) for d in days]

    mapping = Mapping(user="user", item="item", time="time", keep=("note",))
    first = write(tmp_path, "a.csv", lines("user,item,time,note", rows(range(4))))
    later = write(tmp_path, "b.csv", lines("user,item,time,note", rows(range(4, 6))))
    parent = import_files(Files((first,)), home, recipe=Recipe(mapping=mapping))
    report = import_files(Files((later,)), home, parent=parent.dataset)
    dataset, table = load_dataset(home, report.dataset), dataset_table(home, report.dataset, "event_columns")
    assert table is not None
    assert report.events == len(table) == 54
    events = dataset.interactions
    assert events.time is not None
    told = [
        f"note {dataset.users.ids[u]} {(int(t) - 1_600_000_000) // 86400}"
        for u, t in zip(events.user, events.time, strict=True)
    ]
    assert table["note"].tolist() == told


def test_a_visit_that_goes_on_in_a_file_of_another_encoding_is_one_visit(tmp_path: Path, home: Home) -> None:
    rows = [f"u{n // 10},i{n % 7},s{n // 5},{1_600_000_000 + n}" for n in range(60)]
    first = write(tmp_path, "a.csv", lines("user,item,session,time", rows[:33]))
    later = write(tmp_path, "b.csv", lines("user,item,session,time", rows[33:]), "utf-16")
    report = import_files(Files((first, later)), home, recipe=Recipe(mapping=SESSIONS))
    session = load_dataset(home, report.dataset).interactions.session
    assert session is not None
    assert len(np.unique(session)) == 12


def test_a_visit_that_goes_on_in_the_test_part_is_one_visit_however_large_the_files(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed, "SMALLEST", 1)  # the quick way knows no texts of sessions
    rows = [f"u{n // 10},i{n % 7},s{n // 5},{1_600_000_000 + n}" for n in range(60)]
    train = write(tmp_path, "a.csv", lines("user,item,session,time", rows[:33]))
    test = write(tmp_path, "b.csv", lines("user,item,session,time", rows[33:]))
    report = import_files(Files((train,), test=(test,)), home, recipe=Recipe(mapping=SESSIONS))
    session = load_dataset(home, report.dataset).interactions.session
    assert session is not None
    assert len(np.unique(session)) == 12


def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, "e.csv", lines("user,item", [f"{u},{i}" for u in range(9) for i in range(9)]))
    merge = read_tables.merge

    def late(reads: list[read_tables.NamedRead]) -> read_tables.ReadFile:
        with file.path.open("a") as stream:
            stream.write("99,99\n")
        return merge(reads)

    monkeypatch.setattr(read_tables, "merge", late)
    for read in (import_files, lambda files, home: read_cached(files, Recipe(), home, silent)):
        with pytest.raises(DataError, match="changed while"):
            read(Files((file,)), home)
    monkeypatch.undo()
    assert list(home.datasets.iterdir()) == []
    assert find_read(settle(Files((file,)), Recipe()), home) is None


def test_an_entry_that_another_process_is_deleting_counts_as_none(tmp_path: Path, home: Home) -> None:
    file = write(tmp_path, "e.csv", lines("user,item", [f"{u},{i}" for u in range(9) for i in range(9)]))
    read_cached(Files((file,)), Recipe(), home, silent)
    settled = settle(Files((file,)), Recipe())
    entry = next((home.root / "cache" / "reads").iterdir())
    for path in entry.glob("*.npy"):
        path.unlink()
    assert find_read(settled, home) is None


def test_plain_readings_go_when_the_file_is_imported_under_pseudonyms(tmp_path: Path, home: Home) -> None:
    file = write(
        tmp_path, "e.csv", lines("user,item", [f"secret{u},{i}" for u in range(9) for i in range(9)])
    )
    read_cached(Files((file,)), Recipe(), home, silent)
    import_files(Files((file,)), home, recipe=Recipe(pseudonyms=True))
    left = [path for path in home.root.rglob("*") if path.is_file() and b"secret1" in path.read_bytes()]
    assert left == []


def test_unreadable_rows_are_told_without_warnings(tmp_path: Path, home: Home) -> None:
    rows = [f"{u},{i},{'x' if u == i else 4}" for u in range(9) for i in range(9)]
    file = write(tmp_path, "e.csv", lines("user,item,rating", rows))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = import_files(Files((file,)), home)
    assert report.quarantined == 9


def test_a_file_that_is_not_what_the_recipe_says_is_called_by_its_own_name(
    tmp_path: Path, home: Home
) -> None:
    file = write(tmp_path, "e.csv", lines("user,item", ["1,2", "2,3"]))
    shape = FileShape(format="parquet", columns=("a", "b"))
    recipe = Recipe(shape=shape, mapping=Mapping(user="a", item="b"))
    with pytest.raises(DataError) as refused:
        import_files(Files((file,)), home, recipe=recipe)
    assert "/tmp" not in str(refused.value)
    assert "rows.parquet" not in str(refused.value)


def test_pseudonyms_for_a_later_version_of_plain_users_are_refused(tmp_path: Path, home: Home) -> None:
    file = write(tmp_path, "e.csv", lines("user,item", [f"{u},{i}" for u in range(9) for i in range(9)]))
    parent = import_files(Files((file,)), home)
    with pytest.raises(DataError, match="in plain"):
        import_files(Files((file,)), home, recipe=Recipe(pseudonyms=True), parent=parent.dataset)


def test_an_object_whose_fields_are_columns_is_no_metadata_itself(tmp_path: Path, home: Home) -> None:
    rows = [
        f'{{"user": {{"id": "secret{u}", "town": "T{u % 3}"}}, "item": {{"id": {i}, "title": "N{i}"}}}}'
        for u in range(20)
        for i in range(12)
        if (u + i) % 3
    ]
    file = write(tmp_path, "e.jsonl", "\n".join(rows) + "\n")
    report = import_files(Files((file,)), home, recipe=Recipe(pseudonyms=True))
    assert (report.lifted, report.lifted_users) == (("item.title",), ("user.town",))
    assert b"secret1" not in dataset_bytes(home, report.dataset)


def dataset_bytes(home: Home, dataset: str) -> bytes:
    """All that is stored of a data set, tables as text."""
    folder = home.datasets / dataset
    tables = [pd.read_parquet(path).to_csv().encode() for path in folder.glob("*.parquet")]
    return b"".join([*tables, *(path.read_bytes() for path in folder.iterdir())])


def test_columns_that_tell_users_apart_do_not_stand_beside_their_pseudonyms_unasked(
    tmp_path: Path, home: Home
) -> None:
    rows = [f"{u},{i},card-{u},T{u % 3}" for u in range(20) for i in range(12) if (u + i) % 3]
    file = write(tmp_path, "e.csv", lines("user,item,card,town", rows))
    users = write(tmp_path, "u.csv", lines("user,mail,age", [f"{u},m{u}@x.org,{u % 4}" for u in range(20)]))
    report = import_files(Files((file,), users=users), home, recipe=Recipe(pseudonyms=True))
    features = load_dataset(home, report.dataset).user_features
    assert features is not None
    assert sorted(features) == ["age", "town"]
    assert sum("pseudonyms" in note for note in report.notes) == 2
    asked = Mapping(user="user", item="item", user_columns=("card",))
    report = import_files(Files((file,)), home, recipe=Recipe(pseudonyms=True, mapping=asked))
    assert report.lifted_users == ("card",)


def test_a_file_of_events_without_a_row_is_told(tmp_path: Path, home: Home) -> None:
    train = write(tmp_path, "a.csv", lines("user,item", [f"{u},{i}" for u in range(9) for i in range(9)]))
    test = write(tmp_path, "b.csv", "user,item\n")
    report = import_files(Files((train,), test=(test,)), home)
    assert "b.csv holds no row that can be read." in report.notes


def test_a_header_with_all_names_asked_for_stands_though_most_rows_are_short(tmp_path: Path) -> None:
    file = write(tmp_path, "e.csv", lines("user,item,rating", ["a,x,3", "c,x", "c,x", "c,x"]))
    assert sniff(file.path, ["user", "item", "rating"]).columns == ("user", "item", "rating")
