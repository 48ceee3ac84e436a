"""Typed events become sorted arrays of codes; rows set aside by a rule are counted per rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
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
    columns = "user_id, item_id, weight, second, " + SPAN + (", row_hash" if mapping.drop_duplicates else "")
    table = con.sql(f"SELECT {columns} FROM {KEPT}").to_arrow_table()
    if table.num_rows == 0:
        return None
    if mapping.drop_duplicates:
        again = pd.Series(table["row_hash"].to_numpy()).duplicated().to_numpy()
        removed[DUPLICATE] = int(table[SPAN].to_numpy()[again].sum())
        table = table.filter(pa.array(~again)) if again.any() else table
    rows, users, items = _encoded(table, mapping)
    n_lines = int(rows.span.sum())
    rows = _without_repeats(rows, len(items), mapping.repeats)
    if mapping.repeats != "keep":
        removed[REPEATED] = n_lines - int(rows.span.sum())
    events = Interactions(rows.user, rows.item, rows.weight, rows.second)
    return Kept(
        events,
        IdMap(users),
        IdMap(items),
        int(rows.span.sum()),
        removed,
        tuple(_notes(rows)),
    )


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


def _encoded(table: Any, mapping: Mapping) -> tuple[_Rows, NDArray[np.object_], NDArray[np.object_]]:
    """Codes instead of ids, sorted by (user, time, file position)."""
    user, users = _codes(table["user_id"])
    item, items = _codes(table["item_id"])
    second = table["second"].to_numpy() if mapping.time is not None else None
    rows = _Rows(user, item, table["weight"].to_numpy(), second, table[SPAN].to_numpy())
    keys = (user,) if second is None else (second, user)
    return rows.take(np.lexsort(keys)), users, items


def _codes(column: Any) -> tuple[NDArray[np.int32], NDArray[np.object_]]:
    """Codes in ascending order of the ids (by their bytes), and the ids."""
    encoded = column.dictionary_encode().combine_chunks()
    encoded = encoded.chunk(0) if isinstance(encoded, pa.ChunkedArray) else encoded
    order = pc.array_sort_indices(encoded.dictionary).to_numpy()
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    ids = encoded.dictionary.take(pa.array(order)).to_numpy(zero_copy_only=False)
    return place[encoded.indices.to_numpy()], ids.astype(object)


def _without_repeats(rows: _Rows, n_items: int, repeats: str) -> _Rows:
    """One event per (user, item): the last one, weighted by itself, the sum or the number of all."""
    if repeats == "keep":
        return rows
    pair = rows.user.astype(np.int64) * n_items + rows.item
    last = ~pd.Series(pair).duplicated(keep="last").to_numpy()
    kept = rows.take(np.flatnonzero(last))
    if repeats == "last":
        return kept
    group, pairs = pd.factorize(pair)
    amounts = rows.weight.astype(np.float64) if repeats == "sum" else None
    totals = np.bincount(group, weights=amounts, minlength=len(pairs))
    weight = totals[group[last]].astype(np.float32)
    return _Rows(kept.user, kept.item, weight, kept.second, kept.span)


def _notes(rows: _Rows) -> Iterator[str]:
    if (negative := int((rows.weight < 0).sum())) > 0:
        yield f"{negative} events have a negative weight; set a minimum weight to leave them out."
