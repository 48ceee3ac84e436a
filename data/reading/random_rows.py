"""Some rows from all over a file: what the first rows hide (other years, missing ids, other units)."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from data.home import SCRATCH
from data.reading.containers import unpacking
from data.reading.head import open_unpacked
from data.reading.parquet import parquet_records
from data.reading.preview import preview, read_all
from data.reading.records import field_names, workplace
from data.reading.shape import FileShape

TEXT = ("delimited", "user_lines", "jsonl")
MOST_BYTES = 64 << 20  # unpacked bytes of a packed file that are looked through
LINES_TRIED = 2  # for one row: some lines are blank, comments, or pieces of a longer record
LONGEST = 1 << 20


def random_rows(path: Path, shape: FileShape, n: int = 200, *, seed: int = 0) -> pd.DataFrame:
    """`n` readable rows as text from places spread evenly over the file, in file order; missing is None.

    Of a packed file the first 64 MiB are looked through. The same seed gives the same rows.

    Raises:
        NotFound: there is no such file.
        DataError: the file cannot be opened.
    """
    if shape.format == "parquet":
        return _of_parquet(path, shape, n, seed)
    if shape.format not in TEXT:
        with workplace(reads=[path]) as work:
            table, _ = read_all(path, shape, work)
        return _some(table, n, seed)
    with unpacking(path, shape.compression):
        first, lines = _text_lines(path, shape, LINES_TRIED * n, np.random.default_rng(seed))
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as folder:
        part = Path(folder) / "rows"
        part.write_text("\n".join([*first, *lines]) + "\n", encoding="utf-8", newline="")
        plain = shape.model_copy(update={"encoding": "utf-8", "compression": "none", "member": None})
        rows = _some(preview(part, plain, 50 * n), n, seed)
    if shape.format == "user_lines" and shape.line_start == "count":  # the user is the number of the line,
        rows[rows.columns[0]] = None  # which is another one among these
    return rows


def _of_parquet(path: Path, shape: FileShape, n: int, seed: int) -> pd.DataFrame:
    with workplace(reads=[path]) as work:
        records = parquet_records(work, path, shape, check=False)
        table: pd.DataFrame = work.con.execute(
            f"SELECT {', '.join(field_names(shape))} FROM {records.relation} "
            f"USING SAMPLE reservoir({n} ROWS) REPEATABLE ({seed})"
        ).df()
    table.columns = pd.Index(shape.columns)
    return table.astype(object).where(table.notna(), None)


def _some(table: pd.DataFrame, n: int, seed: int) -> pd.DataFrame:
    if len(table) <= n:
        return table
    kept = np.sort(np.random.default_rng(seed).choice(len(table), n, replace=False))
    return table.iloc[kept].reset_index(drop=True)


def _text_lines(
    path: Path, shape: FileShape, n: int, rng: np.random.Generator
) -> tuple[list[str], list[str]]:
    """The header (if there is one), and about `n` further lines in file order."""
    wide = shape.encoding.startswith("utf-16")
    with open_unpacked(path, shape.compression, shape.member) as stream:
        if shape.compression == "none" and not wide:
            return _by_place(stream, path.stat().st_size, shape, n, rng)
        name = "utf-8-sig" if shape.encoding == "utf-8" else shape.encoding
        text = io.TextIOWrapper(io.BufferedReader(_Limited(stream)), encoding=name, errors="replace")
        lines = _rows(iter(text), shape)
        first = [next(lines, "")] if shape.header else []
        return first, _reservoir(lines, n, rng)


class _Limited(io.RawIOBase):
    """The first MOST_BYTES of a stream."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self.stream, self.left = stream, MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        found = self.stream.read(min(len(buffer), self.left))
        buffer[: len(found)] = found
        self.left -= len(found)
        return len(found)


def _rows(lines: Iterator[str], shape: FileShape) -> Iterator[str]:
    """Lines that may be rows, without their ends."""
    for line in lines:
        text = line.rstrip("\r\n")
        if text.strip() and not (shape.comment and text.startswith(shape.comment)):
            yield text


def _reservoir(lines: Iterator[str], n: int, rng: np.random.Generator) -> list[str]:
    """A uniform sample of the lines in their order (algorithm R, Waterman; Vitter 1985)."""
    kept: list[tuple[int, str]] = []
    for place, line in enumerate(lines):
        if place < n:
            kept.append((place, line))
        elif (slot := int(rng.integers(place + 1))) < n:
            kept[slot] = (place, line)
    return [line for _, line in sorted(kept)]


def _by_place(
    stream: BinaryIO, size: int, shape: FileShape, n: int, rng: np.random.Generator
) -> tuple[list[str], list[str]]:
    """One line after each of `n` places, one place in each n-th part of the file."""
    first = [next(_rows(_decoded(stream, shape), shape), "")] if shape.header else []
    start = stream.tell() if shape.header else 0
    places = np.unique(start + ((np.arange(n) + rng.random(n)) / n * max(size - start, 0)).astype(np.int64))
    found: dict[int, str] = {}
    for place in places:
        stream.seek(max(int(place) - 1, start))
        if place > start:
            stream.readline(LONGEST)  # the rest of the line that the place fell into
        at = stream.tell()
        raw = stream.readline(LONGEST)
        if raw.endswith(b"\n") or at + len(raw) == size:
            found[at] = raw.decode(shape.encoding, errors="replace")
    return first, list(_rows(iter(found.values()), shape))


def _decoded(stream: BinaryIO, shape: FileShape) -> Iterator[str]:
    name = "utf-8-sig" if shape.encoding == "utf-8" else shape.encoding
    while raw := stream.readline(LONGEST):
        yield raw.decode(name, errors="replace")
