"""What of an archive or workbook is read, several pieces of one table, and names that stand inside others."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.artifacts import Home, load_dataset
from data.errors import Cancelled, DataError
from data.ingest import import_file
from data.mapping import Mapping
from data.reading import preview, sniff
from data.reading.delimited import careful_records
from data.reading.records import workplace
from data.reading.sources import check_same_table, sources
from data.reading.staging import stage
from tests.data.hostile.packed import sheet, zipped

DAYS = {f"log/2020-01-0{n}.csv": f"user,item,rating\nu{n},i1,3\nu{n},i2,4\n".encode() for n in (1, 2, 3)}
OTHER = {"log/items.csv": b"item,title\ni1,Tea\n", "log/readme.txt": b"words of no table"}


def write(folder: Path, content: str | bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def two_sheets() -> bytes:
    def fill(book):  # noqa: ANN001, ANN202 - a workbook of openpyxl
        book.active.title = "May"
        for row in [["user", "item"], ["a", "x"]]:
            book.active.append(row)
        june = book.create_sheet("June")
        for row in [["user", "item"], ["b", "y"], ["c", "z"]]:
            june.append(row)
        items = book.create_sheet("Items")
        for row in [["item", "title"], ["x", "Tea"]]:
            items.append(row)

    return sheet(fill)


def test_a_member_of_an_archive_can_be_chosen(tmp_path: Path) -> None:
    path = write(tmp_path, zipped(DAYS | OTHER))
    likeliest, chosen = sniff(path), sniff(path, member="log/items.csv")
    assert likeliest.member is None
    assert set(likeliest.members) == {*DAYS, *OTHER}
    assert (chosen.member, chosen.columns) == ("log/items.csv", ("item", "title"))
    assert preview(path, chosen).values.tolist() == [["i1", "Tea"]]
    with pytest.raises(DataError, match="has no file 'log/absent.csv'"):
        sniff(path, member="log/absent.csv")


def test_a_sheet_of_a_workbook_can_be_chosen(tmp_path: Path) -> None:
    path = write(tmp_path, two_sheets())
    assert sniff(path).members == ("May", "June", "Items")
    june = sniff(path, member="June")
    assert preview(path, june)["user"].tolist() == ["b", "c"]
    with workplace(tmp_path, [path]) as work:
        assert stage(path, june, work.folder, lambda *_: None).path.read_text() == "user\titem\nb\ty\nc\tz\n"
    with pytest.raises(DataError, match="has no sheet 'July'"):
        sniff(path, member="July")


def test_daily_logs_in_an_archive_are_pieces_of_one_table(tmp_path: Path) -> None:
    path = write(tmp_path, zipped(OTHER | DAYS))
    found = sources(path)
    assert [(source.member, source.shape.columns) for source in found] == [
        (name, ("user", "item", "rating")) for name in sorted(DAYS)
    ]
    assert found[0].name == "file/log/2020-01-01.csv"
    check_same_table([source.shape for source in found])


def test_sheets_with_the_same_columns_are_pieces_and_a_plain_file_is_one(tmp_path: Path) -> None:
    assert {one.member for one in sources(write(tmp_path, two_sheets()))} == {"June", "May"}
    plain = write(tmp_path, DAYS["log/2020-01-01.csv"], "plain")
    assert [(source.member, source.name) for source in sources(plain)] == [(None, "plain")]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ("user,item,stars\nu,i,3\n", "without rating and with stars besides"),
        ("user,rating,item\nu,3,i\n", "another order"),
        ("u,i,3\nv,j,4\n", "has a header, the other has none"),
        ('{"user": "u", "item": "i"}\n', "one is delimited, the other jsonl"),
        ("user,item\nu,i\n", "without rating"),
    ],
)
def test_files_of_different_tables_are_told_apart(tmp_path: Path, second: str, message: str) -> None:
    first = sniff(write(tmp_path, DAYS["log/2020-01-01.csv"], "first"))
    other = sniff(write(tmp_path, second, "second"))
    with pytest.raises(DataError, match=f"b.csv is not of the same table as a.csv: .*{message}"):
        check_same_table([first, other], ["a.csv", "b.csv"])
    with pytest.raises(DataError, match="file 2"):
        check_same_table([first, other])


# fields inside fields


ROWS = [
    {
        "user": {"id": f"u{n}", "home.town": "Rome"},
        "item": {"meta": {"title": f"T{n}", "tags": ["a", "b"]}, "id": n},
        "a.b": n,
    }
    for n in range(3)
]


@pytest.mark.parametrize("as_array", [False, True])
def test_fields_of_objects_inside_are_columns_beside_the_whole(tmp_path: Path, as_array: bool) -> None:
    text = json.dumps(ROWS, indent=1) if as_array else "".join(json.dumps(row) + "\n" for row in ROWS)
    path = write(tmp_path, text)
    shape = sniff(path)
    assert shape.columns[:3] == ("user", "item", "a.b")
    inner = {"user.id", "user.home.town", "item.meta", "item.meta.title", "item.meta.tags", "item.id"}
    assert set(shape.columns[3:]) == inner
    row = preview(path, shape).iloc[1]
    assert (row["user.id"], row["item.id"], row["a.b"]) == ("u1", "1", "1")
    assert (row["item.meta.title"], row["user.home.town"]) == ("T1", "Rome")
    assert json.loads(row["item.meta.tags"]) == ["a", "b"]
    assert json.loads(row["user"]) == ROWS[1]["user"]
    home = Home(tmp_path / "home")
    report = import_file(path, home, mapping=Mapping(user="user.id", item="item.meta.title"))
    assert sorted(load_dataset(home, report.dataset).items.ids) == ["T0", "T1", "T2"]
    assert (report.lines, report.accepted) == (3, 3)


def test_a_key_with_a_dot_goes_before_a_field_of_that_name(tmp_path: Path) -> None:
    path = write(tmp_path, '{"a.b": 1, "a": {"b": 2}}\n{"a": {"b": 3}}\n')
    assert preview(path, sniff(path))["a.b"].tolist() == ["1", "3"]


def test_objects_keyed_by_ids_are_values_not_columns(tmp_path: Path) -> None:
    rows = [{"user": n, "seen": {f"i{n}{m}": 1 for m in range(50)}} for n in range(10)]
    assert sniff(write(tmp_path, "".join(json.dumps(row) + "\n" for row in rows))).columns == ("user", "seen")


def test_an_object_of_rows_by_id_is_a_table(tmp_path: Path) -> None:
    lists = {f"i{n}": [n, "a"] for n in range(25)}
    path = write(tmp_path, json.dumps(lists))
    shape = sniff(path)
    assert (shape.format, shape.keyed, shape.columns) == ("json", True, ("id", "value"))
    assert preview(path, shape, 2).values.tolist() == [["i0", '[0,"a"]'], ["i1", '[1,"a"]']]
    path = write(
        tmp_path, json.dumps({f"u{n}": {"item": "x", "n": n} if n else {} for n in range(25)}, indent=2)
    )
    shape = sniff(path)
    assert preview(path, shape)[["id", "item"]].values.tolist()[:2] == [["u0", None], ["u1", "x"]]
    report = import_file(path, Home(tmp_path / "home"), mapping=Mapping(user="id", item="item", weight="n"))
    assert (report.lines, report.accepted, report.quarantine_reasons) == (25, 24, {"empty item": 1})


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1]}\n' * 30,
        '{"a": [{"b": 1}]}\n' * 3,
        json.dumps({f"f{n}": [n] for n in range(25)}) + '\n{"f1": 2}\n',
    ],
)
def test_lines_of_json_stay_lines(tmp_path: Path, text: str) -> None:
    shape = sniff(write(tmp_path, text))
    assert (shape.format, shape.keyed) == ("jsonl", False)


def test_numbers_of_json_keep_their_letters(tmp_path: Path) -> None:
    """Ids beyond 2^63, trailing zeros and exponents are text; an array is no different from lines."""
    row = '{"user": 9223372036854775809, "item": 1.10, "x": 1E5, "y": 123456789012345678901234567890}'
    for text in (row + "\n", f"[{row},\n{row}]"):
        path = write(tmp_path, text)
        first = preview(path, sniff(path)).iloc[0].tolist()
        assert first[0] == "9223372036854775809"
        assert first[3] == "123456789012345678901234567890"


def test_fields_of_structs_in_parquet_are_columns(tmp_path: Path) -> None:
    table = pa.table(
        {"who": [{"id": "u1", "at": {"city": "Rome"}}, None], "tags": [["a", "b"], None], "user": ["x", "y"]}
    )
    pq.write_table(table, tmp_path / "rows")
    shape = sniff(tmp_path / "rows")
    assert shape.columns == ("who", "tags", "user", "who.id", "who.at", "who.at.city")
    row = preview(tmp_path / "rows", shape).iloc[0]
    assert (row["who.id"], row["who.at.city"], row["tags"]) == ("u1", "Rome", "a|b")
    assert json.loads(row["who"]) == {"id": "u1", "at": {"city": "Rome"}}


# stopping


@pytest.mark.parametrize(
    "content",
    [
        b"user,item,note\nu1,i1,a\n" + b'u1,i1,"a\n' * 400,
        gzip.compress(b"user,item\n" + b"u1,i1\n" * 400),
        json.dumps([{"user": n, "item": n} for n in range(400)]).encode(),
        "user,item\nü1,i1\n".encode("utf-16"),
        two_sheets(),
    ],
    ids=["open quotes", "gzip", "array", "utf-16", "sheet"],
)
def test_reading_stops_when_the_report_says_so(tmp_path: Path, content: bytes) -> None:
    path, home = write(tmp_path, content), Home(tmp_path / "home")
    asked: list[str] = []

    def stop(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        asked.append(stage)
        raise Cancelled

    with pytest.raises(Cancelled):
        import_file(path, home, report=stop)
    assert len(asked) == 1
    assert not list(home.cache.iterdir())
    assert not list(home.datasets.iterdir())


def test_taking_lines_apart_stops_between_open_quotes(tmp_path: Path) -> None:
    path = write(tmp_path, b"user,item,note\nu1,i1,a\n" + b'u1,i1,"a\n' * 50)
    shape, calls = sniff(path), 0

    def stop(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        nonlocal calls
        calls += 1
        if calls == 20:
            raise Cancelled

    with workplace(tmp_path, [path]) as work:
        staged = replace(stage(path, shape, work.folder, lambda *_: None), report=stop)
        with pytest.raises(Cancelled):
            careful_records(work, staged, shape)
        assert calls == 20
        records = careful_records(work, replace(staged, report=lambda *_: None), shape)
        assert (records.lines, len(records.unread)) == (52, 50)
