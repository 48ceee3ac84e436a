"""The first bytes of a file: unpacked, recognised, decoded."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import BinaryIO

from data.errors import DataError, NotFound
from data.reading.containers import packed_stream, packing_of, unpacking
from data.reading.shape import Compression, Encoding

HEAD_BYTES = 1 << 18
PARQUET_MAGIC = b"PAR1"
UTF8_MARK = codecs.BOM_UTF8
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
FOREIGN = {
    b"PK\x03\x04": "an archive inside an archive",
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
}
HOW_TO_SAVE = "Save the table as CSV (UTF-8), Parquet or JSON Lines and import that file."
CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 26, 27}) + b"\x7f"


def open_unpacked(path: Path, compression: Compression) -> BinaryIO:
    """A stream of the unpacked bytes.

    Raises:
        NotFound: there is no such file.
    """
    if not path.is_file():
        raise NotFound(f"There is no file {path}.", "Check the name and the folder.")
    return path.open("rb") if compression == "none" else packed_stream(path, compression)


def read_head(path: Path, n_bytes: int = HEAD_BYTES) -> tuple[bytes, Compression]:
    """The first unpacked bytes and the compression found.

    Raises:
        NotFound: there is no such file.
        DataError: the file is empty, damaged, or no table at all.
    """
    if not path.is_file():
        raise NotFound(f"There is no file {path}.", "Check the name and the folder.")
    compression = packing_of(path)
    with unpacking(path, compression), open_unpacked(path, compression) as stream:
        head = bytes(stream.read(n_bytes))
    if not head.strip(b"\r\n \t" + UTF8_MARK):
        raise DataError(
            f"{path.name} is empty.", "A table with at least a user and an item column is needed."
        )
    _refuse_foreign(path, head)
    return head, compression


def _refuse_foreign(path: Path, head: bytes) -> None:
    for magic, kind in FOREIGN.items():
        if head.startswith(magic):
            raise DataError(f"{path.name} is {kind}, not a table of text.", HOW_TO_SAVE)
    if head.startswith((PARQUET_MAGIC, *UTF16_MARKS)):
        return
    strange = len(head) - len(head.translate(None, CONTROL))
    if strange > 0.02 * len(head) + 4:
        raise DataError(
            f"{path.name} is not text: {strange} of its first {len(head)} bytes are control characters.",
            HOW_TO_SAVE,
        )


def guess_encoding(head: bytes) -> tuple[Encoding, str]:
    """The encoding of the first bytes, with the reason."""
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
