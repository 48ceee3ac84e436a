"""Profile: the measured numbers as a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
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


SEGMENT_WORDS: dict[str, Callable[[float], str]] = {  # how the numbers of segments are written
    **dict.fromkeys(("member_share", "event_share", "density"), share),
    **dict.fromkeys(("members", "events", "reached"), exact_count),
    "per_member": "{:.1f}".format,
}


def typical_words(typical: str) -> str:
    """Common values with their shares, as a profile says them; 0 % of what is there is less than 1 %."""
    return re.sub(r" 0 %(?=,|$)", " < 1 %", typical)


def weight_words(weight: float) -> str:
    """A weight, or the edge of a bin of weights: 0.5, 9.59, 3 620."""
    return exact_count(round(weight)) if weight >= 1000 else f"{weight:.3g}"


def labelled(points: pd.DataFrame, most: int) -> list[int]:
    """Places of the points of a map to be named: those with most events that keep apart.

    Args:
        points: x, y, events.
        most: how many at most.
    """
    width, height = (max(float(np.ptp(points[axis])), 1e-9) for axis in ("x", "y"))
    chosen: list[int] = []
    for place in np.argsort(-points["events"].to_numpy(), kind="stable"):
        here = points.iloc[place]
        apart = all(
            abs(here["x"] - points["x"].iloc[other]) > 0.16 * width
            or abs(here["y"] - points["y"].iloc[other]) > 0.05 * height
            for other in chosen
        )
        if apart:
            chosen.append(int(place))
        if len(chosen) == most:
            break
    return chosen
