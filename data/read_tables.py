"""All files of an import as arrays and tables: nothing is set aside yet, nothing is stored yet."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from data.cleaning.rules.normalised_ids import normalised
from data.coded import Coded, ReadFile
from data.errors import DataError
from data.gathering import can_gather, gather, told_back
from data.home import Home
from data.import_report import FileCount
from data.items_table import ItemsMapping, propose_items
from data.merging import NamedRead, merge
from data.protecting import protected_events, protected_recipe, protected_side, protected_users
from data.read_file import read_file
from data.reading.records import Workplace, workplace
from data.reading.staging import Report
from data.recipe import EVENT_ROLES, Files, Recipe, SocialMapping, UsersMapping
from data.settling import Settled, ShapedFile
from data.side_tables import SideTable, read_side
from data.social import propose_social
from data.users_table import propose_users

LOOKED_AT = 2000  # rows from which the columns of a table are told
SideMapping = ItemsMapping | UsersMapping | SocialMapping


@dataclass(frozen=True, eq=False)
class Read:
    """What was read: events as one table, tables beside them, and the count of each file."""

    events: ReadFile
    recipe: Recipe  # with every shape and mapping, and the cleaning, as they were used
    files: tuple[FileCount, ...]
    sides: dict[str, SideTable] = field(default_factory=dict)  # items, users, social: columns of the mapping

    @property
    def coded(self) -> Coded:
        """The readable rows of all files of events."""
        return self.events.coded

    def without_rows(self) -> Read:
        """All but the rows themselves, so that their memory can go."""
        return replace(self, events=replace(self.events, coded=self.coded.take(np.zeros(0, dtype=np.int64))))


def read_all_files(files: Files, settled: Settled, home: Home, report: Report) -> Read:
    """Read every file; users are pseudonyms from here on where the recipe asks for it.

    Args:
        report: called with (fraction, stage), 0 to 0.7; may raise to stop.

    Raises:
        NotFound: there is no such file.
        DataError: a file is damaged or no table, files of one table differ, or one changed meanwhile.
    """
    before = [identity(file.path) for file in files.all]
    with workplace(home.cache, [file.path for file in files.all]) as work:
        reads = _reads(work, settled, report)
        events = merge(reads)
        counts = [count for one in reads for count in one.files]
        del reads
        report(0.65, "item metadata")
        sides = {str(one.role): read_side(work, one.file, one.role, one.shape) for one in settled.sides}
    _refuse_changed(files, before)
    recipe = settled.recipe.model_copy(update={"cleaning": settled.cleaning_for(events.coded.event_types)})
    for role, side in sides.items():
        mapping = getattr(recipe, role).mapping or _proposed(role, side, events.coded, settled)
        sides[role] = _only_used(side, mapping)
        part = getattr(recipe, role).model_copy(update={"shape": side.shape, "mapping": mapping})
        recipe = recipe.model_copy(update={role: part})
    counts += [side.count for side in sides.values()]
    found = Read(events, recipe, tuple(counts), sides)
    return _protected(found, settled, home) if recipe.pseudonyms else found


def identity(path: Path) -> tuple[str, int, int]:
    """What differs when a file has changed: path, bytes, time of the last change."""
    found = path.stat()
    return str(path.resolve()), found.st_size, found.st_mtime_ns


def _refuse_changed(files: Files, before: Sequence[tuple[str, int, int]]) -> None:
    """A file that is still being written was read in part, or in two states."""
    for file, then in zip(files.all, before, strict=True):
        if not file.path.is_file() or identity(file.path) != then:
            raise DataError(
                f"{file.name} changed while it was read; nothing was stored.",
                "Import it again when it is complete and nothing writes to it.",
            )


def _reads(work: Workplace, settled: Settled, report: Report) -> list[NamedRead]:
    """The files of events in their order; those written alike as one."""
    found: list[NamedRead] = []
    parts = len({one.role for one in settled.events})
    by_text = parts > 1 and settled.mapping.session is not None  # visits may go on in another part
    for role in EVENT_ROLES:
        files = [one for one in settled.events if one.role == role]
        gathers = bool(files) and can_gather(files)
        whole = _together(work, files, settled, report, alone=not by_text) if gathers else None
        alone = len(files) == 1 and not by_text
        found += [_one(work, one, settled, report, alone) for one in files] if whole is None else [whole]
    return found


def _together(
    work: Workplace, files: list[ShapedFile], settled: Settled, report: Report, *, alone: bool
) -> NamedRead | None:
    folder = work.folder / f"gathered-{files[0].role}"
    folder.mkdir()
    try:
        gathered = gather(folder, files, report)
        if gathered is None:
            return None
        whole = read_file(work, gathered.path, gathered.shape, settled.mapping, report, alone=alone)
        told = told_back(gathered, whole)
        return None if told is None else NamedRead(told[0], files[0].role, told[1])
    finally:
        shutil.rmtree(folder)


def _one(work: Workplace, one: ShapedFile, settled: Settled, report: Report, alone: bool) -> NamedRead:
    file = one.file
    done = read_file(work, file.path, one.shape, settled.mapping, report, name=file.name, alone=alone)
    aside = sum(done.set_aside.values())
    count = FileCount(file.name, one.role, done.lines, done.header, done.coded.lines, aside, done.quarantined)
    return NamedRead(done, one.role, (count,))


def _proposed(role: str, side: SideTable, events: Coded, settled: Settled) -> SideMapping:
    """Which column of a table beside the events is what, by its first rows and the ids of the events."""
    ids = events.items if role == "items" else events.users
    known = set(ids.tolist())
    if settled.cleaning.normalise_ids:
        known |= set(normalised(ids).tolist())
    head = side.table.head(LOOKED_AT)
    if role == "items":
        return propose_items(head, side.shape, known)
    return (propose_users if role == "users" else propose_social)(head, side.shape, known)


def _only_used(side: SideTable, mapping: SideMapping) -> SideTable:
    missing = next((name for name in mapping.used if name not in side.table), None)
    if missing is not None:
        raise DataError(
            f"{side.name} has no column {missing!r}.",
            f"Choose one of: {', '.join(map(str, side.table.columns))}.",
        )
    return replace(side, table=side.table[list(dict.fromkeys(mapping.used))])


def _protected(read: Read, settled: Settled, home: Home) -> Read:
    cleaning, recipe, sides = settled.cleaning, read.recipe, dict(read.sides)
    asked = settled.mapping.user_columns is not None
    events = protected_events(read.events, home, cleaning, asked=asked)
    if recipe.users.mapping is not None and "users" in sides and settled.recipe.users.mapping is None:
        sides["users"], mapping, notes = protected_users(sides["users"], recipe.users.mapping)
        users = recipe.users.model_copy(update={"mapping": mapping})
        recipe = recipe.model_copy(update={"users": users})
        events = replace(events, notes=(*events.notes, *notes))
    naming: dict[str, list[str]] = {"items": []}
    if recipe.users.mapping is not None:
        naming["users"] = [recipe.users.mapping.id]
    if recipe.social.mapping is not None:
        naming["social"] = list(recipe.social.mapping.used)
    return Read(
        events,
        protected_recipe(recipe, home),
        read.files,
        {role: protected_side(side, naming[role], home, cleaning) for role, side in sides.items()},
    )
