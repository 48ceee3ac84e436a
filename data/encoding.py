"""Typed events of the import's SQL table become arrays of codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.coded import MISSING, Coded
from data.errors import DataError
from data.event_rows import EVENTS, IDS, READABLE
from data.mapping import Mapping
from data.reading.records import SPAN

TYPES = {"weight": np.float32, SPAN: np.int32, "second": np.int64, "row_hash": np.uint64}
KIND = "kind"
BATCH = 1_000_000  # rows whose ids stand in memory as text at a time
MOST_KINDS = 255
MOSTLY = 0.95  # share of the filled cells that are numbers from which a kept column is one of numbers


def encode(con: Any, mapping: Mapping, kept: dict[str, str] | None = None) -> Coded:
    """The readable rows of the table EVENTS in file order. Codes follow the ids in ascending text order.

    Args:
        kept: columns that become `extras`: file name → SQL name.

    Raises:
        DataError: the event column has more than 255 kinds.
    """
    columns = _columns(con, mapping)
    user, users = _codes(columns.pop("user_id"))
    item, items = _codes(columns.pop("item_id"))
    event, kinds = _kinds(columns.pop(KIND), mapping) if mapping.event is not None else (None, ())
    return Coded(
        user,
        item,
        columns["weight"] if mapping.weight is not None else np.ones(len(user), dtype=np.float32),
        columns[SPAN],
        users,
        items,
        second=columns.get("second"),
        row_hash=columns["row_hash"],
        event=event,
        session=_codes(columns.pop("session_id"))[0] if mapping.session is not None else None,
        event_types=kinds,
        extras=_extras(con, kept) if kept else None,
    )


def _columns(con: Any, mapping: Mapping) -> dict[str, Any]:
    """The readable rows, column by column: ids as chunks of an Arrow dictionary, the rest as arrays.

    Read in batches, so that the text of the ids of a large file never stands in memory at once.
    """
    texts = [f"{role}_id" for role in IDS if role in mapping.roles()]
    texts += [KIND] if mapping.event is not None else []
    names = [*texts, SPAN, "row_hash"]
    names += ["weight"] if mapping.weight is not None else []
    names += ["second"] if mapping.time is not None else []
    parts: dict[str, list[Any]] = {name: [] for name in names}
    n_rows = con.execute(f"SELECT count(*) FROM {EVENTS}").fetchall()[0][0]
    for start in range(0, n_rows, BATCH):
        here = f"rowid >= {start} AND rowid < {start + BATCH} AND bad = 0"
        table = con.sql(f"SELECT {', '.join(names)} FROM {EVENTS} WHERE {here}").to_arrow_table()
        for name in names:
            if name in texts:
                parts[name] += table[name].dictionary_encode().chunks
            else:
                parts[name].append(table[name].to_numpy())
    encoded: dict[str, Any] = {name: parts.pop(name) for name in texts}
    joined = {name: np.concatenate([np.zeros(0, TYPES[name]), *parts.pop(name)]) for name in list(parts)}
    return encoded | joined


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


def _kinds(chunks: list[Any], mapping: Mapping) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Codes of the kinds of event in the order in which they first occur; an empty cell is the kind ""."""
    filled = [chunk for chunk in chunks if len(chunk)]
    if not filled:
        return np.zeros(0, dtype=np.uint8), ()
    encoded = pa.chunked_array(filled).unify_dictionaries()
    kinds = encoded.chunk(0).dictionary
    if len(kinds) > MOST_KINDS:
        shown = ", ".join(repr(kind) for kind in kinds[:3].to_pylist())
        raise DataError(
            f"Column {mapping.event!r} has {len(kinds)} different kinds of event, such as {shown}; "
            f"at most {MOST_KINDS} are told apart.",
            "Choose the column that says view, cart or purchase, or none, and keep this one for SQL.",
        )
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in encoded.chunks])
    return codes.astype(np.uint8), tuple(kinds.to_pylist())


def _extras(con: Any, kept: dict[str, str]) -> pd.DataFrame:
    """The kept columns of the readable rows: numbers where nearly all filled cells are, else trimmed text."""
    shown: list[str] = []
    for column in kept.values():
        text = f"nullif(trim({column}), '')"
        numeric = f"TRY_CAST({text} AS DOUBLE)"
        numbers, filled = con.execute(f"SELECT count({numeric}), count({text}) FROM {READABLE}").fetchall()[0]
        shown.append(numeric if filled and numbers >= MOSTLY * filled else text)
    table = con.sql(f"SELECT {', '.join(shown)} FROM {EVENTS} WHERE bad = 0 ORDER BY rowid").to_arrow_table()
    columns = [column.to_pandas() for column in table.columns]
    return pd.DataFrame(dict(zip(kept, columns, strict=True)))
