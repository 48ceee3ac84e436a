"""events.duckdb: one data set as tables for SQL, written once and attached read-only by anyone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from data.dataset import Dataset, IdMap

LARGEST_SECOND = 9_000_000_000_000  # DuckDB's TIMESTAMP ends in the year 294247; beyond it the time is NULL
PART_NAMES = ("train", "validation", "test")


def write_events_db(path: Path, dataset: Dataset, event_columns: pd.DataFrame | None = None) -> None:
    """Write events(user_id, item_id, weight, time, …), items(item_id, …), users(user_id, …), social.

    `time` is a TIMESTAMP in UTC, NULL where the data has none. The events also have what the data knows of
    event (its type), session and part (train, validation, test), and `event_columns`. Feature columns keep
    their names. `social` (source_id, target_id) is there when pairs of users are known. `events` and `social`
    are views over tables with the row numbers of users and items in place of their ids.
    """
    settings = {"memory_limit": "1GB", "temp_directory": str(path.with_suffix(".tmp"))}
    con = duckdb.connect(str(path), config=settings)
    try:
        con.execute("SET enable_external_access = false")
        con.register("user_frame", _with_ids(dataset.users, "user_id", dataset.user_features))
        con.register("item_frame", _with_ids(dataset.items, "item_id", dataset.item_features))
        con.execute("CREATE TABLE users AS SELECT * FROM user_frame")
        con.execute("CREATE TABLE items AS SELECT * FROM item_frame")
        _write_events(con, dataset, event_columns)
        if dataset.social is not None:
            _write_social(con, dataset)
    finally:
        con.close()


def _write_events(con: Any, dataset: Dataset, event_columns: pd.DataFrame | None) -> None:
    frame = _event_rows(dataset)
    known = [name for name in ("event", "session", "part") if name in frame.column_names]
    named = ["user_row", "item_row", "user_id", "item_id", "weight", "time", *known]
    for name, column in zip(*_unique_columns(event_columns, named), strict=True):
        frame = frame.append_column(name, pa.array(column, from_pandas=True))
        known.append(_quoted(name))
    more = "".join(f", {name}" for name in known)
    con.register("event_frame", frame)
    con.execute(
        "CREATE TABLE event_rows AS SELECT user_row, item_row, weight, "
        f"CASE WHEN abs(second) < {LARGEST_SECOND} THEN make_timestamp(second * 1000000) END AS time{more} "
        "FROM event_frame"
    )
    shown = "".join(f", e.{name}" for name in known)
    con.execute(
        f"CREATE VIEW events AS SELECT u.user_id, i.item_id, e.weight, e.time{shown} FROM event_rows e "
        "JOIN users u ON u.rowid = e.user_row JOIN items i ON i.rowid = e.item_row"
    )


def _event_rows(dataset: Dataset) -> Any:
    """The events as an Arrow table over the same memory."""
    events = dataset.interactions
    columns = {"user_row": events.user, "item_row": events.item, "weight": events.weight}
    table = {name: pa.array(values) for name, values in columns.items()}
    table["second"] = pa.nulls(len(events), pa.int64()) if events.time is None else pa.array(events.time)
    if events.event is not None and dataset.event_types:
        table["event"] = _named(events.event, dataset.event_types)
    if events.session is not None:
        table["session"] = pa.array(events.session, mask=np.asarray(events.session) < 0)
    if events.part is not None:
        table["part"] = _named(events.part, PART_NAMES)
    return pa.table(table)


def _named(codes: Any, names: Iterable[str]) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.uint8()), pa.array(names, pa.string()))


def _write_social(con: Any, dataset: Dataset) -> None:
    pairs = np.asarray(dataset.social)
    con.register("pair_frame", pa.table({"source_row": pairs[:, 0], "target_row": pairs[:, 1]}))
    con.execute("CREATE TABLE social_rows AS SELECT * FROM pair_frame")
    con.execute(
        "CREATE VIEW social AS SELECT a.user_id AS source_id, b.user_id AS target_id FROM social_rows p "
        "JOIN users a ON a.rowid = p.source_row JOIN users b ON b.rowid = p.target_row"
    )


def _with_ids(ids: IdMap, name: str, features: pd.DataFrame | None) -> pd.DataFrame:
    table = pd.DataFrame({name: ids.ids})
    for unique, column in zip(*_unique_columns(features, [name]), strict=True):
        table[unique] = column.to_numpy()
    return table


def _unique_columns(table: pd.DataFrame | None, taken: Iterable[str]) -> tuple[list[str], list[Any]]:
    """Names and columns; SQL names ignore case, so a name that comes twice gets a number."""
    lower = {name.lower() for name in taken}
    names, columns = list[str](), list[Any]()
    for column in () if table is None else table.columns:
        unique, count = str(column), 1
        while unique.lower() in lower:
            count += 1
            unique = f"{column}_{count}"
        lower.add(unique.lower())
        names.append(unique)
        columns.append(table[column])  # type: ignore[index]
    return names, columns


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
