"""A matrix of users by items as records of user, item and weight."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.errors import DataError
from data.reading.delimited import PHYSICAL, REPEATED_HEADER, classify, split_mark
from data.reading.delimiters import split_line
from data.reading.interruptible import execute
from data.reading.matrix_shape import ABSENT
from data.reading.numbers import number_sql
from data.reading.records import (
    NOT_UTF8,
    NUL_BYTE,
    RAGGED,
    SPAN,
    STRAY_QUOTE,
    Records,
    Workplace,
    pick_lines,
    text_literal,
    unread_table,
)
from data.reading.shape import FileShape
from data.reading.staging import NUL_SHOWN, Staged, with_plain_newlines
from data.reading.user_lines import NO_ITEMS, WRONG_COUNT

COLUMNS = ("user", "item", "weight")
NO_USER, NO_NUMBER = "empty user", "cell is no number"
ROWS, ITEMS = "matrix_rows", "matrix_items"
COMMENT_LINE = "comment line"


def matrix_records(work: Workplace, staged: Staged, shape: FileShape) -> Records:
    """Every cell with a weight is a record. The last one of a line carries it, so that lines add up.

    Users without any weight are set aside. Lines of another length, or with a cell that is no number, are
    unread. Without a header items are numbered from 1; without user ids the line number, from 0, is the user.
    """
    staged = with_plain_newlines(staged, work.folder)
    con = work.con
    header = classify(work, staged, shape)
    items = _items(work, shape, header)
    frame = pd.DataFrame({"item": pd.Series(items, dtype="str"), "place": np.arange(1, len(items) + 1)})
    con.register("item_frame", frame)
    con.execute(f"CREATE OR REPLACE TABLE {ITEMS} AS SELECT * FROM item_frame")
    con.unregister("item_frame")
    execute(con, _rows_sql(shape, len(items), header), staged.report, 0.28)
    return Records(
        relation=_relation(),
        row_hash="hash(line, place)",  # two items of equal weight are no copied row
        lines=con.execute(f"SELECT count(*) FROM {PHYSICAL}").fetchall()[0][0],
        header=int(header > 0),
        blank=_number_of(work, "blank"),
        first_line=header + 1,
        numbered=True,
        final=True,
        unread=_unread(work),
        text_of=pick_lines(staged.path),
        set_aside=_set_aside(work),
    )


def _items(work: Workplace, shape: FileShape, header: int) -> list[str]:
    """The item ids: the header's names, else numbers from 1."""
    lead = int(shape.line_start != "none")
    if header:
        text = work.con.execute(f"SELECT text FROM {PHYSICAL} WHERE rowid = {header - 1}").fetchall()[0][0]
        return [name.strip() for name in split_line(text, split_mark(shape), shape.quote)[lead:]]
    width = work.con.execute(
        "SELECT mode(len(fields)) FROM (SELECT fields FROM classified WHERE kind = 'whole' LIMIT 10000)"
    ).fetchall()[0][0]
    if not width or width <= lead:
        raise DataError("The matrix has no column of items.", "Check the delimiter, or read it as a table.")
    return [str(place) for place in range(1, width - lead + 1)]


def _rows_sql(shape: FileShape, n_items: int, header: int) -> str:
    """Table ROWS: line, user_id, weights (text, NULL where there is none), places (of weights), problem."""
    lead = int(shape.line_start != "none")
    absent = ", ".join(text_literal(word) for word in ABSENT)
    none = f"lower(trim(x)) IN ({absent})"
    if shape.missing:
        code = text_literal(shape.missing)
        none += (
            f" OR trim(x) = {code} OR coalesce({number_sql('x', shape)} = TRY_CAST({code} AS DOUBLE), false)"
        )
    width = n_items + lead
    fits = f"(len(fields) = {width} OR (len(fields) = {width + 1} AND fields[{width + 1}] = ''))"
    user = "fields[1]" if shape.line_start == "user" else f"(line - {int(header > 0) + 1})::VARCHAR"
    cases = [
        "WHEN kind <> 'whole' THEN kind",
        f"WHEN NOT {fits} THEN '{RAGGED}'",
        f"WHEN len(list_filter(weights, lambda x: x IS NOT NULL AND {number_sql('x', shape)} IS NULL)) > 0 "
        f"THEN '{NO_NUMBER}'",
    ]
    if shape.line_start == "user":
        cases.append(f"WHEN trim(fields[1]) = '' THEN '{NO_USER}'")
    if shape.line_start == "count":
        cases.append(
            f"WHEN {number_sql('fields[1]', shape)} IS DISTINCT FROM len(places) THEN '{WRONG_COUNT}'"
        )
    cases.append(f"WHEN len(places) = 0 THEN '{NO_ITEMS}'")
    return f"""CREATE OR REPLACE TABLE {ROWS} AS
        SELECT line, user_id, weights, places, CASE WHEN problem = 'damaged' AND contains(text, '{NUL_SHOWN}')
               THEN '{NUL_BYTE}' WHEN problem = 'damaged' THEN '{NOT_UTF8}'
               WHEN problem = 'open' THEN '{STRAY_QUOTE}' ELSE problem END AS problem
        FROM (SELECT line, text, {user} AS user_id, weights, places, CASE {" ".join(cases)} END AS problem
              FROM (SELECT *, list_filter(range(1, {n_items + 1}), lambda p: weights[p] IS NOT NULL) AS places
                    FROM (SELECT *, list_transform(fields[{lead + 1}:{width}],
                                    lambda x: CASE WHEN {none} THEN NULL ELSE x END) AS weights
                          FROM classified)))"""


def _relation() -> str:
    """line, place, span, f0 (user), f1 (item), f2 (weight), in the order of the file."""
    names = f"(SELECT list(item ORDER BY place) FROM {ITEMS})"
    return (
        f"(SELECT line, place, (place = last)::INT AS {SPAN}, f0, {names}[place] AS f1, weights[place] AS f2 "
        f"FROM (SELECT line, user_id AS f0, weights, unnest(places) AS place, places[-1] AS last "
        f"FROM {ROWS} WHERE problem IS NULL))"
    )


def _unread(work: Workplace) -> pd.DataFrame:
    fine = f"'blank', 'comment', 'header', '{NO_ITEMS}'"
    rows = work.con.execute(
        f"SELECT line, 1, problem FROM {ROWS} WHERE problem NOT IN ({fine}) ORDER BY line"
    ).fetchall()
    return unread_table(rows)


def _number_of(work: Workplace, problem: str) -> int:
    query = f"SELECT count(*) FROM {ROWS} WHERE problem = '{problem}'"
    return int(work.con.execute(query).fetchall()[0][0])


def _set_aside(work: Workplace) -> dict[str, int]:
    rules = {COMMENT_LINE: "comment", REPEATED_HEADER: "header", NO_ITEMS: NO_ITEMS}
    counts = {rule: _number_of(work, problem) for rule, problem in rules.items()}
    return {rule: n for rule, n in counts.items() if n}
