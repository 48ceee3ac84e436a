"""A matrix of users by items as records of user, item and weight."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from data.errors import DataError
from data.reading.delimited import (
    COMMENT_LINE,
    PHYSICAL,
    REPEATED_HEADER,
    classify_sql,
    fill_physical,
    split_mark,
)
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
ROWS, ITEMS, CELLS, TOLD = "matrix_rows", "matrix_items", "matrix_cells", "matrix_told"
MOST_CELLS = 1 << 19  # of the lines that are taken apart at a time
FIRST_LINES = 200  # that tell how many items a matrix without a header has


def matrix_records(work: Workplace, staged: Staged, shape: FileShape) -> Records:
    """Every cell with a weight is a record. The last one of a line carries it, so that lines add up.

    Users without any weight are set aside. Lines of another length, or with a cell that is no number, are
    unread. Without a header items are numbered from 1; without user ids the line number, from 0, is the user.
    """
    staged = with_plain_newlines(staged, work.folder)
    con = work.con
    header = fill_physical(work, staged, shape)
    items = _items(work, shape, header)
    frame = pd.DataFrame({"item": pd.Series(items, dtype="str"), "place": np.arange(1, len(items) + 1)})
    con.register("item_frame", frame)
    con.execute(f"CREATE OR REPLACE TABLE {ITEMS} AS SELECT * FROM item_frame")
    con.unregister("item_frame")
    n_lines = int(con.execute(f"SELECT count(*) FROM {PHYSICAL}").fetchall()[0][0])
    _fill(work, staged, shape, header, (n_lines, len(items)))
    return Records(
        relation=_relation(),
        row_hash="hash(line, place)",  # two items of equal weight are no copied row
        lines=n_lines,
        header=shape.header_lines if header else 0,
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
    lead, mark = int(shape.line_start != "none"), split_mark(shape)
    first, n = (header - 1, shape.header_lines) if header else (0, FIRST_LINES)
    rows = work.con.execute(
        f"SELECT text FROM {PHYSICAL} WHERE rowid >= {first} AND rowid < {first + n} ORDER BY rowid"
    ).fetchall()
    texts = [text or "" for (text,) in rows]
    if header:
        items = [name.strip() for name in split_line(" ".join(texts), mark, shape.quote)[lead:]]
    else:
        widths = Counter(len(split_line(text, mark, shape.quote)) for text in texts if text.strip())
        width = max(widths, key=lambda width: widths[width], default=0)
        items = [str(place) for place in range(1, width - lead + 1)]
    if not items:
        raise DataError("The matrix has no column of items.", "Check the delimiter, or read it as a table.")
    return items


def _fill(work: Workplace, staged: Staged, shape: FileShape, header: int, size: tuple[int, int]) -> None:
    """Fill CELLS and TOLD, some lines at a time: as lists all cells would take many times the file's size."""
    n_lines, n_items = size
    con, block = work.con, max(1, MOST_CELLS // n_items)
    con.execute(f"CREATE OR REPLACE TABLE {TOLD} (line BIGINT, problem VARCHAR)")
    con.execute(
        f"CREATE OR REPLACE TABLE {CELLS} (line BIGINT, place BIGINT, {SPAN} INT, f0 VARCHAR, weight VARCHAR)"
    )
    for start in range(0, n_lines, block):
        staged.report(0.25 + 0.05 * start / n_lines)
        execute(con, classify_sql(staged, shape, header, (start, start + block)), staged.report, 0.25)
        execute(con, _rows_sql(shape, n_items, header), staged.report, 0.25)
        con.execute(f"INSERT INTO {TOLD} SELECT line, problem FROM {ROWS} WHERE problem IS NOT NULL")
        con.execute(
            f"INSERT INTO {CELLS} SELECT line, place, (place = last)::INT, user_id, weight FROM "
            f"(SELECT line, user_id, places[-1] AS last, unnest(places) AS place, unnest(filled) AS weight "
            f"FROM {ROWS} WHERE problem IS NULL)"
        )


def _rows_sql(shape: FileShape, n_items: int, header: int) -> str:
    """Table ROWS: line, user_id, places and weights of the filled cells, and the problem (NULL: none)."""
    lead = int(shape.line_start != "none")
    width = n_items + lead
    fits = f"(len(fields) = {width} OR (len(fields) = {width + 1} AND fields[{width + 1}] = ''))"
    user = "fields[1]" if shape.line_start == "user" else f"(line - {int(header > 0) + 1})::VARCHAR"
    odd = f"len(list_filter(filled, lambda x: {number_sql('x', shape)} IS NULL)) > 0"
    cases = [
        "WHEN kind <> 'whole' THEN kind",
        f"WHEN NOT {fits} THEN '{RAGGED}'",
        f"WHEN {odd} THEN '{NO_NUMBER}'",
    ]
    if shape.line_start == "user":
        cases.append(f"WHEN trim(fields[1]) = '' THEN '{NO_USER}'")
    if shape.line_start == "count":
        cases.append(
            f"WHEN {number_sql('fields[1]', shape)} IS DISTINCT FROM len(places) THEN '{WRONG_COUNT}'"
        )
    cases.append(f"WHEN len(places) = 0 THEN '{NO_ITEMS}'")
    none = _none_sql(shape)
    return f"""CREATE OR REPLACE TABLE {ROWS} AS
        SELECT line, user_id, places, filled, CASE WHEN problem = 'damaged' AND contains(text, '{NUL_SHOWN}')
               THEN '{NUL_BYTE}' WHEN problem = 'damaged' THEN '{NOT_UTF8}'
               WHEN problem = 'open' THEN '{STRAY_QUOTE}' ELSE problem END AS problem
        FROM (SELECT line, text, {user} AS user_id, places, filled, CASE {" ".join(cases)} END AS problem
              FROM (SELECT *, list_filter(cells, lambda x: NOT ({none})) AS filled,
                           list_filter(range(1, {n_items + 1}), lambda p: NOT absent[p]) AS places
                    FROM (SELECT *, list_transform(cells, lambda x: {none}) AS absent
                          FROM (SELECT *, fields[{lead + 1}:{width}] AS cells FROM classified))))"""


def _none_sql(shape: FileShape) -> str:
    """SQL: whether the cell x says that there is no weight. Never NULL for a text."""
    absent = ", ".join(text_literal(word) for word in ABSENT)
    none = f"lower(trim(x)) IN ({absent})"
    if shape.missing:
        code = text_literal(shape.missing)
        number = f"{number_sql('x', shape)} = TRY_CAST({code} AS DOUBLE)"
        none += f" OR trim(x) = {code} OR coalesce({number}, false)"
    return none


def _relation() -> str:
    """line, place, span, f0 (user), f1 (item), f2 (weight), in the order of the file."""
    names = f"(SELECT list(item ORDER BY place) FROM {ITEMS})"
    return f"(SELECT line, place, {SPAN}, f0, {names}[place] AS f1, weight AS f2 FROM {CELLS})"


def _unread(work: Workplace) -> pd.DataFrame:
    fine = f"'blank', 'comment', 'header', '{NO_ITEMS}'"
    rows = work.con.execute(
        f"SELECT line, 1, problem FROM {TOLD} WHERE problem NOT IN ({fine}) ORDER BY line"
    ).fetchall()
    return unread_table(rows)


def _number_of(work: Workplace, problem: str) -> int:
    query = f"SELECT count(*) FROM {TOLD} WHERE problem = '{problem}'"
    return int(work.con.execute(query).fetchall()[0][0])


def _set_aside(work: Workplace) -> dict[str, int]:
    rules = {COMMENT_LINE: "comment", REPEATED_HEADER: "header", NO_ITEMS: NO_ITEMS}
    counts = {rule: _number_of(work, problem) for rule, problem in rules.items()}
    return {rule: n for rule, n in counts.items() if n}
