"""Cleaning choices as lines of a panel, and the sum of lines before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data.cleaning import Cleaning
from data.read_tables import Read

LEFT = "left"
NO_PROPOSAL = "nothing to propose"
FIELDS: dict[str, tuple[str, ...]] = {  # the choices that belong to a rule
    "no_user": (),
    "normalised_ids": ("normalise_ids",),
    "not_a_user": ("drop_users",),
    "not_an_item": ("drop_items",),
    "event_types": ("event_weights",),
    "cancellations": ("cancellations",),
    "below_minimum": ("min_weight",),
    "above_maximum": ("max_weight",),
    "time_window": ("since", "until"),
    "exact_duplicates": ("drop_duplicates",),
    "extreme_users": ("max_user_events",),
    "repeated_pairs": ("repeats",),
    "binarised": ("binarise",),
    "k_core": ("min_user_events", "min_item_events"),
}


@dataclass(frozen=True)
class Sums:
    """Lines of all event files, and what is left of them."""

    lines: int
    header: int
    accepted: int
    removed: int
    quarantined: int
    events: int
    users: int
    items: int


def sums(read: Read, table: pd.DataFrame) -> Sums:
    """`lines == header + accepted + removed + quarantined`, from what was read and `touched`.

    Args:
        table: what each rule touches; its row "left" says what is left.
    """
    events = read.events
    left = table[table["rule"] == LEFT].iloc[0]
    by_rule = table[table["on"] & (table["rule"] != LEFT)]["lines"].sum()
    return Sums(
        lines=events.lines,
        header=events.header,
        accepted=int(left["lines"]),
        removed=int(by_rule) + sum(events.set_aside.values()),
        quarantined=events.quarantined,
        events=int(left["rows"]),
        users=int(left["users"]),
        items=int(left["items"]),
    )


BY_VALUE = ("not_a_user", "not_an_item", "above_maximum", "time_window")
ALWAYS = ("exact_duplicates", "below_minimum", "extreme_users", "repeated_pairs", "k_core")


def is_offered(row: Mapping[str, Any]) -> bool:
    """Whether a rule gets a line: it is on, would touch something, or is a usual choice that applies."""
    if row["rule"] == "no_user":
        return bool(row["lines"])
    usual = row["rule"] in ALWAYS and row["note"] in ("", NO_PROPOSAL)
    return bool(row["on"] or row["change"] or usual)


def is_further(row: Mapping[str, Any]) -> bool:
    """Whether a rule that is off needs a value from a person before it touches anything."""
    return not is_offered(row) and row["note"] == NO_PROPOSAL and row["rule"] in BY_VALUE


def switched_off(rule: str) -> dict[str, Any]:
    """The fields of a rule as they are when it does nothing."""
    off: dict[str, Any] = {name: Cleaning.model_fields[name].default for name in FIELDS[rule]}
    return off | ({"drop_duplicates": False} if rule == "exact_duplicates" else {})


def changed(cleaning: Cleaning, values: Mapping[str, Any]) -> Cleaning:
    """The choices with other values, checked again."""
    return Cleaning(**{**cleaning.model_dump(), **values})
