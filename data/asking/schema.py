"""What can be asked about: the tables of a data set, their columns, and an example of each."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data.artifacts import Home
from data.asking.question import ask

FIRST = ("events", "users", "items")  # the order of the tables that every data set has
BEHIND = {
    "events": "event_rows",
    "social": "social_rows",
}  # what a view is made of; not listed, quick to count
LOOKED_AT = 100  # rows in which an example is looked for
COLUMNS = """SELECT table_name, column_name, data_type FROM duckdb_columns()
             WHERE database_name = 'dataset' AND NOT internal ORDER BY table_name, column_index"""


@dataclass(frozen=True)
class ColumnShape:
    """A column: DuckDB's type, and a value that occurs in it (empty when there is none)."""

    name: str
    type: str
    example: str


@dataclass(frozen=True)
class TableShape:
    """A table: its rows and columns."""

    name: str
    rows: int
    columns: tuple[ColumnShape, ...]


def schema(home: Home, dataset_id: str) -> tuple[TableShape, ...]:
    """The tables of a data set, those that every data set has first.

    Raises:
        NotFound: no such data set, or one without tables for SQL.
    """
    rows = ask(home, dataset_id, COLUMNS).table
    listed = {str(name): part for name, part in rows.groupby("table_name", sort=False)}
    names = sorted((name for name in listed if name not in BEHIND.values()), key=_place)
    counts = [f"(SELECT count(*) FROM {_quoted(_counted(name, listed))})" for name in names]
    columns = [(name, str(column)) for name in names for column in listed[name]["column_name"]]
    found = ask(home, dataset_id, f"SELECT {', '.join([*counts, *(_example(*at) for at in columns)])}").table
    values = found.iloc[0].tolist()
    texts = [None if pd.isna(value) else str(value) for value in values[len(names) :]]
    examples = dict(zip(columns, texts, strict=True))
    return tuple(
        TableShape(name, int(rows), _columns(name, listed[name], examples))
        for name, rows in zip(names, values, strict=False)
    )


def _columns(
    table: str, listed: pd.DataFrame, examples: dict[tuple[str, str], str | None]
) -> tuple[ColumnShape, ...]:
    pairs = zip(listed["column_name"], listed["data_type"], strict=True)
    values = ((str(name), str(kind), examples[table, str(name)]) for name, kind in pairs)
    return tuple(ColumnShape(name, kind, value or "") for name, kind, value in values)


def _place(name: str) -> tuple[int, str]:
    return (FIRST.index(name) if name in FIRST else len(FIRST), name)


def _counted(name: str, listed: dict[str, pd.DataFrame]) -> str:
    behind = BEHIND.get(name, name)
    return behind if behind in listed else name


def _example(table: str, column: str) -> str:
    """The first value that is there, as text, or NULL."""
    some = f"SELECT {_quoted(column)} AS value FROM {_quoted(table)} LIMIT {LOOKED_AT}"
    return f"(SELECT any_value(value)::VARCHAR FROM ({some}))"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
