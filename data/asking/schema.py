"""What can be asked about: the tables of a data set, their columns, and an example of each."""

from __future__ import annotations

from dataclasses import dataclass

from data.artifacts import Home
from data.asking.question import ask

FIRST = ("events", "users", "items")  # the order of the tables that every data set has
HIDDEN = ("event_rows", "social_rows")  # what the views `events` and `social` are made of


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
    listed = ask(home, dataset_id, "SELECT name FROM (SHOW TABLES)").table["name"]
    names = sorted((str(name) for name in listed if name not in HIDDEN), key=_place)
    return tuple(_shape(home, dataset_id, name) for name in names)


def _place(name: str) -> tuple[int, str]:
    return (FIRST.index(name) if name in FIRST else len(FIRST), name)


def _shape(home: Home, dataset_id: str, name: str) -> TableShape:
    quoted = '"' + name.replace('"', '""') + '"'
    rows = int(ask(home, dataset_id, f"SELECT count(*) AS n FROM {quoted}").table["n"].iloc[0])
    first = ask(home, dataset_id, f"SELECT * FROM {quoted} LIMIT 100")
    columns = []
    for column, at in zip(first.columns, first.table.columns, strict=True):
        values = first.table[at].dropna()
        columns.append(ColumnShape(column.name, column.type, str(values.iloc[0]) if len(values) else ""))
    return TableShape(name, rows, tuple(columns))
