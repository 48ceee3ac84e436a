"""Questions to begin with, and what figure a result asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from data.asking import TableShape

MOST_POINTS = 5000
MOST_BARS = 60
LARGE = 5_000_000  # events; beyond, an example looks at a part, so that it stays within the deadline


@dataclass(frozen=True)
class Example:
    """A question to begin with; `name` is a word of the interface."""

    name: str
    sql: str
    column: str = ""


@dataclass(frozen=True)
class Drawing:
    """What goes where in the figure of a result; `kind` is bars, line or points."""

    x: str
    y: str
    kind: str


def examples(tables: Sequence[TableShape]) -> list[Example]:
    """Questions that this data set can answer, the plainest first."""
    known = {table.name: {column.name: column for column in table.columns} for table in tables}
    events, items, users = (known.get(name, {}) for name in ("events", "items", "users"))
    large = any(table.name == "events" and table.rows > LARGE for table in tables)
    tenth = "WHERE hash(user_id) % 10 = 0 -- a tenth of the users, to be quick\n" if large else ""
    title = "i.item_id, i.title" if "title" in items else "i.item_id"
    found = [
        Example(
            "popular",
            f"SELECT {title}, count(*) AS events\nFROM events e JOIN items i USING (item_id)\n"
            "GROUP BY ALL\nORDER BY events DESC, i.item_id\nLIMIT 20",
        ),
        Example(
            "per_user",
            "SELECT events, count(*) AS users\n"
            "FROM (SELECT user_id, count(*) AS events FROM events GROUP BY user_id)\n"
            "GROUP BY events\nORDER BY events",
        ),
    ]
    if "time" in events and events["time"].example:
        found.append(
            Example(
                "over_time",
                "SELECT date_trunc('week', time)::DATE AS week,\n  count(*) AS events,\n"
                "  count(DISTINCT user_id) AS users\nFROM events\nGROUP BY week\nORDER BY week",
            )
        )
    found += [
        Example(
            "weights",
            "SELECT weight, count(*) AS events\nFROM events\nGROUP BY weight\nORDER BY weight\nLIMIT 100",
        ),
        Example(
            "repeats",
            f"SELECT user_id, item_id, count(*) AS times\nFROM events\n{tenth}"
            "GROUP BY ALL\nHAVING count(*) > 1\nORDER BY times DESC, user_id, item_id\nLIMIT 100",
        ),
    ]
    found += [_feature("items", "item_id", name) for name in _features(items)[:1]]
    found += [_feature("users", "user_id", name) for name in _features(users)[:1]]
    part = "SELECT * FROM events USING SAMPLE 5%" if large else "events"
    columns = "column_name, column_type, min, max,\n  approx_unique, null_percentage"
    return [*found, Example("summary", f"SELECT {columns}\nFROM (SUMMARIZE {part})")]


def _features(columns: dict[str, object]) -> list[str]:
    """Feature columns by which one may group: neither ids nor long text."""
    return [name for name in columns if name not in ("item_id", "user_id", "title", "text")]


def _feature(table: str, key: str, name: str) -> Example:
    column = 'f."' + name.replace('"', '""') + '"'
    sql = (
        f"SELECT {column}, count(*) AS events\nFROM events e JOIN {table} f USING ({key})\n"
        f"GROUP BY {column}\nORDER BY events DESC, 1\nLIMIT 50"
    )
    return Example(f"by_{table}", sql, name)


def numeric(table: pd.DataFrame) -> list[str]:
    """Columns that a figure can measure."""
    return [
        name
        for name in table.columns
        if pd.api.types.is_numeric_dtype(table[name]) and not pd.api.types.is_bool_dtype(table[name])
    ]


def with_moments(table: pd.DataFrame) -> pd.DataFrame:
    """The table with days as moments, so that a figure can lay them along a calendar."""
    days = [name for name in table.columns if pd.api.types.infer_dtype(table[name], skipna=True) == "date"]
    return table.assign(**{name: pd.to_datetime(table[name], errors="coerce") for name in days})


def drawing(table: pd.DataFrame) -> Drawing | None:
    """The figure that suits a result at first sight, or None when there is nothing to draw.

    The first column goes along; the first number after it goes up. Moments make a line, many numbers points
    or a line where they rise, all else bars.
    """
    names = list(table.columns)
    heights = [name for name in numeric(table) if name != names[0]] if names else []
    if len(table) < 2 or not heights:
        return None
    x = names[0]
    labels = [name for name in names[:-1] if name not in heights]
    if not pd.api.types.is_numeric_dtype(table[x]) and "title" in labels:
        x = "title"
    return Drawing(x, heights[0], _kind(table[x]))


def _kind(values: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(values):
        return "line"
    if pd.api.types.is_numeric_dtype(values):
        if len(values) <= MOST_BARS:
            return "bars"
        return "line" if values.is_monotonic_increasing and values.is_unique else "points"
    return "bars"


def drawn(table: pd.DataFrame, drawing: Drawing) -> pd.DataFrame:
    """The two columns of the figure, without missing heights, no more rows than it can carry."""
    most = MOST_BARS if drawing.kind == "bars" else MOST_POINTS
    columns = [drawing.x] if drawing.x == drawing.y else [drawing.x, drawing.y]
    return table[columns].dropna().head(most)
