"""Rows that could not be read: where, what stood there, why; and as a file to correct and import again."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd

from data.columns import COLUMN, FILE, LINE, REASON, TEXT, VALUE
from data.errors import NotApplicable
from data.reading import workbook
from data.reading.records import SPAN, Records
from data.reading.shape import FileShape

LONGEST_TEXT = 10_000  # characters kept of a record
CUT = " …[cut]"  # stands at the end of a text that was longer
COLUMNS = (FILE, LINE, TEXT, REASON, COLUMN, VALUE)
OF_OBJECTS = ("jsonl", "json", "parquet")


def quarantine_table(records: Records, bad: pd.DataFrame, file: str = "") -> pd.DataFrame:
    """file, line (int64, from 1), text, reason, column, value of every unreadable record, in file order.

    `text` is the whole record as it stands in the file, over several lines if it has them; `column` and
    `value` say which cell could not be read and what it holds, and are empty where it is not one cell.

    Args:
        records: where the records came from; its own unread lines are included.
        bad: line, span, reason, column, value of records with a cell that could not be read.
        file: the name that people know the file by.
    """
    rows = pd.concat([records.unread, bad], ignore_index=True).sort_values(LINE, kind="stable")
    texts = records.text_of(rows[LINE].tolist(), rows[SPAN].tolist())
    table = rows.reindex(columns=list(COLUMNS)).astype(object).fillna("")
    table[FILE], table[TEXT] = file, [shortened(text) for text in texts]
    table[VALUE] = [shortened(value) for value in table[VALUE]]
    return table.astype({name: "int64" if name == LINE else "str" for name in COLUMNS}).reset_index(drop=True)


def shortened(text: str) -> str:
    """The text up to the cap, with a mark where it was cut."""
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + CUT


def quarantine_file(table: pd.DataFrame, shape: FileShape) -> bytes:
    """The unreadable records as a file of their own (UTF-8) with the header and delimiter of the original.

    Corrected by hand, it can be imported as a further file of the same recipe. Records that were cut are
    left out; rows of a workbook are written as separated text, those of Parquet as JSON Lines.

    Args:
        table: from `quarantine_table`, or a part of it.
        shape: of the file that the records come from.

    Raises:
        NotApplicable: lines mean something by their place in the file, or by a header that is not known.
    """
    texts = [text for text in table[TEXT] if not text.endswith(CUT)]
    if shape.format in OF_OBJECTS:
        if not all(shape.format != "parquet" or _is_object(text) for text in texts):
            raise NotApplicable(
                "Rows of this Parquet file cannot be written as text.", "Correct the file itself."
            )
    elif shape.format == "matrix" or (shape.format == "user_lines" and shape.line_start != "user"):
        raise NotApplicable(
            "The lines of this file mean something by their place: taken out, they would name others.",
            "Correct them in the file itself and import it again.",
        )
    elif shape.header:
        texts.insert(0, _header(shape))
    return "".join(text + "\n" for text in texts).encode()


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except json.JSONDecodeError:
        return False


def _header(shape: FileShape) -> str:
    """The names of the columns as the file writes them."""
    delimiter = workbook.DELIMITER if shape.format == "xlsx" else shape.delimiter
    if not shape.quote or len(delimiter) > 1:
        return delimiter.join(shape.columns)
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, quotechar=shape.quote, lineterminator="").writerow(shape.columns)
    return line.getvalue()
