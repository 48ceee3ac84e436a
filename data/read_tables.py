"""All files of an import as arrays and tables: nothing is set aside yet, nothing is stored yet."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field

from data.coded import Coded, ReadFile
from data.gathering import can_gather, gather, told_back
from data.home import Home
from data.import_report import FileCount
from data.merging import NamedRead, merge
from data.read_file import read_file
from data.reading.records import Workplace, workplace
from data.reading.staging import Report
from data.recipe import EVENT_ROLES, Files, Recipe
from data.settling import Settled, ShapedFile
from data.side_tables import SideTable, read_side


@dataclass(frozen=True, eq=False)
class Read:
    """What was read: events as one table, tables beside them, and the count of each file."""

    events: ReadFile
    recipe: Recipe  # with shape, mapping and cleaning as they were used
    files: tuple[FileCount, ...]
    sides: dict[str, SideTable] = field(default_factory=dict)  # items, users, social

    @property
    def coded(self) -> Coded:
        """The readable rows of all files of events."""
        return self.events.coded


def read_all_files(files: Files, settled: Settled, home: Home, report: Report) -> Read:
    """Read every file.

    Args:
        report: called with (fraction, stage), 0 to 0.7; may raise to stop.

    Raises:
        NotFound: there is no such file.
        DataError: a file is damaged or no table, or files of one table differ.
    """
    with workplace(home.cache, [file.path for file in files.all]) as work:
        reads = _reads(work, settled, report)
        events = merge(reads)
        report(0.65, "item metadata")
        sides = {str(one.role): read_side(work, one.file, one.role, one.shape) for one in settled.sides}
    counts = [count for one in reads for count in one.files]
    counts += [side.count for side in sides.values()]
    return Read(events, settled.recipe, tuple(counts), sides)


def _reads(work: Workplace, settled: Settled, report: Report) -> list[NamedRead]:
    """The files of events in their order; those written alike as one."""
    found: list[NamedRead] = []
    for role in EVENT_ROLES:
        files = [one for one in settled.events if one.role == role]
        whole = _together(work, files, settled, report) if files and can_gather(files) else None
        found += [_one(work, one, settled, report) for one in files] if whole is None else [whole]
    return found


def _together(work: Workplace, files: list[ShapedFile], settled: Settled, report: Report) -> NamedRead | None:
    folder = work.folder / f"gathered-{files[0].role}"
    folder.mkdir()
    try:
        gathered = gather(folder, files, report)
        if gathered is None:
            return None
        told = told_back(gathered, read_file(work, gathered.path, gathered.shape, settled.mapping, report))
        return None if told is None else NamedRead(told[0], files[0].role, told[1])
    finally:
        shutil.rmtree(folder)


def _one(work: Workplace, one: ShapedFile, settled: Settled, report: Report) -> NamedRead:
    file = one.file
    done = read_file(work, file.path, one.shape, settled.mapping, report, name=file.name)
    aside = sum(done.set_aside.values())
    count = FileCount(file.name, one.role, done.lines, done.header, done.coded.lines, aside, done.quarantined)
    return NamedRead(done, one.role, (count,))
