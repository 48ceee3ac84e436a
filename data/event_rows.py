"""The records of a file as one table of typed events, with every physical line accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from data.lifting import FIRST_LOOK, follows
from data.mapping import Mapping
from data.reading.delimited import careful_records, quick_records
from data.reading.interruptible import execute
from data.reading.parquet import parquet_records
from data.reading.preview import READERS, text_records
from data.reading.records import SPAN, Records, Workplace
from data.reading.shape import FileShape
from data.reading.staging import Report, stage
from data.reading.times import seconds_sql

EVENTS, READABLE = "import_events", "readable_events"
EMPTY_ITEM, BAD_WEIGHT, BAD_TIME = "empty item", "bad weight", "bad time"
NOTHING = r"|NULL|null|NaN|nan|None|<NA>|\\N"  # how exports write an absent id


@dataclass(frozen=True, eq=False)
class EventRows:
    """A file whose records stand in the table EVENTS.

    Columns: user_id, item_id (text, NULL where absent), weight, second, span, bad (0: readable), row_hash,
    [line] and the SQL names of `candidates`.
    """

    records: Records
    bad: pd.DataFrame  # line, span, reason of records with unreadable cells
    candidates: dict[str, str]  # columns that may follow from the item: file name → SQL name
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
    candidates = _lift_candidates(work.con, records, shape, mapping)
    sql = f"CREATE OR REPLACE TABLE {EVENTS} AS {_events_sql(records, shape, mapping, candidates)}"
    execute(work.con, sql, report, 0.3)
    work.con.execute(f"CREATE OR REPLACE VIEW {READABLE} AS SELECT * FROM {EVENTS} WHERE bad = 0")
    return EventRows(records, _bad_rows(work.con, records), candidates, notes)


def _lift_candidates(con: Any, records: Records, shape: FileShape, mapping: Mapping) -> dict[str, str]:
    """Columns without a role that, on the first rows, seem to follow from the item."""
    roles = {mapping.user, mapping.item, mapping.weight, mapping.time}
    free = {name: f"f{i}" for i, name in enumerate(shape.columns) if name not in roles}
    if not free:
        return {}
    item = f"f{shape.position(mapping.item)}"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE first_look AS SELECT {item}, {', '.join(free.values())} "
        f"FROM {records.relation} LIMIT {FIRST_LOOK}"
    )
    return {name: f for name, f in free.items() if follows(con, "first_look", item, f, sure=False)}


def _events_sql(records: Records, shape: FileShape, mapping: Mapping, candidates: dict[str, str]) -> str:
    """The typed columns. Casts use trim(): DuckDB moves a bare cast into the CSV reader, where it fails."""
    user, item = f"f{shape.position(mapping.user)}", f"f{shape.position(mapping.item)}"
    weight = f"f{shape.position(mapping.weight)}" if mapping.weight else None
    time = f"f{shape.position(mapping.time)}" if mapping.time else None
    columns = [f"{_id_sql(user)} AS user_id", f"{_id_sql(item)} AS item_id", SPAN]
    columns.append(f"TRY_CAST(trim({weight}) AS FLOAT) AS weight" if weight else "1::FLOAT AS weight")
    columns.append(
        f"{seconds_sql(time, mapping.time_format)} AS second" if time else "NULL::BIGINT AS second"
    )
    columns += ["line"] if records.numbered else []
    columns.append(f"{records.row_hash} AS row_hash")
    columns += candidates.values()
    bad = ["WHEN item_id IS NULL THEN 1"]
    bad += ["WHEN weight IS NULL OR NOT isfinite(weight) THEN 2"] if weight else []
    bad += ["WHEN second IS NULL THEN 3"] if time else []
    return (
        f"SELECT *, (CASE {' '.join(bad)} ELSE 0 END)::UTINYINT AS bad FROM "
        f"(SELECT {', '.join(columns)} FROM {records.relation})"
    )


def _id_sql(column: str) -> str:
    """The id exactly as it stands, NULL where the cell is empty or says that nothing is there.

    Not with IN or list_contains: DuckDB turns a long list into a join, and a join loses the file's order.
    """
    absent = f"regexp_full_match(trim({column}), '{NOTHING}')"
    plain = f"({column} >= '0' AND {column} < ':') OR length({column}) > 8"  # spares most ids the pattern
    return f"CASE WHEN {plain} THEN {column} WHEN {absent} THEN NULL ELSE {column} END"


def _bad_rows(con: Any, records: Records) -> pd.DataFrame:
    """line, span and reason of the records with an unreadable cell, in file order."""
    some = con.execute(f"SELECT count(*) FROM {EVENTS} WHERE bad > 0").fetchall()[0][0] > 0
    numbered = f"SELECT bad, {SPAN}, line FROM {EVENTS}"
    if not records.numbered:
        before = f"sum({SPAN}) OVER (ORDER BY rowid ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
        before = before if some else "0"  # the running sum is only worth its time when a line is asked for
        numbered = f"SELECT bad, {SPAN}, {records.first_line} + coalesce({before}, 0) AS line FROM {EVENTS}"
    table: pd.DataFrame = con.execute(
        f"SELECT line::BIGINT AS line, {SPAN}::BIGINT AS {SPAN}, "
        f"CASE bad WHEN 1 THEN '{EMPTY_ITEM}' WHEN 2 THEN '{BAD_WEIGHT}' ELSE '{BAD_TIME}' END AS reason "
        f"FROM ({numbered}) WHERE bad > 0 ORDER BY 1"
    ).df()
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
