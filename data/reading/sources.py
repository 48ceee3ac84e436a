"""Several files of one table: members of an archive, sheets of a workbook, files beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import DataError
from data.reading.containers import refuse_bomb, sizes_of_members
from data.reading.shape import FileShape
from data.reading.sniffing import sniff
from data.reading.workbook import hidden_sheets

MOST_SOURCES = 1_000


@dataclass(frozen=True)
class Source:
    """A part of a table: a file, or one member of it (its name also stands in `shape.member`)."""

    path: Path
    member: str | None
    shape: FileShape

    @property
    def name(self) -> str:
        """How messages call it."""
        return self.path.name if self.member is None else f"{self.path.name}/{self.member}"


def sources(path: Path | str, columns: Sequence[str] = ()) -> list[Source]:
    """The pieces of the one table that the file at `path` holds, each with its shape.

    Import all of them with the same mapping and the events of every piece are one data set.

    Args:
        columns: names that stand in the header, if there is one.

    Raises:
        NotFound: there is no such file.
        DataError: it cannot be read, or the pieces grow beyond reason when unpacked.
    """
    path = Path(path)
    first = sniff(path, columns)
    pieces = _pieces(path, first, columns)
    if len(pieces) < 2:
        return [Source(path, None, first)]
    if first.compression == "zip":
        sizes = sizes_of_members(path)
        refuse_bomb(path, path.stat().st_size, sum(sizes[str(piece.member)] for piece in pieces))
    return pieces


def _pieces(path: Path, first: FileShape, columns: Sequence[str]) -> list[Source]:
    """The member that is read and those of the same table, in order of name."""
    if not first.members:
        return []
    chosen, *others = first.members
    if first.format == "xlsx" and first.compression == "none":
        hidden = hidden_sheets(path)
        others = [name for name in others if name not in hidden]
    found = [Source(path, chosen, first.model_copy(update={"member": chosen}))]
    for name in others[:MOST_SOURCES]:
        try:
            shape = sniff(path, columns or first.columns if first.header else (), name)
        except DataError:
            continue
        if not _differences(first, shape):
            found.append(Source(path, name, shape))
    return sorted(found, key=lambda piece: str(piece.member))


def check_same_table(shapes: Sequence[FileShape], names: Sequence[str] = ()) -> None:
    """Stop unless the files are pieces of one table.

    Args:
        names: of the files, for the message; numbers from 1 otherwise.

    Raises:
        DataError: another format or header, or other columns; the message says which.
    """
    for number, shape in enumerate(shapes[1:], start=2):
        different = _differences(shapes[0], shape)
        if different:
            first, this = (names[0], names[number - 1]) if names else ("file 1", f"file {number}")
            raise DataError(
                f"{this} is not of the same table as {first}: {different[0]}.",
                "Import it by itself, or write the same columns in the same order.",
            )


def _differences(first: FileShape, other: FileShape) -> list[str]:
    """What keeps two files from being pieces of one table, in words; packing and letters do not matter."""
    if first.format != other.format:
        return [f"one is {first.format}, the other {other.format}"]
    if first.format in ("jsonl", "json"):  # a field may be absent in a whole piece
        shared = set(first.columns) & set(other.columns)
        return [] if len(shared) >= 0.5 * min(len(first.columns), len(other.columns)) else ["other fields"]
    if first.format == "parquet" or (first.header and other.header):
        return _other_columns(first.columns, other.columns)
    if first.header != other.header:
        return ["one has a header, the other has none"]
    n, m = len(first.columns), len(other.columns)
    return [] if n == m else [f"{n} columns against {m}"]


def _other_columns(first: tuple[str, ...], other: tuple[str, ...]) -> list[str]:
    if first == other:
        return []
    missing = [name for name in first if name not in other]
    added = [name for name in other if name not in first]
    if missing or added:
        said = [f"without {', '.join(missing[:5])}"] if missing else []
        said += [f"with {', '.join(added[:5])} besides"] if added else []
        return [f"its columns are {' and '.join(said)}"]
    return [f"its columns stand in another order ({', '.join(other[:5])})"]
