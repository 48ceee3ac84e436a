"""Archives, workbooks, Parquet, JSON, and names that lead to no file."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.data.hostile.kinds import GOOD, HEADER, TABLE, Kind, plain, text

RAW = TABLE.encode()
LONG = (HEADER + "".join(f"u{n * 7919 % 10007},i{n},3,{1_600_000_000 + n}\n" for n in range(20_000))).encode()
FEW = {"user": ["u1", "u1", "u2"], "item": ["i1", "i2", "i1"], "rating": [4.0, 5.0, 3.0]}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of the files, under exactly these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name, method
            archive.writestr(info, content)
    return out.getvalue()


def parquet(table: pa.Table, **options: object) -> bytes:
    """The bytes of a Parquet file."""
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def sheet(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    """The bytes of a workbook."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(out)
    return out.getvalue()


def rewritten(book: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """A workbook with one of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        files = {info.filename: archive.read(info) for info in archive.infolist()}
    return zipped(files | {part: change(files[part].decode()).encode()})


def rows_of(book: openpyxl.Workbook) -> None:
    for row in [["user", "item", "rating"], ["u1", "i1", 4], ["u1", "i2", 5], ["u2", "i1", 3]]:
        book.active.append(row)


def _formulas(book: openpyxl.Workbook) -> None:
    rows_of(book)
    book.active.append(["u3", "=A2&A3", "=1/0"])


def _merged(book: openpyxl.Workbook) -> None:
    rows_of(book)
    book.active.append(["u3", "i3", 2])
    book.active.append([None, "i4", 1])
    book.active.merge_cells("A5:A6")


def _hidden(book: openpyxl.Workbook) -> None:
    for row in [["user", "item"], ["x", "y"]]:
        book.active.append(row)
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("Shown")
    for row in [["user", "item"], ["u1", "i1"], ["u2", "i2"]]:
        shown.append(row)


def overlapping() -> bytes:
    """Many names for the same bytes (the zip bomb of Fifield 2019, small)."""
    inner = zipped({"events.csv": RAW})
    start = inner.find(b"PK\x01\x02")
    entry, tail = inner[start : inner.find(b"PK\x05\x06")], inner[inner.find(b"PK\x05\x06") :]
    n = 20_000
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, n % 65536, n % 65536, n * len(entry), start, 0)
    assert len(tail) == len(end)
    return inner[:start] + entry * n + end


def _folder(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _circle(path: Path) -> None:
    path.symlink_to(path.parent / "other")
    (path.parent / "other").symlink_to(path)


def _nowhere(path: Path) -> None:
    path.symlink_to(path.parent / "absent")


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is at most 107 letters long
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(here)


def _one_line(path: Path) -> None:
    with path.open("wb") as out:
        for _ in range(300):
            out.write(b"u1,i1,4,1" * 116_508)


def _blank_lines(path: Path) -> None:
    with path.open("wb") as out:
        out.write(RAW)
        for _ in range(10):
            out.write(b"\n" * 1_000_000)
        out.write(b"u3,i3,2,1000000300\n")


NAMES = [
    Kind("a folder", _folder, "is a folder"),
    Kind("a pipe", _pipe, "is a pipe"),
    Kind("a device", _device, "is a device"),
    Kind("a socket", _socket, "is a socket"),
    Kind("a link in circles", _circle, "circles"),
    Kind("a link to nothing", _nowhere, "no file"),
    Kind("three hundred megabytes without a line end", _one_line, "over 16 MB long|columns|no table", 15.0),
    Kind(
        "ten million blank lines",
        _blank_lines,
        plain(10_000_005, 1, 4, removed={"blank line": 10_000_000}),
        30.0,
    ),
]
RAW_ZIP = zipped({"a.csv": RAW, "b.csv": RAW.replace(b"u", b"v"), "read.me": b"words"})
BOMB = gzip.compress(b"u1,i1,4,1000000000\n" * 16_000_000, 1)
PACKED = [
    text("gzip with something behind", gzip.compress(RAW) + b"garbage", "cannot be unpacked"),
    text("gzip with zeros behind", gzip.compress(RAW) + bytes(64), plain()),
    text("gzip of two pieces", gzip.compress(HEADER.encode()) + gzip.compress(GOOD.encode()), plain()),
    text("gzip cut off", gzip.compress(LONG)[:-2000], "cannot be unpacked"),
    text("gzip with a wrong checksum", gzip.compress(RAW)[:-8] + bytes(8), "cannot be unpacked"),
    text("gzip of nothing", gzip.compress(b""), "is empty"),
    text("gzip of gzip", gzip.compress(gzip.compress(RAW)), "packed file inside"),
    Kind("a gzip bomb", lambda: gzip.compress(gzip.decompress(BOMB), 9), "more than 250 times", 20.0),
    text("zstd cut off", pa.Codec("zstd").compress(LONG, asbytes=True)[:-2000], "cannot be unpacked"),
    text("zip cut off", zipped({"e.csv": LONG})[:-100], "cannot be unpacked"),
    text("zip of a zip", zipped({"e.zip": zipped({"e.csv": RAW})}), "archive inside an archive"),
    text("zip that climbs out", zipped({"../../etc/events.csv": RAW}), "leads out"),
    text("zip with a drive letter", zipped({"C:\\events.csv": RAW}), "leads out"),
    text("zip without files", zipped({}), "empty ZIP|without a file"),
    text("zip with twenty thousand names of one file", overlapping(), "files"),
    text(
        "zip with a damaged member",
        zipped({"e.csv": LONG})[:300] + b"\xff" * 50 + zipped({"e.csv": LONG})[350:],
        "cannot be unpacked",
    ),
    text("zip of a workbook", zipped({"e.xlsx": sheet(rows_of)}), plain()),
    text("gzip of a workbook", gzip.compress(sheet(rows_of)), plain()),
    text(
        "zip whose list of files was cut at the front",
        zipped({"a.csv": RAW, "b.csv": RAW})[1:],
        "not text|table",
    ),
    text("zip whose first bytes are gone", RAW_ZIP[:4] + RAW_ZIP[6:], "cannot be unpacked"),
    text("zip packed with LZMA", zipped({"e.csv": RAW}, zipfile.ZIP_LZMA), plain()),
]
BOOKS = [
    text(
        "workbook with formulas never calculated",
        sheet(_formulas),
        plain(5, 1, 3, quarantined={"empty item": 1}),
    ),
    text("workbook with merged cells", sheet(_merged), plain(6, 1, 4, removed={"no user": 1})),
    text("workbook whose first sheet is hidden", sheet(_hidden), plain(3, 1, 2)),
    text("workbook without cells", sheet(lambda book: None), "no sheet with a table"),
    text("workbook cut off", sheet(rows_of)[:-300], "cannot be"),
    text(
        "workbook with a row at two billion",
        rewritten(
            sheet(rows_of),
            "xl/worksheets/sheet1.xml",
            lambda xml: xml.replace('<row r="4"', '<row r="2000000000"'),
        ),
        "cannot be read",
        20.0,
    ),
    text(
        "workbook with a cell in the last column",
        rewritten(sheet(rows_of), "xl/worksheets/sheet1.xml", lambda xml: xml.replace('r="C1"', 'r="XFD1"')),
        "16384 columns",
    ),
    text(
        "workbook with an entity bomb",
        rewritten(
            sheet(rows_of),
            "xl/worksheets/sheet1.xml",
            lambda xml: (
                '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]>' + xml.replace(">4<", ">&c;<")
            ),
        ),
        "cannot be read",
    ),
]
STRUCT = pa.array([{"id": "u1", "age": 3}, {"id": "u1", "age": 3}, {"id": "u2", "age": None}])
TABLES = [
    text(
        "Parquet with decimals, dictionaries and zoned nanoseconds",
        parquet(
            pa.table(
                {
                    "user": pa.array(FEW["user"]).dictionary_encode(),
                    "item": FEW["item"],
                    "rating": pa.array([Decimal("4.50"), Decimal("5.00"), Decimal("3.25")]),
                    "time": pa.array(
                        [datetime(2020, 1, n, tzinfo=UTC) for n in (1, 2, 3)],
                        pa.timestamp("ns", "Europe/Berlin"),
                    ),
                }
            )
        ),
        plain(3, 0, 3),
    ),
    text(
        "Parquet with lists, maps and structs",
        parquet(
            pa.table(
                FEW
                | {
                    "tags": [["a"], [], None],
                    "who": STRUCT,
                    "m": pa.array([[("k", 1)], [], None], pa.map_(pa.string(), pa.int64())),
                    "deep": [[{"a": [1]}], [], None],
                }
            )
        ),
        plain(3, 0, 3),
    ),
    text(
        "Parquet with binary ids",
        parquet(pa.table({"user": [b"u1", b"\xff\x00", b"u2"], "item": [b"i1", b"i2", b"i3"]})),
        plain(3, 0, 3),
    ),
    text(
        "Parquet with ids beyond 2^63",
        parquet(
            pa.table({"user": pa.array([2**64 - 1, 2**64 - 2], pa.uint64()), "item": [2**62 + 1, 2**62 + 2]})
        ),
        plain(2, 0, 2, users=2),
    ),
    text(
        "Parquet with columns of one name",
        parquet(pa.table([["u1", "u2"], ["i1", "i2"], ["x", "y"]], names=["user", "item", "item"])),
        plain(2, 0, 2),
    ),
    text(
        "Parquet without rows",
        parquet(pa.table({"user": pa.array([], pa.string()), "item": pa.array([], pa.string())})),
        "no readable row",
    ),
    text("Parquet cut off", parquet(pa.table(FEW))[:-20], "cannot be opened"),
    Kind("Parquet with a damaged page", lambda: _damaged_pages(), "cannot be read"),
    text("Parquet that says it is encrypted", b"PARE" + parquet(pa.table(FEW))[4:-4] + b"PARE", "encrypted"),
]


def _damaged_pages() -> bytes:
    whole = bytearray(
        parquet(
            pa.table({"user": [f"u{n}" for n in range(5000)], "item": [f"i{n * 7}" for n in range(5000)]}),
            compression="zstd",
            use_dictionary=False,
        )
    )
    whole[200:3000] = bytes(byte ^ 0xA5 for byte in whole[200:3000])
    return bytes(whole)


def lines(*rows: str) -> str:
    return "".join(row + "\n" for row in rows)


ROW = '{"user": "u1", "item": "i1", "rating": 4}'
JSON = [
    text(
        "JSON Lines with NaN",
        lines(*(ROW.replace("u1", f"u{n}") for n in range(9)), '{"user": "u2", "item": "i2", "rating": NaN}'),
        plain(10, 0, 9, quarantined={"bad weight": 1}),
    ),
    text(
        "JSON with a key twice",
        lines(ROW, '{"user": "u2", "user": "u3", "item": "i2", "rating": 3}'),
        plain(2, 0, 2),
    ),
    text(
        "JSON Lines nested deep",
        lines(ROW, '{"user": "u2", "rating": 3, "item": ' + "[" * 100_000 + "]" * 100_000 + "}"),
        plain(2, 0, 2),
    ),
    text(
        "JSON Lines with numbers beyond 2^63",
        lines(*(f'{{"user": 12345678901234567890123456789{n}, "item": {2**63 + n}}}' for n in range(5))),
        plain(5, 0, 5, users=5),
    ),
    text(
        "a JSON array with numbers of ten thousand digits",
        "[" + ROW + ', {"user": "u2", "rating": 3, "item": ' + "7" * 10_000 + "}]",
        plain(2, 0, 2),
    ),
    text(
        "JSON Lines with empty and odd keys",
        lines('{"": 1, "user": "a", "item": "b", "x.y": 1, "a/b~c": 2, "k\\u0000": 3}'),
        plain(1, 0, 1),
    ),
    text(
        "JSON Lines with half letters",
        lines(ROW, ROW.replace("u1", "\\ud800")),
        plain(2, 0, 1, quarantined={"not a JSON object": 1}),
    ),
    text(
        "JSON Lines cut off",
        lines(ROW, '{"user": "u2", "item"'),
        plain(2, 0, 1, quarantined={"not a JSON object": 1}),
    ),
    text("a JSON array that is not closed", "[" + ROW + ",", "not closed"),
    text("JSON of another kind", '{"name": "model", "layers": [1, 2, 3]}', plain(1, 0, 1)),
    text("JSON objects keyed by ids", json.dumps({f"u{n}": 3 for n in range(5000)}), "different fields"),
    text(
        "JSON Lines with user and item inside objects",
        lines(
            *(
                json.dumps({"user": {"id": f"u{n}"}, "item": {"meta": {"title": "x"}, "id": n}})
                for n in range(3)
            )
        ),
        plain(3, 0, 3),
    ),
]
FOREIGN = [
    text("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "a picture"),
    text("a program", b"\x7fELF" + bytes(range(256)) * 20, "a program"),
    text("a PDF", b"%PDF-1.7\n" + bytes(range(256)) * 20, "a PDF"),
    text("random bytes", bytes((n * 197 + n // 7) % 256 for n in range(5000)), "not text"),
    text("zeros", bytes(100_000), "not text"),
    text("a pickle", b"\x80\x04\x95" + bytes(range(256)), "pickle"),
]
KINDS: list[Kind] = [*NAMES, *PACKED, *BOOKS, *TABLES, *JSON, *FOREIGN]
