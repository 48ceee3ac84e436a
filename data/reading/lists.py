"""Ranked lists made elsewhere: user, item and a rank or a score."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data.columns import ITEM, RANK, SCORE, USER
from data.errors import DataError
from data.reading.preview import read_all
from data.reading.records import workplace
from data.reading.sniffing import sniff
from data.reading.words import named


def read_lists(path: Path | str) -> pd.DataFrame:
    """Ranked lists of a file of any readable shape, found by the names of its columns.

    A file of one line per user is a list per line, the best item first. Without a rank, items are ranked by
    descending score (ties in file order); without a score, the score is minus the rank, so that a sum over
    lists is a Borda count. Ranks are renumbered from 1 without gap.

    Returns:
        One row per (user, item): user (str), item (str), rank (int64, from 1), score (float64), sorted by the
        order in which users appear and rank. A repeated pair keeps its best rank.

    Raises:
        NotFound: there is no such file.
        DataError: columns are missing, or a rank or score is not a number; the message names the value.
    """
    path = Path(path)
    shape = sniff(path)
    columns = {role: named(role, shape.columns) for role in (USER, ITEM, RANK, SCORE)}
    ranked = columns[RANK] or columns[SCORE] or shape.format == "user_lines"
    if not columns[USER] or not columns[ITEM] or not ranked:
        raise DataError(
            f"Lists need user, item and rank or score; {path.name} has {', '.join(shape.columns)}.",
            "Name the columns in the first line: user,item,rank,score (rank or score may be missing).",
        )
    with workplace(reads=[path]) as work:
        table, unread = read_all(path, shape, work)
    if unread:
        raise DataError(
            f"{len(unread)} lines of {path.name} cannot be read, the first is line {unread[0]}.",
            "Correct them and import the file again; a list with gaps would be judged unfairly.",
        )
    _refuse_nameless(path, table, [str(columns[USER]), str(columns[ITEM])])
    lists = pd.DataFrame({USER: table[columns[USER]].astype("str"), ITEM: table[columns[ITEM]].astype("str")})
    for role in (RANK, SCORE):
        if columns[role]:
            lists[role] = _numbers(path, table, str(columns[role]))
    if shape.format == "user_lines":  # a line is a list, the best item first
        lists[RANK] = (lists.groupby(USER).cumcount() + 1).astype("float64")
    return _ranked(path, lists)


def _refuse_nameless(path: Path, table: pd.DataFrame, columns: list[str]) -> None:
    absent = (table[columns].isna() | (table[columns] == "")).any(axis=1)
    if absent.any():
        raise DataError(
            f"{path.name} has no user or item in row {int(absent.to_numpy().argmax()) + 1}.",
            "Every row needs both; correct the file and import it again.",
        )


def _numbers(path: Path, table: pd.DataFrame, column: str) -> pd.Series:
    values = pd.to_numeric(table[column], errors="coerce").astype("float64")
    if values.isna().any():
        row = int(values.isna().to_numpy().argmax())
        raise DataError(
            f"Column {column!r} of {path.name} holds {table[column].iloc[row]!r} in row {row + 1}.",
            "Every rank and score must be a number; correct the file and import it again.",
        )
    return values


def _ranked(path: Path, lists: pd.DataFrame) -> pd.DataFrame:
    if lists.empty:
        raise DataError(f"{path.name} holds no list.", "Write one line per user and item.")
    if SCORE not in lists:
        lists[SCORE] = -lists[RANK]
    by = (RANK, True) if RANK in lists else (SCORE, False)
    lists["_user"] = pd.factorize(lists[USER])[0]
    lists = lists.sort_values(["_user", by[0]], ascending=[True, by[1]], kind="stable")
    lists = lists.drop_duplicates([USER, ITEM], keep="first")
    lists[RANK] = lists.groupby("_user").cumcount() + 1
    return lists[[USER, ITEM, RANK, SCORE]].reset_index(drop=True)
