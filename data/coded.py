"""Readable rows of an import as parallel arrays, before any rule has set one aside."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MISSING = -1  # code of a row without user
TRAIN, VALIDATION, TEST = 0, 1, 2  # of a given split


@dataclass(frozen=True, eq=False)
class Coded:
    """Events in file order; ids as codes into `users` and `items` (text, in the order of their codes).

    Everything that a person may choose about rows (`Cleaning`) works on this, so that no choice needs the
    file to be read again.
    """

    user: NDArray[np.int32]  # (n,) MISSING where the row names no user
    item: NDArray[np.int32]  # (n,)
    weight: NDArray[np.float32]  # (n,)
    span: NDArray[np.int32]  # (n,) physical lines of the row; 0 for the earlier events of a line with many
    users: NDArray[np.object_]  # (n_users,) str, all different
    items: NDArray[np.object_]  # (n_items,) str, all different
    second: NDArray[np.int64] | None = None  # (n,) epoch seconds, UTC
    row_hash: NDArray[np.uint64] | None = None  # (n,) equal for rows equal in every column of the file
    event: NDArray[np.uint8] | None = None  # (n,) codes into `event_types`
    session: NDArray[np.int32] | None = None  # (n,)
    part: NDArray[np.uint8] | None = None  # (n,) TRAIN, VALIDATION or TEST of a given split
    event_types: tuple[str, ...] = ()
    extras: pd.DataFrame | None = None  # (n rows) columns of the event that are kept

    def __len__(self) -> int:
        return len(self.user)

    @property
    def lines(self) -> int:
        """Physical lines of these rows."""
        return int(self.span.sum(dtype=np.int64))

    def take(self, rows: NDArray[Any]) -> Coded:
        """The rows at `rows` (numbers or a mask), in that order; ids and their codes stay."""
        changed: dict[str, Any] = {
            name: getattr(self, name)[rows] for name in ("user", "item", "weight", "span")
        }
        for name in ("second", "row_hash", "event", "session", "part"):
            values = getattr(self, name)
            changed[name] = None if values is None else values[rows]
        if self.extras is not None:
            changed["extras"] = self.extras.iloc[rows] if rows.dtype != bool else self.extras[rows]
        return replace(self, **changed)


@dataclass(frozen=True, eq=False)
class ReadFile:
    """A file of events as read: its readable rows, and what became of every other line.

    `lines == header + sum(set_aside) + quarantined + coded.lines`, where lines are physical lines of text
    and rows of other formats.
    """

    coded: Coded
    lines: int
    header: int
    set_aside: dict[str, int]  # what is no row: blank line, comment line, user without items → lines
    quarantine: pd.DataFrame  # line, text, reason
    quarantined: int  # lines; a record over three lines counts three
    item_table: pd.DataFrame | None = (
        None  # column "item" and those columns that follow from the item, as text
    )
    user_table: pd.DataFrame | None = None  # column "user" and those that follow from the user
    conflicts: dict[str, int] = field(default_factory=dict)  # lifted column → ids with several values
    notes: tuple[str, ...] = ()
    sessions: NDArray[np.object_] | None = None  # texts of the codes of sessions, where they are at hand
