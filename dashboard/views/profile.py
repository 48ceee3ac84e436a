"""Profile: the measured numbers as a table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard.text.numbers import date, exact_count, score, share

DATES = ("first_time", "last_time")
SHARES = (
    "density",
    "head_share_1",
    "head_share_10",
    "long_tail",
    "one_event_users",
    "repeat_share",
    "tied_share",
    "new_user_share",
    "new_item_share",
    "connected",
    "reciprocity",
)
RATIOS = ("gini", "user_gini", "friend_cosine", "stranger_cosine")
MEASURES = ("mean_user_events", "mean_item_events", "median_user_life", "median_item_life", "visit_events")


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
    if key in (*MEASURES, "visit_minutes", "homophily"):
        return f"{value:.2f}" if key == "homophily" else f"{value:.1f}"
    return score(value) if key in RATIOS else exact_count(value)


def segment_table(table: pd.DataFrame) -> pd.DataFrame:
    """Segments with numbers as text, shares in %."""
    shares = {
        name: [share(value) for value in table[name]] for name in ("member_share", "event_share", "density")
    }
    counts = {
        name: [exact_count(value) for value in table[name]] for name in ("members", "events", "reached")
    }
    return table.assign(**shares, **counts, per_member=[f"{value:.1f}" for value in table["per_member"]])
