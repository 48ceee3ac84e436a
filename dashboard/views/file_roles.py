"""What each of several files seems to be: events, more of them, items, users, pairs, a part of a split."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from data.columns import ITEM, USER
from data.mapping import Proposal
from data.reading import FileShape
from data.reading.words import NAMES, parts, plain

EVENTS, PART, ITEMS, USERS, SOCIAL, VALIDATION, TEST, UNUSED = ROLES = (
    "events",
    "part",
    "items",
    "users",
    "social",
    "validation",
    "test",
    "unused",
)
OF_A_SPLIT = {"train": EVENTS, "test": TEST, "valid": VALIDATION, "validation": VALIDATION, "val": VALIDATION}
OF_A_SPLIT |= {"dev": VALIDATION, "tst": TEST, "trn": EVENTS, "training": EVENTS, "testing": TEST}
PAIRS = re.compile(r"friend|trust|follow|social|edge|relation|contact|network", re.I)
SHARED = 0.2  # share of a column's values among the ids of the events, from which it seems to name them
DIFFERENT = 0.95  # share of different values, from which a column seems to name one row each


@dataclass(frozen=True, eq=False)
class FileFacts:
    """What is known of a file: `rows` as text, and the proposed mapping if it could hold events."""

    upload: str
    name: str
    size: int
    shape: FileShape
    rows: pd.DataFrame
    proposal: Proposal | None


@dataclass(frozen=True)
class FileRole:
    """A proposed role; `reason` is a key of the words `import_data.file_why_…` with its `values`."""

    role: str
    reason: str
    values: dict[str, str] = field(default_factory=dict)


def propose_roles(files: Sequence[FileFacts]) -> dict[str, FileRole]:
    """upload → role. One file at most is items, users, social; without events every file is left out."""
    events = _events_file(files)
    if events is None:
        return {file.upload: FileRole(UNUSED, "no_events") for file in files}
    found = {events.upload: FileRole(EVENTS, "events")}
    for file in files:
        if file is not events:
            found[file.upload] = _beside(file, events)
    return _one_each(files, found)


def _events_file(files: Sequence[FileFacts]) -> FileFacts | None:
    """The file that looks most like events: roles told by names, train rather than test, then size."""
    able = [file for file in files if file.proposal is not None]
    return max(able, key=_likeness, default=None)


def _likeness(file: FileFacts) -> tuple[float, int, float, int]:
    proposal = file.proposal
    assert proposal is not None  # only files that could hold events are compared
    chosen = proposal.mapping
    both = min(proposal.roles[chosen.user].confidence, proposal.roles[chosen.item].confidence)
    lists = 1.0 if file.shape.format == "user_lines" else 0.0
    more = 0.3 * (chosen.weight is not None) + 0.3 * (chosen.time is not None)
    repeats = 0.3 * (_different(file.rows, chosen.user) < DIFFERENT)
    pairs = -1.0 if PAIRS.search(file.name) and len(file.shape.columns) <= 3 else 0.0
    part = _split_part(file.name)
    place = {EVENTS: 2, None: 1}.get(part, 0)
    return round(max(both, lists) + repeats + pairs, 1), place, more, file.size


def _split_part(name: str) -> str | None:
    """The part of a split that a file name tells: `ml-100k.test.csv` → test."""
    said = (word.rstrip("0123456789") for word in parts(name))
    return next((OF_A_SPLIT[word] for word in said if word in OF_A_SPLIT), None)


def _different(rows: pd.DataFrame, column: str) -> float:
    values = rows[column].dropna()
    return float(values.nunique()) / len(values) if len(values) else 0.0


def _beside(file: FileFacts, events: FileFacts) -> FileRole:
    """The role of a file beside the events."""
    if _same_table(file, events):
        part = _split_part(file.name)
        if part in (TEST, VALIDATION):
            return FileRole(part, f"same_{part}", {"name": events.name})
        return FileRole(PART, "same", {"name": events.name})
    assert events.proposal is not None  # it is the events file
    chosen = events.proposal.mapping
    users, items = _values(events, chosen.user), _values(events, chosen.item)
    named = {plain(column): column for column in map(str, file.rows.columns)}
    titled = events.shape.header or events.shape.format not in ("delimited", "user_lines", "matrix")
    user_column = named.get(plain(chosen.user)) if titled else None
    item_column = named.get(plain(chosen.item)) if titled else None
    if user_column and item_column:
        return FileRole(UNUSED, "both", {"name": events.name})
    if _is_pairs(file, users, user_column):
        return FileRole(SOCIAL, "pairs")
    if item_column and _different(file.rows, item_column) >= DIFFERENT:
        return FileRole(ITEMS, "named", {"column": item_column, "name": events.name})
    if user_column and _different(file.rows, user_column) >= DIFFERENT:
        return FileRole(USERS, "named", {"column": user_column, "name": events.name})
    return _by_values(file, users, items, chosen.item)


def _same_table(file: FileFacts, events: FileFacts) -> bool:
    one, other = file.shape, events.shape
    if one.format != other.format or PAIRS.search(file.name):
        return False
    return one.columns == other.columns if one.header else len(one.columns) == len(other.columns)


def _values(file: FileFacts, column: str) -> set[str]:
    return {str(value) for value in file.rows[column].dropna()}


def _is_pairs(file: FileFacts, users: set[str], user_column: str | None) -> bool:
    """Two columns of users, perhaps with a third that weighs the tie."""
    if len(file.rows.columns) not in (2, 3):
        return False
    told = PAIRS.search(" ".join((file.name, *map(str, file.rows.columns))))
    if user_column:
        return bool(told) or _different(file.rows, user_column) < DIFFERENT
    shares = [_share(file.rows, str(column), users) for column in file.rows.columns[:2]]
    return bool(told) or (min(shares) >= SHARED and _different(file.rows, str(file.rows.columns[0])) < 0.5)


def _share(rows: pd.DataFrame, column: str, ids: set[str]) -> float:
    values = rows[column].dropna().astype(str)
    return float(values.isin(ids).mean()) if len(values) else 0.0


def _by_values(file: FileFacts, users: set[str], items: set[str], item_name: str) -> FileRole:
    """Items or users by a column with one value per row that shares ids with the events, or by its name."""
    keys = [str(c) for c in file.rows.columns if _different(file.rows, str(c)) >= DIFFERENT]
    best, role, column = 0.0, "", ""
    for key in keys:
        for kind, ids in ((ITEMS, items), (USERS, users)):
            share = _share(file.rows, key, ids) + 0.5 * _told_by_name(file.name, key, kind, item_name)
            if share > best:
                best, role, column = share, kind, key
    if best >= 0.05:
        return FileRole(role, "shared" if best >= SHARED else "guess", {"column": column})
    return FileRole(UNUSED, "unknown")


def _told_by_name(file_name: str, column: str, kind: str, item_name: str) -> bool:
    """Does the name of the file or column speak of items (`artists.dat`) or users?"""
    known = NAMES[ITEM] if kind == ITEMS else NAMES[USER]
    said = [plain(column), *(word.removesuffix("s") for word in (*parts(column), *parts(file_name)))]
    said += parts(item_name) if kind == ITEMS and set(parts(item_name)) & set(said) else ()
    return any(word in known for word in said)


def _one_each(files: Sequence[FileFacts], found: dict[str, FileRole]) -> dict[str, FileRole]:
    """The widest file of a kind keeps it; the others are left out."""
    for role in (ITEMS, USERS, SOCIAL):
        those = [file for file in files if found[file.upload].role == role]
        kept = max(those, key=lambda file: (_wordy(file), len(file.shape.columns), file.size), default=None)
        for file in those:
            if kept is not None and file is not kept:
                found[file.upload] = FileRole(UNUSED, "second", {"name": kept.name})
    return found


def _wordy(file: FileFacts) -> bool:
    """Does a column say something in words?"""
    return any(
        file.rows[column].astype(str).str.contains(r"[A-Za-z]{3}").mean() > 0.5 for column in file.rows
    )
