"""Recognise a matrix: a row per user, a column per item, and something that stands for "no weight"."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from data.columns import USER
from data.reading.headers import NUMBER
from data.reading.shape import LineStart
from data.reading.words import NAMES, PARTS, is_known_word, parts, plain

LEAST_ROWS, LEAST_ITEMS, LEAST_UNNAMED = 3, 5, 20
ABSENT = ("", "na", "nan", "n/a", "null", "none", "?", "-", r"\n")
CODES = ("99", "-1", "0", "999", "-99", "-999", "9")
MOST_GRADES = 25  # different weights from which a column is no rating scale
SOME_MISSING = 0.1  # share of cells without weight from which a code is believed
MOSTLY, NUMBERS = 0.9, 0.98


@dataclass(frozen=True)
class MatrixShape:
    """How a matrix is written."""

    header: bool
    line_start: LineStart
    missing: str
    reason: str


def find_matrix(rows: list[list[str]]) -> MatrixShape | None:
    """How a matrix of users by items is written, or None for a table of another kind.

    Tables of features look alike. So the cells must be grades of one scale with gaps, or be counted by the
    first column; and a header must name ids, or stand behind the name of a user.

    Args:
        rows: the fields of the first lines, all of one length but for damaged ones.
    """
    width = Counter(len(row) for row in rows).most_common(1)[0][0]
    whole = [[cell.strip() for cell in row] for row in rows if len(row) == width]
    if width - 1 < LEAST_ITEMS or len(whole) < LEAST_ROWS + 1:
        return None
    if _names_items(whole[0], whole[1:]):
        return _named_matrix(whole[0], whole[1:])
    return _unnamed_matrix(whole) if width > LEAST_UNNAMED else None


def is_absent(cell: str) -> bool:
    """Whether a cell says by itself that nothing is there."""
    return cell.strip().lower() in ABSENT


def _names_items(first: list[str], rest: list[list[str]]) -> bool:
    """Whether the first row may name items: different names, none of which is a cell of the table below."""
    names = first[1:]
    if len(set(names)) < len(names) or not all(names) or first[0] in {row[0] for row in rest}:
        return False
    texts = sum(not NUMBER.fullmatch(name) for name in names)
    return texts >= MOSTLY * len(names) or first[0] == "" or not NUMBER.fullmatch(first[0])


def _named_matrix(first: list[str], rest: list[list[str]]) -> MatrixShape | None:
    names = first[1:]
    if any(is_known_word(name) for name in names) or len({row[0] for row in rest}) < len(rest):
        return None
    coded = sum(any(letter.isdigit() for letter in name) for name in names) >= MOSTLY * len(names)
    of_users = first[0] == "" or plain(first[0]) in NAMES[USER] or bool(set(parts(first[0])) & PARTS[USER])
    cells = [row[1:] for row in rest]
    scale = _scale(cells)
    if scale is None or not (of_users or coded):
        return None
    missing, share, grades = scale
    two_sided = len(grades) <= 2 and not (coded and of_users)
    if len(grades) > MOST_GRADES and not (coded and share >= 2 * SOME_MISSING):
        return None
    if two_sided and (share < 0.5 or len(names) < LEAST_UNNAMED):
        return None  # a few yes-or-no columns describe users
    return MatrixShape(True, "user", missing, _reason(f"{len(names)} named items", missing, share))


def _unnamed_matrix(rows: list[list[str]]) -> MatrixShape | None:
    """Without names: led by the number of weights (as Jester), by a user's id, or by the first weight."""
    rest = [row[1:] for row in rows]
    scale = _scale(rest)
    if scale is not None:
        missing, share, grades = scale
        counted = sum(row[0] == str(_filled(row[1:], missing)) for row in rows)
        if counted >= MOSTLY * len(rows):
            said = f"{len(rest[0])} items, led by how many have a weight"
            return MatrixShape(False, "count", missing, _reason(said, missing, share))
        alike = any(_is_grade(row[0], grades) for row in rows) and len(rows) <= 2 * len(grades)
        ids = len({row[0] for row in rows}) == len(rows) and not alike
        if ids and 2 < len(grades) <= MOST_GRADES:
            said = f"{len(rest[0])} items behind a user"
            return MatrixShape(False, "user", missing, _reason(said, missing, share))
    scale = _scale(rows)
    if scale is None or not 2 < len(scale[2]) <= MOST_GRADES:
        return None
    return MatrixShape(False, "none", scale[0], _reason(f"{len(rows[0])} items", scale[0], scale[1]))


def _is_grade(cell: str, grades: set[float]) -> bool:
    return NUMBER.fullmatch(cell) is not None and _number(cell) in grades


def _filled(cells: list[str], missing: str) -> int:
    return sum(not _is_gap(cell, missing) for cell in cells)


def _scale(cells: list[list[str]]) -> tuple[str, float, set[float]] | None:
    """The code of "no weight", its share, and the different weights; None where the cells are of many kinds.

    Every column must have gaps like the others and hold numbers of one scale; a few damaged cells do no harm.
    """
    flat = [cell for row in cells for cell in row]
    present = [cell for cell in flat if not is_absent(cell)]
    numbers = Counter(_number(cell) for cell in present if NUMBER.fullmatch(cell))
    if not numbers or numbers.total() < NUMBERS * len(present):
        return None
    missing, n_missing = "", len(flat) - len(present)
    if n_missing < SOME_MISSING * len(flat):
        missing = _code(numbers, len(flat))
        n_missing += numbers.pop(float(missing)) if missing else 0
    if n_missing < SOME_MISSING * len(flat) or not _even_gaps(cells, missing):
        return None
    return missing, n_missing / len(flat), set(numbers)


def _number(cell: str) -> float:
    return float(cell.replace(",", "."))


def _code(numbers: Counter[float], n_cells: int) -> str:
    """The likeliest code: frequent, and outside the range of the other numbers."""
    for code in CODES:
        if numbers[float(code)] < SOME_MISSING * n_cells:
            continue
        others = [number for number in numbers if number != float(code)]
        if others and not min(others) <= float(code) <= max(others):
            return code
    return ""


def _is_gap(cell: str, missing: str) -> bool:
    if is_absent(cell) or cell == missing:
        return True
    return bool(missing) and NUMBER.fullmatch(cell) is not None and _number(cell) == float(missing)


def _even_gaps(cells: list[list[str]], missing: str) -> bool:
    """Whether most columns and most rows have gaps: in a table of features a few columns have them."""
    gaps = [[_is_gap(cell, missing) for cell in row] for row in cells]
    columns = sum(any(column) for column in zip(*gaps, strict=True))
    rows = sum(any(row) for row in gaps)
    return columns >= 0.8 * len(cells[0]) and rows >= 0.8 * len(cells)


def _reason(said: str, missing: str, share: float) -> str:
    code = f"cells with {missing}" if missing else "empty cells"
    return f"a matrix of users by items: {said}; {code} ({share:.0%}) mean no weight"
