"""The quick reader of plain files reads exactly what the careful readers read, or leaves it to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import read_file as reading
from data import read_tables
from data.coded import Coded, ReadFile
from data.home import Home
from data.ingest import import_files
from data.mapping import Mapping
from data.reading import blocks, typed, typed_kernels
from data.reading.records import Workplace, workplace
from data.reading.shape import FileShape
from data.reading.staging import silent
from data.recipe import Files, GivenFile, Recipe

COLUMNS = ("user", "item", "rating", "timestamp")
RATED = Mapping(user="user", item="item", weight="rating", time="timestamp", time_format="epoch_s")
HEADER = "user,item,rating,timestamp\n"


@dataclass
class Bench:
    """A file that is written anew for each example, and both ways of reading it."""

    work: Workplace
    path: Path

    def quick(self, raw: bytes, shape: FileShape, mapping: Mapping) -> ReadFile | None:
        self.path.write_bytes(raw)
        return typed.read_typed(self.path, shape, mapping, silent)

    def careful(self, raw: bytes, shape: FileShape, mapping: Mapping) -> ReadFile:
        self.path.write_bytes(raw)
        least, typed.SMALLEST = typed.SMALLEST, 1 << 40
        try:
            return reading.read_file(self.work, self.path, shape, mapping, silent)
        finally:
            typed.SMALLEST = least

    def same(self, raw: bytes, shape: FileShape, mapping: Mapping) -> bool:
        """Whether the quick way read the file; it fails when both did, and differ."""
        quick = self.quick(raw, shape, mapping)
        if quick is None:
            return False
        careful = self.careful(raw, shape, mapping)
        assert (quick.lines, quick.header, quick.quarantined) == (careful.lines, careful.header, 0)
        assert quick.quarantined == careful.quarantined
        assert quick.set_aside == careful.set_aside
        assert list(quick.quarantine.dtypes.items()) == list(careful.quarantine.dtypes.items())
        assert (quick.item_table, quick.user_table) == (None, None)
        assert (careful.item_table, careful.user_table) == (None, None)
        assert_equal(quick.coded, careful.coded)
        return True


def assert_equal(one: Coded, other: Coded) -> None:
    for name in ("user", "item", "weight", "span", "users", "items", "second", "event", "session"):
        ours, theirs = getattr(one, name), getattr(other, name)
        assert (ours is None) == (theirs is None), name
        if ours is not None:
            assert ours.dtype == theirs.dtype, name
            np.testing.assert_array_equal(ours, theirs, err_msg=name)
    np.testing.assert_array_equal(np.signbit(one.weight), np.signbit(other.weight))
    assert one.event_types == other.event_types
    np.testing.assert_array_equal(same_rows(one), same_rows(other))


def same_rows(rows: Coded) -> Any:
    """For each row, the first one that is equal to it in every column."""
    _, first, group = np.unique(rows.row_hash, return_index=True, return_inverse=True)
    return first[group]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    path = tmp_path_factory.mktemp("typed") / "events.csv"
    path.touch()
    least, typed.SMALLEST = typed.SMALLEST, 0
    with workplace(path.parent, [path]) as work:
        yield Bench(work, path)
    typed.SMALLEST = least


def shape(columns: tuple[str, ...] = COLUMNS, **more: Any) -> FileShape:
    return FileShape(columns=columns, **more)


PLAIN = [
    b"1,10,5,1000000000\n2,10,3,1000000001\n10,9,4,1000000002\n1,10,5,1000000000\n",
    b"u1,i1,0.5,1000000000\nu2,i1,4.5,999999999\n",
    b"007,10,5,1000000000\n7,10,5.0,1000000000\n7,10,5,1000000000\n+7,10,5,1000000000\n7.0,10,5,1000000000\n",
    b'"1","10",5,1000000000\n1,10,"5",1000000000\n',
    b",10,5,1000000000\nNULL,10,5,1000000000\nnan,10,5,1000000000\n NA,10,5,1000000000\n\\N,1,1,1000000000\n",
    b"1,10,1e3,1000000000\n1,10, 4 ,1000000000\n1,10,-0,1000000000\n1,10,$5,1000000000\n",
    b"1,10,-2.75,1000000000\n1,10,-275,1000000000\n",
    b"1,10,16777217,1000000000\n1,10,0.1,1000000000\n1,10,123456789.123456,1000000000\n1,10,.5,1000000000\n",
    "Jörg,Äpfel,5,1000000000\nJürgen,日本語のとても長いタイトル,4,1000000000\n".encode(),
    b"a-user-id-of-sixteen,i,5,1000000000\na-user-id-of-sixteeN,i,5,1000000000\nabcdefgh,i,1,1000000000\n",
    b"1,10,5,-1\n1,10,5,0\n1,10,5,7258118400\n1,10,5,-2208988800\n",
    b"1,10,5,1000000000",
]


@pytest.mark.parametrize("body", PLAIN, ids=[repr(body[:24]) for body in PLAIN])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_plain_files_are_read_as_the_careful_way_reads_them(
    bench: Bench, body: bytes, newline: bytes
) -> None:
    raw = (HEADER.encode() + body).replace(b"\n", newline)
    assert bench.same(raw, shape(), RATED)


ODD = {
    "a blank line": b"1,10,5,1000000000\n\n2,10,5,1000000000\n",
    "a blank line at the end": b"1,10,5,1000000000\n\n",
    "a short line": b"1,10,5,1000000000\n2,10,5\n",
    "a long line": b"1,10,5,1000000000\n2,10,5,1000000000,\n",
    "no item": b"1,,5,1000000000\n",
    "an item that says nothing": b"1,null,5,1000000000\n2,10,5,1000000000\n",
    "no weight": b"1,10,,1000000000\n",
    "a weight that is no number": b"1,10,good,1000000000\n",
    "an infinite weight": b"1,10,inf,1000000000\n",
    "no time": b"1,10,5,\n",
    "a time beyond all years": b"1,10,5,99999999999\n",
    "a quote inside": b'1,10,5,1000000000\n1,1"0,5,1000000000\n',
    "a doubled quote": b'"a""b",10,5,1000000000\n',
    "a quoted line break": b'"a\nb",10,5,1000000000\n',
    "an open quote": b'"a,10,5,1000000000\n1,10,5,1000000000\n',
    "a quoted empty cell": b'"",10,5,1000000000\n',
    "a lone carriage return": b"1\r,10,5,1000000000\n",
    "mixed line ends": b"1,10,5,1000000000\r\n2,10,5,1000000000\n",
    "NUL": b"1\0,10,5,1000000000\n",
    "bytes that are not UTF-8": b"J\xf6rg,10,5,1000000000\n",
    "a mark inside": b"1,10,5,1000000000\n\xef\xbb\xbf2,10,5,1000000000\n",
    "the header again": b"1,10,5,1000000000\n" + HEADER.encode() + b"2,10,5,1000000000\n",
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD.keys())
def test_what_is_not_plain_is_left_to_the_careful_way(bench: Bench, body: bytes) -> None:
    assert bench.quick(HEADER.encode() + body, shape(), RATED) is None


def test_a_header_in_the_middle_is_not_taken_for_an_event_without_numbers(bench: Bench) -> None:
    raw = b"user,item\na,x\nuser,item\nb,y\n"
    assert bench.quick(raw, shape(("user", "item")), Mapping(user="user", item="item")) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"comment": "#"},
        {"encoding": "latin-1"},
        {"compression": "gzip"},
        {"format": "user_lines"},
        {"decimal": ","},
    ],
    ids=str,
)
def test_shapes_that_ask_for_more_are_left_to_the_careful_way(bench: Bench, changed: dict[str, str]) -> None:
    raw = HEADER.encode() + PLAIN[0]
    assert bench.quick(raw, shape(**changed), RATED) is None


def test_marks_before_and_files_without_header_are_plain(bench: Bench) -> None:
    assert bench.same(b"\xef\xbb\xbf" + HEADER.encode() + PLAIN[0], shape(), RATED)
    assert bench.same(b"\xef\xbb\xbf" + PLAIN[0], shape(header=False), RATED)
    assert bench.same(PLAIN[0].replace(b",", b"::"), shape(header=False, delimiter="::"), RATED)
    assert bench.same(PLAIN[0].replace(b",", b"\t"), shape(header=False, delimiter="\t"), RATED)


@pytest.mark.parametrize(
    ("time_format", "cells"),
    [
        ("epoch_ms", ["1000000000999", "1000000001000", "-1"]),
        ("epoch_ns", ["1000000000999999999", "1000000001000000000", "999999999999999999"]),
        ("iso", ["2024-02-29", "1900-01-01", "2100-02-28", "2199-12-31"]),
        (
            "iso",
            ["2024-02-29 23:59:59", "2024-02-29T00:00:00", "1969-12-31 23:59:59.5", "2001-01-01T01:02:03Z"],
        ),
        ("iso", ["2024-02-29 23:59:59.25Z", "1999-12-31T23:59:59.9999", "2001-01-01T01:02:03Z"]),
    ],
)
def test_times_are_read_as_sql_reads_them(bench: Bench, time_format: str, cells: list[str]) -> None:
    raw = HEADER + "".join(f"u{n},i,{n},{cell}\n" for n, cell in enumerate(cells))
    assert bench.same(raw.encode(), shape(), RATED.model_copy(update={"time_format": time_format}))


@pytest.mark.parametrize(
    "cell",
    [
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "2024-01-32",
        "2024-01-01 24:00:00",
        "2024-01-01 1:00:00",
        "24-01-01",
    ],
)
def test_dates_that_are_none_are_left_to_the_careful_way(bench: Bench, cell: str) -> None:
    iso = RATED.model_copy(update={"time_format": "iso"})
    assert bench.quick(f"{HEADER}u,i,1,{cell}\n".encode(), shape(), iso) is None


def test_kinds_of_event_and_visits_are_read_as_the_careful_way_reads_them(bench: Bench) -> None:
    names = ("user", "item", "kind", "visit")
    mapping = Mapping(user="user", item="item", event="kind", session="visit")
    raw = b"user,item,kind,visit\n1,2,view,s9\n1,2, cart,s10\n2,2,,s10\n2,1,cart,\n1,2,view,s9\n"
    assert bench.same(raw, shape(names), mapping)


def test_a_column_that_describes_the_item_is_left_to_the_careful_way(bench: Bench) -> None:
    names = ("user", "item", "title", "note")
    mapping = Mapping(user="user", item="item")
    rng = np.random.default_rng(0)
    titled = "".join(
        f"{rng.integers(50)},{item},Title of {item},{rng.integers(1_000_000)}\n"
        for item in rng.integers(20, size=300)
    )
    raw = f"user,item,title,note\n{titled}".encode()
    assert bench.quick(raw, shape(names), mapping) is None
    noise = "".join(
        f"{rng.integers(50)},{rng.integers(20)},{rng.integers(9)},{rng.integers(9)}\n" for _ in range(300)
    )
    assert bench.same(f"user,item,title,note\n{noise}".encode(), shape(names), mapping)


def test_many_blocks_and_tables_that_grow_keep_every_row(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 997)
    monkeypatch.setattr(blocks, "FEWEST_TEXTS", 16_384)
    rng = np.random.default_rng(1)
    users, items = rng.integers(0, 10**9, 30_000), rng.integers(0, 40, 30_000)
    lines = [
        f"{user},item-number-{item:05},{item % 5},{10**9 + row}"
        for row, (user, item) in enumerate(zip(users, items, strict=True))
    ]
    assert bench.same((HEADER + "\n".join(lines)).encode(), shape(), RATED)


class StopReading(Exception):
    pass


def test_a_report_that_raises_stops_the_reading(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 64)
    read = []
    parse = blocks._parse_block
    monkeypatch.setattr(blocks, "_parse_block", lambda *given: read.append(given[2]) or parse(*given))
    monkeypatch.setattr(blocks, "_until_done", lambda pending: [None])

    def report(fraction: float, stage: str = "", **_: Any) -> None:
        if stage == "reading rows":
            raise StopReading

    bench.path.write_bytes(HEADER.encode() + PLAIN[0] * 20_000)
    with pytest.raises(StopReading):
        typed.read_typed(bench.path, shape(), RATED, report)
    assert len(read) < 10_000  # of 25,000 blocks


IDS = st.one_of(
    st.integers(0, 10**12).map(str),
    st.text("ab01 .-_", max_size=20),
    st.sampled_from(["", "null", "NULL ", "None", "007", "7", "7.0", "+7", "é", "17850.0"]),
)
WEIGHTS = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.decimals(-1000, 1000, places=3, allow_nan=False).map(str),
    st.sampled_from(["1e2", " 3", "", "x", "1,5", "50%", "yes", "0", "-0", "1."]),
)
TIMES = st.one_of(
    st.integers(0, 4 * 10**9).map(str), st.sampled_from(["1000000000.5", " 12", "", "-5", "1e9"])
)
ROWS = st.lists(st.tuples(IDS, IDS, WEIGHTS, TIMES), min_size=1, max_size=8)
GOOD = st.lists(
    st.tuples(
        st.integers(0, 99).map(str), st.integers(0, 9).map(str), st.integers(1, 5).map(str),
        st.integers(10**9, 10**9 + 9).map(str),
    ),
    min_size=1, max_size=12,
)  # fmt: skip
BYTES = [b"", b"\n", b"\r", b"\r\n", b",", b'"', b'""', b"0", b" ", b"-", b".", b"#", b"\0", b"e"]
BYTES += [b"\xc3\xa4", b"\xe4", b"\xef\xbb\xbf"]
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUIET
@given(rows=ROWS, newline=st.sampled_from(["\n", "\r\n"]), ended=st.booleans())
def test_whatever_the_cells_say_both_ways_agree(bench: Bench, rows: list, newline: str, ended: bool) -> None:
    text = HEADER + "\n".join(",".join(row) for row in rows) + ("\n" if ended else "")
    bench.same(text.replace("\n", newline).encode(), shape(), RATED)


@QUIET
@given(
    rows=GOOD,
    place=st.integers(0, 10_000),
    cut=st.integers(0, 2),
    put=st.sampled_from(BYTES),
)
def test_a_valid_file_with_any_byte_changed_is_left_or_read_alike(
    bench: Bench, rows: list, place: int, cut: int, put: bytes
) -> None:
    body = "".join(",".join(row) + "\n" for row in rows).encode()
    at = place % (len(body) + 1)
    bench.same(HEADER.encode() + body[:at] + put + body[at + cut :], shape(), RATED)


def test_warming_compiles_what_a_file_needs() -> None:
    typed.warm()
    assert typed_kernels.parse_rows.signatures
    assert typed_kernels.rehash.signatures


def test_small_files_need_no_compiled_code(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed, "SMALLEST", 1 << 20)
    assert bench.quick(HEADER.encode() + PLAIN[0], shape(), RATED) is None


def test_a_row_that_two_files_hold_is_a_duplicate_though_only_one_file_is_plain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed, "SMALLEST", 0)
    monkeypatch.setattr(read_tables, "can_gather", lambda files: False)
    row = "u,i,5,1000000000\n"
    for name, more in (("a.csv", ""), ("b.csv", "u,j,bad,1000000000\n")):
        (tmp_path / name).write_text(HEADER + row + more, encoding="utf-8")
    files = Files(tuple(GivenFile(tmp_path / name, name) for name in ("a.csv", "b.csv")))
    report = import_files(files, Home(tmp_path / "home"), recipe=Recipe(mapping=RATED))
    assert (report.events, report.removed) == (1, {"exact duplicate": 1})
