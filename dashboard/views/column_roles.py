"""The mapping of a file as one role per column, and back."""

from __future__ import annotations

from collections.abc import Mapping as Roles
from collections.abc import Sequence
from typing import Any

import pandas as pd

from data.columns import EVENT, ITEM, SESSION, TIME, USER, WEIGHT
from data.errors import ConfigError
from data.mapping import AUTO, Mapping, Proposal

ITEM_FEATURE, USER_FEATURE, KEEP, UNUSED = SEVERAL = ("item_columns", "user_columns", "keep", "unused")
SINGLE = (USER, ITEM, WEIGHT, TIME, EVENT, SESSION)  # roles of one column at most
CHOICES = (*SINGLE, *SEVERAL)


def proposed_roles(proposal: Proposal | None, columns: Sequence[str]) -> dict[str, str]:
    """column → role as proposed; every column is left out where nothing could be."""
    told = {} if proposal is None else {name: role.role for name, role in proposal.roles.items()}
    return {name: told[name] if told.get(name) in CHOICES else UNUSED for name in columns}


def roles_of(mapping: Mapping, proposed: Roles[str, str]) -> dict[str, str]:
    """column → role. Where the mapping leaves open which columns describe item or user, as proposed."""
    named = {name: role for role in SINGLE if (name := getattr(mapping, role)) is not None}
    named |= dict.fromkeys(mapping.keep, KEEP)
    is_open = {ITEM_FEATURE: mapping.item_columns is None, USER_FEATURE: mapping.user_columns is None}
    named |= dict.fromkeys(mapping.item_columns or (), ITEM_FEATURE)
    named |= dict.fromkeys(mapping.user_columns or (), USER_FEATURE)
    return {name: named.get(name, role if is_open.get(role) else UNUSED) for name, role in proposed.items()}


def mapping_of(roles: Roles[str, str], base: Mapping) -> Mapping:
    """The mapping that these roles say; time format and zone come from `base`.

    Raises:
        ConfigError: no user, no item, or two columns of one role.
    """
    values: dict[str, Any] = {role: _only(role, roles) for role in SINGLE}
    missing = next((role for role in (USER, ITEM) if values[role] is None), None)
    if missing is not None:
        raise ConfigError(f"No column is the {missing}.", f"Give one of the columns the role {missing}.")
    values |= {role: _all(role, roles) for role in (KEEP, ITEM_FEATURE, USER_FEATURE)}
    values["time_format"] = base.time_format if values[TIME] == base.time else AUTO
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


def sample_values(rows: pd.DataFrame, column: str, width: int = 34) -> list[str]:
    """Up to three different values of a column that together take about `width` letters."""
    values, left = [], width
    for value in map(str, rows[column].dropna().unique()[:3]):
        if values and len(value) > left:
            break
        values.append(value if len(value) <= width else f"{value[: width - 1]}…")
        left -= len(value)
    return values
