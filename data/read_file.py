"""A file of events as arrays, its unreadable lines, and the tables that follow from items and users."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from data.coded import ReadFile
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

BLANK_LINE = "blank line"


def read_file(
    work: Workplace, path: Path, shape: FileShape, mapping: Mapping, report: Report, name: str | None = None
) -> ReadFile:
    """Read every line of a file of events; several files may be read one after another in one workplace.

    Args:
        work: opened with `path` among the files that it may read.
        mapping: its columns must be in the file; a time format "auto" is told by the first rows.
        report: called with (fraction, stage), 0 to 0.7; may raise to stop.
        name: what people call the file; stands in the quarantine.

    Raises:
        DataError: no such column, times written in no known way, a damaged file or no table, more than 255
            kinds of event.
    """
    for column in mapping.columns:
        shape.position(column)
    if mapping.time_format == AUTO and mapping.time is not None:
        mapping = with_time_format(mapping, preview(path, shape))
    folder = Path(tempfile.mkdtemp(dir=work.folder))
    inner = Workplace(work.con, folder)
    try:
        return _coded(
            inner, read_events(inner, path, shape, mapping, report), mapping, report, name or path.name
        )
    finally:
        _forget(work)
        shutil.rmtree(folder)


def _coded(work: Workplace, rows: EventRows, mapping: Mapping, report: Report, name: str) -> ReadFile:
    records = rows.records
    report(0.45, "collecting unreadable rows")
    quarantine = quarantine_table(records, rows.bad, name)
    report(0.5, "encoding ids")
    coded = encode(work.con, mapping, rows.kept)
    report(0.6, "columns that follow from item or user")
    visit = "session_id" if mapping.session else "second" if mapping.time else None
    lifted = lift_columns(work.con, READABLE, rows.free, mapping, visit)
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
        (*rows.notes, *lifted.notes),
    )


def _forget(work: Workplace) -> None:
    """Drop the tables of this file, so that the next one has the memory."""
    tables = work.con.execute("SELECT table_name, table_type FROM information_schema.tables").fetchall()
    for table, kind in sorted(tables, key=lambda pair: pair[0] not in (EVENTS, READABLE)):
        work.con.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} IF EXISTS {table}")
