"""The rules in their order."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.cleaning.config import Cleaning
from data.coded import MISSING, Coded
from data.event_kernels import first_of_each, last_of_each, time_order, totals

NO_USER, BELOW_MINIMUM, DUPLICATE, REPEATED = (
    "no user",
    "below minimum weight",
    "exact duplicate",
    "repeated pair",
)


@dataclass(frozen=True, eq=False)
class Cleaned:
    """What is left, sorted by (user, time, file position), with ids that still occur; and what was not."""

    events: Coded
    removed: dict[str, int]  # rule → lines set aside
    notes: tuple[str, ...] = ()


def clean(coded: Coded, cleaning: Cleaning) -> Cleaned:
    """Apply the rules; a row is counted under the first that it meets."""
    removed: dict[str, int] = {}
    rows = _without(coded, coded.user == MISSING, NO_USER, removed)
    if cleaning.min_weight is not None:
        rows = _without(rows, rows.weight < np.float32(cleaning.min_weight), BELOW_MINIMUM, removed)
    if cleaning.drop_duplicates and rows.row_hash is not None:
        rows = _only(rows, first_of_each(rows.row_hash), DUPLICATE, removed)
    rows = rows.take(time_order(rows.user, rows.second))
    if cleaning.repeats != "keep":
        rows = _one_per_pair(rows, cleaning.repeats, removed)
    return Cleaned(_with_present_ids(rows), removed, tuple(_notes(rows)))


def _without(rows: Coded, bad: NDArray[np.bool_], rule: str, removed: dict[str, int]) -> Coded:
    if not bad.any():
        removed[rule] = 0
        return rows
    removed[rule] = int(rows.span[bad].sum())
    return rows.take(~bad)


def _only(rows: Coded, kept: NDArray[np.intp], rule: str, removed: dict[str, int]) -> Coded:
    if len(kept) == len(rows):
        removed[rule] = 0
        return rows
    left = rows.take(kept)
    removed[rule] = rows.lines - left.lines
    return left


def _one_per_pair(rows: Coded, repeats: str, removed: dict[str, int]) -> Coded:
    """One event per (user, item): the last one, weighted by itself, the sum or the number of all."""
    pair = rows.user.astype(np.int64) * len(rows.items) + rows.item
    if repeats != "last":
        weight = totals(pair, rows.weight if repeats == "sum" else None).astype(np.float32)
        rows = replace(rows, weight=weight)
    return _only(rows, last_of_each(pair), REPEATED, removed)


def _with_present_ids(rows: Coded) -> Coded:
    """Codes without gaps: ids that lost all their rows go."""
    user, users = _dense(rows.user, rows.users)
    item, items = _dense(rows.item, rows.items)
    return replace(rows, user=user, users=users, item=item, items=items)


def _dense(
    codes: NDArray[np.int32], ids: NDArray[np.object_]
) -> tuple[NDArray[np.int32], NDArray[np.object_]]:
    present = np.zeros(len(ids), dtype=bool)
    present[codes] = True
    if present.all():
        return codes, ids
    place = (np.cumsum(present) - 1).astype(np.int32)
    return place[codes], ids[present]


def _notes(rows: Coded) -> list[str]:
    negative = int((rows.weight < 0).sum())
    if not negative:
        return []
    return [f"{negative} events have a negative weight; set a minimum weight to leave them out."]
