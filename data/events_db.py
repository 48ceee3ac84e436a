"""events.duckdb: one data set as tables for SQL, written once and attached read-only by anyone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from data.dataset import Dataset, IdMap

LARGEST_SECOND = 9_000_000_000_000  # DuckDB's TIMESTAMP ends in the year 294247; beyond it the time is NULL


def write_events_db(path: Path, dataset: Dataset) -> None:
    """Write events(user_id, item_id, weight, time), items(item_id, …) and users(user_id, …).

    `time` is a TIMESTAMP in UTC, NULL where the data has none. Feature columns keep their names. `events` is
    a view over `event_rows`, which holds the row numbers of user and item in place of their ids.
    """
    settings = {"memory_limit": "1GB", "temp_directory": str(path.with_suffix(".tmp"))}
    con = duckdb.connect(str(path), config=settings)
    try:
        con.execute("SET enable_external_access = false")
        con.register("user_frame", _with_ids(dataset.users, "user_id", dataset.user_features))
        con.register("item_frame", _with_ids(dataset.items, "item_id", dataset.item_features))
        con.register("event_frame", _event_rows(dataset))
        con.execute("CREATE TABLE users AS SELECT * FROM user_frame")
        con.execute("CREATE TABLE items AS SELECT * FROM item_frame")
        con.execute(
            "CREATE TABLE event_rows AS SELECT user_row, item_row, weight, "
            f"CASE WHEN abs(second) < {LARGEST_SECOND} THEN make_timestamp(second * 1000000) END AS time "
            "FROM event_frame"
        )
        con.execute(
            "CREATE VIEW events AS SELECT u.user_id, i.item_id, e.weight, e.time FROM event_rows e "
            "JOIN users u ON u.rowid = e.user_row JOIN items i ON i.rowid = e.item_row"
        )
    finally:
        con.close()


def _event_rows(dataset: Dataset) -> Any:
    """The events as an Arrow table over the same memory."""
    events = dataset.interactions
    second = pa.nulls(len(events), pa.int64()) if events.time is None else pa.array(events.time)
    columns = {"user_row": events.user, "item_row": events.item, "weight": events.weight}
    return pa.table({**{name: pa.array(values) for name, values in columns.items()}, "second": second})


def _with_ids(ids: IdMap, name: str, features: pd.DataFrame | None) -> pd.DataFrame:
    """Id and features; SQL names ignore case, so a name that comes twice gets a number."""
    table = pd.DataFrame({name: ids.ids})
    taken = {name}
    for column in () if features is None else features.columns:
        unique, count = str(column), 1
        while unique.lower() in taken:
            count += 1
            unique = f"{column}_{count}"
        taken.add(unique.lower())
        table[unique] = features[column].to_numpy() if features is not None else None
    return table
