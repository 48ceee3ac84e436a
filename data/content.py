"""Data sets as plain arrays, and the name that follows from their content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.dataset import Dataset, IdMap, Interactions
from data.errors import DataError

Arrays = Mapping[str, NDArray[Any]]
COLUMNS = {
    "user": np.int32,
    "item": np.int32,
    "weight": np.float32,
    "time": np.int64,
    "event": np.uint8,
    "labels": np.float32,
    "session": np.int32,
    "part": np.uint8,
}


def interaction_arrays(events: Interactions) -> dict[str, NDArray[Any]]:
    """The columns that the events have, by name.

    Raises:
        DataError: the events are not sorted by (user, time).
    """
    columns = {name: getattr(events, name) for name in COLUMNS}
    arrays = {
        name: np.asarray(values, COLUMNS[name]) for name, values in columns.items() if values is not None
    }
    user, time = arrays["user"], arrays.get("time")
    step = np.diff(user)
    back_in_time = time is not None and bool(np.any((step == 0) & (np.diff(time) < 0)))
    if np.any(step < 0) or back_in_time:
        raise DataError(
            "The events of this data set are not sorted by user and time.",
            "Sort them by user, then time, then position in the file, and save again.",
        )
    return arrays


def interactions_from(arrays: Arrays) -> Interactions:
    """The reverse of `interaction_arrays`; nothing is copied."""
    return Interactions(*(arrays.get(name) for name in COLUMNS))  # type: ignore[arg-type]


def id_arrays(name: str, ids: IdMap) -> dict[str, NDArray[Any]]:
    """`<name>_bytes` (UTF-8 of all ids, one after the other) and `<name>_offsets` (n + 1,)."""
    encoded = [str(value).encode() for value in ids.ids]
    lengths = np.fromiter((len(value) for value in encoded), dtype=np.int64, count=len(encoded))
    return {
        f"{name}_bytes": np.frombuffer(b"".join(encoded), dtype=np.uint8),
        f"{name}_offsets": np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)]),
    }


def ids_from(name: str, arrays: Arrays) -> IdMap:
    """The reverse of `id_arrays`: an object array of str."""
    offsets, data = arrays[f"{name}_offsets"], arrays[f"{name}_bytes"]
    texts = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))
    return IdMap(texts.to_numpy(zero_copy_only=False))


def name_by_content(dataset: Dataset, arrays: Arrays, event_columns: pd.DataFrame | None = None) -> str:
    """ "d" and ten hexadecimal digits over ids, events and features; not over name, facts or date."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(f"{name}:{arrays[name].dtype.str}:{arrays[name].shape};".encode())
        digest.update(np.ascontiguousarray(arrays[name]).data)
    for label, table in (("user", dataset.user_features), ("item", dataset.item_features)):
        if table is not None:
            digest.update(_table_bytes(label, table))
    if dataset.event_types:
        digest.update("\x1f".join(("types", *dataset.event_types)).encode())
    if event_columns is not None:
        digest.update(_event_columns_bytes(event_columns))
    return "d" + digest.hexdigest()[:10]


def _event_columns_bytes(table: pd.DataFrame) -> bytes:
    """As `_table_bytes`, for tables of as many rows as there are events: without a loop over cells."""
    digest = hashlib.sha256(b"event")
    for name, values in table.items():
        digest.update(f"\x1e{name}\x1e".encode())
        if pd.api.types.is_numeric_dtype(values.dtype):
            digest.update(np.ascontiguousarray(values.to_numpy(dtype=np.float64, na_value=np.nan)).data)
            continue
        texts = pc.fill_null(pa.array(values, pa.large_string(), from_pandas=True), "\x00")
        for chunk in texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]:
            for buffer in chunk.buffers()[1:]:  # the places of the texts, and the texts
                digest.update(buffer)
    return digest.digest()


def _table_bytes(label: str, table: pd.DataFrame) -> bytes:
    """A digest of the values of a table that does not depend on how pandas keeps them."""
    digest = hashlib.sha256(label.encode())
    for name, values in table.items():
        digest.update(f"\x1e{name}\x1e".encode())
        if pd.api.types.is_numeric_dtype(values.dtype):
            digest.update(np.ascontiguousarray(values.to_numpy(dtype=np.float64, na_value=np.nan)).data)
        else:
            missing = values.isna()
            texts = ("\x00" if gone else str(value) for value, gone in zip(values, missing, strict=True))
            digest.update("\x1f".join(texts).encode())
    return digest.digest()
