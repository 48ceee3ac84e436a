"""Several files of one table (daily logs) are put one after the other and read as one file.

So what follows from an item is judged over all of them, equal rows of two files are found, and three hundred
small files take no longer than one large. The lines of the whole are told back to the files they came from.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.coded import ReadFile
from data.columns import FILE, LINE, TEXT
from data.errors import DataError
from data.import_report import FileCount
from data.quarantine import CUT
from data.reading.containers import refuse_bomb, unpacking
from data.reading.head import UTF8_MARK, open_unpacked
from data.reading.shape import FileShape
from data.reading.staging import FREE_BYTES, LONGEST_LINE, Report
from data.settling import ShapedFile

CHUNK = 8 << 20
ALIKE = (
    "format",
    "delimiter",
    "quote",
    "header",
    "header_lines",
    "comment",
    "line_start",
    "encoding",
    "decimal",
    "thousands",
    "missing",
)
TEXT_FORMATS = ("delimited", "jsonl", "user_lines")


@dataclass(frozen=True)
class Piece:
    """Where the lines of a file stand in the whole."""

    file: ShapedFile
    first: int  # its first line in the whole, from 1
    lines: int  # of the file
    header: int  # its header's line, which the whole lacks; 0 where nothing was left out
    start: int  # its first byte in the whole
    end: int

    def own_line(self, line: int) -> int:
        """The line of the file that stands at `line` of the whole."""
        own = line - self.first + 1
        return own + 1 if 0 < self.header <= own else own


@dataclass(frozen=True)
class Gathered:
    """Files that stand one after the other in `path`."""

    path: Path
    shape: FileShape
    pieces: tuple[Piece, ...]


def can_gather(files: Sequence[ShapedFile]) -> bool:
    """Whether the files are written so much alike that they can be put one after the other."""
    first = files[0].shape
    if len(files) < 2 or any(
        getattr(file.shape, name) != getattr(first, name) for file in files for name in ALIKE
    ):
        return False
    if first.format == "parquet":
        plain = all(file.shape.compression == "none" for file in files)
        return plain and all(file.shape.columns == first.columns for file in files) and _one_schema(files)
    if first.format not in TEXT_FORMATS or first.encoding.startswith("utf-16"):
        return False
    if first.format == "jsonl":
        return True
    if first.header and first.header_lines > 1:
        return False  # lines of a header over several are not told from rows when they come again
    counted = first.format == "user_lines" and first.line_start != "user"  # the line number is the user
    return not counted and all(file.shape.columns == first.columns for file in files)


def _one_schema(files: Sequence[ShapedFile]) -> bool:
    schemas = [pq.read_schema(file.file.path) for file in files]
    return all(schema.equals(schemas[0]) for schema in schemas[1:])


def gather(folder: Path, files: Sequence[ShapedFile], report: Report) -> Gathered | None:
    """Put the files one after the other in `folder`; None where their lines cannot be told apart.

    Raises:
        DataError: a damaged archive, or no room on the disk.
    """
    shape = files[0].shape.model_copy(update={"compression": "none", "member": None, "members": ()})
    if shape.format == "parquet":
        return _gather_rows(folder / _name(files), shape, files, report)
    if shape.format == "jsonl":
        names = dict.fromkeys(name for file in files for name in file.shape.columns)
        shape = shape.model_copy(update={"columns": tuple(names)})
    path, pieces, line = folder / _name(files), list[Piece](), 1
    with path.open("wb") as whole:
        for done, file in enumerate(files):
            report(0.02 * done / len(files), "gathering files")
            piece = _append(whole, file, line, with_header=done == 0)
            if piece is None:
                path.unlink()
                return None
            pieces.append(piece)
            line += piece.lines - (1 if piece.header else 0)
    return Gathered(path, shape, tuple(pieces))


def _name(files: Sequence[ShapedFile]) -> str:
    """How messages call the whole."""
    first = re.sub(r"[^\w.\- ]", "_", files[0].file.name)[-80:]
    return f"{first} and {len(files) - 1} more"


def _append(whole: BinaryIO, file: ShapedFile, first: int, *, with_header: bool) -> Piece | None:
    """Copy a file behind the others, without mark and (but for the first file) without header."""
    path, shape = file.file.path, file.shape
    start, lines, header = whole.tell(), 0, 0
    size = path.stat().st_size
    with unpacking(path, shape.compression), open_unpacked(path, shape.compression, shape.member) as stream:
        head = stream.read(CHUNK).removeprefix(UTF8_MARK)
        if b"\r" in head and b"\n" not in head:
            return None  # CR ends the lines
        if shape.header and not with_header:
            found = _header_of(head, shape)
            if found is None:
                return None
            header, begin, end = found
            whole.write(head[:begin])
            lines, head = 1 + head.count(b"\n", 0, begin), head[end:]
        while head:
            lines += head.count(b"\n")
            whole.write(head)
            last, head = head[-1:], stream.read(CHUNK)
            if not head and last != b"\n":
                whole.write(b"\n")
                lines += 1
            refuse_bomb(path, size, whole.tell() - start)
            _refuse_full_disk(Path(whole.name), whole.tell())
    return Piece(file, first, lines, header, start, whole.tell())


def _header_of(head: bytes, shape: FileShape) -> tuple[int, int, int] | None:
    """Line number, first byte and end of the header: the first line that is neither blank nor a comment."""
    begin, number = 0, 0
    comment = shape.comment.encode()
    while begin < min(len(head), LONGEST_LINE):
        number += 1
        end = head.find(b"\n", begin) + 1 or len(head)
        line = head[begin:end]
        if line.strip() and not (comment and line.startswith(comment)):
            return (number, begin, end) if b"\r" not in line.rstrip(b"\r\n") else None
        begin = end
    return None


def _refuse_full_disk(path: Path, written: int) -> None:
    if shutil.disk_usage(path.parent).free < FREE_BYTES:
        raise DataError(
            f"Putting the files together leaves under 1 GiB free ({written / 1e9:.1f} GB so far).",
            "Make room under RANKSCOPE_HOME, or import fewer files at once.",
        )


def _gather_rows(path: Path, shape: FileShape, files: Sequence[ShapedFile], report: Report) -> Gathered:
    """Parquet files of one schema as one."""
    pieces, line = list[Piece](), 1
    with pq.ParquetWriter(path, pq.read_schema(files[0].file.path)) as whole:
        for done, file in enumerate(files):
            report(0.02 * done / len(files), "gathering files")
            rows = 0
            with unpacking(file.file.path, "parquet"), pq.ParquetFile(file.file.path) as source:
                for batch in source.iter_batches():
                    whole.write_batch(batch)
                    rows += len(batch)
            _refuse_full_disk(path, path.stat().st_size)
            pieces.append(Piece(file, line, rows, 0, 0, 0))
            line += rows
    return Gathered(path, shape, tuple(pieces))


def told_back(gathered: Gathered, whole: ReadFile) -> tuple[ReadFile, tuple[FileCount, ...]] | None:
    """The reading with headers counted and quarantined lines named as in their files; and each file's count.

    None where the lines of an unreadable record cannot be told, so that the files must be read one by one.
    """
    pieces, table = gathered.pieces, whole.quarantine
    firsts = np.asarray([piece.first for piece in pieces])
    owner = np.searchsorted(firsts, table[LINE].to_numpy(), side="right") - 1
    spans = _spans(whole)
    if spans is None:
        return None
    quarantined = np.bincount(owner, weights=spans, minlength=len(pieces)).astype(int).tolist()
    aside = [_set_aside(gathered, piece) if whole.set_aside else 0 for piece in pieces]
    if sum(aside) != sum(whole.set_aside.values()):
        return None
    lines = [pieces[n].own_line(int(line)) for n, line in zip(owner, table[LINE], strict=True)]
    names = [pieces[n].file.file.name for n in owner]
    headers = [int(gathered.shape.header) for _ in pieces]
    counts = tuple(
        FileCount(
            piece.file.file.name,
            piece.file.role,
            piece.lines,
            header,
            piece.lines - header - out - bad,
            out,
            bad,
        )
        for piece, header, out, bad in zip(pieces, headers, aside, quarantined, strict=True)
    )
    told = table.copy()
    told[LINE], told[FILE] = np.asarray(lines, dtype=np.int64), pd.Series(names, dtype="str")
    more = sum(headers) - whole.header
    return replace(whole, lines=whole.lines + more, header=whole.header + more, quarantine=told), counts


def _spans(whole: ReadFile) -> NDArray[np.float64] | None:
    """Lines of each unreadable record."""
    if len(whole.quarantine) == whole.quarantined:
        return np.ones(len(whole.quarantine))
    texts = whole.quarantine[TEXT]
    spans = np.asarray([1 + text.count("\n") for text in texts], dtype=float)
    return spans if spans.sum() == whole.quarantined and not texts.str.endswith(CUT).any() else None


def _set_aside(gathered: Gathered, piece: Piece) -> int:
    """Lines of a file that are no rows: blank, comments, its header again, users without items."""
    pattern = re.compile(b"(?m)" + b"|".join(_no_rows(gathered)))
    found, left = 0, piece.end - piece.start
    with gathered.path.open("rb") as stream:
        if gathered.shape.header and piece is gathered.pieces[0]:
            left -= len(stream.readline())
        else:
            stream.seek(piece.start)
        while left > 0:
            chunk = stream.read(min(CHUNK, left))
            chunk += b"" if chunk.endswith(b"\n") else stream.readline()
            left -= len(chunk)
            found += len(pattern.findall(chunk.removesuffix(b"\n")))
    return found


def _no_rows(gathered: Gathered) -> list[bytes]:
    """Patterns of lines that hold no row; where the reader saw it otherwise, the sums differ and tell."""
    shape = gathered.shape
    patterns = [rb"^ *\r?$"]
    if shape.comment:
        patterns.append(b"^" + re.escape(shape.comment.encode()) + rb"[^\n]*$")
    if shape.header:
        with gathered.path.open("rb") as stream:
            patterns.append(b"^" + re.escape(stream.readline().rstrip(b"\r\n")) + rb"\r?$")
    if shape.format == "user_lines":
        patterns.append(rb"^ *[^\s]+[ \r]*$")
    return patterns
