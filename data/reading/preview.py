"""The first rows of a file, and a whole small file, as a table of text."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data.columns import LINE
from data.reading.delimited import careful_records
from data.reading.head import decode_head, read_head
from data.reading.jsonl import jsonl_records
from data.reading.parquet import parquet_records
from data.reading.records import Records, Workplace, field_names, workplace
from data.reading.shape import FileShape
from data.reading.staging import LONGEST_LINE, Staged, silent, stage

PREVIEW_BYTES = 1 << 18
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
            return _table(work, parquet_records(work, path, shape), shape, n)
        text = _first_lines(path, shape, n)
        part = work.folder / "head"
        part.write_text(text, encoding="utf-8", newline="")
        plain = shape.model_copy(update={"encoding": "utf-8", "compression": "none"})
        staged = stage(part, plain, work.folder, silent)
        return _table(work, text_records(work, staged, shape), shape, n)


def _first_lines(path: Path, shape: FileShape, n: int) -> str:
    """Whole lines from the beginning of the file: enough for `n` rows, and more where lines are long."""
    size = PREVIEW_BYTES
    while True:
        head, _ = read_head(path, size)
        text = decode_head(head, shape.encoding)
        if len(head) < size:
            return text
        if text.count("\n") > 1 + int(shape.header) or size > LONGEST_LINE:
            lines = text[: text.rfind("\n") + 1].splitlines(keepends=True)
            return "".join(lines[: LINES_PER_ROW * n])
        size *= 8


def read_all(path: Path, shape: FileShape, work: Workplace) -> tuple[pd.DataFrame, list[int]]:
    """Every readable row as text, and the numbers of the unreadable lines (for item metadata and lists)."""
    if shape.format == "parquet":
        return _table(work, parquet_records(work, path, shape), shape, None), []
    staged = stage(path, shape, work.folder, silent)
    records = text_records(work, staged, shape)
    return _table(work, records, shape, None), records.unread[LINE].tolist()


def text_records(work: Workplace, staged: Staged, shape: FileShape) -> Records:
    """A text file the careful way."""
    reader = jsonl_records if shape.format == "jsonl" else careful_records
    return reader(work, staged, shape)


def _table(work: Workplace, records: Records, shape: FileShape, n: int | None) -> pd.DataFrame:
    limit = "" if n is None else f" LIMIT {n}"
    fields = ", ".join(field_names(shape))
    table: pd.DataFrame = work.con.execute(f"SELECT {fields} FROM {records.relation}{limit}").df()
    table.columns = pd.Index(shape.columns)
    return table.astype(object).where(table.notna(), None)
