"""The first rows of a file, and a whole small file, as a table of text."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import pandas as pd

from data.columns import LINE
from data.errors import DataError
from data.home import SCRATCH
from data.reading.delimited import careful_records
from data.reading.head import decode_head, read_head
from data.reading.json_array import complete_rows
from data.reading.jsonl import jsonl_records
from data.reading.matrix import matrix_records
from data.reading.parquet import parquet_records
from data.reading.records import Records, Workplace, field_names, workplace
from data.reading.shape import FileShape
from data.reading.staging import LONGEST_LINE, Staged, silent, stage, unpack
from data.reading.user_lines import user_line_records
from data.reading.workbook import head_lines

PREVIEW_BYTES = 1 << 18
PLAIN = {"encoding": "utf-8", "compression": "none"}
TEXT_OF = {"json": "jsonl", "xlsx": "delimited"}  # what a format becomes when it is staged
READERS = {
    "jsonl": jsonl_records,
    "json": jsonl_records,
    "user_lines": user_line_records,
    "matrix": matrix_records,
}
LINES_PER_ROW = 20  # read for a row shown: some are blank, unreadable or part of a longer record


def preview(path: Path | str, shape: FileShape, n: int = 200) -> pd.DataFrame:
    """The first `n` readable rows as text; missing values are None. Columns are named as in `shape`.

    Raises:
        NotFound: there is no such file.
        DataError: the file is empty or cannot be opened.
    """
    path = Path(path)
    with workplace(reads=[path]) as work:
        if shape.format == "parquet":
            return _table(work, parquet_records(work, path, shape, check=False), shape, n)
        text = _first_lines(path, shape, n)
        part = work.folder / "head"
        part.write_text(text, encoding="utf-8", errors="replace", newline="")
        plain = shape.model_copy(update={**PLAIN, "format": TEXT_OF.get(shape.format, shape.format)})
        staged = stage(part, plain, work.folder, silent)
        return _table(work, text_records(work, staged, shape), shape, n)


def _first_lines(path: Path, shape: FileShape, n: int) -> str:
    """Whole lines from the beginning of the file: enough for `n` rows, and more where lines are long."""
    if shape.format == "xlsx":
        return "\n".join(_sheet_lines(path, shape)) + "\n"
    size = PREVIEW_BYTES
    while True:
        head, _ = read_head(path, size, shape.member)
        text = decode_head(head, shape.encoding)
        if shape.format == "json":
            text = "".join(row + "\n" for row in complete_rows(text, keyed=shape.keyed))
        if len(head) < size:
            return text
        if text.count("\n") > 1 + int(shape.header) or size > LONGEST_LINE:
            lines = text[: text.rfind("\n") + 1].splitlines(keepends=True)
            return "".join(lines[: LINES_PER_ROW * n])
        size *= 8


def _sheet_lines(path: Path, shape: FileShape) -> list[str]:
    """The first rows of a sheet. A workbook that is packed once more is read in its likeliest sheet."""
    if shape.compression == "none":
        return head_lines(path, sheet=shape.member)[1]
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as folder:
        return head_lines(unpack(path, Path(folder) / "book", shape.compression, shape.member))[1]


def read_all(path: Path, shape: FileShape, work: Workplace) -> tuple[pd.DataFrame, list[int]]:
    """Every readable row as text, and the numbers of the unreadable lines (for item metadata and lists)."""
    if shape.format == "parquet":
        return _table(work, parquet_records(work, path, shape), shape, None), []
    staged = stage(path, shape, work.folder, silent)
    records = text_records(work, staged, shape)
    return _table(work, records, shape, None), records.unread[LINE].tolist()


def text_records(work: Workplace, staged: Staged, shape: FileShape) -> Records:
    """A text file the careful way."""
    return READERS.get(shape.format, careful_records)(work, staged, shape)


def _table(work: Workplace, records: Records, shape: FileShape, n: int | None) -> pd.DataFrame:
    limit = "" if n is None else f" LIMIT {n}"
    fields = ", ".join(field_names(shape))
    try:
        table: pd.DataFrame = work.con.execute(f"SELECT {fields} FROM {records.relation}{limit}").df()
    except duckdb.Error as error:
        raise DataError(
            f"The rows cannot be read ({str(error).splitlines()[0][:200]}).",
            "Check how the file is said to be written, or save it as CSV (UTF-8).",
        ) from error
    table.columns = pd.Index(shape.columns)
    return table.astype(object).where(table.notna(), None)
