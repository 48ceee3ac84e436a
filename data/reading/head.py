"""The first bytes of a file: unpacked, recognised, decoded."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import BinaryIO, Literal

from data.errors import DataError
from data.reading.containers import packed_stream, packing_of, unpacking
from data.reading.opening import refuse_unreadable
from data.reading.shape import Compression, Encoding

HEAD_BYTES = 1 << 18
PARQUET_MAGIC = b"PAR1"
UTF8_MARK = codecs.BOM_UTF8
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UTF32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
BLANK = b"\r\n \t" + UTF8_MARK
MOST_BLANK = 64 << 20  # bytes of blank lines before the first row
FOREIGN = {
    b"PARE": "an encrypted Parquet file",
    b"PK\x03\x04": "an archive inside an archive",
    b"PK\x05\x06": "an empty ZIP archive",
    b"\x1f\x8b": "a packed file inside a packed file",
    b"%PDF": "a PDF document",
    b"SQLite format 3": "an SQLite database",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word document",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x93NUMPY": "a NumPy array",
    b"\x80\x04\x95": "a Python pickle",
    b"\x80\x05\x95": "a Python pickle",
    b"\x89HDF": "an HDF5 file",
    b"ARROW1": "an Arrow file",
    b"Obj\x01": "an Avro file",
    b"ORC": "an ORC file",
    b"Rar!": "a RAR archive",
    b"\x7fELF": "a program",
}
HOW_TO_SAVE = "Save the table as CSV (UTF-8), Parquet or JSON Lines and import that file."
SOME, ALL = 0.3, 0.95  # shares of NULs in a place: digits and marks of a table, and nothing but them
CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 26, 27}) + b"\x7f"


def open_unpacked(path: Path, compression: Compression, member: str | None = None) -> BinaryIO:
    """A stream of the unpacked bytes; of an archive those of `member`, or of the likeliest table.

    Raises:
        NotFound: there is no such file.
        DataError: it is no file that can be read.
    """
    refuse_unreadable(path)
    return path.open("rb") if compression == "none" else packed_stream(path, compression, member)


def read_head(path: Path, n_bytes: int = HEAD_BYTES, member: str | None = None) -> tuple[bytes, Compression]:
    """The first unpacked bytes and the compression found.

    Args:
        member: of an archive, the file that is wanted; None takes the likeliest table.

    Raises:
        NotFound: there is no such file.
        DataError: the file is empty, damaged, or no table at all.
    """
    refuse_unreadable(path)
    compression = packing_of(path)
    with unpacking(path, compression), open_unpacked(path, compression, member) as stream:
        head = bytes(stream.read(n_bytes))
        while head and not head.strip(BLANK) and stream.tell() < MOST_BLANK:  # blank lines before the first
            if not (more := bytes(stream.read(n_bytes))):
                break
            head = more
    if not head.strip(BLANK):
        raise DataError(
            f"{path.name} is empty.", "A table with at least a user and an item column is needed."
        )
    _refuse_foreign(path, head)
    return head, compression


def _refuse_foreign(path: Path, head: bytes) -> None:
    for magic, kind in FOREIGN.items():
        if head.startswith(magic):
            raise DataError(f"{path.name} is {kind}, not a table of text.", HOW_TO_SAVE)
    if head.startswith(UTF32_MARKS) or wide_encoding(head) == "utf-32":
        raise DataError(f"{path.name} is written in UTF-32, four bytes a letter.", HOW_TO_SAVE)
    if head.startswith((PARQUET_MAGIC, *UTF16_MARKS)) or wide_encoding(head):
        return
    letters = _separator(head)
    strange = len(head) - len(head.translate(None, CONTROL.replace(letters, b"") if letters else CONTROL))
    if strange > 0.02 * len(head) + 4:
        raise DataError(
            f"{path.name} is not text: {strange} of its first {len(head)} bytes are control characters.",
            HOW_TO_SAVE,
        )


def _separator(head: bytes) -> bytes:
    """A control character (but NUL) that stands equally often in each of the first lines: a delimiter."""
    lines = head.split(b"\n")[:50]
    for place in sorted(set(lines[0]) & set(CONTROL) - {0}):
        counts = {line.count(place) for line in lines[:-1] or lines}
        if len(counts) == 1:
            return bytes([place])
    return b""


def wide_encoding(head: bytes) -> Encoding | Literal["utf-32", ""]:
    """UTF-16 or UTF-32 without a mark, told by where the NULs of the common letters stand; else nothing."""
    start = head[: min(len(head), 4096) & ~3]
    if head.startswith(UTF16_MARKS) or b"\0" not in start:
        return ""
    first, second, third, fourth = (start[place::4].count(0) * 4 / len(start) for place in range(4))
    if min(first, second, third, fourth) > ALL:
        return ""
    if min(third, fourth) > ALL or min(first, second) > ALL:
        return "utf-32"
    if min(second, fourth) > SOME and max(first, third) < 1 - ALL:
        return "utf-16-le"
    return "utf-16-be" if min(first, third) > SOME and max(second, fourth) < 1 - ALL else ""


def guess_encoding(head: bytes) -> tuple[Encoding, str]:
    """The encoding of the first bytes, with the reason."""
    wide = wide_encoding(head)
    if wide in ("utf-16-le", "utf-16-be"):
        return wide, "UTF-16 without a mark: every other byte is NUL"
    if head.startswith(UTF16_MARKS):
        return "utf-16", "UTF-16, by its byte order mark"
    if head.startswith(UTF8_MARK):
        return "utf-8", "UTF-8, by its byte order mark"
    if head.isascii():
        return "utf-8", "ASCII, read as UTF-8"
    encoding, broken = judge_bytes(head[: head.rfind(b"\n") + 1] or head)  # the end may cut a letter
    if broken:
        return encoding, "UTF-8, with some damaged lines"
    return encoding, "UTF-8" if encoding == "utf-8" else f"{encoding}: the bytes are not UTF-8"


def judge_bytes(lines: bytes, broken: bool = False) -> tuple[Encoding, bool]:
    """UTF-8 (with a few damaged lines: True), or a file of one byte per letter.

    Args:
        lines: whole lines.
        broken: damaged lines were found before, so the file as such is UTF-8.
    """
    if _is_utf8(lines):
        return "utf-8", broken
    special = [line for line in lines.split(b"\n") if not line.isascii()]
    bad = [line for line in special if not _is_utf8(line)]
    if broken or len(special) - len(bad) > 10 * len(bad):
        return "utf-8", True
    return single_byte(b"".join(bad)), False


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def single_byte(raw: bytes) -> Encoding:
    """Latin-1, or Windows' cp1252 when bytes are used that Latin-1 leaves to control characters."""
    controls = set(raw) & set(range(0x80, 0xA0))
    undefined = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
    return "cp1252" if controls and not controls & undefined else "latin-1"


def decode_head(head: bytes, encoding: Encoding) -> str:
    """The first bytes as text, without byte order mark and cut last letter."""
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    return codecs.getincrementaldecoder(name)(errors="replace").decode(head)
