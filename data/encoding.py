"""Typed events of the import's SQL table become arrays of codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.coded import MISSING, Coded
from data.columns import ITEM, SESSION, USER
from data.errors import DataError
from data.event_rows import EVENTS, IDS, READABLE
from data.mapping import Mapping
from data.reading.records import SPAN

TYPES = {"weight": np.float32, SPAN: np.int32, "second": np.int64, "row_hash": np.uint64}
KIND, NAMES = "kind", "different_names"
BATCH = 4_000_000  # rows fetched at a time
MOST_KINDS = 255
MOSTLY = 0.95  # share of the filled cells that are numbers from which a kept column is one of numbers


def encode(
    con: Any, mapping: Mapping, kept: dict[str, str] | None = None
) -> tuple[Coded, NDArray[np.object_] | None]:
    """The readable rows of the table EVENTS in file order, and the texts of the sessions if there are some.

    Codes follow the ids in ascending text order.

    Args:
        kept: columns that become `extras`: file name → SQL name.

    Raises:
        DataError: the event column has more than 255 kinds.
    """
    rows = _Rows(con)
    coded = {role: rows.codes(f"{role}_id") for role in IDS if role in mapping.roles()}
    event, kinds = _kinds(rows, mapping) if mapping.event is not None else (None, ())
    user, users = coded[USER]
    item, items = coded[ITEM]
    session, visits = coded.get(SESSION, (None, None))
    rows_in_order = Coded(
        user,
        item,
        rows.column("weight") if mapping.weight is not None else np.ones(len(user), dtype=np.float32),
        rows.column(SPAN),
        users,
        items,
        second=rows.column("second") if mapping.time is not None else None,
        row_hash=rows.column("row_hash"),
        event=event,
        session=session,
        event_types=kinds,
        extras=_extras(con, kept) if kept else None,
    )
    return rows_in_order, visits


class _Rows:
    """The readable rows of the table EVENTS, one column at a time, so that no two stand in memory as text."""

    def __init__(self, con: Any) -> None:
        self.con = con
        self.n_rows, readable = con.execute(
            f"SELECT count(*), count(*) FILTER (bad = 0) FROM {EVENTS}"
        ).fetchall()[0]
        self.n_readable = int(readable)
        self.readable: NDArray[np.bool_] | None = None
        if self.n_readable < self.n_rows:
            self.readable = np.zeros(self.n_rows, dtype=bool)
            for table, start in self._batches("bad = 0 AS good"):
                self.readable[start : start + len(table)] = table["good"].to_numpy()

    def _batches(self, columns: str, source: str = f"{EVENTS} e") -> Iterator[tuple[Any, int]]:
        """Arrow tables of the rows from each start on, and that start."""
        for start in range(0, self.n_rows, BATCH):
            here = f"e.rowid >= {start} AND e.rowid < {start + BATCH}"
            yield self.con.sql(f"SELECT {columns} FROM {source} WHERE {here}").to_arrow_table(), start

    def _of_readable(self, values: NDArray[Any]) -> NDArray[Any]:
        return values if self.readable is None else values[self.readable]

    def column(self, name: str) -> NDArray[Any]:
        """(n_readable,) numbers; what stands in unreadable rows does not matter."""
        values = np.empty(self.n_rows, dtype=TYPES[name])
        filler = f"coalesce(e.{name}, 0) AS {name}"
        for table, start in self._batches(filler):
            values[start : start + len(table)] = table[name].to_numpy()
        return self._of_readable(values)

    def codes(self, name: str) -> tuple[NDArray[np.int32], NDArray[np.object_]]:
        """Codes in ascending order of the texts (by their bytes), MISSING where there is none; the texts."""
        return self._coded(name, f"SELECT {name} AS id FROM {READABLE} GROUP BY id ORDER BY id")

    def codes_by_appearance(self, name: str) -> tuple[NDArray[np.int32], NDArray[np.object_]]:
        """The same in the order in which the texts first occur."""
        order = f"SELECT {name} AS id FROM {EVENTS} WHERE bad = 0 GROUP BY id ORDER BY min(rowid)"
        return self._coded(name, order)

    def _coded(self, name: str, different: str) -> tuple[NDArray[np.int32], NDArray[np.object_]]:
        """By a join with the table of different texts: its rows come in any order, but with their numbers."""
        self.con.execute(
            f"CREATE OR REPLACE TABLE {NAMES} AS SELECT id FROM ({different}) WHERE id IS NOT NULL"
        )
        codes = np.full(self.n_rows, MISSING, dtype=np.int32)
        joined = f"{EVENTS} e JOIN {NAMES} n ON e.{name} = n.id"
        for table, _ in self._batches("e.rowid AS row, n.rowid::INT AS code", joined):
            codes[table["row"].to_numpy()] = table["code"].to_numpy()
        texts = self.con.sql(f"SELECT id FROM {NAMES}").to_arrow_table()["id"]
        self.con.execute(f"DROP TABLE {NAMES}")
        return self._of_readable(codes), texts.to_numpy().astype(object)


def _kinds(rows: _Rows, mapping: Mapping) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Codes of the kinds of event in the order in which they first occur; an empty cell is the kind ""."""
    n_kinds = rows.con.execute(f"SELECT count(DISTINCT {KIND}) FROM {READABLE}").fetchall()[0][0]
    if n_kinds > MOST_KINDS:
        some = rows.con.execute(f"SELECT {KIND} FROM {READABLE} LIMIT 3").fetchall()
        shown = ", ".join(repr(kind) for (kind,) in some)
        raise DataError(
            f"Column {mapping.event!r} has {n_kinds} different kinds of event, such as {shown}; "
            f"at most {MOST_KINDS} are told apart.",
            "Choose the column that says view, cart or purchase, or none, and keep this one for SQL.",
        )
    codes, kinds = rows.codes_by_appearance(KIND)
    return codes.astype(np.uint8), tuple(str(kind) for kind in kinds)


def _extras(con: Any, kept: dict[str, str]) -> pd.DataFrame:
    """The kept columns of the readable rows: numbers where nearly all filled cells are, else trimmed text."""
    shown: list[str] = []
    for column in kept.values():
        text = f"nullif(trim({column}), '')"
        numeric = f"TRY_CAST({text} AS DOUBLE)"
        numbers, filled = con.execute(f"SELECT count({numeric}), count({text}) FROM {READABLE}").fetchall()[0]
        shown.append(numeric if filled and numbers >= MOSTLY * filled else text)
    table = con.sql(f"SELECT {', '.join(shown)} FROM {READABLE}").to_arrow_table()
    columns = [column.to_pandas() for column in table.columns]
    return pd.DataFrame(dict(zip(kept, columns, strict=True)))
