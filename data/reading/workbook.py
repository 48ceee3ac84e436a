"""Excel workbooks (.xlsx): the first sheet with a table, its rows as lines of tab-separated text."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import Any

from data.errors import DataError
from data.reading.containers import BROKEN_ZIP, no_member, packing_of, refuse_bomb

DELIMITER = "\t"
HEAD_ROWS = 500
BREAKS = re.compile(r"[\t\r\n]+")
MIDNIGHT = time(0, 0)
MOST_ROWS = 1 << 20  # of a sheet; rows beyond are a mistake or a trap
REPORT_ROWS = 20_000
DAMAGE = (  # what openpyxl lets through when parts are missing, cut or of another kind
    *BROKEN_ZIP,
    zlib.error,
    EOFError,
    TypeError,
    AttributeError,
    SyntaxError,
    ArithmeticError,
    AssertionError,
)


def is_workbook(path: Path) -> bool:
    """Whether the file is a ZIP archive with the parts of a workbook."""
    if packing_of(path) != "zip":
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except BROKEN_ZIP:
        return False


def head_lines(
    path: Path, n: int = HEAD_ROWS, sheet: str | None = None
) -> tuple[str, list[str], tuple[str, ...]]:
    """Name of the sheet that is read, its first rows as lines, and the names of the other sheets.

    Args:
        sheet: the sheet that is wanted; None takes the first visible one with a table.

    Raises:
        DataError: the workbook is damaged, or has no table or no such sheet.
    """
    with _Book(path) as book:
        name = book.table_sheet(sheet)
        others = tuple(other for other in book.names if other != name)
        return name, list(islice(book.lines(name), n)), others


def hidden_sheets(path: Path) -> frozenset[str]:
    """Names of the sheets that the workbook does not show.

    Raises:
        DataError: the workbook is damaged.
    """
    with _Book(path) as book:
        return book.hidden


def sheet_to_text(
    path: Path, target: Path, sheet: str | None = None, report: Callable[..., None] = lambda *_: None
) -> Path:
    """Write every row of the sheet as a line: cells joined by tabs, blanks for breaks inside a cell."""
    with _Book(path) as book, target.open("w", encoding="utf-8", newline="\n", errors="replace") as out:
        for number, line in enumerate(book.lines(book.table_sheet(sheet))):
            out.write(line + "\n")
            if number % REPORT_ROWS == 0:
                report(0.03, "reading the sheet")
    return target


class _Book:
    """An open workbook, read row by row."""

    def __init__(self, path: Path) -> None:
        from openpyxl import load_workbook  # 0.2 s, only for those who bring a workbook
        from openpyxl.utils.exceptions import InvalidFileException

        self.path = path
        try:
            with zipfile.ZipFile(path) as archive:
                size = sum(info.file_size for info in archive.infolist())
        except BROKEN_ZIP as error:
            raise self._damaged(error) from error
        refuse_bomb(path, path.stat().st_size, size)
        self._file = path.open("rb")  # by its name openpyxl refuses what does not end in .xlsx
        try:
            self._book: Any = load_workbook(self._file, read_only=True, data_only=True, keep_links=False)
        except (InvalidFileException, *DAMAGE) as error:
            self._file.close()
            raise self._damaged(error) from error
        sheets = self._book.worksheets
        self.names: list[str] = [sheet.title for sheet in sheets]
        self.hidden = frozenset(sheet.title for sheet in sheets if sheet.sheet_state != "visible")

    def _damaged(self, error: Exception | str) -> DataError:
        return DataError(
            f"{self.path.name} begins like an Excel workbook but cannot be read ({error}).",
            "Open it in a spreadsheet program and save it again, or save the sheet as CSV (UTF-8).",
        )

    def __enter__(self) -> _Book:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()
        self._file.close()

    def table_sheet(self, wanted: str | None = None) -> str:
        """The wanted sheet, or the first with two columns or more in its first rows; hidden ones go last."""
        if wanted is not None:
            if wanted not in self.names:
                raise no_member(self.path, "sheet", wanted, self.names)
            return wanted
        for name in sorted(self.names, key=lambda name: name in self.hidden):
            if any(line.strip(DELIMITER).count(DELIMITER) for line in islice(self.lines(name), 20)):
                return name
        raise DataError(
            f"{self.path.name} has no sheet with a table ({', '.join(self.names)}).",
            "A sheet needs a user and an item column; merge no cells.",
        )

    def lines(self, name: str) -> Iterator[str]:
        """The rows as lines of one width, without empty columns at the right and empty rows at the end."""
        rows = self._rows(name)
        head = list(islice(rows, HEAD_ROWS))
        width = max((len(row) for row in head), default=0)
        waiting = 0
        for row in chain(head, rows):
            if not any(text.strip() for text in row):
                waiting += 1
                if waiting > MOST_ROWS:
                    raise self._damaged(f"over {MOST_ROWS} empty rows in a sheet")
                continue
            yield from [""] * waiting
            waiting = 0
            yield DELIMITER.join(row + [""] * (width - len(row)))

    def _rows(self, name: str) -> Iterator[list[str]]:
        sheet = self._book[name]
        sheet.reset_dimensions()  # some programs write wrong ones, and rows beyond them would be lost
        try:
            for cells in sheet.iter_rows(values_only=True):
                yield _texts(cells)
        except DAMAGE as error:
            raise self._damaged(error) from error


def _texts(cells: Sequence[Any]) -> list[str]:
    texts = [_text(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(cell: Any) -> str:
    """A cell as a CSV file would have it: whole numbers without a decimal point, ISO dates."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == MIDNIGHT else f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date | time):
        return cell.isoformat()
    return BREAKS.sub(" ", str(cell))
