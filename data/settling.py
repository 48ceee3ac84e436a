"""What a recipe leaves open is recognised and proposed; what it says is checked against the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data.cleaning import Cleaning
from data.errors import ConfigError, DataError
from data.fitting import begins_with_columns, fitted
from data.mapping import Mapping, propose_file, with_all_kinds, with_time_format
from data.reading.preview import preview
from data.reading.shape import FileShape
from data.reading.sniffing import sniff
from data.reading.sources import check_same_table, sources
from data.recipe import EVENT_ROLES, SIDE_ROLES, FileRole, Files, GivenFile, Recipe

PAIR_NAMES = (  # in the header of a list of who trusts or befriends whom
    *("source", "target", "from", "to", "trustor", "truster", "trustee", "follower", "followee", "followed"),
    *("user", "friend", "user_id", "friend_id", "userID", "friendID", "user1", "user2", "source_id"),
    *("target_id", "follower_id", "followee_id", "src", "dst"),
)


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
    proposed: bool = False  # whether the cleaning was proposed by the first rows

    def cleaning_for(self, event_types: Sequence[str]) -> Cleaning:
        """The cleaning, with a weight for kinds of event that the first rows did not show."""
        return with_all_kinds(self.cleaning, event_types) if self.proposed else self.cleaning

    @property
    def mapping(self) -> Mapping:
        """Which column is what."""
        assert self.recipe.mapping is not None  # filled in by `settle`
        return self.recipe.mapping

    @property
    def cleaning(self) -> Cleaning:
        """Which rows are set aside."""
        assert self.recipe.cleaning is not None  # filled in by `settle`
        return self.recipe.cleaning


def settle(files: Files, recipe: Recipe) -> Settled:
    """Recognise and propose what the recipe leaves open, by the first file of events.

    Raises:
        NotFound: there is no such file.
        DataError: a file is no table, lacks a column of the mapping, or its columns are not the first's.
        ConfigError: users are to be pseudonyms and kept in plain, too.
    """
    if not files.events:
        raise DataError("No file of events was named.", "Name the file whose rows say who did what.")
    first = files.events[0]
    columns = [] if recipe.mapping is None else list(recipe.mapping.columns)
    if recipe.shape is None:
        shape = sniff(first.path, columns)
    else:
        shape = fitted(first.path, first.name, recipe.shape, columns)
    mapping, cleaning = _mapping_of(first, shape, recipe)
    found = tuple(
        piece
        for role in EVENT_ROLES
        for file in files.of(role)
        for piece in _pieces(file, role, shape, first, columns)
    )
    if recipe.pseudonyms and mapping.user in mapping.keep:
        raise ConfigError(
            f"Column {mapping.user!r} names the users and would be kept beside their pseudonyms.",
            "Leave it out of the columns that are kept, or import without pseudonyms.",
        )
    whole = {"shape": shape, "mapping": mapping, "cleaning": cleaning}
    proposed = recipe.cleaning is None and recipe.mapping is None
    return Settled(found, _sides(files, recipe), recipe.model_copy(update=whole), proposed)


def _sides(files: Files, recipe: Recipe) -> tuple[ShapedFile, ...]:
    """The files beside the events, recognised where the recipe does not say how they are written."""
    found = []
    for role in SIDE_ROLES:
        part = getattr(recipe, role)
        columns = () if part.mapping is None else part.mapping.used
        for file in files.of(role):
            if part.shape is None:
                shape = side_shape(file.path, role, columns)
            else:
                shape = fitted(file.path, file.name, part.shape, columns)
            found.append(ShapedFile(file, role, shape))
    return tuple(found)


def side_shape(path: Path, role: FileRole, columns: Sequence[str] = ()) -> FileShape:
    """The shape of a file that stands beside the events; a list of pairs knows other names of columns.

    Raises:
        NotFound, DataError: as `sniff`.
    """
    return sniff(path, columns or (PAIR_NAMES if role == "social" else ()))


def _mapping_of(first: GivenFile, shape: FileShape, recipe: Recipe) -> tuple[Mapping, Cleaning]:
    head = preview(first.path, shape)
    if head.empty:
        kind = "a header and no readable row" if shape.header else "no readable row"
        raise DataError(
            f"{first.name} has {kind}.",
            "At least one line with a user and an item is needed; check separator, quotes and encoding.",
        )
    if recipe.mapping is None:
        proposal = propose_file(first.path, shape)
        return proposal.mapping, recipe.cleaning or proposal.cleaning
    _check_columns(first, shape, recipe.mapping, head)
    return with_time_format(recipe.mapping, head), recipe.cleaning or Cleaning()


def _check_columns(file: GivenFile, shape: FileShape, mapping: Mapping, head: pd.DataFrame) -> None:
    missing = next((name for name in mapping.columns if name not in head), None)
    if missing is not None:
        raise DataError(f"{file.name} has no column {missing!r}.", f"It has: {', '.join(shape.columns)}.")


def _pieces(
    file: GivenFile, role: FileRole, shape: FileShape, first: GivenFile, columns: list[str]
) -> list[ShapedFile]:
    """The file, or those members of the archive (sheets of the workbook) that are pieces of the table."""
    if file == first and (shape.member is not None or len(shape.members) < 2):
        return [ShapedFile(file, role, shape)]
    own = sniff(file.path, columns or shape.columns)
    found = sources(file.path, columns or shape.columns) if len(own.members) > 1 else []
    if len(found) < 2:
        return [ShapedFile(file, role, shape if file == first else shape_like(shape, own, (first, file)))]
    named = [GivenFile(file.path, f"{file.name}/{one.member}") for one in found]
    return [
        ShapedFile(piece, role, shape_like(shape, one.shape, (first, piece)))
        for one, piece in zip(found, named, strict=True)
    ]


def shape_like(shape: FileShape, own: FileShape, files: tuple[GivenFile, GivenFile]) -> FileShape:
    """The shape of a further file of one table: its own packing and encoding, all else as in the first.

    Args:
        shape: of the first file.
        own: of the further one, as recognised.
        files: both, for messages.

    Raises:
        DataError: its columns are not those of the first; the message says what differs.
    """
    taken = ["compression", "encoding", "member", "members", "reasons"]
    reordered = shape.header and own.header and sorted(own.columns) == sorted(shape.columns)
    if not reordered:
        as_first = shape.model_copy(update={name: getattr(own, name) for name in taken})
        delimited = shape.format == own.format == "delimited" and shape.header
        if delimited and begins_with_columns(files[1].path, as_first):
            return as_first  # most of its few rows are broken
        check_same_table([shape, own], [file.name for file in files])
    if shape.format in ("parquet", "jsonl", "json", "xlsx"):
        return own
    if reordered:  # the header says so; without one, the first file's word counts
        taken += ["columns", "delimiter", *(["comment"] if own.comment else [])]
    return shape.model_copy(update={name: getattr(own, name) for name in taken})


def name_of(path: Path | str) -> str:
    """A file's name without its endings."""
    name = Path(path).name
    for packing in (".gz", ".zip", ".zst"):
        name = name.removesuffix(packing)
    return name.rsplit(".", 1)[0] or name
