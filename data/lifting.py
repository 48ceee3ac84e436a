"""Columns of a flat export that say something about the item alone become item metadata.

How much a column follows from the item is measured by leave-one-out agreement: how often the item's most
frequent value is also the value of another row of that item, set against guessing the most frequent value of
the whole column (the idea of lambda, Goodman and Kruskal 1954).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

AGREEMENT = 0.9  # share of rows that must agree with their item
GAIN = 0.75  # and of the disagreement left by guessing, the share that knowing the item removes
FIRST_LOOK = 50_000  # rows of the quick test that spares most columns a full pass
FEW_PAIRS = 20  # fewer comparisons decide nothing


def follows(con: Any, table: str, item: str, column: str, *, sure: bool = True) -> bool:
    """Whether `column` depends on `item` alone, measured over the non-empty rows of an SQL table.

    Args:
        sure: demand enough rows to compare; otherwise too few of them let the column pass.
    """
    agree, compared, most_common, total = con.execute(
        f"""WITH n AS (SELECT {item} AS i, trim({column}) AS v, count(*) AS c FROM {table}
                       WHERE trim(coalesce({column}, '')) <> '' AND {item} IS NOT NULL GROUP BY ALL),
                 per_item AS (SELECT max(c) - 1 AS agree, sum(c) - 1 AS compared FROM n GROUP BY i),
                 per_value AS (SELECT sum(c) AS c FROM n GROUP BY v)
            SELECT coalesce(agree, 0), coalesce(compared, 0), coalesce(most_common, 0), coalesce(total, 0)
            FROM (SELECT sum(agree) AS agree, sum(compared) AS compared FROM per_item),
                 (SELECT max(c) AS most_common, sum(c) AS total FROM per_value)"""
    ).fetchall()[0]
    if compared < FEW_PAIRS:
        return not sure and total > 0
    agreement, guess = float(agree) / float(compared), float(most_common) / float(total)
    return guess < 1 and agreement >= AGREEMENT and (agreement - guess) / (1 - guess) >= GAIN


def lift(con: Any, table: str, item: str, columns: dict[str, str]) -> tuple[pd.DataFrame, dict[str, int]]:
    """One row per item with its most frequent value of each column (the smallest on a draw).

    Args:
        columns: name in the file → name in the SQL table.

    Returns:
        A table of text with the column `item` and one per file column; and per file column the number of
        items whose rows disagree.
    """
    lifted: pd.DataFrame | None = None
    conflicts: dict[str, int] = {}
    for name, column in columns.items():
        modes = con.execute(
            f"""WITH n AS (SELECT {item} AS item, trim({column}) AS v, count(*) AS c FROM {table}
                           WHERE trim(coalesce({column}, '')) <> '' GROUP BY ALL)
                SELECT item, arg_max(v, (c, -r)) AS v, count(*) > 1 AS torn
                FROM (SELECT *, row_number() OVER (PARTITION BY item ORDER BY v) AS r FROM n) GROUP BY item"""
        ).df()
        conflicts[name] = int(modes["torn"].sum())
        part = modes[["item", "v"]].rename(columns={"v": name})
        lifted = part if lifted is None else lifted.merge(part, on="item", how="outer")
    return (pd.DataFrame({"item": []}) if lifted is None else lifted), conflicts
