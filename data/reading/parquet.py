"""Parquet: rows instead of lines; every value as text, lists joined by |."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from data.columns import CATEGORY_SEPARATOR
from data.errors import DataError
from data.reading.records import SPAN, Records, Workplace, field_names, text_literal
from data.reading.shape import FileShape
from data.reading.staging import unpack

ROWS = "parquet_rows"


def parquet_records(work: Workplace, path: Path, shape: FileShape) -> Records:
    """The rows of a Parquet file; "lines" are row numbers from 1.

    Raises:
        DataError: the file cannot be read.
    """
    packed = shape.compression != "none"
    source = unpack(path, work.folder / "unpacked.parquet", shape.compression) if packed else path
    safe = work.folder / "rows.parquet"  # a name that DuckDB cannot take for a pattern
    if not safe.exists():
        safe.symlink_to(source.resolve())
    con = work.con
    try:
        con.execute(f"CREATE OR REPLACE VIEW {ROWS} AS SELECT * FROM read_parquet({text_literal(str(safe))})")
        kinds = con.execute(f"DESCRIBE {ROWS}").fetchall()
        n_rows = con.execute(f"SELECT count(*) FROM {ROWS}").fetchall()[0][0]
    except duckdb.Error as error:
        raise DataError(
            f"{path.name} cannot be read as Parquet ({str(error).splitlines()[0]}).",
            "Write it again, or import it as CSV.",
        ) from error
    fields = ", ".join(
        f"{_as_text(column, kind)} AS {name}"
        for name, (column, kind, *_) in zip(field_names(shape), kinds, strict=True)
    )
    return Records(
        relation=f"(SELECT {fields}, 1 AS {SPAN} FROM {ROWS})",
        row_hash=f"hash({', '.join(field_names(shape))})",
        lines=n_rows,
        header=0,
        blank=0,
        first_line=1,
        final=True,
        text_of=lambda lines, _spans: _row_texts(work, lines),
    )


def _as_text(column: str, kind: str) -> str:
    quoted = '"' + column.replace('"', '""') + '"'
    if kind.endswith("[]"):
        return f"array_to_string({quoted}, '{CATEGORY_SEPARATOR}')"
    return f"CAST({quoted} AS VARCHAR)"


def _row_texts(work: Workplace, lines: Sequence[int]) -> list[str]:
    """The given rows as JSON."""
    wanted = ", ".join(str(int(line)) for line in lines) or "0"
    rows = work.con.execute(
        f"SELECT line, row::VARCHAR FROM (SELECT row_number() OVER () AS line, r AS row FROM {ROWS} r) "
        f"WHERE line IN ({wanted})"
    ).fetchall()
    texts = dict(rows)
    return [texts.get(line, "") for line in lines]
