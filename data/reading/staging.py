"""Bring a text file into the form that is read: unpacked UTF-8 with its lines counted.

A plain UTF-8 file is read where it lies. Packed, Latin-1 or otherwise odd ones are copied to the scratch
folder first, so that everything after this page meets one kind of file.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from data.errors import DataError
from data.reading.containers import refuse_bomb, unpacking
from data.reading.head import UTF8_MARK, judge_bytes, open_unpacked
from data.reading.json_array import array_to_lines
from data.reading.shape import Compression, Encoding, FileShape
from data.reading.workbook import sheet_to_text

CHUNK = 8 << 20
BLOCK = 1 << 20
LONGEST_LINE = 16 << 20  # bytes; longer "lines" are not rows of a table
USUAL_LINE = 2_000_000  # DuckDB's own limit, raised only for files that need it
FREE_BYTES = 1 << 30  # left on the disk when unpacking
NUL_SHOWN = "\u2400"  # stands for a NUL byte in staged text; its line is quarantined
BROKEN_SHOWN = "\ufffd"  # stands for bytes that are not UTF-8
WIDE = ("utf-16", "utf-16-le", "utf-16-be")
LF, CR = 10, 13
BLANK = re.compile(rb"\n(?=\r?\n)")
RETURNS = re.compile(rb"[^\n]*\r[^\n]*")
Report = Callable[..., None]


def silent(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
    """A report that records nothing."""
    del fraction, stage, curve


@dataclass(frozen=True)
class Scan:
    """What one pass over the bytes counted. Lines end with LF or CRLF (or CR, where no LF occurs at all)."""

    lines: int = 0
    quotes: int = 0  # marks of the kind that the shape names
    crlf: int = 0
    lone_cr: int = 0
    nul: int = 0
    inner_blank: int = 0  # blank lines before the last line with content
    trailing_blank: int = 0
    repeated_header: int = 0  # lines that repeat the first one
    longest: int = 0  # bytes of the longest line; 0 when no line is unusual
    bom: bool = False
    inner_bom: int = 0  # byte order marks at the start of later lines, from files put together
    encoding: Encoding = "utf-8"
    broken: bool = False  # some lines are not UTF-8 though most are


@dataclass(frozen=True)
class Staged:
    """A file ready to be read: unpacked, UTF-8, without byte order mark."""

    path: Path
    scan: Scan
    notes: tuple[str, ...] = ()
    report: Report = silent  # called while the file is read line by line; may raise to stop

    @property
    def damaged(self) -> bool:
        """Whether lines hold the marks that stand for unreadable bytes."""
        return self.scan.nul > 0 or self.scan.broken


def stage(path: Path, shape: FileShape, scratch: Path, report: Report) -> Staged:
    """Unpack and normalise `path` as far as needed; count its lines.

    Raises:
        DataError: damaged packing, a line beyond 16 MiB, or no room to unpack.
    """
    source, lossy = path, False
    if shape.compression != "none":
        source = unpack(path, scratch / "unpacked", shape.compression, shape.member, report)
    if shape.format == "xlsx":
        sheet = shape.member if shape.compression == "none" else None
        source = sheet_to_text(source, scratch / "sheet", sheet, report)
    if shape.format == "json":
        rows = scratch / "rows"
        lossy = array_to_lines(source, rows, path.name, shape.encoding, report, keyed=shape.keyed)
        source, shape = rows, shape.model_copy(update={"encoding": "utf-8"})
    if shape.encoding in WIDE:
        source, lossy = _transcode(source, scratch / "transcoded", shape.encoding, report)
        shape = shape.model_copy(update={"encoding": "utf-8"})
    scan = scan_file(source, shape, report)
    if lossy:
        scan = replace(scan, broken=True)
    if scan.longest > LONGEST_LINE:
        raise DataError(
            f"A line of {path.name} is over 16 MB long; a row of a table is under 16 MB.",
            "Look for a missing line break or an unclosed JSON object, and write one row per line.",
        )
    mixed = scan.crlf not in (0, scan.lines, scan.lines - 1)
    odd_name = re.search(r"[*?\[\]{}]", str(source)) is not None  # DuckDB would read it as a pattern
    marks = scan.bom or scan.inner_bom or scan.nul or scan.lone_cr or scan.broken
    if marks or mixed or scan.encoding != "utf-8" or odd_name:
        staged = _normalised(source, scan, scratch / "normalised", shape, report)
        return replace(staged, report=report)
    return Staged(source, scan, report=report)


def with_plain_newlines(staged: Staged, scratch: Path) -> Staged:
    """The same text with LF line ends (the careful readers need them)."""
    if staged.scan.crlf == 0:
        return staged
    plain = FileShape(encoding=staged.scan.encoding)
    copied = _normalised(staged.path, staged.scan, scratch / "newlines", plain, staged.report)
    return replace(copied, notes=staged.notes, report=staged.report)


def unpack(
    path: Path,
    target: Path,
    compression: Compression,
    member: str | None = None,
    report: Report = silent,
) -> Path:
    """Unpack `path` (of an archive the file `member`, or the likeliest) to `target`.

    Raises:
        DataError: damaged packing, growth beyond reason, or less than 1 GiB would be left on the disk.
    """
    size = path.stat().st_size
    with (
        unpacking(path, compression),
        open_unpacked(path, compression, member) as packed,
        target.open("wb") as plain,
    ):
        while chunk := packed.read(CHUNK):
            plain.write(chunk)
            report(0.02, "unpacking")
            refuse_bomb(path, size, plain.tell())
            if shutil.disk_usage(target.parent).free < FREE_BYTES:
                raise DataError(
                    f"Unpacking {path.name} leaves under 1 GiB free ({plain.tell() / 1e9:.1f} GB).",
                    "Make room under RANKSCOPE_HOME, or import a smaller part of the file.",
                )
    return target


def _transcode(source: Path, target: Path, encoding: str, report: Report) -> tuple[Path, bool]:
    """Copy to UTF-8; whether some bytes were no letters (BROKEN_SHOWN stands there)."""
    lossy = False
    with source.open("rb") as raw, target.open("w", encoding="utf-8", newline="") as out:
        reader = io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")
        while text := reader.read(CHUNK):
            out.write(text)
            lossy = lossy or BROKEN_SHOWN in text
            report(0.03, "changing the encoding")
    return target, lossy


def line_chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Chunks of about 8 MiB that end with a whole line."""
    while chunk := stream.read(CHUNK):
        yield chunk if chunk.endswith(b"\n") else chunk + stream.readline(LONGEST_LINE + 1)


def scan_file(path: Path, shape: FileShape, report: Report) -> Scan:
    """Count lines, quotes and oddities in one pass over the bytes; stops at a line beyond 16 MiB."""
    size, scan, last = max(path.stat().st_size, 1), Scan(encoding=shape.encoding), b""
    mark, header = shape.quote.encode() or b'"', b""
    with path.open("rb") as stream:
        for chunk in line_chunks(stream):
            report(0.1 * stream.tell() / size, "counting lines")
            if not last:
                scan = replace(scan, bom=chunk.startswith(UTF8_MARK))
                header = _header_line(chunk, shape)
            scan, last = _add_chunk(scan, chunk, mark, header), chunk[-1:]
            if scan.longest > LONGEST_LINE:
                return scan
    if scan.lines == 0 and scan.lone_cr:  # an old Macintosh file: CR ends the lines
        return replace(scan, lines=scan.lone_cr + (last != b"\r"))
    return replace(scan, lines=scan.lines + (last not in (b"\n", b"")))


def _header_line(chunk: bytes, shape: FileShape) -> bytes:
    """The first line with its end, when it names the columns and could stand again further down."""
    if shape.format != "delimited" or not shape.header:
        return b""
    start = chunk.removeprefix(UTF8_MARK).lstrip(b"\r\n")
    end = start.find(b"\n", 0, USUAL_LINE)
    return start[: end + 1]


def _add_chunk(scan: Scan, chunk: bytes, quote: bytes, header: bytes) -> Scan:
    returns = chunk.count(b"\r")
    crlf = chunk.count(b"\r\n") if returns else 0
    newlines, doubled = _line_ends(chunk, returns > 0)
    inner, trailing = _blank_lines(scan, chunk, newlines, doubled)
    encoding, broken = scan.encoding, scan.broken
    if encoding == "utf-8" and not chunk.isascii():
        encoding, broken = judge_bytes(chunk, broken)
    return replace(
        scan,
        lines=scan.lines + newlines,
        quotes=scan.quotes + chunk.count(quote),
        crlf=scan.crlf + crlf,
        lone_cr=scan.lone_cr + returns - crlf,
        nul=scan.nul + chunk.count(b"\0"),
        repeated_header=scan.repeated_header + _repeats(scan, chunk, header),
        inner_bom=scan.inner_bom + (0 if chunk.isascii() else chunk.count(b"\n" + UTF8_MARK)),
        inner_blank=inner,
        trailing_blank=trailing,
        longest=max(scan.longest, _unusual_line(chunk)),
        encoding=encoding,
        broken=broken,
    )


def _repeats(scan: Scan, chunk: bytes, header: bytes) -> int:
    """How often the header stands again in the chunk."""
    if not header:
        return 0
    return chunk.count(b"\n" + header) + int(scan.lines > 0 and chunk.startswith(header))


def _line_ends(chunk: bytes, returns: bool) -> tuple[int, bool]:
    """Number of line feeds, and whether two enclose nothing (a search for two in a row is far slower)."""
    letters = np.frombuffer(chunk, dtype=np.uint8)
    ends = letters == LF
    doubled = bool((ends[1:] & ends[:-1]).any())
    if returns and not doubled:
        doubled = bool((ends[2:] & ends[:-2] & (letters[1:-1] == CR)).any())
    return int(np.count_nonzero(ends)), doubled


def _blank_lines(scan: Scan, chunk: bytes, newlines: int, doubled: bool) -> tuple[int, int]:
    starts_blank = chunk.startswith((b"\n", b"\r\n"))
    if not starts_blank and not doubled:
        return scan.inner_blank + scan.trailing_blank, 0
    blank = int(starts_blank) + len(BLANK.findall(chunk))
    tail = chunk[len(chunk.rstrip(b"\r\n")) :]
    if len(tail) == len(chunk):  # nothing but blank lines
        return scan.inner_blank, scan.trailing_blank + newlines
    trailing = max(tail.count(b"\n") - 1, 0)
    return scan.inner_blank + scan.trailing_blank + blank - trailing, trailing


def _unusual_line(chunk: bytes) -> int:
    """Length of the longest line when one passes DuckDB's usual limit, else 0."""
    full = (start for start in range(0, len(chunk), BLOCK) if chunk.find(b"\n", start, start + BLOCK) < 0)
    if next(full, None) is None:
        return 0
    longest = max(len(line) for line in chunk.split(b"\n"))
    return longest if longest >= USUAL_LINE else 0


def _normalised(source: Path, scan: Scan, target: Path, shape: FileShape, report: Report) -> Staged:
    """Copy to UTF-8 with LF, without byte order mark; NUL and broken bytes become visible marks."""
    lonely = b"\n" if scan.crlf == 0 and scan.lone_cr in (scan.lines, scan.lines - 1) else b" "
    broken_at = 0
    with source.open("rb") as raw, target.open("wb") as out:
        for number, chunk in enumerate(line_chunks(raw)):
            report(0.12, "counting lines")
            text = chunk.removeprefix(UTF8_MARK) if number == 0 else chunk
            text = text.replace(b"\r\n", b"\n").replace(b"\n" + UTF8_MARK, b"\n")
            if scan.lone_cr and lonely == b" ":
                text, n = _break_at_returns(text, shape)
                broken_at += n
            text = text.replace(b"\r", lonely)
            if scan.encoding != "utf-8" or scan.broken:
                text = text.decode(scan.encoding, errors="replace").encode()
            out.write(text.replace(b"\0", NUL_SHOWN.encode()))
    notes = tuple(_notes(scan, shape.encoding, lonely, broken_at))
    plain = replace(scan, crlf=0, lone_cr=0, bom=False, encoding="utf-8")
    if lonely == b"\n" or broken_at or scan.inner_bom:  # lines and headers there were not seen so
        plain = replace(plain, inner_blank=1)
    return Staged(target, plain, notes)


def _break_at_returns(text: bytes, shape: FileShape) -> tuple[bytes, int]:
    """Break lines at a CR where each piece is a row by itself: files of several systems put together."""
    mark, broken = shape.delimiter.encode(), 0
    wanted = len(shape.columns) - 1

    def pieces(found: re.Match[bytes]) -> bytes:
        nonlocal broken
        line: bytes = found[0]
        parts = line.rstrip(b"\r").split(b"\r")
        if len(parts) == 1 or any(part.count(mark) != wanted for part in parts):
            return line
        broken += len(parts) - 1
        return b"\n".join(parts)

    if shape.format != "delimited" or wanted < 1:
        return text, 0
    return RETURNS.sub(pieces, text), broken


def _notes(scan: Scan, asked: Encoding, lonely: bytes, broken_at: int) -> Iterator[str]:
    if scan.encoding != asked:
        yield f"Read as {scan.encoding}: the file is not valid UTF-8 throughout."
    if scan.broken:
        yield "Some lines are not valid UTF-8; they are quarantined."
    if broken_at:
        yield f"{broken_at} lines end with a carriage return alone, others with a line feed."
    if scan.lone_cr > broken_at and lonely == b" ":
        yield f"{scan.lone_cr - broken_at} carriage returns inside lines were read as blanks."
