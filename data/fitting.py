"""A shape that was settled for one file meets another: packing and order are the file's, the rest is held."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from data.errors import DataError
from data.reading.containers import packing_of
from data.reading.headers import column_names
from data.reading.preview import preview
from data.reading.shape import FileShape
from data.reading.sniffing import sniff
from data.reading.workbook import is_workbook

BY_NAME = ("parquet", "jsonl", "json")  # their rows name their columns


def fitted(path: Path, name: str, shape: FileShape, used: Sequence[str]) -> FileShape:
    """The shape for this file: its own packing, and the order of columns that its own header gives.

    Args:
        name: of the file, for messages.
        shape: from a recipe or a person.
        used: columns that are needed.

    Raises:
        NotFound: there is no such file.
        DataError: a needed column is not there; the message lists those that are.
    """
    shape = _with_own_packing(path, shape)
    if shape.format in BY_NAME:
        own = sniff(path, used, shape.member)
        if own.format == shape.format:
            there = dict.fromkeys((*own.columns, *(used if shape.format != "parquet" else ())))
            shape = shape.model_copy(update={"columns": tuple(there)})
    elif shape.header and shape.format == "xlsx":
        own = sniff(path, used, shape.member)
        if own.format == "xlsx" and own.header:
            shape = shape.model_copy(update={"columns": own.columns})
    elif shape.header and shape.format == "delimited":
        names = _names_in(path, shape)
        if names != shape.columns and names is not None:
            shape = shape.model_copy(update={"columns": names})
    missing = next((column for column in used if column not in shape.columns), None)
    if missing is not None:
        raise DataError(f"{name} has no column {missing!r}.", f"It has: {', '.join(shape.columns)}.")
    return shape


def _with_own_packing(path: Path, shape: FileShape) -> FileShape:
    """Content decides how a file is packed, whatever a recipe says."""
    if is_workbook(path) or not path.is_file():
        return shape
    packing = packing_of(path)
    if packing == shape.compression:
        return shape
    return shape.model_copy(update={"compression": packing, "member": None, "members": ()})


def _names_in(path: Path, shape: FileShape) -> tuple[str, ...] | None:
    """What the first line calls the columns; None where that cannot be told."""
    if begins_with_columns(path, shape):
        return shape.columns
    own = sniff(path, shape.columns, shape.member)
    if own.format == "delimited" and own.delimiter == shape.delimiter:
        return own.columns if own.header else _refused_headless(path, shape)
    return None


def begins_with_columns(path: Path, shape: FileShape) -> bool:
    """Whether the first line, read so, holds the names of the columns."""
    numbers = column_names([], len(shape.columns))
    head = preview(path, shape.model_copy(update={"header": False, "columns": numbers}), 1)
    named = [str(value or "") for value in head.iloc[0]] if len(head) else []
    return bool(named) and column_names(named, len(named)) == shape.columns


def _refused_headless(path: Path, shape: FileShape) -> tuple[str, ...]:
    raise DataError(
        f"{path.name} does not begin with the names of its columns, as the recipe says.",
        f"Expected: {', '.join(shape.columns)}. Say that the file has no header, or choose another recipe.",
    )
