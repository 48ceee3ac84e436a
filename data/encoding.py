"""Typed events of the import's SQL table become arrays of codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.coded import MISSING, Coded
from data.event_rows import EVENTS
from data.mapping import Mapping
from data.reading.records import SPAN

IDS = ("user_id", "item_id")
TYPES = {"weight": np.float32, SPAN: np.int32, "second": np.int64, "row_hash": np.uint64}
BATCH = 1_000_000  # rows whose ids stand in memory as text at a time


def encode(con: Any, mapping: Mapping) -> Coded:
    """The readable rows of the table EVENTS in file order. Codes follow the ids in ascending text order."""
    columns = _columns(con, mapping)
    user, users = _codes(columns.pop("user_id"))
    item, items = _codes(columns.pop("item_id"))
    return Coded(
        user,
        item,
        columns["weight"],
        columns[SPAN],
        users,
        items,
        second=columns.get("second"),
        row_hash=columns["row_hash"],
    )


def _columns(con: Any, mapping: Mapping) -> dict[str, Any]:
    """The readable rows, column by column: ids as chunks of an Arrow dictionary, the rest as arrays.

    Read in batches, so that the text of the ids of a large file never stands in memory at once.
    """
    names = ["user_id", "item_id", "weight", SPAN, "row_hash"]
    names += ["second"] if mapping.time is not None else []
    parts: dict[str, list[Any]] = {name: [] for name in names}
    n_rows = con.execute(f"SELECT count(*) FROM {EVENTS}").fetchall()[0][0]
    for start in range(0, n_rows, BATCH):
        here = f"rowid >= {start} AND rowid < {start + BATCH} AND bad = 0"
        table = con.sql(f"SELECT {', '.join(names)} FROM {EVENTS} WHERE {here}").to_arrow_table()
        for name in names:
            if name in IDS:
                parts[name] += table[name].dictionary_encode().chunks
            else:
                parts[name].append(table[name].to_numpy())
    ids: dict[str, Any] = {name: parts.pop(name) for name in IDS}
    joined = {name: np.concatenate([np.zeros(0, TYPES[name]), *parts.pop(name)]) for name in list(parts)}
    return ids | joined


def _codes(chunks: list[Any]) -> tuple[NDArray[np.int32], NDArray[np.object_]]:
    """Codes in ascending order of the ids (by their bytes), MISSING where there is none; and the ids."""
    filled = [chunk for chunk in chunks if len(chunk)]
    if not filled:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=object)
    encoded = pa.chunked_array(filled).unify_dictionaries()
    ids = encoded.chunk(0).dictionary
    order = pc.array_sort_indices(ids).to_numpy()
    place = np.full(len(order) + 1, MISSING, dtype=np.int32)  # the last place answers for a missing id
    place[order] = np.arange(len(order), dtype=np.int32)
    missing = len(order)
    codes = np.concatenate(
        [place[chunk.indices.fill_null(missing).to_numpy(zero_copy_only=False)] for chunk in encoded.chunks]
    )
    return codes, ids.take(pa.array(order)).to_numpy(zero_copy_only=False).astype(object)
