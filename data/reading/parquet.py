"""Parquet: rows instead of lines; values as text, lists joined by |, fields of structs as columns a.b."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data.columns import CATEGORY_SEPARATOR
from data.errors import DataError
from data.reading.headers import column_names
from data.reading.interruptible import execute
from data.reading.records import SPAN, Records, Workplace, field_names, text_literal
from data.reading.shape import FileShape
from data.reading.staging import Report, silent, unpack

ROWS = "parquet_rows"
DOT = "."


def column_paths(path: Path, name: str) -> tuple[str, ...]:
    """The columns of a Parquet file, and behind each struct its fields as `a.b`.

    Raises:
        DataError: the file is damaged or encrypted.
    """
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(
            f"{name} begins like a Parquet file but cannot be opened ({_first_line(error)}).",
            "It was probably cut off on the way, or is encrypted: fetch or write it again.",
        ) from error
    outer = column_names([str(field.name) for field in schema], len(schema))
    inner = [
        inside for column, field in zip(outer, schema, strict=True) for inside in _inside(column, field.type)
    ]
    return (*outer, *dict.fromkeys(column for column in inner if column not in outer))


def _inside(before: str, kind: Any) -> Iterator[str]:
    if pa.types.is_struct(kind):
        for field in kind:
            yield f"{before}{DOT}{field.name}"
            yield from _inside(f"{before}{DOT}{field.name}", field.type)


def parquet_records(
    work: Workplace, path: Path, shape: FileShape, report: Report = silent, *, check: bool = True
) -> Records:
    """The rows of a Parquet file; "lines" are row numbers from 1.

    Args:
        report: called while pages are checked; may raise to stop.
        check: read every page once, so that a damaged one is found before rows are used.

    Raises:
        DataError: the file cannot be read, or has no such column.
    """
    packed = shape.compression != "none"
    target = work.folder / "unpacked.parquet"
    source = unpack(path, target, shape.compression, shape.member, report) if packed else path
    safe = work.folder / "rows.parquet"  # a name that DuckDB cannot take for a pattern
    if not safe.exists():
        safe.symlink_to(source.resolve())
    con, names = work.con, field_names(shape)
    try:
        con.execute(f"CREATE OR REPLACE VIEW {ROWS} AS SELECT * FROM read_parquet({text_literal(str(safe))})")
        kinds = con.execute(f"DESCRIBE {ROWS}").fetchall()
        outer = column_paths(source, path.name)[: len(kinds)]  # DuckDB renames a column that stands twice
        columns = [
            (name, str(column), str(kind)) for name, (column, kind, *_) in zip(outer, kinds, strict=True)
        ]
        known = _expressions(columns)
        _refuse_unknown(path, shape, known)
        fields = [f"{known[column]} AS {name}" for column, name in zip(shape.columns, names, strict=True)]
        n_rows = con.execute(f"SELECT count(*) FROM {ROWS}").fetchall()[0][0]
        if check:
            whole = ", ".join(f"bit_xor(hash({_quoted(column)}))" for _, column, _ in columns)
            execute(con, f"SELECT {whole} FROM {ROWS}", report, 0.2)
    except duckdb.Error as error:
        raise DataError(
            f"{path.name} cannot be read as Parquet ({_first_line(error).replace(str(safe), path.name)}).",
            "Write it again, or import it as CSV.",
        ) from error
    return Records(
        relation=f"(SELECT {', '.join(fields)}, 1 AS {SPAN} FROM {ROWS})",
        row_hash=f"hash({', '.join(names)})",
        lines=n_rows,
        header=0,
        blank=0,
        first_line=1,
        final=True,
        text_of=lambda lines, _spans: _row_texts(work, lines),
    )


def _refuse_unknown(path: Path, shape: FileShape, known: dict[str, str]) -> None:
    unknown = next((column for column in shape.columns if column not in known), None)
    if unknown is not None:
        raise DataError(f"{path.name} has no column {unknown!r}.", f"Choose one of: {', '.join(known)}.")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _expressions(columns: list[tuple[str, str, str]]) -> dict[str, str]:
    """From (name in the shape, name in DuckDB, type): column, or struct field a.b → its text in SQL."""
    found: dict[str, str] = {}
    inner: dict[str, str] = {}
    for name, column, kind in columns:
        found[name] = _as_text(_quoted(column), kind)
        inner |= _struct_fields(name, _quoted(column), kind)
    return found | {name: sql for name, sql in inner.items() if name not in found}


def _struct_fields(before: str, sql: str, kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, inside in _struct_parts(kind):
        field = f"struct_extract({sql}, {text_literal(name)})"
        found[f"{before}{DOT}{name}"] = _as_text(field, inside)
        found |= _struct_fields(f"{before}{DOT}{name}", field, inside)
    return found


def _struct_parts(kind: str) -> list[tuple[str, str]]:
    """Names and types of the fields of `STRUCT(a INTEGER, "b c" VARCHAR)`; none for another type."""
    parsed = duckdb.type(kind) if kind.startswith("STRUCT(") and not kind.endswith("[]") else None
    if parsed is None or parsed.id != "struct":
        return []
    return [(str(name), str(child)) for name, child in parsed.children]


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _as_text(sql: str, kind: str) -> str:
    if kind.endswith("[]") and not kind.startswith(("STRUCT", "MAP")) and not kind.endswith("[][]"):
        return f"array_to_string({sql}, '{CATEGORY_SEPARATOR}')"
    if kind.startswith(("STRUCT", "MAP")) or kind.endswith("]"):
        return f"CAST(to_json({sql}) AS VARCHAR)"
    return f"CAST({sql} AS VARCHAR)"


def _row_texts(work: Workplace, lines: Sequence[int]) -> list[str]:
    """The given rows as JSON."""
    wanted = ", ".join(str(int(line)) for line in lines) or "0"
    rows = work.con.execute(
        f"SELECT line, to_json(row)::VARCHAR FROM (SELECT row_number() OVER () AS line, r AS row "
        f"FROM {ROWS} r) WHERE line IN ({wanted})"
    ).fetchall()
    texts = dict(rows)
    return [texts.get(line, "") for line in lines]
