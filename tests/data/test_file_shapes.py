"""One line per user, JSON arrays, workbooks, archives and comment lines: the same rows, every line told."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.artifacts import Home, load_dataset
from data.cleaning import Cleaning
from data.errors import DataError
from data.ingest import ImportReport, import_file
from data.mapping import Mapping
from data.reading import containers, preview, read_lists, sniff
from data.reading.json_array import complete_rows

CSV = "user,item,rating,time\nann,tea,4,1600000000\nbob,tea,2,1600000100\nann,rye,5,1600000200\n"
ROWS = [
    {"user": "ann", "item": "tea", "rating": 4, "time": 1600000000},
    {"user": "bob", "item": "tea", "rating": 2, "time": 1600000100},
    {"user": "ann", "item": "rye", "rating": 5, "time": 1600000200},
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def write(folder: Path, content: str | bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def zipped(files: dict[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def reconciled(report: ImportReport) -> bool:
    told = report.header + report.accepted + sum(report.removed.values()) + report.quarantined
    return report.lines == told


def events_of(home: Home, report: ImportReport) -> list[tuple[str, str]]:
    """(user, item) in stored order."""
    dataset = load_dataset(home, report.dataset)
    events = dataset.interactions
    users, items = dataset.users.ids[events.user], dataset.items.ids[events.item]
    return [(str(user), str(item)) for user, item in zip(users, items, strict=True)]


# one line per user


@pytest.mark.parametrize(
    ("text", "start", "delimiter"),
    [
        ("0 5 6 7\n1 8\n2 5 8 9 4\n", "user", " "),
        ("u1\tA1\tA2\nu2\tA1\nu3\tA4\tA2\tA9\n", "user", "\t"),
        ("7,1,2\n8,3\n9,1,2,3,4\n", "user", ","),
        ("3 5 6 7\n1 8\n4 5 8 9 4\n0\n", "count", " "),
        ("2 5 6\n2 7 8\n3 1 2 3\n2 5 6\n", "count", " "),
    ],
)
def test_lists_of_one_line_per_user_are_recognised(
    tmp_path: Path, text: str, start: str, delimiter: str
) -> None:
    shape = sniff(write(tmp_path, text))
    assert (shape.format, shape.line_start, shape.delimiter) == ("user_lines", start, delimiter)
    assert shape.columns == ("user", "item")
    assert any("line" in reason for reason in shape.reasons)


@pytest.mark.parametrize(
    "text",
    [
        CSV,
        "1 2 3\n1 3 4\n2 3 4\n3 1 2\n",  # a table without header
        "1 2 3\n4 5 6\n7 8 9\n" * 20 + "1 2\n1 2 3 4\n",  # a table with two bad rows
        "user,title\n1,a long title, with commas\n2,another\n3,one, more, here\n",
        "1::2::3\n4::5::6\n",
        "1,5,7,4\n2,5,9\n3,6,7,1\n4,6,9\n",  # a last cell that may be missing
        "1,5,,4\n2,,,3\n3,6,7,1\n4,6,9,\n5,,9,2\n",  # cells that may be empty
        "id,a,b\n1,2,\n2,,\n3,4,5\n4,,6\n",
    ],
)
def test_tables_are_not_taken_for_lists(tmp_path: Path, text: str) -> None:
    assert sniff(write(tmp_path, text)).format == "delimited"


def test_the_order_of_a_line_and_its_repeats_are_kept(tmp_path: Path, home: Home) -> None:
    report = import_file(write(tmp_path, "b 9 3 9 1\na 2\nc 7 7 7\n"), home)
    wanted = [("a", "2"), ("b", "9"), ("b", "3"), ("b", "9"), ("b", "1"), ("c", "7"), ("c", "7"), ("c", "7")]
    assert events_of(home, report) == wanted
    assert (report.lines, report.accepted, report.events, report.users) == (3, 3, 8, 3)


def test_with_a_count_the_line_number_is_the_user(tmp_path: Path, home: Home) -> None:
    report = import_file(write(tmp_path, "2 9 3\n0\n3 1 2 3\n"), home)
    assert events_of(home, report) == [("0", "9"), ("0", "3"), ("2", "1"), ("2", "2"), ("2", "3")]
    assert report.removed == {"user without items": 1}
    assert reconciled(report)


def test_lines_that_cannot_be_lists_are_told_apart(tmp_path: Path, home: Home) -> None:
    good = "".join(f"{n} {' '.join(map(str, range(1, n % 7 + 3)))}\n" for n in range(100, 140))
    path = write(tmp_path, good + "\n200 4 NULL 5\n201\n202 5 6 \n")
    report = import_file(path, home)
    assert report.removed == {"blank line": 1, "user without items": 1}
    assert report.quarantine_reasons == {"empty item": 1}
    assert (report.lines, report.accepted, report.quarantined) == (44, 41, 1)
    assert reconciled(report)


def test_a_wrong_count_sends_the_line_to_quarantine(tmp_path: Path, home: Home) -> None:
    lists = "".join(f"{n} {' '.join(map(str, range(n)))}\n" for n in range(1, 8))
    shape = sniff(write(tmp_path, lists, "good"))
    report = import_file(write(tmp_path, lists + "3 1 2\nx 1 2\n"), home, shape=shape)
    assert report.quarantine_reasons == {"count does not match": 2}
    assert report.events == sum(range(1, 8))
    assert reconciled(report)


@pytest.mark.parametrize("repeats", ["keep", "last", "sum", "count"])
@settings(deadline=None, max_examples=12)
@given(lists=st.lists(st.lists(st.integers(0, 9), max_size=8), min_size=3, max_size=12))
def test_lists_reconcile_under_every_rule(
    tmp_path_factory: pytest.TempPathFactory, repeats: str, lists: list[list[int]]
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    text = "1000 1 2 3 4 5 6\n" + "".join(
        f"{n} {' '.join(map(str, items))}".strip() + "\n" for n, items in enumerate(lists)
    )
    shape = sniff(write(folder, "1 1\n2 1 2\n3 1 2 3 4\n", "like"))
    mapping, cleaning = Mapping(user="user", item="item"), Cleaning(repeats=repeats)  # type: ignore[arg-type]
    report = import_file(
        write(folder, text), Home(folder / "home"), shape=shape, mapping=mapping, cleaning=cleaning
    )
    distinct = sum(len(set(items)) for items in lists) + 6
    assert report.events == (sum(map(len, lists)) + 6 if repeats == "keep" else distinct)
    assert report.accepted == sum(bool(items) for items in lists) + 1
    assert reconciled(report)


def test_citeulike_lists_are_the_pairs_of_its_leave_one_out_files(shared_data: Path, home: Home) -> None:
    listed = events_of(home, import_file(shared_data / "citeulike-a" / "users.dat.gz", home))
    pairs = set()
    for name in ("citeulike-a.train.rating.gz", "citeulike-a.test.rating"):
        path = shared_data / "citeulike-a-loo" / name
        text = gzip.decompress(path.read_bytes()) if name.endswith("gz") else path.read_bytes()
        pairs |= {tuple(line.split("\t")[:2]) for line in text.decode().splitlines()}
    assert set(listed) == pairs


# JSON arrays


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("lead", ["", "\ufeff", " \n\n"])
def test_a_json_array_gives_the_rows_of_the_table(
    tmp_path: Path, home: Home, indent: int | None, lead: str
) -> None:
    plain = import_file(write(tmp_path, CSV), home)
    path = write(tmp_path, lead + json.dumps(ROWS, indent=indent) + "\n", "rows.json")
    shape = sniff(path)
    assert (shape.format, shape.columns) == ("json", ("user", "item", "rating", "time"))
    assert preview(path, shape)["item"].tolist() == ["tea", "tea", "rye"]
    report = import_file(path, home)
    assert report.existed
    assert report.dataset == plain.dataset
    assert (report.lines, report.accepted) == (3, 3)


def test_elements_of_an_array_that_are_no_objects_are_quarantined(tmp_path: Path, home: Home) -> None:
    path = write(tmp_path, json.dumps([*ROWS, 7, "text", None, [1]]))
    report = import_file(path, home)
    assert (report.lines, report.accepted, report.quarantined) == (7, 3, 4)
    assert reconciled(report)


@pytest.mark.parametrize(
    ("cut", "message"), [(-1, "not closed"), (-3, "after row 2"), (30, "first row is not complete")]
)
def test_a_broken_array_says_where(tmp_path: Path, home: Home, cut: int, message: str) -> None:
    with pytest.raises(DataError, match=message):
        import_file(write(tmp_path, json.dumps(ROWS)[:cut]), home)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[" * 100_000, "not one JSON object per line"),
        (b'[{"user":"a","item":"b"},' + b"[" * 100_000, "after row 1: lists in lists"),
        (b'[{"user":"a","item":' + b"[" * 200_000, "too deep|not complete"),
        (b'[{"user":"a","item":"b"}] and {"user":"c","item":"d"}', "follows"),
        (b"[]", "not complete"),
    ],
)
def test_arrays_that_lose_rows_or_never_end_are_refused(
    tmp_path: Path, home: Home, content: bytes, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        import_file(write(tmp_path, content), home)


def test_odd_letters_in_an_array_are_read(tmp_path: Path, home: Home) -> None:
    content = b'[{"user":"a\x00","item":"b"},{"user":"\\ud800","item":"b\xe9"},{"user":"c","item":"d"}]'
    report = import_file(write(tmp_path, content), home)
    assert (report.lines, report.events, report.users) == (3, 3, 3)


def test_an_absurd_number_of_columns_is_refused(tmp_path: Path) -> None:
    row = ",".join(map(str, range(50_000)))
    with pytest.raises(DataError, match="50000 columns separated by comma"):
        sniff(write(tmp_path, f"{row}\n{row}\n{row}\n"))


def test_a_line_of_four_hundred_thousand_items_is_read(tmp_path: Path, home: Home) -> None:
    text = "1 " + " ".join(map(str, range(400_000))) + "\n2 3\n3 4 5\n"
    report = import_file(write(tmp_path, text), home)
    assert (report.lines, report.events, report.items) == (3, 400_003, 400_000)


@settings(deadline=None, max_examples=50)
@given(
    rows=st.lists(st.dictionaries(st.text(max_size=5), st.text() | st.integers() | st.none()), min_size=1),
    cut=st.integers(0, 400),
)
def test_the_beginning_of_an_array_is_read_up_to_the_cut(rows: list[dict[str, object]], cut: int) -> None:
    text = json.dumps(rows)
    found = [json.loads(row) for row in complete_rows(text[:cut])]
    assert found == rows[: len(found)]
    assert [json.loads(row) for row in complete_rows(text)] == rows


def test_an_array_longer_than_a_piece_is_read_whole(tmp_path: Path, home: Home) -> None:
    rows = [{"user": f"u{n % 50}", "item": f"i{n % 31}", "text": "x" * 900} for n in range(3000)]
    report = import_file(write(tmp_path, json.dumps(rows)), home, mapping=Mapping(user="user", item="item"))
    assert (report.lines, report.accepted + sum(report.removed.values())) == (3000, 3000)
    assert report.users == 50


# archives


@pytest.mark.parametrize("kind", ["zip", "zstd", "gzip"])
def test_packed_tables_give_the_same_data_whatever_their_name(tmp_path: Path, home: Home, kind: str) -> None:
    packed = {
        "zip": zipped({"folder/events.csv": CSV}),
        "zstd": pa.Codec("zstd").compress(CSV.encode(), asbytes=True),
        "gzip": gzip.compress(CSV.encode()),
    }[kind]
    plain = import_file(write(tmp_path, CSV), home)
    path = write(tmp_path, packed, "anything.csv")
    assert sniff(path).compression == kind
    assert len(preview(path, sniff(path))) == 3
    assert import_file(path, home).dataset == plain.dataset


def test_of_an_archive_the_file_of_events_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    files = {
        "ml/README.txt": "words " * 5000,
        "ml/movies.csv": "movieId,title\n1,Heat\n" * 3000,
        "ml/ratings.csv": CSV,
        "__MACOSX/ml/ratings.csv": "junk",
        "ml/.hidden.csv": "junk",
    }
    reason = sniff(write(tmp_path, zipped(files))).reasons[0]
    assert reason == "ZIP archive, of which ml/ratings.csv is read; beside it: ml/README.txt, ml/movies.csv"


@pytest.mark.parametrize("name", ["../events.csv", "/etc/events.csv", "a/../../b.csv", "C:\\events.csv"])
def test_an_archive_that_leads_out_of_itself_is_refused(tmp_path: Path, name: str) -> None:
    info = zipfile.ZipInfo("x")
    info.filename = name
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(info, CSV)
    with pytest.raises(DataError, match="leads out of the archive"):
        sniff(write(tmp_path, packed.getvalue()))


def test_archives_without_a_file_inside_others_or_locked_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="without a file"):
        sniff(write(tmp_path, zipped({"folder/": "", "empty.csv": ""})))
    with pytest.raises(DataError, match="archive inside an archive"):
        sniff(write(tmp_path, zipped({"inner.zip": zipped({"events.csv": CSV})})))
    locked = bytearray(zipped({"events.csv": CSV}))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(magic) + offset] |= 1
    with pytest.raises(DataError, match="locked with a password"):
        sniff(write(tmp_path, bytes(locked)))


@pytest.mark.parametrize("kind", ["zip", "zstd"])
def test_a_cut_archive_is_refused_in_words(tmp_path: Path, home: Home, kind: str) -> None:
    text = CSV + "".join(f"u{n * 7919 % 10007},i{n},3,{1_600_000_000 + n}\n" for n in range(60_000))
    whole = (
        zipped({"e.csv": text}) if kind == "zip" else pa.Codec("zstd").compress(text.encode(), asbytes=True)
    )
    with pytest.raises(DataError, match="cannot be unpacked"):
        import_file(write(tmp_path, whole[: len(whole) * 2 // 3]), home)


@pytest.mark.parametrize("kind", ["zip", "gzip", "zstd"])
def test_a_file_that_grows_beyond_reason_is_stopped(
    tmp_path: Path, home: Home, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "BOMB_BYTES", 1 << 20)
    text = CSV.encode() + b"ann,tea,4,1600000000\n" * 500_000
    packed = {
        "zip": lambda: zipped({"e.csv": text}),
        "gzip": lambda: gzip.compress(text),
        "zstd": lambda: pa.Codec("zstd").compress(text, asbytes=True),
    }[kind]()
    monkeypatch.setattr(containers, "BOMB_RATIO", 50)
    with pytest.raises(DataError, match="more than 50 times"):
        import_file(write(tmp_path, packed), home)
    assert not list(home.datasets.iterdir())


# workbooks


def test_a_sheet_gives_the_rows_of_the_table(tmp_path: Path, home: Home) -> None:
    table = [list(ROWS[0]), *[list(row.values()) for row in ROWS]]
    sheets = {"Cover": [["Our events"]], "Events": table, "More": [["a", "b"], [1, 2]]}
    path = write(tmp_path, workbook(sheets), "e.xlsx")
    shape = sniff(path)
    assert (shape.format, shape.header) == ("xlsx", True)
    assert shape.reasons[0] == "Excel workbook, of which sheet Events is read; beside it: Cover, More"
    assert preview(path, shape)["user"].tolist() == ["ann", "bob", "ann"]
    report = import_file(path, home)
    assert report.dataset == import_file(write(tmp_path, CSV), home).dataset
    assert (report.lines, report.header, report.accepted) == (4, 1, 3)


def test_cells_of_every_kind_become_text_and_blank_rows_are_counted(tmp_path: Path, home: Home) -> None:
    rows: list[list[object]] = [
        ["user", "item", "rating", "when", "note"],
        [17850.0, "a\tb\nc", 4.5, datetime(2020, 1, 2, 3, 4, 5), None],
        [],
        [17850, 7, 3, datetime(2020, 1, 3), "fine"],
        ["x", True, 2.5, date(2020, 1, 4), None],
    ]
    path = write(tmp_path, workbook({"S": rows}))
    table = preview(path, sniff(path))
    assert table["user"].tolist() == ["17850", "17850", "x"]
    assert table["item"].tolist() == ["a b c", "7", "true"]
    assert table["when"].tolist() == ["2020-01-02 03:04:05", "2020-01-03", "2020-01-04"]
    report = import_file(path, home)
    assert report.removed == {"blank line": 1}
    assert (report.lines, report.accepted, report.users) == (5, 3, 2)
    assert reconciled(report)


def test_a_workbook_without_a_table_or_with_damage_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no sheet with a table"):
        sniff(write(tmp_path, workbook({"S": [["only"], ["one"], ["column"]]})))
    with pytest.raises(DataError, match="Excel workbook but cannot be"):
        sniff(write(tmp_path, zipped({"xl/workbook.xml": "<broken", "[Content_Types].xml": "<no"})))
    damaged = bytearray(workbook({"S": [["user", "item"], *([f"u{n}", "b"] for n in range(2000))]}))
    start = damaged.find(b"xl/worksheets/sheet1.xml") + 40
    damaged[start : start + 160] = bytes(byte ^ 0x5A for byte in damaged[start : start + 160])
    with pytest.raises(DataError, match="Excel workbook but cannot be"):
        sniff(write(tmp_path, bytes(damaged)))


# comment lines


@pytest.mark.parametrize("mark", ["#", "%", "//"])
def test_comment_lines_are_no_rows_and_are_counted(tmp_path: Path, home: Home, mark: str) -> None:
    plain = import_file(write(tmp_path, CSV), home)
    lines = CSV.splitlines(keepends=True)
    text = (
        f"{mark} exported, today\n{mark} by us\n"
        + lines[0]
        + lines[1]
        + f"{mark} half\n"
        + "".join(lines[2:])
    )
    path = write(tmp_path, text, "commented")
    assert sniff(path).comment == mark
    report = import_file(path, home)
    assert report.dataset == plain.dataset
    assert report.removed == {"comment line": 3}
    assert (report.lines, report.header, report.accepted) == (7, 1, 3)


def test_a_header_that_begins_with_a_mark_stays_a_header(tmp_path: Path) -> None:
    shape = sniff(write(tmp_path, "#user\titem\n1\t2\n3\t4\n"))
    assert (shape.comment, shape.header, shape.columns) == ("", True, ("#user", "item"))


def test_a_line_of_items_per_user_is_a_ranked_list(tmp_path: Path) -> None:
    plain = read_lists(
        write(tmp_path, "user,item,rank\nu7,i4,1\nu7,i2,2\nu8,i9,1\nu9,i1,1\nu9,i2,2\nu9,i4,3\n")
    )
    assert read_lists(write(tmp_path, "u7 i4 i2\nu8 i9\nu9 i1 i2 i4\n")).equals(plain)


def test_ranked_lists_are_read_from_every_shape(tmp_path: Path) -> None:
    lists = "user,item,rank\nann,tea,1\nann,rye,2\n"
    plain = read_lists(write(tmp_path, lists))
    for name, content in {
        "zip": zipped({"lists.csv": lists}),
        "json": json.dumps(
            [{"user": "ann", "item": "tea", "rank": 1}, {"user": "ann", "item": "rye", "rank": 2}]
        ),
        "xlsx": workbook({"S": [["user", "item", "rank"], ["ann", "tea", 1], ["ann", "rye", 2]]}),
    }.items():
        assert read_lists(write(tmp_path, content, name)).equals(plain)
