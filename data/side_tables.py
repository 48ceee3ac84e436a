"""Files that stand beside the events (items, users, pairs of users): whole tables of text."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data.import_report import FileCount
from data.quarantine import quarantine_table
from data.reading.parquet import parquet_records
from data.reading.preview import text_records
from data.reading.records import SPAN, Records, Workplace, field_names, unread_table
from data.reading.shape import FileShape
from data.reading.staging import silent, stage
from data.recipe import GivenFile


@dataclass(frozen=True, eq=False)
class SideTable:
    """Every readable row as text (missing or empty: None), and what became of each line."""

    name: str
    table: pd.DataFrame
    shape: FileShape
    count: FileCount
    quarantine: pd.DataFrame


def read_side(work: Workplace, given: GivenFile, role: str, shape: FileShape) -> SideTable:
    """Read a file that stands beside the events.

    Raises:
        DataError: it is damaged or no table.
    """
    folder = work.folder / role
    folder.mkdir()
    inner = Workplace(work.con, folder)
    if shape.format == "parquet":
        records = parquet_records(inner, given.path, shape)
    else:
        records = text_records(inner, stage(given.path, shape, folder, silent), shape)
    table = _table(inner, records, shape)
    quarantine = quarantine_table(records, unread_table([]), given.name)
    aside = records.blank + sum(records.set_aside.values())
    unread = int(records.unread[SPAN].sum())
    readable = records.lines - records.header - aside - unread
    count = FileCount(given.name, role, records.lines, records.header, readable, aside, unread)
    return SideTable(given.name, table, shape, count, quarantine)


def _table(work: Workplace, records: Records, shape: FileShape) -> pd.DataFrame:
    fields = ", ".join(field_names(shape))
    table: pd.DataFrame = work.con.execute(f"SELECT {fields} FROM {records.relation}").df()
    table.columns = pd.Index(shape.columns)
    return table.astype(object).where(table.notna() & (table != ""), None)
