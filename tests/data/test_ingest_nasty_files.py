"""Nasty files: each ends reconciled, with what could not be read in quarantine, or in an error that helps."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from data.artifacts import Home, dataset_table, load_dataset
from data.cleaning import Cleaning
from data.errors import Cancelled, DataError, NotFound
from data.event_kernels import time_order
from data.ingest import ImportReport, import_file
from data.mapping import Mapping
from data.reading.interruptible import execute
from data.reading.records import workplace

HEADER = b"user,item,rating,timestamp\n"
GOOD = b"u1,i1,4,1000000000\nu1,i2,5,1000000100\nu2,i1,3,1000000200\n"
MAPPING = Mapping(user="user", item="item", weight="rating", time="timestamp")


def run(
    folder: Path,
    content: bytes,
    *,
    name: str = "events.csv",
    mapping: Mapping | None = MAPPING,
    cleaning: Cleaning | None = None,
) -> ImportReport:
    path = folder / name
    path.write_bytes(content)
    report = import_file(path, Home(folder / "home"), mapping=mapping, cleaning=cleaning)
    told = report.header + report.accepted + sum(report.removed.values()) + report.quarantined
    assert report.lines == told
    return report


def quarantine(folder: Path, report: ImportReport) -> list[tuple[int, str, str]]:
    table = dataset_table(Home(folder / "home"), report.dataset, "quarantine")
    if table is None:
        return []
    return list(table[["line", "text", "reason"]].itertuples(index=False, name=None))


def events(folder: Path, report: ImportReport) -> list[tuple[str, str, float, int | None]]:
    stored = load_dataset(Home(folder / "home"), report.dataset)
    rows = stored.interactions
    times = [None] * len(rows) if rows.time is None else rows.time.tolist()
    users, items = stored.users.ids[rows.user], stored.items.ids[rows.item]
    return list(zip(users, items, rows.weight.tolist(), times, strict=True))


PLAIN = [("u1", "i1", 4.0, 1000000000), ("u1", "i2", 5.0, 1000000100), ("u2", "i1", 3.0, 1000000200)]


@pytest.mark.parametrize(
    "content",
    [
        HEADER + GOOD,
        b"\xef\xbb\xbf" + HEADER + GOOD,
        (HEADER + GOOD).replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + (HEADER + GOOD).replace(b"\n", b"\r\n"),
        (HEADER + GOOD).replace(b"\n", b"\r"),
        HEADER + GOOD.rstrip(b"\n"),
        HEADER.replace(b"\n", b"\r\n") + GOOD,
        (HEADER + GOOD).decode().encode("utf-16"),
        gzip.compress(HEADER + GOOD),
        gzip.compress(HEADER) + gzip.compress(GOOD),
        (HEADER + GOOD).replace(b",", b"\t"),
        (HEADER + GOOD).replace(b",", b"|"),
        (HEADER + GOOD).replace(b",", b";"),
        (HEADER + GOOD).replace(b",", b"::"),
        (HEADER + GOOD).replace(b",", b" "),
        b'"user","item","rating","timestamp"\n' + GOOD.replace(b"u1", b'"u1"'),
    ],
    ids=["plain", "bom", "crlf", "bom+crlf", "cr", "no last newline", "mixed", "utf16", "gzip", "two members"]
    + ["tab", "pipe", "semicolon", "double colon", "space", "quoted"],
)
def test_the_same_rows_come_out_of_every_way_to_write_them(tmp_path: Path, content: bytes) -> None:
    report = run(tmp_path, content)
    assert (report.lines, report.header, report.accepted, report.quarantined) == (4, 1, 3, 0)
    assert events(tmp_path, report) == PLAIN


@pytest.mark.parametrize(
    ("kind", "name"), [("parquet", "e.parquet"), ("jsonl", "e.jsonl"), ("jsonl", "e.jsonl.gz")]
)
def test_parquet_and_json_lines_hold_the_same_rows(tmp_path: Path, kind: str, name: str) -> None:
    table = pd.DataFrame(PLAIN, columns=["user", "item", "rating", "timestamp"])
    path = tmp_path / name
    if kind == "parquet":
        table.to_parquet(path)
    else:
        table.to_json(path, orient="records", lines=True)
    report = run(tmp_path, path.read_bytes(), name=name)
    assert (report.lines, report.header, report.accepted) == (3, 0, 3)
    assert events(tmp_path, report) == PLAIN


def test_packed_parquet_is_read(tmp_path: Path) -> None:
    pd.DataFrame(PLAIN, columns=["user", "item", "rating", "timestamp"]).to_parquet(tmp_path / "raw")
    report = run(tmp_path, gzip.compress((tmp_path / "raw").read_bytes()), name="e.parquet.gz")
    assert events(tmp_path, report) == PLAIN


def test_ids_are_kept_as_they_stand(tmp_path: Path) -> None:
    rows = b"007,1.0,4,1000000000\n7,1,5,1000000100\n 7,0x1,5,1000000200\n1e5,+1,5,1000000300\n"
    stored = events(tmp_path, run(tmp_path, HEADER + rows))
    assert {(user, item) for user, item, _, _ in stored} == {
        ("007", "1.0"),
        ("7", "1"),
        (" 7", "0x1"),
        ("1e5", "+1"),
    }


def test_a_multi_line_quoted_field_counts_all_its_lines(tmp_path: Path) -> None:
    content = (
        b"user,item,rating,timestamp,note\n"
        + b'u1,i1,4,1000000000,"fine,\n\nbut ""long"""\nu2,i1,3,1000000200,ok\n'
    )
    report = run(tmp_path, content)
    assert (report.lines, report.accepted, report.events) == (5, 4, 2)


def test_a_stray_quote_costs_only_its_own_line(tmp_path: Path) -> None:
    rows = [f"u{i % 7},i{i % 5},3,{1000000000 + i}" for i in range(3000)]
    rows[1000] = 'u1,"i1,3,1000000000'
    rows[2000] = '"u2,i1,3,1000000000'
    report = run(tmp_path, HEADER + "\n".join(rows).encode())
    assert report.accepted == 2998
    assert quarantine(tmp_path, report) == [
        (1002, rows[1000], "stray quote"),
        (2002, rows[2000], "stray quote"),
    ]


def test_two_stray_quotes_that_pair_up_do_not_swallow_the_lines_between(tmp_path: Path) -> None:
    bad = b'u9,"i9,1,1000000000\nu3,i3,2,1000000300\nu9,i9",1,1000000000\n'
    report = run(tmp_path, HEADER + GOOD + bad)
    assert report.accepted == 5
    assert ("u3", "i3", 2.0, 1000000300) in events(tmp_path, report)
    assert [line for line, _, _ in quarantine(tmp_path, report)] == [5]


def test_stray_and_multi_line_quotes_in_one_file_are_told_apart(tmp_path: Path) -> None:
    content = (
        b"user,item,rating,timestamp,note\n"
        b'u1,i1,4,1000000000,"two\nlines"\n'
        b'u1,i2,4,1000000001,"open\n'
        b'u1,i3,4,1000000002,"a, b"\n'
        b'u1,i4,4,1000000003,"Weird Al" Yankovic\n'
        b"u1,i5,4,1000000004,plain\n"
    )
    report = run(tmp_path, content)
    assert [item for _, item, _, _ in events(tmp_path, report)] == ["i1", "i3", "i4", "i5"]
    assert (report.lines, report.accepted, report.quarantined) == (7, 5, 1)
    assert quarantine(tmp_path, report) == [(4, 'u1,i2,4,1000000001,"open', "stray quote")]


def test_a_carriage_return_inside_quotes_is_no_line_end(tmp_path: Path) -> None:
    content = b'user,item,rating,timestamp,note\nu1,i1,4,1000000000,"a\rb"\nu2,i1,3,1000000200,c\n'
    report = run(tmp_path, content)
    assert (report.lines, report.accepted, report.quarantined) == (3, 2, 0)
    assert any("carriage return" in note for note in report.notes)


def test_ragged_and_blank_lines_are_counted_apart(tmp_path: Path) -> None:
    content = HEADER + b"u1,i1,4,1000000000\n\nu1,i2\nu1,i2,5,1000000100,9,9\n   \nu2,i1,3,1000000200\n\n"
    report = run(tmp_path, content)
    assert (report.lines, report.accepted, report.removed) == (8, 2, {"blank line": 3})
    assert quarantine(tmp_path, report) == [
        (4, "u1,i2", "ragged row"),
        (5, "u1,i2,5,1000000100,9,9", "ragged row"),
    ]


def test_unreadable_cells_are_quarantined_with_line_and_reason(tmp_path: Path) -> None:
    bad = b"u1,,4,1000000300\nu1,i1,good,1000000400\nu1,i1,4,yesterday\nu1,i1,nan,1000000500\n"
    bad += b"u1,i1,4,1000000000000\n"  # milliseconds among seconds
    report = run(tmp_path, HEADER + GOOD + bad)
    assert [(line, reason) for line, _, reason in quarantine(tmp_path, report)] == [
        (5, "empty item"),
        (6, "bad weight"),
        (7, "bad time"),
        (8, "bad weight"),
        (9, "bad time"),
    ]
    assert report.quarantine_reasons == {"bad time": 2, "bad weight": 2, "empty item": 1}


def test_lines_after_a_multi_line_record_keep_their_numbers(tmp_path: Path) -> None:
    content = b'user,item,rating,timestamp,note\nu1,i1,4,1000000000,"a\nb\nc"\nu1,i1,bad,1000000000,d\n'
    report = run(tmp_path, content)
    assert quarantine(tmp_path, report) == [(5, "u1,i1,bad,1000000000,d", "bad weight")]


def test_latin_1_is_read_and_said(tmp_path: Path) -> None:
    rows = "".join(f"u{i},Café,4,{1000000000 + i}\n" for i in range(3))
    report = run(tmp_path, HEADER + rows.encode("latin-1"))
    assert {item for _, item, _, _ in events(tmp_path, report)} == {"Café"}


def test_latin_1_far_beyond_the_first_bytes_is_noticed(tmp_path: Path) -> None:
    rows = "".join(f"u{i},item{i % 9},4,{1000000000 + i}\n" for i in range(12_000)) + "ü,Zoë,4,1000000000\n"
    report = run(tmp_path, HEADER + rows.encode("latin-1"))
    assert ("ü", "Zoë", 4.0, 1000000000) in events(tmp_path, report)
    assert any("latin-1" in note for note in report.notes)


def test_a_few_broken_letters_in_utf_8_are_quarantined(tmp_path: Path) -> None:
    rows = "".join(f"u{i},Čapek,4,{1000000000 + i}\n" for i in range(50)).encode()
    report = run(tmp_path, HEADER + rows + b"u1,\xff\xfe,4,1000000000\n")
    assert report.accepted == 50
    assert [reason for *_, reason in quarantine(tmp_path, report)] == ["not UTF-8"]


def test_a_nul_byte_sends_its_line_to_quarantine(tmp_path: Path) -> None:
    report = run(tmp_path, HEADER + GOOD + b"u1,i\x001,4,1000000000\n")
    assert [(line, reason) for line, _, reason in quarantine(tmp_path, report)] == [(5, "NUL byte")]


def test_a_field_of_three_megabytes_is_read(tmp_path: Path) -> None:
    content = (
        b"user,item,rating,timestamp,note\nu1,i1,4,1000000000,"
        + b"x" * 3_000_000
        + b"\nu2,i1,3,1000000200,y\n"
    )
    assert run(tmp_path, content).accepted == 2
    bad = run(tmp_path, content + b"u1,i1\n")
    assert (bad.accepted, bad.quarantined) == (2, 1)


def test_a_line_beyond_sixteen_megabytes_stops_the_import(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a row of a table is under 16 MB"):
        run(tmp_path, HEADER + GOOD + b"u1,i1,4," + b"1" * 18_000_000)


def test_negative_weights_are_kept_and_noted_or_set_aside_by_rule(tmp_path: Path) -> None:
    content = HEADER + GOOD + b"u3,i1,-2,1000000300\n"
    assert any("negative weight" in note for note in run(tmp_path, content).notes)
    ruled = run(tmp_path, content, cleaning=Cleaning(min_weight=4.0))
    assert ruled.removed == {"below minimum weight": 2}


def test_rows_without_a_user_are_set_aside_by_rule(tmp_path: Path) -> None:
    report = run(
        tmp_path, HEADER + GOOD + b",i1,4,1000000300\nNULL,i1,4,1000000300\nNULLBOY,i1,4,1000000300\n"
    )
    assert report.removed == {"no user": 2}
    assert report.users == 3


def test_broken_json_lines_are_quarantined(tmp_path: Path) -> None:
    content = (
        b'{"user": "u1", "item": "007", "rating": 4, "timestamp": 1000000000}\n'
        b'{"user": "u1", "item": "i2", "rating": \n'
        b"[1, 2]\n\n"
        b'{"user": "u2", "rating": 4, "timestamp": 1000000000}\n'
    )
    report = run(tmp_path, content, name="e.jsonl")
    assert [(line, reason) for line, _, reason in quarantine(tmp_path, report)] == [
        (2, "not a JSON object"),
        (3, "not a JSON object"),
        (5, "empty item"),
    ]
    assert report.removed == {"blank line": 1}


def test_parquet_rows_that_cannot_be_used_are_shown_as_text(tmp_path: Path) -> None:
    table = pd.DataFrame({"user": ["a", "b", None], "item": ["x", None, "y"], "rating": [1.0, 2.0, 3.0]})
    table.to_parquet(tmp_path / "raw")
    mapping = Mapping(user="user", item="item", weight="rating")
    report = run(tmp_path, (tmp_path / "raw").read_bytes(), name="e.parquet", mapping=mapping)
    assert report.removed == {"no user": 1}
    ((line, text, reason),) = quarantine(tmp_path, report)
    assert (line, reason) == (2, "empty item")
    assert "b" in text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n \n", "is empty"),
        (HEADER, "a header and no readable row"),
        (bytes(range(256)) * 40, "is not text"),
        (b"PK\x03\x04" + b"\0" * 100, "begins like a ZIP file but cannot be unpacked"),
        (b"\x1f\x8bno gzip at all", "cannot be unpacked"),
        (gzip.compress(HEADER + GOOD * 9999)[:-20], "cannot be unpacked"),
        (b"PAR1 and then nothing", "cannot be opened"),
        (b"just one column\nof\nwords\n".replace(b" ", b"_"), "has one column only"),
        (b"1 2 3\n1 2\n1 2 3 4 5\n7 8 9 1 2 3\n1 5 6 7 8 9 1\n", "is no table"),
        (b"{'user': 1, 'item': 2}\n", "not one JSON object per line"),
        (HEADER + b"u1,i1,bad,1000000000\n", "No row of .* can be used"),
        (HEADER + b",i1,4,1000000000\n", "set aside by rule: no user 1"),
        (HEADER + b"u1,i1,4,soon\nu2,i2,4,later\n", "times in column 'timestamp' are not recognised"),
        (b"a,b\n1,2\n", "no column 'user'"),
    ],
)
def test_hopeless_files_end_in_an_error_that_helps(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        run(tmp_path, content)
    assert caught.value.hint
    assert not list(Home(tmp_path / "home").datasets.iterdir())
    assert not list(Home(tmp_path / "home").cache.iterdir())


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file"):
        import_file(tmp_path / "absent.csv", Home(tmp_path / "home"))


def test_a_file_name_with_pattern_letters_is_only_a_name(tmp_path: Path) -> None:
    (tmp_path / "events2.csv").write_bytes(HEADER + b"x,x,1,1000000000\n")
    assert run(tmp_path, HEADER + GOOD, name="events[2]*?.csv").accepted == 3


STAGES = (
    "counting lines",
    "reading rows",
    "collecting unreadable rows",
    "encoding ids",
    "columns that follow from item or user",
    "item metadata",
    "storing",
)


@pytest.mark.parametrize("last", STAGES)
def test_a_stop_from_the_report_leaves_nothing_behind(tmp_path: Path, last: str) -> None:
    (tmp_path / "e.csv").write_bytes(HEADER + GOOD + b"u1\n")  # the short line makes it read carefully
    home = Home(tmp_path / "home")

    def stop(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        if stage == last:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_file(tmp_path / "e.csv", home, report=stop)
    assert not list(home.datasets.iterdir())
    assert not list(home.cache.iterdir())


def test_a_long_query_is_stopped_by_the_report_and_the_connection_lives_on() -> None:
    con = duckdb.connect()

    def stop(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        execute(
            con, "CREATE TABLE t AS SELECT sum(a.range) FROM range(10000000) a, range(10000000)", stop, 0.3
        )
    assert con.execute("SELECT 1").fetchall() == [(1,)]


def test_a_query_that_fails_says_so() -> None:
    with pytest.raises(duckdb.Error):
        execute(duckdb.connect(), "SELECT * FROM nowhere", lambda *_: None, 0.3)


def test_the_reader_opens_nothing_but_the_file_that_it_was_given(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine.csv", tmp_path / "other.csv"
    mine.write_bytes(HEADER + GOOD)
    other.write_bytes(HEADER + GOOD)
    with workplace(tmp_path, [mine]) as work:
        assert work.con.execute(f"SELECT count(*) FROM read_csv('{mine}')").fetchall() == [(3,)]
        for sql in (
            f"SELECT * FROM read_csv('{other}')",
            f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
            f"ATTACH '{tmp_path / 'out.duckdb'}'",
            "SET enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                work.con.execute(sql)
        assert work.folder.parent == tmp_path  # it also spills there


def test_a_kept_order_of_ties_is_that_of_the_file_and_spans_beyond_64_bits_are_sorted() -> None:
    rng = np.random.default_rng(5)
    user = rng.integers(0, 9, 500).astype(np.int32)
    for low, high in ((0, 12), (-(2**61), 2**61)):
        second = rng.integers(low, high, 500)
        np.testing.assert_array_equal(time_order(user, second), np.lexsort((second, user)))
    np.testing.assert_array_equal(time_order(user, None), np.argsort(user, kind="stable"))
