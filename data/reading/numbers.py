"""Numbers as people write them: decimal commas, groups of three digits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from data.reading.shape import FileShape, Thousands

Decimal = Literal[".", ","]
MARKS: tuple[Thousands, ...] = (",", ".", " ", "'")
CODED = {",": ",", ".": r"\.", " ": "[ \u00a0\u202f]", "'": "['\u2019]"}  # blanks that do not break, too
MANY = 5  # numbers in groups before groups alone tell them from three decimals
WHOLE = re.compile(r"[+-]?\d+")
PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")


def number_sql(column: str, shape: FileShape) -> str:
    """SQL for the number (DOUBLE) that the text of `column` writes, NULL where it writes none.

    Groups of digits are only joined where all but the first have three: 1,2,3 is no number. With a decimal
    comma, a number with a point and no comma (4.5, from another column of the file) is still read.
    """
    text = f"trim({column})"  # a bare column would let DuckDB move the cast into the CSV reader
    if shape.thousands:
        marks = _class(shape.thousands)
        grouped = f"regexp_full_match({text}, '{_quoted(_groups(shape.thousands, shape.decimal))}')"
        joined = f"regexp_replace({text}, '{_quoted(marks)}', '', 'g')"
        text = f"CASE WHEN {grouped} THEN {joined} ELSE {text} END"
    if shape.decimal == ",":
        both = f"contains({text}, '.') AND contains({text}, ',')"
        text = f"CASE WHEN {both} THEN NULL ELSE replace({text}, ',', '.') END"
    return f"TRY_CAST({text} AS DOUBLE)"


def as_number(text: str, shape: FileShape) -> float | None:
    """The number that `text` writes, as `number_sql` reads it; None if it is none."""
    text = text.strip()
    if shape.thousands and re.fullmatch(_groups(shape.thousands, shape.decimal), text):
        text = re.sub(_class(shape.thousands), "", text)
    if shape.decimal == ",":
        text = "" if "." in text and "," in text else text.replace(",", ".")
    return float(text) if PLAIN.fullmatch(text) else None


def _class(mark: str) -> str:
    return CODED[mark]


def _groups(mark: str, decimal: str) -> str:
    """Pattern of a number with at least one mark between groups of three digits."""
    point = r"\." if decimal == "." else ","
    return rf"[+-]?\d{{1,3}}({_class(mark)}\d{{3}})+({point}\d*)?"


def _quoted(pattern: str) -> str:
    return pattern.replace("'", "''")


def guess_numbers(columns: Sequence[Sequence[str]]) -> tuple[Decimal, Thousands, str]:
    """The decimal mark and the mark between groups that the cells need, and the reason (empty: the usual).

    A column counts when all its filled cells are numbers under one reading and the plain reading fails.
    `1,234` alone may be either; it takes a proof (`1,234.5`, `1,234,567`, `12,5`) or five cells of groups.
    """
    for cells in columns:
        texts = [text for cell in cells if (text := cell.strip())]
        odd = [text for text in texts if not PLAIN.fullmatch(text)]
        if not odd or not all(
            letter.isdigit() or letter in "+-.,' \u00a0\u202f\u2019eE" for letter in odd[0]
        ):
            continue
        found = _reading(texts, odd)
        if found is not None:
            decimal, thousands = found
            return decimal, thousands, f"numbers like {odd[0]}: {_in_words(decimal, thousands)}"
    return ".", "", ""


def _reading(texts: list[str], odd: list[str]) -> tuple[Decimal, Thousands] | None:
    plainly = "," not in "".join(odd) or not all(COMMA.fullmatch(text) for text in odd)
    for decimal in (".", ","):
        for mark in MARKS:
            if mark == decimal or not _all_grouped(texts, mark, decimal):
                continue
            if _proves_groups(odd, mark, decimal):
                return decimal, mark
    if plainly or any("." in text for text in texts):
        return None
    whole_or_comma = all(WHOLE.fullmatch(text) or COMMA.fullmatch(text) for text in texts)
    three = all(re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", text) for text in odd)
    return (",", "") if whole_or_comma and not three else None


def _all_grouped(texts: list[str], mark: str, decimal: str) -> bool:
    """Whether each cell is a number in groups, or one too small to have a group."""
    point = r"\." if decimal == "." else ","
    small = re.compile(rf"[+-]?\d{{1,3}}({point}\d*)?")
    groups = re.compile(_groups(mark, decimal))
    return all(groups.fullmatch(text) or small.fullmatch(text) for text in texts)


def _proves_groups(odd: list[str], mark: str, decimal: str) -> bool:
    """Whether the cells in groups cannot be numbers with three decimals."""
    marks = re.compile(_class(mark))
    grouped = [text for text in odd if marks.search(text)]
    if not grouped or any(text.lstrip("+-").startswith("0") for text in grouped):
        return False
    twice = any(decimal in text or len(marks.findall(text)) > 1 for text in grouped)
    return twice or mark in " '" or len(grouped) >= MANY


def _in_words(decimal: str, thousands: str) -> str:
    names = {",": "comma", ".": "point", " ": "blank", "'": "apostrophe"}
    groups = f"a {names[thousands]} between groups of three digits" if thousands else ""
    if decimal == ".":
        return groups
    comma = "a comma before the decimals"
    return f"{comma}, {groups}" if groups else comma
