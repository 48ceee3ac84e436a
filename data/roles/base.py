"""What a column can be."""

from __future__ import annotations

from dataclasses import dataclass

from data.columns import EVENT, ITEM, SESSION, TIME, USER, WEIGHT

UNUSED = "unused"
ITEM_COLUMNS, USER_COLUMNS = "item_columns", "user_columns"
ROLES = (USER, ITEM, TIME, WEIGHT, EVENT, SESSION)  # of one column each, in the order in which they are given


@dataclass(frozen=True)
class Role:
    """What a column seems to be, why, and how sure, 0..1.

    `role` is the name of a field of `Mapping` (user, item, weight, time, event, session, item_columns,
    user_columns) or "unused". The last three are not set in the proposed mapping: what follows from item or
    user is found again over the whole file.
    """

    role: str
    reason: str
    confidence: float
