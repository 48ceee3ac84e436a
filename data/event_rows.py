"""The records of a file as one table of typed events, with every physical line accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from data.amounts import Writing, weight_sql, writing_of
from data.columns import COLUMN, EVENT, ITEM, REASON, SESSION, TIME, USER, VALUE, WEIGHT
from data.lifting import FIRST_LOOK, likely
from data.mapping import Mapping
from data.reading.delimited import careful_records, quick_records
from data.reading.interruptible import execute
from data.reading.parquet import parquet_records
from data.reading.preview import READERS, text_records
from data.reading.records import SPAN, Records, Workplace, field_names
from data.reading.shape import FileShape
from data.reading.staging import Report, stage
from data.reading.times import seconds_sql

EVENTS, READABLE, FIRST = "import_events", "readable_events", "first_look"
REASONS = EMPTY_ITEM, BAD_WEIGHT, BAD_TIME = "empty item", "bad weight", "bad time"  # by `bad`, from 1
WITH_OBJECTS, DOT = ("json", "jsonl", "parquet"), "."  # a.b is field b of the object in a
IDS = (USER, ITEM, SESSION)
MOST_CELLS = 2_000  # different weights looked at, to see how they are written
MOST_CELLS_LOOKED_AT = 2_000_000  # of the first rows; fewer rows of a wide file
NOTHING = r"|NULL|null|NaN|nan|None|<NA>|\\N"  # how exports write an absent id


@dataclass(frozen=True, eq=False)
class EventRows:
    """A file whose records stand in the table EVENTS.

    Columns: user_id, item_id, session_id (text, NULL where absent), kind, weight, second, span, bad
    (0: readable), cell (what an unreadable row holds where it cannot be read), row_hash, [line], and the SQL
    names of `free` and `kept`.
    """

    records: Records
    bad: pd.DataFrame  # line, span, reason, column, value of records with unreadable cells
    free: dict[str, str]  # columns without a role that may follow from item or user: file name → SQL name
    kept: dict[str, str]  # columns of the event that are kept: file name → SQL name
    notes: tuple[str, ...] = ()


def read_events(work: Workplace, path: Path, shape: FileShape, mapping: Mapping, report: Report) -> EventRows:
    """Read a file the quick way, and line by line where that does not account for every line.

    Raises:
        DataError: the file is damaged or no table.
    """
    if shape.format == "parquet":
        report(0.15, "reading rows")
        return _fill(work, parquet_records(work, path, shape), shape, mapping, (), report)
    staged = stage(path, shape, work.folder, report)
    report(0.15, "reading rows")
    if shape.format in READERS:
        return _fill(work, text_records(work, staged, shape), shape, mapping, staged.notes, report)
    quick = quick_records(staged, shape)
    if quick is not None:
        rows = _fill_quickly(work, quick, shape, mapping, staged.notes, report)
        if rows is not None and _adds_up(work.con, rows.records):
            return rows
    report(0.25, "reading line by line")
    return _fill(work, careful_records(work, staged, shape), shape, mapping, staged.notes, report)


def _fill_quickly(
    work: Workplace,
    records: Records,
    shape: FileShape,
    mapping: Mapping,
    notes: tuple[str, ...],
    report: Report,
) -> EventRows | None:
    try:
        return _fill(work, records, shape, mapping, notes, report)
    except duckdb.InvalidInputException:  # a line that DuckDB cannot split; the careful way says which
        return None


def _fill(
    work: Workplace,
    records: Records,
    shape: FileShape,
    mapping: Mapping,
    notes: tuple[str, ...],
    report: Report,
) -> EventRows:
    """Fill the table EVENTS in one pass over the records."""
    _look(work.con, records, shape, mapping)
    free = likely(work.con, FIRST, _free_columns(shape, mapping), mapping, "visit")
    kept = {name: f"f{shape.position(name)}" for name in mapping.keep}
    writing = _weight_writing(work.con, shape, mapping)
    rows = _events_sql(records, shape, mapping, writing, {**free, **kept})
    execute(work.con, f"CREATE OR REPLACE TABLE {EVENTS} AS {rows}", report, 0.3)
    work.con.execute(f"CREATE OR REPLACE VIEW {READABLE} AS SELECT * FROM {EVENTS} WHERE bad = 0")
    return EventRows(records, _bad_rows(work.con, records, mapping), free, kept, notes)


def _look(con: Any, records: Records, shape: FileShape, mapping: Mapping) -> None:
    """The table FIRST: the first rows as text, with the names that the table EVENTS uses for roles."""
    visit = mapping.session or mapping.time
    named = {"user_id": mapping.user, "item_id": mapping.item, "visit": visit}
    columns = [f"f{shape.position(name)} AS {role}" for role, name in named.items() if name is not None]
    columns += [] if visit is not None else ["NULL AS visit"]
    fields = ", ".join(columns + field_names(shape))
    n_rows = min(FIRST_LOOK, 1 + MOST_CELLS_LOOKED_AT // len(shape.columns))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {FIRST} AS SELECT {fields} FROM {records.relation} LIMIT {n_rows}"
    )


def _free_columns(shape: FileShape, mapping: Mapping) -> dict[str, str]:
    """Columns that may describe the item or the user: file name → SQL name."""
    taken = ({*mapping.roles().values(), *mapping.keep} | _objects(shape)) - {*mapping.described}
    return {name: f"f{i}" for i, name in enumerate(shape.columns) if name not in taken}


def _objects(shape: FileShape) -> set[str]:
    """Columns that hold objects whose fields are columns of their own."""
    if shape.format not in WITH_OBJECTS:
        return set()
    parts = (name.split(DOT) for name in shape.columns)
    return {DOT.join(one[:end]) for one in parts for end in range(1, len(one))}


def _weight_writing(con: Any, shape: FileShape, mapping: Mapping) -> Writing:
    """How the weights of the first rows are written."""
    if mapping.weight is None:
        return Writing(shape)
    cells = con.execute(
        f"SELECT DISTINCT f{shape.position(mapping.weight)} FROM {FIRST} LIMIT {MOST_CELLS}"
    ).fetchall()
    return writing_of([cell for (cell,) in cells], shape)


def _events_sql(
    records: Records, shape: FileShape, mapping: Mapping, writing: Writing, more: dict[str, str]
) -> str:
    """The typed columns. Casts use trim(): DuckDB moves a bare cast into the CSV reader, where it fails."""
    cells = {role: f"f{shape.position(name)}" for role, name in mapping.roles().items()}
    columns = [f"{_id_sql(cells[role])} AS {role}_id" for role in IDS if role in cells]
    columns += [SPAN, f"{records.row_hash} AS row_hash", *(["line"] if records.numbered else [])]
    bad, cell = ["WHEN item_id IS NULL THEN 1"], [f"WHEN item_id IS NULL THEN {cells[ITEM]}"]
    if WEIGHT in cells:
        columns.append(f"{weight_sql(cells[WEIGHT], writing)} AS weight")
        bad.append("WHEN weight IS NULL OR NOT isfinite(weight) THEN 2")
        cell.append(f"WHEN weight IS NULL OR NOT isfinite(weight) THEN {cells[WEIGHT]}")
    if TIME in cells:
        columns.append(f"{seconds_sql(cells[TIME], mapping.time_format, mapping.time_zone)} AS second")
        bad.append("WHEN second IS NULL THEN 3")
        cell.append(f"WHEN second IS NULL THEN {cells[TIME]}")
    if EVENT in cells:
        columns.append(f"trim(coalesce({cells[EVENT]}, '')) AS kind")
    kept = list(dict.fromkeys(more.values()))
    hidden = sorted({cells[role] for role in (ITEM, WEIGHT, TIME) if role in cells} - {*kept})
    columns += kept + hidden
    shown = f"* EXCLUDE ({', '.join(hidden)})" if hidden else "*"
    return (
        f"SELECT {shown}, (CASE {' '.join(bad)} ELSE 0 END)::UTINYINT AS bad, "
        f"CASE {' '.join(cell)} END AS cell FROM (SELECT {', '.join(columns)} FROM {records.relation})"
    )


def _id_sql(column: str) -> str:
    """The id exactly as it stands, NULL where the cell is empty or says that nothing is there.

    Not with IN or list_contains: DuckDB turns a long list into a join, and a join loses the file's order.
    """
    absent = f"regexp_full_match(trim({column}), '{NOTHING}')"
    plain = f"({column} >= '0' AND {column} < ':') OR length({column}) > 8"  # spares most ids the pattern
    return f"CASE WHEN {plain} THEN {column} WHEN {absent} THEN NULL ELSE {column} END"


def _bad_rows(con: Any, records: Records, mapping: Mapping) -> pd.DataFrame:
    """line, span, reason, column and value of the records with an unreadable cell, in file order."""
    some = con.execute(f"SELECT count(*) FROM {EVENTS} WHERE bad > 0").fetchall()[0][0] > 0
    numbered = f"SELECT bad, cell, {SPAN}, line FROM {EVENTS}"
    if not records.numbered:
        before = f"sum({SPAN}) OVER (ORDER BY rowid ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
        before = before if some else "0"  # the running sum is only worth its time when a line is asked for
        numbered = (
            f"SELECT bad, cell, {SPAN}, {records.first_line} + coalesce({before}, 0) AS line FROM {EVENTS}"
        )
    table: pd.DataFrame = con.execute(
        f"SELECT line::BIGINT AS line, {SPAN}::BIGINT AS {SPAN}, bad::INT AS bad, "
        f"coalesce(cell, '') AS {VALUE} FROM ({numbered}) WHERE bad > 0 ORDER BY 1"
    ).df()
    table[REASON] = pd.Series([REASONS[code - 1] for code in table["bad"]], dtype="str")
    names = (mapping.item, mapping.weight, mapping.time)
    table[COLUMN] = pd.Series([names[code - 1] for code in table.pop("bad")], dtype="str")
    return table


def _adds_up(con: Any, records: Records) -> bool:
    """Whether the quick reader accounts for every physical line, and no quoted field swallowed whole rows."""
    lines, longest = con.execute(
        f"SELECT coalesce(sum({SPAN}), 0), coalesce(max({SPAN}), 1) FROM {EVENTS}"
    ).fetchall()[0]
    if records.header + int(lines) + records.blank != records.lines:
        return False
    if longest == 1 or records.swallowed is None:
        return True
    return bool(con.execute(records.swallowed).fetchall()[0][0] == 0)
