"""One line per user: `user item item …`, or `count item item …` where the line number is the user."""

from __future__ import annotations

import re
from collections import Counter

from data.reading.interruptible import execute
from data.reading.records import (
    NOT_UTF8,
    NUL_BYTE,
    SPAN,
    Records,
    Workplace,
    lines_source,
    pick_lines,
    text_literal,
    unread_table,
)
from data.reading.shape import FileShape, LineStart
from data.reading.staging import BROKEN_SHOWN, NUL_SHOWN, Staged, with_plain_newlines

COLUMNS = ("user", "item")
LINES, LISTED = "user_lines", "user_line_items"
NO_ITEMS = "user without items"
WRONG_COUNT, EMPTY_ITEM = "count does not match", "empty item"
SEPARATORS = (" ", "\t", ",", ";", "|")
ID = re.compile(r"[^\s\"',;|]{1,64}")
NUMBER = re.compile(r"\d+")
LEAST_LINES = 3
STEADY = 0.9  # share of lines of one length from which the file is a table with a few bad rows
ABSENT = ("NULL", "null", "NaN", "nan", "None", "<NA>", r"\N")


def find_user_lines(lines: list[str]) -> tuple[str, LineStart, str] | None:
    """Separator, what a line starts with, and the reason; None for a file of another kind.

    Args:
        lines: the first lines that are not blank, whole.
    """
    for separator in SEPARATORS:
        rows = [_fields(line, separator) for line in lines]
        if len(rows) < LEAST_LINES or not _ragged_ids(rows):
            continue
        if all(NUMBER.fullmatch(row[0]) and int(row[0]) == len(row) - 1 for row in rows):
            return separator, "count", f"each of {len(rows)} lines starts with the number of ids that follow"
        n_lengths = len({len(row) for row in rows})  # two: a table whose last cells may be missing
        if n_lengths > 2 and len({row[0] for row in rows}) == len(rows):
            longest = max(len(row) for row in rows)
            why = f"lines of up to {longest} ids, each beginning with another one: one line per user"
            return separator, "user", why
    return None


def _fields(line: str, separator: str) -> list[str]:
    """Blanks may be doubled; between other separators an empty field is the cell of a table."""
    fields = line.strip(" ").split(separator)
    return [field for field in fields if field] if separator == " " else fields


def _ragged_ids(rows: list[list[str]]) -> bool:
    """Lines of many lengths, all of ids of one kind: a table has one length, titles have words."""
    lengths = Counter(len(row) for row in rows)
    if min(lengths) < 1 or max(lengths) < 3 or lengths.most_common(1)[0][1] >= STEADY * len(rows):
        return False
    tokens = [token for row in rows for token in row[1:]]
    if all(NUMBER.fullmatch(token) for token in tokens):
        return True
    coded = sum(any(letter.isdigit() for letter in token) for token in tokens)
    return coded >= 0.95 * len(tokens) and all(ID.fullmatch(token) for token in tokens)


def user_line_records(work: Workplace, staged: Staged, shape: FileShape) -> Records:
    """Every item of a line is a record. The last one carries the line, so that lines add up as in a table.

    Lines that start with a wrong count, or hold a missing id, are unread; users without items are set aside.
    """
    staged = with_plain_newlines(staged, work.folder)
    con = work.con
    fill = f"""CREATE OR REPLACE TABLE {LINES} AS
        SELECT line, {_user_sql(shape)} AS f0, parts[2:] AS items, len(parts) - 1 AS n_items,
               {_problem_sql(staged, shape)} AS problem FROM (
            SELECT line, text, list_filter(string_split(trim(text, ' \t\r'), {text_literal(shape.delimiter)}),
                                           lambda x: x <> '') AS parts
            FROM (SELECT row_number() OVER () AS line, coalesce(text, '') AS text
                  FROM {lines_source(staged)}))"""
    execute(con, fill, staged.report, 0.2)
    unread = con.execute(
        f"SELECT line, 1, problem FROM {LINES} WHERE problem NOT IN ('blank', '{NO_ITEMS}') ORDER BY line"
    ).fetchall()
    total, blank, empty = con.execute(
        f"SELECT count(*), count(*) FILTER (problem = 'blank'), count(*) FILTER (problem = '{NO_ITEMS}') "
        f"FROM {LINES}"
    ).fetchall()[0]
    return Records(
        relation=_relation(),
        row_hash="hash(line, place)",  # an item twice in a line is a repeat, not a copied row
        lines=total,
        header=0,
        blank=blank,
        first_line=1,
        numbered=True,
        final=True,
        unread=unread_table(unread),
        text_of=pick_lines(staged.path),
        set_aside={NO_ITEMS: empty} if empty else {},
    )


def _problem_sql(staged: Staged, shape: FileShape) -> str:
    absent = ", ".join(text_literal(word) for word in ABSENT)
    cases = ["WHEN len(parts) = 0 THEN 'blank'"]
    if staged.damaged:
        cases.append(f"WHEN contains(text, '{NUL_SHOWN}') THEN '{NUL_BYTE}'")
        cases.append(f"WHEN contains(text, '{BROKEN_SHOWN}') THEN '{NOT_UTF8}'")
    if shape.line_start == "count":
        wrong = "TRY_CAST(parts[1] AS BIGINT) IS DISTINCT FROM len(parts) - 1"
        cases.append(f"WHEN {wrong} THEN '{WRONG_COUNT}'")
    cases.append(f"WHEN list_has_any(parts, [{absent}]) THEN '{EMPTY_ITEM}'")
    cases.append(f"WHEN len(parts) = 1 THEN '{NO_ITEMS}'")
    return f"CASE {' '.join(cases)} END"


def _user_sql(shape: FileShape) -> str:
    return "(line - 1)::VARCHAR" if shape.line_start == "count" else "parts[1]"


def _relation() -> str:
    """line, place, span, f0 (user), f1 (item), in the order of the file."""
    return (
        f"(SELECT line, place, (place = n_items)::INT AS {SPAN}, f0, f1 FROM (SELECT line, f0, n_items, "
        f"unnest(items) AS f1, generate_subscripts(items, 1) AS place FROM {LINES} WHERE problem IS NULL))"
    )
