"""Columns of a file that seem to hold addresses or numbers of people, before anything is stored."""

from __future__ import annotations

import re

import pandas as pd

from data.checks.personal_data import KINDS

MOST = 500  # values of a column that are looked at
ENOUGH = 2  # values with it, from which a column is flagged; one may be chance


def personal_columns(rows: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """column → what it seems to hold ("e-mail addresses", "telephone numbers", …); others are left out."""
    found = {}
    for column in map(str, rows.columns):
        values = [str(value) for value in rows[column].dropna().unique()[:MOST]]
        kinds = tuple(what for _, what, pattern, check in KINDS if _holds(values, pattern, check))
        if kinds:
            found[column] = kinds
    return found


def _holds(values: list[str], pattern: str, check: object) -> bool:
    hits = [match.group(0) for value in values if (match := re.search(pattern, value))]
    if not callable(check):
        return len(hits) >= ENOUGH
    passed = sum(bool(check(hit)) for hit in hits)
    return passed >= ENOUGH and 2 * passed >= len(hits)
