"""Columns of a flat export that say something about the item, or the user, alone become metadata of it.

How much a column follows from an id is measured as in `data.roles.relations`. Rows of one visit of a user
count once, so that facts about a basket (its number, how it was paid) are not taken for facts about the user.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.columns import ITEM, USER
from data.items_table import free_name
from data.mapping import Mapping
from data.roles.relations import FEW_PAIRS, Codes, Dependence, dependence_of
from data.wording import number

FIRST_LOOK = 50_000  # rows of the quick test that spares most columns a full pass
MANY_ROWS, MANY_IDS = 1_000_000, 2_000  # looked at; of tables with several times as many, a part
SIDES = (ITEM, USER)  # the first wins a draw


@dataclass(frozen=True, eq=False)
class Lifted:
    """Tables of text with a column "item" or "user" and those that follow from it; None where none does."""

    tables: dict[str, pd.DataFrame]
    conflicts: dict[str, int] = field(
        default_factory=dict
    )  # column → ids with several values, empty ones too
    notes: tuple[str, ...] = ()


def dependence(
    con: Any, table: str, side: str, column: str, visit: str | None = None, one_in: int = 1
) -> Dependence:
    """Measure over the non-empty rows of an SQL table with the columns user_id, item_id and `column`.

    Args:
        visit: the SQL column with the session or moment; rows of one user that share it count once.
        one_in: of so many ids one is looked at, with all its rows.
    """
    rows = (
        f"SELECT {side}_id AS i, trim({column}) AS v FROM {table} "
        f"WHERE trim(coalesce({column}, '')) <> '' AND {side}_id IS NOT NULL"
    )
    if one_in > 1:
        rows += f" AND hash({side}_id) % {one_in} = 0"
    if side == USER and visit is not None:
        rows += f" GROUP BY i, v, {visit}"
    agree, compared, most_common, total = con.execute(
        f"""WITH n AS (SELECT i, v, count(*) AS c FROM ({rows}) GROUP BY ALL),
                 per_id AS (SELECT max(c) - 1 AS agree, sum(c) - 1 AS compared FROM n GROUP BY i),
                 per_value AS (SELECT sum(c) AS c FROM n GROUP BY v)
            SELECT coalesce(agree, 0), coalesce(compared, 0), coalesce(most_common, 0), coalesce(total, 0)
            FROM (SELECT sum(agree) AS agree, sum(compared) AS compared FROM per_id),
                 (SELECT max(c) AS most_common, sum(c) AS total FROM per_value)"""
    ).fetchall()[0]
    agreement, guess = float(agree) / max(float(compared), 1.0), float(most_common) / max(float(total), 1.0)
    return Dependence(int(compared), agreement, guess)


def likely(
    con: Any, table: str, columns: dict[str, str], mapping: Mapping, visit: str | None = None
) -> dict[str, str]:
    """Of `columns` (file name → SQL name) those that, in a first look, may follow from item or user."""
    told = {*mapping.described}
    sides = [side for side in SIDES if mapping.columns_of(side) is None]
    if not columns or not sides:
        return {name: sql for name, sql in columns.items() if name in told}
    look = con.sql(f"SELECT * FROM {table}").to_arrow_table()
    visits = None if visit is None else _codes(look[visit])
    ids = {side: _codes(look[f"{side}_id"]) for side in sides}

    def may_follow(values: Codes) -> bool:
        found = (dependence_of(ids[side], values, visits if side == USER else None) for side in sides)
        return any(one.holds if one.compared >= FEW_PAIRS else one.guess > 0 for one in found)

    return {name: sql for name, sql in columns.items() if name in told or may_follow(_codes(look[sql]))}


def _codes(column: Any) -> Codes:
    """Codes of an Arrow column of text; empty cells have none."""
    texts = pc.utf8_trim_whitespace(pc.cast(column, pa.string())).combine_chunks()
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    return np.asarray(
        texts.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False), np.int64
    )


def lift_columns(
    con: Any,
    table: str,
    columns: dict[str, str],
    mapping: Mapping,
    visit: str | None = None,
    counts: tuple[int, int, int] = (0, 0, 0),
) -> Lifted:
    """Part `columns` among item and user: those named in the mapping, and the others by the closer one.

    Args:
        counts: rows, items and users of the table; of large ones a part is measured.
    """
    n_rows, *n_ids = counts
    parts = {
        side: max(min(n_rows // MANY_ROWS, n // MANY_IDS), 1) for side, n in zip(SIDES, n_ids, strict=True)
    }
    sided: dict[str, dict[str, str]] = {side: {} for side in SIDES}
    for name, sql in columns.items():
        side = _side(con, table, (name, sql), mapping, visit, parts)
        if side is not None:
            sided[side][name] = sql
    tables: dict[str, pd.DataFrame] = {}
    conflicts: dict[str, int] = {}
    notes: list[str] = []
    for side, chosen in sided.items():
        if not chosen:
            continue
        modes: dict[str, pd.DataFrame] = {}
        for name, sql in chosen.items():  # the name of the side is that of the ids
            modes[free_name(name, modes.keys() | {side})] = _modes(con, table, side, sql)
        tables[side] = pd.DataFrame({name: mode["v"] for name, mode in modes.items()}).rename_axis(side)
        tables[side] = tables[side].sort_index().reset_index()
        for name, mode in modes.items():
            conflicts[name] = int(mode["torn"].sum())
            notes.append(_note(name, side, conflicts[name], int(mode["differs"].sum())))
    return Lifted(tables, conflicts, tuple(notes))


def _side(
    con: Any,
    table: str,
    column: tuple[str, str],
    mapping: Mapping,
    visit: str | None,
    parts: dict[str, int],
) -> str | None:
    """The side that a column (file name, SQL name) describes, if it does."""
    name, sql = column
    told = next((side for side in SIDES if name in (mapping.columns_of(side) or ())), None)
    if told is not None:
        return told
    open_sides = [side for side in SIDES if mapping.columns_of(side) is None]
    found = {side: dependence(con, table, side, sql, visit, parts[side]) for side in open_sides}
    holds = [side for side in open_sides if found[side].holds]
    return max(holds, key=lambda side: found[side].gain) if holds else None


def _modes(con: Any, table: str, side: str, column: str) -> pd.DataFrame:
    """Per id: v, its most frequent non-empty value without blanks around (the smallest on a draw).

    And torn, whether its rows disagree in any way, be it that one is empty; differs, whether two values do.
    """
    frame: pd.DataFrame = con.execute(
        f"""WITH raw AS (SELECT {side}_id AS id, coalesce({column}, '') AS w, count(*) AS c FROM {table}
                         WHERE {side}_id IS NOT NULL GROUP BY ALL),
                 n AS (SELECT id, trim(w) AS v, sum(c) AS c FROM raw GROUP BY ALL),
                 ranked AS (SELECT *, row_number() OVER (PARTITION BY id ORDER BY v) AS r FROM n),
                 best AS (SELECT id, arg_max(v, (c, -r)) FILTER (v <> '') AS v,
                                 count(*) FILTER (v <> '') > 1 AS differs FROM ranked GROUP BY id),
                 torn AS (SELECT id, count(*) > 1 AS torn FROM raw GROUP BY id)
            SELECT id, v, differs, torn FROM best JOIN torn USING (id)"""
    ).df()
    return frame.set_index("id")


def _note(name: str, side: str, torn: int, differs: int) -> str:
    told = f"{name!r} depends on the {side} and became {side} metadata"
    if not torn:
        return f"{told}."
    apart = (
        "" if torn == differs else f" (of {number(differs)} they differ in more than blanks and empty cells)"
    )
    return f"{told}; {number(torn)} {side}s have several values{apart}, the most frequent counts."
