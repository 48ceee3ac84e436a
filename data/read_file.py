"""A file of events as arrays, its unreadable lines, and the tables that follow from items and users."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from data.coded import Coded, ReadFile
from data.columns import ITEM, USER
from data.encoding import encode
from data.event_rows import EVENTS, READABLE, EventRows, read_events
from data.lifting import lift_columns
from data.mapping import AUTO, Mapping, with_time_format
from data.quarantine import quarantine_table
from data.reading.preview import preview
from data.reading.records import SPAN, Workplace
from data.reading.shape import FileShape
from data.reading.staging import Report
from data.reading.typed import read_typed
from data.roles.absent import absent_ids, absent_note

BLANK_LINE = "blank line"


def read_file(
    work: Workplace,
    path: Path,
    shape: FileShape,
    mapping: Mapping,
    report: Report,
    name: str | None = None,
    *,
    alone: bool = True,
) -> ReadFile:
    """Read every line of a file of events; several files may be read one after another in one workplace.

    Args:
        work: opened with `path` among the files that it may read.
        mapping: its columns must be in the file; a time format "auto" is told by the first rows.
        report: called with (fraction, stage), 0 to 0.7; may raise to stop.
        name: what people call the file; stands in the quarantine.
        alone: whether this is the whole table. Rows of several files are compared by hashes, which the quick
            way makes differently, and sessions by their texts, which it does not keep; so that all are then
            read the careful way.

    Raises:
        DataError: no such column, times written in no known way, a damaged file or no table, more than 255
            kinds of event.
    """
    for column in mapping.columns:
        shape.position(column)
    if mapping.time_format == AUTO and mapping.time is not None:
        mapping = with_time_format(mapping, preview(path, shape))
    quick = read_typed(path, shape, mapping, report) if alone else None
    if quick is not None:
        return replace(quick, notes=(*quick.notes, *_odd_ids(quick.coded)))
    there = _tables(work)
    folder = Path(tempfile.mkdtemp(dir=work.folder))
    inner = Workplace(work.con, folder)
    try:
        rows = read_events(inner, path, shape, mapping, report)
        report(0.45, "collecting unreadable rows")
        quarantine = quarantine_table(rows.records, rows.bad, name or path.name)
        _drop(work, _tables(work).keys() - there.keys() - {EVENTS, READABLE})
        read = _coded(inner, rows, quarantine, mapping, report)
        return replace(read, sessions=None) if alone else read
    finally:
        _drop(work, _tables(work).keys() - there.keys())
        shutil.rmtree(folder)


def _coded(
    work: Workplace, rows: EventRows, quarantine: pd.DataFrame, mapping: Mapping, report: Report
) -> ReadFile:
    records = rows.records
    report(0.5, "encoding ids")
    coded, visits = encode(work.con, mapping, rows.kept)
    report(0.6, "columns that follow from item or user")
    visit = "session_id" if mapping.session else "second" if mapping.time else None
    counts = (len(coded), len(coded.items), len(coded.users))
    lifted = lift_columns(work.con, READABLE, rows.free, mapping, visit, counts)
    notes = (*rows.notes, *_odd_ids(coded), *lifted.notes)
    set_aside = {BLANK_LINE: records.blank, **records.set_aside}
    return ReadFile(
        coded,
        records.lines,
        records.header,
        {rule: lines for rule, lines in set_aside.items() if lines},
        quarantine,
        int(records.unread[SPAN].sum() + rows.bad[SPAN].sum()),
        lifted.tables.get(ITEM),
        lifted.tables.get(USER),
        lifted.conflicts,
        notes,
        visits,
    )


def _odd_ids(coded: Coded) -> Iterator[str]:
    """A note for each word like "unknown" among ids that are numbers."""
    for role, ids, codes in ((USER, coded.users, coded.user), (ITEM, coded.items, coded.item)):
        for code in absent_ids(ids):
            yield absent_note(role, str(ids[code]), int((codes == code).sum()))


def _tables(work: Workplace) -> dict[str, str]:
    """The tables and views of the connection: name → TABLE or VIEW."""
    rows = work.con.execute("SELECT table_name, table_type FROM information_schema.tables").fetchall()
    return {str(name): "VIEW" if kind == "VIEW" else "TABLE" for name, kind in rows}


def _drop(work: Workplace, names: Collection[str]) -> None:
    """So that what comes next has the memory."""
    kinds = _tables(work)
    for name in sorted(names, key=lambda name: kinds[name] == "TABLE"):
        work.con.execute(f"DROP {kinds[name]} IF EXISTS {name}")
