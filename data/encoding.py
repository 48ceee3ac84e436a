"""Typed events become sorted arrays of codes; rows set aside by a rule are counted per rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.dataset import IdMap, Interactions
from data.event_rows import EVENTS
from data.mapping import Mapping
from data.reading.records import SPAN

BLANK_LINE, NO_USER, BELOW_MINIMUM, DUPLICATE, REPEATED = (
    "blank line",
    "no user",
    "below minimum weight",
    "exact duplicate",
    "repeated pair",
)
KEPT = "kept_events"
IDS = ("user_id", "item_id")
TYPES = {"weight": np.float32, SPAN: np.int32, "second": np.int64, "row_hash": np.uint64}
BATCH = 1_000_000  # rows whose ids stand in memory as text at a time


@dataclass(frozen=True, eq=False)
class Kept:
    """What is stored of the events, and how many lines each rule set aside."""

    interactions: Interactions
    users: IdMap
    items: IdMap
    lines: int  # physical lines of the stored events
    removed: dict[str, int]  # rule → lines
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Rows:
    """Parallel arrays of events in file order, later sorted."""

    user: NDArray[np.int32]
    item: NDArray[np.int32]
    weight: NDArray[np.float32]
    second: NDArray[np.int64] | None
    span: NDArray[np.int32]

    def take(self, rows: NDArray[Any]) -> _Rows:
        second = None if self.second is None else self.second[rows]
        return _Rows(self.user[rows], self.item[rows], self.weight[rows], second, self.span[rows])


def encode(con: Any, mapping: Mapping) -> Kept | None:
    """Apply the rules of `mapping` to the table EVENTS and encode what is left; None when nothing is.

    Rules are applied in this order, and a row is counted under the first that it meets: no user, below
    minimum weight, exact duplicate, repeated pair. Codes follow the ids in ascending text order.
    """
    removed = _removed_by_sql(con, mapping)
    con.execute(f"CREATE OR REPLACE VIEW {KEPT} AS SELECT * FROM {EVENTS} WHERE {_usable_sql(mapping)}")
    columns = _columns(con, mapping)
    if not len(columns["weight"]):
        return None
    user, users = _codes(columns.pop("user_id"))
    item, items = _codes(columns.pop("item_id"))
    rows = _Rows(user, item, columns["weight"], columns.get("second"), columns[SPAN])
    if mapping.drop_duplicates:
        n_lines = int(rows.span.sum())
        rows = _without_duplicates(rows, columns.pop("row_hash"))
        removed[DUPLICATE] = n_lines - int(rows.span.sum())
    del user, item, columns  # of a large file, every copy counts
    rows = rows.take(_time_order(rows.user, rows.second))
    n_lines = int(rows.span.sum())
    rows = _without_repeats(rows, len(items), mapping.repeats)
    if mapping.repeats != "keep":
        removed[REPEATED] = n_lines - int(rows.span.sum())
    return Kept(
        Interactions(rows.user, rows.item, rows.weight, rows.second),
        IdMap(users),
        IdMap(items),
        int(rows.span.sum()),
        removed,
        tuple(_notes(rows)),
    )


def _columns(con: Any, mapping: Mapping) -> dict[str, Any]:
    """The usable rows, column by column: ids as chunks of an Arrow dictionary, the rest as arrays.

    Read in batches, so that the text of the ids of a large file never stands in memory at once.
    """
    names = ["user_id", "item_id", "weight", SPAN]
    names += ["second"] if mapping.time is not None else []
    names += ["row_hash"] if mapping.drop_duplicates else []
    parts: dict[str, list[Any]] = {name: [] for name in names}
    n_rows = con.execute(f"SELECT count(*) FROM {EVENTS}").fetchall()[0][0]
    for start in range(0, n_rows, BATCH):
        here = f"rowid >= {start} AND rowid < {start + BATCH} AND {_usable_sql(mapping)}"
        table = con.sql(f"SELECT {', '.join(names)} FROM {EVENTS} WHERE {here}").to_arrow_table()
        for name in names:
            if name in IDS:
                parts[name] += table[name].dictionary_encode().chunks
            else:
                parts[name].append(table[name].to_numpy())
    ids: dict[str, Any] = {name: parts.pop(name) for name in IDS}
    joined = {name: np.concatenate([np.zeros(0, TYPES[name]), *parts.pop(name)]) for name in list(parts)}
    return ids | joined


def _rules(mapping: Mapping) -> dict[str, str]:
    """Rule → SQL condition under which a readable row is set aside."""
    rules = {NO_USER: "user_id IS NULL"}
    if mapping.min_weight is not None:
        rules[BELOW_MINIMUM] = f"weight < {float(mapping.min_weight)!r}::FLOAT"
    return rules


def _usable_sql(mapping: Mapping) -> str:
    return " AND ".join(["bad = 0", *(f"NOT ({rule})" for rule in _rules(mapping).values())])


def _removed_by_sql(con: Any, mapping: Mapping) -> dict[str, int]:
    cases = " ".join(f"WHEN {condition} THEN '{rule}'" for rule, condition in _rules(mapping).items())
    found = con.execute(
        f"SELECT rule, sum({SPAN}) FROM (SELECT {SPAN}, CASE {cases} END AS rule FROM {EVENTS} "
        "WHERE bad = 0) WHERE rule IS NOT NULL GROUP BY rule"
    ).fetchall()
    return {rule: int(dict(found).get(rule, 0)) for rule in _rules(mapping)}


def _codes(chunks: list[Any]) -> tuple[NDArray[np.int32], NDArray[np.object_]]:
    """Codes in ascending order of the ids (by their bytes), and the ids."""
    encoded = pa.chunked_array([chunk for chunk in chunks if len(chunk)]).unify_dictionaries()
    ids = encoded.chunk(0).dictionary
    order = pc.array_sort_indices(ids).to_numpy()
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    codes = np.concatenate([place[chunk.indices.to_numpy()] for chunk in encoded.chunks])
    return codes, ids.take(pa.array(order)).to_numpy(zero_copy_only=False).astype(object)


def _time_order(user: NDArray[np.int32], second: NDArray[np.int64] | None) -> NDArray[np.intp]:
    """Rows by (user, time, file position). One key of 64 bits where both fit: ten times quicker to sort."""
    if second is None:
        return np.argsort(user, kind="stable")
    first, last = int(second.min()), int(second.max())
    if (int(user.max()) + 1) * (last - first + 1) >= 2**63:
        return np.lexsort((second, user))
    key = user.astype(np.int64) * (last - first + 1)
    key += second
    key -= first
    return _stable_order(key)


def _stable_order(key: NDArray[np.int64]) -> NDArray[np.intp]:
    """`argsort(kind="stable")` by the unstable sort, which is vectorised, and a repair of the ties."""
    order = np.argsort(key)
    ordered = key[order]
    tied = ordered[1:] == ordered[:-1]
    if not tied.any():
        return order
    inside = np.zeros(len(key), dtype=bool)
    inside[1:] |= tied
    inside[:-1] |= tied
    places = np.flatnonzero(inside)
    rows = order[places]
    order[places] = rows[np.lexsort((rows, ordered[places]))]
    return order


def _groups(key: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Rows ordered by key, and for each place of that order whether a new key begins there."""
    order = np.argsort(key)
    ordered = key[order]
    begins = np.ones(len(key), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    return order, begins


def _without_duplicates(rows: _Rows, key: NDArray[np.uint64]) -> _Rows:
    """The first row of each key, in file order."""
    order, begins = _groups(key)
    if begins.all():
        return rows
    return rows.take(np.sort(np.minimum.reduceat(order, np.flatnonzero(begins))))


def _without_repeats(rows: _Rows, n_items: int, repeats: str) -> _Rows:
    """One event per (user, item): the last one, weighted by itself, the sum or the number of all."""
    if repeats == "keep":
        return rows
    order, begins = _groups(rows.user.astype(np.int64) * n_items + rows.item)
    last = np.sort(np.maximum.reduceat(order, np.flatnonzero(begins)))
    kept = rows.take(last)
    if repeats == "last":
        return kept
    group = np.empty(len(order), dtype=np.int64)
    group[order] = np.cumsum(begins) - 1
    totals = np.bincount(group, weights=rows.weight.astype(np.float64) if repeats == "sum" else None)
    return _Rows(kept.user, kept.item, totals[group[last]].astype(np.float32), kept.second, kept.span)


def _notes(rows: _Rows) -> Iterator[str]:
    if (negative := int((rows.weight < 0).sum())) > 0:
        yield f"{negative} events have a negative weight; set a minimum weight to leave them out."
