"""Profile: the measured numbers as a table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard.text.numbers import date, exact_count, score, share

DATES = ("first_time", "last_time")
SHARES = ("density", "head_share_1", "head_share_10", "repeat_share", "tied_share")


Numbers = Mapping[str, float | int | None]


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
