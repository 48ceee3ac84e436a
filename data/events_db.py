"""events.duckdb: one data set as tables for SQL, written once and attached read-only by anyone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from data.dataset import Dataset, IdMap

LARGEST_SECOND = 9_000_000_000_000  # DuckDB's TIMESTAMP ends in the year 294247; beyond it the time is NULL


def write_events_db(path: Path, dataset: Dataset) -> None:
    """Write the tables events(user_id, item_id, weight, time), items(item_id, …) and users(user_id, …).

    `time` is a TIMESTAMP in UTC, NULL where the data has none. Feature columns keep their names.
    """
    settings = {"memory_limit": "2GB", "temp_directory": str(path.with_suffix(".tmp"))}
    con = duckdb.connect(str(path), config=settings)
    try:
        con.register("user_rows", _with_ids(dataset.users, "user_id", dataset.user_features))
        con.register("item_rows", _with_ids(dataset.items, "item_id", dataset.item_features))
        con.register("event_rows", _event_rows(dataset))
        con.execute("CREATE TABLE users AS SELECT * EXCLUDE (row_number_) FROM user_rows")
        con.execute("CREATE TABLE items AS SELECT * EXCLUDE (row_number_) FROM item_rows")
        con.execute(
            "CREATE TABLE events AS SELECT u.user_id, i.item_id, e.weight, "
            f"CASE WHEN abs(e.second) < {LARGEST_SECOND} THEN make_timestamp(e.second * 1000000) END AS time "
            "FROM event_rows e JOIN user_rows u ON u.row_number_ = e.user_row "
            "JOIN item_rows i ON i.row_number_ = e.item_row"
        )
    finally:
        con.close()


def _event_rows(dataset: Dataset) -> pd.DataFrame:
    events = dataset.interactions
    columns: dict[str, Any] = {"user_row": events.user, "item_row": events.item, "weight": events.weight}
    missing = pd.array([None] * len(events), dtype="Int64") if events.time is None else None
    columns["second"] = events.time if missing is None else missing
    return pd.DataFrame(columns)


def _with_ids(ids: IdMap, name: str, features: pd.DataFrame | None) -> pd.DataFrame:
    """Row number, id and features; SQL names ignore case, so a name that comes twice gets a number."""
    table = pd.DataFrame({"row_number_": np.arange(len(ids), dtype=np.int32), name: ids.ids})
    taken = {"row_number_", name}
    for column in () if features is None else features.columns:
        unique, count = str(column), 1
        while unique.lower() in taken:
            count += 1
            unique = f"{column}_{count}"
        taken.add(unique.lower())
        table[unique] = features[column].to_numpy() if features is not None else None
    return table
