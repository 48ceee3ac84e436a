"""Files packed in gzip, zstd or ZIP as one stream of bytes. Nothing is ever written under a packed name."""

from __future__ import annotations

import errno
import gzip
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from data.errors import DataError
from data.reading.shape import Compression

MAGIC: dict[bytes, Compression] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"PK\x03\x04": "zip"}
NAMES: dict[str, str] = {"gzip": "gzip", "zstd": "zstd", "zip": "ZIP"}
BROKEN_ZIP = (  # what zipfile lets through when fields of an archive make no sense
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    LookupError,
    ValueError,
    OverflowError,
    struct.error,
    lzma.LZMAError,
    OSError,  # a place before the start of the file
)
DAMAGE = (gzip.BadGzipFile, EOFError, zlib.error, pa.ArrowInvalid, *BROKEN_ZIP)
MOST_MEMBERS = 10_000
BOMB_RATIO, BOMB_BYTES = 250, 1 << 28  # tables shrink to a twentieth; both limits must be passed
EVENTS = re.compile(r"rating|interaction|event|transaction|purchase|click|order|view|log|history|train", re.I)
TABLES = (".csv", ".tsv", ".txt", ".dat", ".data", ".json", ".jsonl", ".ndjson", ".parquet", ".inter")
WORDS = re.compile(r"readme|licen[cs]e|changelog", re.I)


def packing_of(path: Path) -> Compression:
    """How the file is packed, by its first bytes; an Excel workbook is a ZIP archive, too."""
    with path.open("rb") as stream:
        first = stream.read(4)
    return next((kind for magic, kind in MAGIC.items() if first.startswith(magic)), "none")


def packed_stream(path: Path, compression: Compression, member: str | None = None) -> BinaryIO:
    """The unpacked bytes as a stream; of a ZIP archive those of `chosen_member(path, member)`.

    Raises:
        DataError: the archive is damaged, locked, or has no file to read.
    """
    if compression == "gzip":
        return cast(BinaryIO, gzip.open(path, "rb"))
    if compression == "zstd":
        return cast(BinaryIO, pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"))
    try:
        archive = zipfile.ZipFile(path)  # the stream of a member keeps it open
        return cast(BinaryIO, archive.open(_choose(path, archive, member)))
    except BROKEN_ZIP as error:
        raise damaged(path, "zip", error) from error


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except BROKEN_ZIP as error:
        raise damaged(path, "zip", error) from error


@contextmanager
def unpacking(path: Path, compression: str) -> Iterator[None]:
    """Turn what goes wrong inside a packed file into a message; a full disk stays what it is."""
    try:
        yield
    except DAMAGE as error:
        of_the_system = isinstance(error, OSError) and error.errno not in (None, errno.EINVAL)
        if compression == "none" or of_the_system:
            raise
        raise damaged(path, compression, error) from error


def damaged(path: Path, compression: str, error: Exception) -> DataError:
    """The message for a packed file that does not unpack."""
    return DataError(
        f"{path.name} begins like a {NAMES[compression]} file but cannot be unpacked ({error}).",
        "It was probably cut off on the way: fetch it again, or unpack it yourself and import the result.",
    )


def chosen_member(path: Path, member: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The file of a ZIP archive that is read, and the names of the others.

    Args:
        member: the file that is wanted; None takes the likeliest table of events.

    Raises:
        DataError: the archive is damaged, locked, tricky, or has no (such) file to read.
    """
    with _opened(path) as archive:
        chosen = _choose(path, archive, member)
        others = [info.filename for info in _members(archive) if info.filename != chosen.filename]
    return chosen.filename, tuple(others)


def sizes_of_members(path: Path) -> dict[str, int]:
    """Name → unpacked bytes of every file of a ZIP archive.

    Raises:
        DataError: the archive is damaged.
    """
    with _opened(path) as archive:
        return {info.filename: info.file_size for info in _members(archive)}


def _choose(path: Path, archive: zipfile.ZipFile, member: str | None = None) -> zipfile.ZipInfo:
    """The named file, or the largest of those that are named like events, else like a table, else of all."""
    if len(archive.infolist()) > MOST_MEMBERS:
        raise DataError(
            f"{path.name} holds {len(archive.infolist())} files; at most {MOST_MEMBERS} are looked at.",
            "Take out the one table with the events and import that.",
        )
    for info in archive.infolist():
        _refuse_trick(path, info)
    members = _members(archive)
    if not members:
        raise DataError(f"{path.name} is a ZIP archive without a file.", "Pack the table of events into it.")
    wanted = [info for info in members if info.filename == member] if member is not None else members
    if not wanted:
        raise no_member(path, "file", str(member), [info.filename for info in members])
    chosen = max(wanted, key=lambda info: (_likeness(info.filename), info.file_size))
    if chosen.flag_bits & 1:
        raise DataError(
            f"{chosen.filename} in {path.name} is locked with a password.", "Unpack it and import the result."
        )
    return chosen


def no_member(path: Path, kind: str, wanted: str, there: list[str]) -> DataError:
    """The message for a file or sheet that is not there."""
    more = f", … ({len(there)} in all)" if len(there) > 10 else ""
    return DataError(
        f"{path.name} has no {kind} {wanted!r}.", f"Choose one of: {', '.join(there[:10])}{more}."
    )


def _refuse_trick(path: Path, info: zipfile.ZipInfo) -> None:
    name = info.filename.replace("\\", "/")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        raise DataError(
            f"{path.name} holds a file named {info.filename!r}, which leads out of the archive.",
            "Archives like that are not read. Ask where it comes from, or pack the table again.",
        )


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Files with content, without what systems add."""
    return [
        info
        for info in archive.infolist()
        if not info.is_dir()
        and info.file_size
        and not info.filename.startswith("__MACOSX/")
        and not info.filename.rpartition("/")[2].startswith(".")
    ]


def _likeness(name: str) -> int:
    plain = name.rpartition("/")[2]
    if WORDS.search(plain):
        return 0
    return 1 + plain.lower().endswith(TABLES) + bool(EVENTS.search(plain))


def refuse_bomb(path: Path, packed: int, unpacked: int) -> None:
    """Stop at a file that grows beyond reason.

    Raises:
        DataError: over 256 MiB, and over 250 times its packed size.
    """
    if unpacked > BOMB_BYTES and unpacked > BOMB_RATIO * max(packed, 1):
        raise DataError(
            f"{path.name} grows from {packed / 1e6:.1f} MB to over {unpacked / 1e6:.0f} MB when unpacked: "
            f"more than {BOMB_RATIO} times, which no table does.",
            "If it is one, unpack it yourself and import the result.",
        )
