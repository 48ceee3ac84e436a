"""Whether the first line names the columns, and what they are called."""

from __future__ import annotations

import re
from collections import Counter

from data.reading.delimiters import Separation, split_line
from data.reading.words import is_known_word

NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?")
ROW_NAMES = "row"
MOST_HEADER_LINES = 20
LONG_NUMBER = 9  # digits, as of an epoch


def kind_of(value: str) -> str:
    """empty, number, date or text."""
    value = value.strip()
    if not value:
        return "empty"
    return "number" if NUMBER.fullmatch(value) else "date" if DATE.fullmatch(value) else "text"


def has_header(rows: list[list[str]], n_fields: int, expected: frozenset[str]) -> tuple[bool, str]:
    """Whether the first row names the columns, and why; `expected` are names that would stand there."""
    first, rest = rows[0], [row for row in rows[1:] if len(row) == n_fields]
    if expected & {cell.strip() for cell in first}:
        return True, "header: it holds the names asked for"
    known = [cell for cell in first if is_known_word(cell)]
    if known and all(kind_of(cell) in ("text", "empty") for cell in first):
        return True, f"header: {known[0]!r} is a column name"
    columns = [[row[position] for row in rest if row[position].strip()] for position in range(n_fields)]
    if any(_is_one_of(cell, values) for cell, values in zip(first, columns, strict=False)):
        return False, "no header: the first line holds a value like those under it"
    for cell, values in zip(first, columns, strict=False):
        if values and kind_of(cell) == "text" and (why := _stands_over(cell, values)):
            return True, f"header: {cell!r} stands over {why}"
    return False, "no header: the first line looks like the others"


def _is_one_of(cell: str, values: list[str]) -> bool:
    """Whether a cell is a date, a fraction or a long number over others: a name would be none of them.

    A short whole number over numbers may be the id of an item that heads a matrix.
    """
    kind = kind_of(cell)
    named = kind == "number" and cell.strip().isdigit() and len(cell.strip()) < LONG_NUMBER
    if kind not in ("number", "date") or named or not values:
        return False
    return sum(kind_of(value) == kind for value in values) >= 0.9 * len(values)


def _stands_over(cell: str, values: list[str]) -> str | None:
    """Why a word looks like the name of the values under it, or None."""
    kind, n_rows = Counter(kind_of(value) for value in values).most_common(1)[0]
    if kind != "text":
        return f"a column of {kind}s" if n_rows >= 0.8 * len(values) else None
    different = set(values)
    recur = len(values) >= 10 and len(different) <= 0.5 * len(values) and cell not in different
    return "a column of words that recur, and is none of them" if recur else None


def column_names(named: list[str], n_fields: int) -> tuple[str, ...]:
    """The names with a number where one stands twice, `column_3` where there is none."""
    names: dict[str, None] = {}
    for position in range(n_fields):
        name = named[position].strip() if position < len(named) else ""
        name = name or f"column_{position + 1}"
        unique, count = name, 1
        while unique in names:
            count += 1
            unique = f"{name}_{count}"
        names[unique] = None
    return tuple(names)


def lacks_a_name(named: list[str], rows: list[list[str]], n_fields: int) -> bool:
    """Whether a header of one name too few stands over rows that begin with an unnamed number or id.

    R writes row names so (`write.table`). Rows that merely end with a delimiter have an empty last field.
    """
    whole = [row for row in rows if len(row) == n_fields]
    return len(named) == n_fields - 1 and any(row[-1].strip() for row in whole)


def broken_header(lines: list[str], found: Separation) -> int:
    """Number of lines that the first record takes; more than 1 where a quoted name is broken over lines."""
    if not found.quote or lines[0].count(found.quote) % 2 == 0:
        return 1
    for span in range(2, min(MOST_HEADER_LINES, len(lines)) + 1):
        joined = " ".join(lines[:span])
        if joined.count(found.quote) % 2 == 0:
            whole = len(split_line(joined, found.delimiter, found.quote)) == found.n_fields
            return span if whole else 1
    return 1
