"""Excel workbooks (.xlsx): the first sheet with a table, its rows as lines of tab-separated text."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import Any

from data.errors import DataError
from data.reading.containers import packing_of, refuse_bomb

DELIMITER = "\t"
HEAD_ROWS = 500
BREAKS = re.compile(r"[\t\r\n]+")
MIDNIGHT = time(0, 0)
DAMAGE = (  # what openpyxl lets through when parts are missing, cut or of another kind
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,
    NotImplementedError,
)


def is_workbook(path: Path) -> bool:
    """Whether the file is a ZIP archive with the parts of a workbook."""
    if packing_of(path) != "zip":
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def head_lines(path: Path, n: int = HEAD_ROWS) -> tuple[str, list[str], tuple[str, ...]]:
    """Name of the sheet that is read, its first rows as lines, and the names of the other sheets.

    Raises:
        DataError: the workbook is damaged or has no table.
    """
    with _Book(path) as book:
        name = book.table_sheet()
        others = tuple(other for other in book.names if other != name)
        return name, list(islice(book.lines(name), n)), others


def sheet_to_text(path: Path, target: Path) -> Path:
    """Write every row of the sheet as a line: cells joined by tabs, blanks for breaks inside a cell."""
    with _Book(path) as book, target.open("w", encoding="utf-8", newline="\n") as out:
        for line in book.lines(book.table_sheet()):
            out.write(line + "\n")
    return target


class _Book:
    """An open workbook, read row by row."""

    def __init__(self, path: Path) -> None:
        from openpyxl import load_workbook  # 0.2 s, only for those who bring a workbook
        from openpyxl.utils.exceptions import InvalidFileException

        with zipfile.ZipFile(path) as archive:
            refuse_bomb(path, path.stat().st_size, sum(info.file_size for info in archive.infolist()))
        self.path = path
        self._file = path.open("rb")  # by its name openpyxl refuses what does not end in .xlsx
        try:
            self._book: Any = load_workbook(self._file, read_only=True, data_only=True, keep_links=False)
        except (InvalidFileException, *DAMAGE) as error:
            self._file.close()
            raise self._damaged(error) from error
        self.names: list[str] = [sheet.title for sheet in self._book.worksheets]

    def _damaged(self, error: Exception) -> DataError:
        return DataError(
            f"{self.path.name} begins like an Excel workbook but cannot be read ({error}).",
            "Open it in a spreadsheet program and save it again, or save the sheet as CSV (UTF-8).",
        )

    def __enter__(self) -> _Book:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()
        self._file.close()

    def table_sheet(self) -> str:
        """The first sheet with two columns or more in its first rows."""
        for name in self.names:
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
