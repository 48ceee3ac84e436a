"""What a recipe leaves open is recognised and proposed; what it says is checked against the files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data.cleaning import Cleaning
from data.errors import DataError
from data.mapping import Mapping, propose, with_time_format
from data.reading.preview import preview
from data.reading.shape import FileShape
from data.reading.sniffing import sniff
from data.recipe import EVENT_ROLES, SIDE_ROLES, FileRole, Files, GivenFile, Recipe


@dataclass(frozen=True)
class ShapedFile:
    """A file, what it is for, and how it is written."""

    file: GivenFile
    role: FileRole
    shape: FileShape


@dataclass(frozen=True)
class Settled:
    """The files of events, each with its shape, and the recipe with shape, mapping and cleaning filled in."""

    events: tuple[ShapedFile, ...]
    sides: tuple[ShapedFile, ...]  # items, users, social
    recipe: Recipe

    @property
    def mapping(self) -> Mapping:
        """Which column is what."""
        assert self.recipe.mapping is not None  # noqa: S101 - filled in by `settle`
        return self.recipe.mapping

    @property
    def cleaning(self) -> Cleaning:
        """Which rows are set aside."""
        assert self.recipe.cleaning is not None  # noqa: S101 - filled in by `settle`
        return self.recipe.cleaning


def settle(files: Files, recipe: Recipe) -> Settled:
    """Recognise and propose what the recipe leaves open, by the first file of events.

    Raises:
        NotFound: there is no such file.
        DataError: a file is no table, lacks a column of the mapping, or its columns are not the first's.
    """
    if not files.events:
        raise DataError("No file of events was named.", "Name the file whose rows say who did what.")
    first = files.events[0]
    columns = [] if recipe.mapping is None else list(recipe.mapping.columns)
    shape = sniff(first.path, columns) if recipe.shape is None else recipe.shape
    mapping, cleaning = _mapping_of(first, shape, recipe)
    found = tuple(
        ShapedFile(file, role, shape if file == first else shape_like(shape, first, file, columns))
        for role in EVENT_ROLES
        for file in files.of(role)
    )
    whole = {"shape": shape, "mapping": mapping, "cleaning": cleaning}
    return Settled(found, _sides(files, recipe), recipe.model_copy(update=whole))


def _sides(files: Files, recipe: Recipe) -> tuple[ShapedFile, ...]:
    """The files beside the events, recognised where the recipe does not say how they are written."""
    found = []
    for role in SIDE_ROLES:
        part = getattr(recipe, role)
        columns = () if part.mapping is None else part.mapping.used
        found += [ShapedFile(file, role, part.shape or sniff(file.path, columns)) for file in files.of(role)]
    return tuple(found)


def _mapping_of(first: GivenFile, shape: FileShape, recipe: Recipe) -> tuple[Mapping, Cleaning]:
    head = preview(first.path, shape)
    if head.empty:
        kind = "a header and no readable row" if shape.header else "no readable row"
        raise DataError(
            f"{first.name} has {kind}.",
            "At least one line with a user and an item is needed; check separator, quotes and encoding.",
        )
    if recipe.mapping is None:
        proposal = propose(head, shape)
        return proposal.mapping, recipe.cleaning or proposal.cleaning
    _check_columns(first, shape, recipe.mapping, head)
    return with_time_format(recipe.mapping, head), recipe.cleaning or Cleaning()


def _check_columns(file: GivenFile, shape: FileShape, mapping: Mapping, head: pd.DataFrame) -> None:
    missing = next((name for name in mapping.columns if name not in head), None)
    if missing is not None:
        raise DataError(
            f"{file.name} has no column {missing!r}.", f"Choose one of: {', '.join(shape.columns)}."
        )


def shape_like(shape: FileShape, first: GivenFile, file: GivenFile, columns: list[str]) -> FileShape:
    """The shape of a further file of one table: its own packing and encoding, all else as in the first.

    Raises:
        DataError: its columns are not those of the first; the message says what differs.
    """
    own = sniff(file.path, columns or shape.columns)
    if own.format != shape.format:
        raise DataError(
            f"{file.name} is written as {own.format}, {first.name} as {shape.format}.",
            "Files of one table must be written alike; import the other one by itself.",
        )
    if shape.format == "delimited":
        _same_columns(shape, own, first, file)
    packed = {
        "compression": own.compression,
        "encoding": own.encoding,
        "member": own.member,
        "members": own.members,
        "reasons": own.reasons,
    }
    if shape.format in ("parquet", "jsonl", "json", "xlsx"):
        return own if set(columns) <= set(own.columns) else shape.model_copy(update=packed)
    order = {"columns": own.columns} if own.header and shape.header else {}
    return shape.model_copy(update={**packed, **order})


def _same_columns(shape: FileShape, own: FileShape, first: GivenFile, file: GivenFile) -> None:
    if own.header == shape.header and sorted(own.columns) == sorted(shape.columns):
        return
    if own.header != shape.header:
        more, less = (file, first) if own.header else (first, file)
        what = f"{more.name} names its columns in the first line, {less.name} does not"
    elif not shape.header:
        what = f"{file.name} has {len(own.columns)} columns, {first.name} has {len(shape.columns)}"
    else:
        gone = [name for name in shape.columns if name not in own.columns]
        new = [name for name in own.columns if name not in shape.columns]
        told = [f"lacks {', '.join(map(repr, gone))}"] if gone else []
        told += [f"has {', '.join(map(repr, new))} beyond them"] if new else []
        what = f"{file.name} {' and '.join(told)}, against the columns of {first.name}"
    raise DataError(
        f"{what}.", "Files of one table must have the same columns; import the other one by itself."
    )


def name_of(path: Path | str) -> str:
    """A file's name without its endings."""
    name = Path(path).name
    for packing in (".gz", ".zip", ".zst"):
        name = name.removesuffix(packing)
    return name.rsplit(".", 1)[0] or name
