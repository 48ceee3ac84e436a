"""Profile & doctor: what the measured numbers mean for testing and training, by severity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.text.numbers import count, date, exact_count, score, share

LOOK, KNOW, FINE = "look", "know", "fine"  # severities: look at first, good to know, nothing to worry about
ORDER = (LOOK, KNOW, FINE)
FEW_USERS = 200
DATES = ("first_time", "last_time")
SHARES = ("density", "head_share_1", "head_share_10", "repeat_share", "tied_share")


@dataclass(frozen=True)
class Finding:
    """One measured fact: `name` names its sentence, `values` fill it in."""

    name: str
    severity: str
    values: dict[str, str]


Numbers = Mapping[str, float | int | None]


def findings(numbers: Numbers, rows: Mapping[str, Any] | None = None) -> list[Finding]:
    """What was measured, the gravest first.

    Args:
        numbers: of `data.profile.Profile`.
        rows: lines and quarantined of the import, where it was one.
    """
    found = [check(numbers) for check in CHECKS]
    found.append(_quarantine(rows))
    return sorted((f for f in found if f is not None), key=lambda finding: ORDER.index(finding.severity))


def _times(numbers: Numbers) -> Finding | None:
    if numbers.get("first_time") is None:
        return Finding("no_times", LOOK, {})
    first, last = numbers["first_time"], numbers["last_time"]
    return Finding("times", FINE, {"first": date(first), "last": date(last)})


def _ties(numbers: Numbers) -> Finding | None:
    tied = numbers.get("tied_share")
    if tied is None:
        return None
    return Finding("ties" if tied >= 0.05 else "no_ties", _grade(tied, 0.2, 0.05), {"share": share(tied)})


def _history(numbers: Numbers) -> Finding | None:
    median = float(numbers["median_user_events"] or 0)
    severity = LOOK if median < 3 else KNOW if median < 6 else FINE
    return Finding("short_histories" if median < 6 else "histories", severity, {"median": count(median)})


def _users(numbers: Numbers) -> Finding | None:
    users = int(numbers["users"] or 0)
    return Finding("few_users", LOOK, {"users": count(users)}) if users < FEW_USERS else None


def _head(numbers: Numbers) -> Finding | None:
    head = float(numbers["head_share_1"] or 0)
    return Finding("head" if head >= 0.1 else "no_head", _grade(head, 0.4, 0.1), {"share": share(head)})


def _repeats(numbers: Numbers) -> Finding | None:
    repeated = float(numbers["repeat_share"] or 0)
    return Finding(
        "repeats" if repeated >= 0.05 else "no_repeats",
        KNOW if repeated >= 0.05 else FINE,
        {"share": share(repeated)},
    )


def _cold_users(numbers: Numbers) -> Finding | None:
    return _cold(numbers, "users", 0.5)


def _cold_items(numbers: Numbers) -> Finding | None:
    return _cold(numbers, "items", 0.3)


def _cold(numbers: Numbers, what: str, many: float) -> Finding | None:
    total, cold = numbers.get(f"test_{what}"), numbers.get(f"cold_test_{what}")
    if not total or cold is None:
        return None
    part = float(cold) / float(total)
    values = {"cold": count(cold), "total": count(total), "share": share(part)}
    return Finding(f"cold_{what}" if cold else f"no_cold_{what}", _grade(part, many, 0.05), values)


def _quarantine(rows: Mapping[str, Any] | None) -> Finding | None:
    if not rows or not rows.get("lines"):
        return None
    bad = int(rows.get("quarantined", 0))
    part = bad / int(rows["lines"])
    severity = LOOK if part >= 0.01 else KNOW if bad else FINE
    return Finding(
        "quarantined" if bad else "all_read", severity, {"lines": count(bad), "share": share(part)}
    )


def _grade(value: float, look: float, know: float) -> str:
    return LOOK if value >= look else KNOW if value >= know else FINE


CHECKS: tuple[Callable[[Numbers], Finding | None], ...] = (
    _users,
    _times,
    _ties,
    _history,
    _cold_users,
    _cold_items,
    _head,
    _repeats,
)


def number_table(numbers: Numbers, definitions: Mapping[str, str], names: Mapping[str, str]) -> pd.DataFrame:
    """name, value (as text), definition, in the given order; numbers the data cannot say are left out."""
    rows = [
        {
            "name": names.get(key, key.replace("_", " ")),
            "value": _text(key, value),
            "definition": definitions[key],
        }
        for key, value in numbers.items()
        if value is not None
    ]
    return pd.DataFrame(rows, columns=["name", "value", "definition"])


def _text(key: str, value: float) -> str:
    if key in DATES:
        return date(value)
    if key in SHARES:
        return share(value)
    return score(value) if key == "gini" else exact_count(value)
