"""Several files become one table of events: codes over the union of their ids, one account of all lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.coded import MISSING, TEST, TRAIN, VALIDATION, Coded, ReadFile
from data.columns import ITEM, USER
from data.errors import DataError
from data.import_report import FileCount

PARTS = {"events": TRAIN, "validation": VALIDATION, "test": TEST}
PART_MARKS = (0, 0x9E3779B97F4A7C15, 0x3C6EF372FE94F82A)  # rows of two parts are no duplicates


@dataclass(frozen=True, eq=False)
class NamedRead:
    """A file of events as read, or several that were read as one, with the count of each."""

    read: ReadFile
    role: str  # events, validation or test
    files: tuple[FileCount, ...]


def merge(reads: Sequence[NamedRead]) -> ReadFile:
    """One reading of them all, in this order; with several roles, each row has its part of the split.

    Raises:
        DataError: some of the files have a column (times, event types, sessions) that others lack.
    """
    if len(reads) == 1:
        return reads[0].read
    coded = [_marked(one, len({one.role for one in reads}) > 1) for one in reads]
    visits = [one.read.sessions for one in reads]
    set_aside: dict[str, int] = {}
    for one in reads:
        for reason, lines in one.read.set_aside.items():
            set_aside[reason] = set_aside.get(reason, 0) + lines
    conflicts: dict[str, int] = {}
    for one in reads:
        for column, n in one.read.conflicts.items():
            conflicts[column] = conflicts.get(column, 0) + n
    return ReadFile(
        joined(coded, [texts for texts in visits if texts is not None]),
        lines=sum(one.read.lines for one in reads),
        header=sum(one.read.header for one in reads),
        set_aside=set_aside,
        quarantine=pd.concat([one.read.quarantine for one in reads], ignore_index=True),
        quarantined=sum(one.read.quarantined for one in reads),
        item_table=_first_of_each([one.read.item_table for one in reads], ITEM),
        user_table=_first_of_each([one.read.user_table for one in reads], USER),
        conflicts=conflicts,
        notes=tuple(dict.fromkeys(note for one in reads for note in one.read.notes)),
    )


def _marked(one: NamedRead, given_split: bool) -> Coded:
    """With the part of the split, which also tells equal rows of two parts from duplicates."""
    coded, part = one.read.coded, PARTS[one.role]
    if not given_split:
        return coded
    hashes = coded.row_hash
    if hashes is not None and part:
        hashes = hashes ^ np.uint64(PART_MARKS[part])
    return replace(coded, part=np.full(len(coded), part, dtype=np.uint8), row_hash=hashes)


def joined(parts: Sequence[Coded], visits: Sequence[NDArray[np.object_]] = ()) -> Coded:
    """One after the other; ids in ascending text order, event types in order of appearance.

    Args:
        visits: texts of the sessions of each part; without them, those of different parts are different.

    Raises:
        DataError: a column is there in some and absent in others.
    """
    users, user = _over_union([part.users for part in parts], [part.user for part in parts])
    items, item = _over_union([part.items for part in parts], [part.item for part in parts])
    types, event = _event_types(parts)
    extras = [part.extras for part in parts]
    return Coded(
        user,
        item,
        np.concatenate([part.weight for part in parts]),
        np.concatenate([part.span for part in parts]),
        users,
        items,
        second=_column(parts, "second", "times"),
        row_hash=_column(parts, "row_hash", "every column"),
        event=event,
        session=_sessions(parts, visits),
        part=_column(parts, "part", "a part of a split"),
        event_types=types,
        extras=None if extras[0] is None else pd.concat(extras, ignore_index=True),
    )


def with_items(events: Coded, more: NDArray[np.object_], *, in_order: bool) -> Coded:
    """With further items that have no event; behind the others, or all in ascending text order."""
    if not len(more):
        return events
    items = np.concatenate([events.items, more])
    if not in_order:
        return replace(events, items=items)
    texts = [str(text).encode() for text in items.tolist()]
    order = np.asarray(sorted(range(len(texts)), key=texts.__getitem__))
    place = np.empty(len(items), dtype=np.int32)
    place[order] = np.arange(len(items), dtype=np.int32)
    return replace(events, item=place[events.item], items=items[order])


def _column(parts: Sequence[Coded], name: str, called: str) -> Any:
    columns = [getattr(part, name) for part in parts]
    if all(column is None for column in columns):
        return None
    if any(column is None for column in columns):
        raise DataError(
            f"Some of the files have {called}, others have none.", "Import files of one kind together."
        )
    return np.concatenate(columns)


def _over_union(
    ids: Sequence[NDArray[np.object_]], codes: Sequence[NDArray[np.int32]]
) -> tuple[NDArray[np.object_], NDArray[np.int32]]:
    """The different ids in ascending order, and all codes into them."""
    if all(len(other) == len(ids[0]) and (other == ids[0]).all() for other in ids[1:]):
        return ids[0], np.concatenate(codes)
    union = sorted(set().union(*(part.tolist() for part in ids)), key=str.encode)
    whole = np.asarray(union, dtype=object)
    place = pd.Index(whole)
    moved = []
    for part, old in zip(ids, codes, strict=True):
        table = np.full(len(part) + 1, MISSING, dtype=np.int32)  # MISSING is the last place
        table[: len(part)] = place.get_indexer(pd.Index(part))
        moved.append(table[old])
    return whole, np.concatenate(moved)


def _event_types(parts: Sequence[Coded]) -> tuple[tuple[str, ...], NDArray[np.uint8] | None]:
    names = tuple(dict.fromkeys(name for part in parts for name in part.event_types))
    if _column(parts, "event", "event types") is None:
        return (), None
    if len(names) > 255:
        raise DataError(
            f"The files have {len(names)} different event types; at most 255 are kept.",
            "Choose a column with the kind of event (view, cart, purchase), or none.",
        )
    place = {name: code for code, name in enumerate(names)}
    moved = [
        np.asarray([place[name] for name in part.event_types], dtype=np.uint8)[part.event] for part in parts
    ]
    return names, np.concatenate(moved)


def _sessions(parts: Sequence[Coded], visits: Sequence[NDArray[np.object_]]) -> NDArray[np.int32] | None:
    """A visit may go on in the next file, where all names are known; otherwise those of two files differ."""
    if _column(parts, "session", "sessions") is None:
        return None
    if len(visits) == len(parts):
        return _over_union(visits, [np.asarray(part.session) for part in parts])[1]
    moved, first = [], 0
    for part in parts:
        codes = np.asarray(part.session)
        moved.append(np.where(codes < 0, codes, codes + np.int32(first)).astype(np.int32))
        first += int(codes.max(initial=-1)) + 1
    return np.concatenate(moved)


def _first_of_each(tables: Sequence[pd.DataFrame | None], key: str) -> pd.DataFrame | None:
    """Rows of all tables by id; the first filled value of a column counts."""
    there = [table for table in tables if table is not None]
    if len(there) < 2:
        return there[0] if there else None
    return pd.concat(there, ignore_index=True).groupby(key, sort=True, as_index=False).first()
