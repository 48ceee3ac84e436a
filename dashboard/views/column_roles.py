"""The mapping of a file as one role per column, and back."""

from __future__ import annotations

from collections.abc import Mapping as Roles
from collections.abc import Sequence
from typing import Any

import pandas as pd

from data.columns import ITEM, TIME, USER, WEIGHT
from data.errors import ConfigError
from data.mapping import AUTO, Mapping

EVENT, SESSION, ITEM_FEATURE, USER_FEATURE, KEEP, LIFT, UNUSED = (
    "event",
    "session",
    "item_feature",
    "user_feature",
    "keep",
    "lift",
    "unused",
)
SINGLE = (USER, ITEM, WEIGHT, TIME, EVENT, SESSION)  # roles of one column at most
CHOICES = (*SINGLE, ITEM_FEATURE, USER_FEATURE, KEEP, LIFT, UNUSED)


def roles_of(mapping: Mapping, columns: Sequence[str]) -> dict[str, str]:
    """column → role. A free column is lifted where it follows from item or user, if that is left open."""
    named = {name: role for role in SINGLE if (name := getattr(mapping, role)) is not None}
    named |= dict.fromkeys(mapping.keep, KEEP)
    named |= dict.fromkeys(mapping.item_columns or (), ITEM_FEATURE)
    named |= dict.fromkeys(mapping.user_columns or (), USER_FEATURE)
    is_open = mapping.item_columns is None or mapping.user_columns is None
    return {name: named.get(name, LIFT if is_open else UNUSED) for name in columns}


def mapping_of(roles: Roles[str, str], base: Mapping, sides: Roles[str, str] | None = None) -> Mapping:
    """The mapping that these roles say; time format and zone come from `base`.

    Args:
        sides: free column → "item" or "user", where its values in a sample follow from that. The import
            itself decides over all rows, unless a person has left a column out: then these are taken by name.

    Raises:
        ConfigError: no user, no item, or two columns of one role.
    """
    values: dict[str, Any] = {role: _only(role, roles) for role in SINGLE}
    if values[USER] is None or values[ITEM] is None:
        missing = USER if values[USER] is None else ITEM
        raise ConfigError(f"No column is the {missing}.", f"Give one of the columns the role {missing}.")
    told = {name: side for name, side in (sides or {}).items() if roles.get(name) == LIFT}
    is_open = LIFT in roles.values() and UNUSED not in roles.values()
    values["keep"] = _all(KEEP, roles)
    for field, role, side in (("item_columns", ITEM_FEATURE, ITEM), ("user_columns", USER_FEATURE, USER)):
        named = _all(role, roles)
        more = () if is_open else tuple(name for name, found in told.items() if found == side)
        values[field] = (*named, *more) or (None if is_open else ())
    same_time = values[TIME] == base.time
    values["time_format"] = base.time_format if same_time else AUTO
    return Mapping(**values, time_zone=base.time_zone)


def _only(role: str, roles: Roles[str, str]) -> str | None:
    found = _all(role, roles)
    if len(found) > 1:
        raise ConfigError(
            f"Columns {found[0]!r} and {found[1]!r} are both the {role}.", "Give one of them another role."
        )
    return found[0] if found else None


def _all(role: str, roles: Roles[str, str]) -> tuple[str, ...]:
    return tuple(name for name, given in roles.items() if given == role)


def sample_values(rows: pd.DataFrame, column: str, n: int = 3, width: int = 28) -> list[str]:
    """The first `n` different values of a column, long ones cut."""
    values = [str(value) for value in rows[column].dropna().unique()[:n]]
    return [value if len(value) <= width else f"{value[: width - 1]}…" for value in values]
