"""Lines that could not be read, as a file that can be corrected and imported again."""

from __future__ import annotations

import pandas as pd

from data.errors import NotApplicable
from data.quarantine import CUT, quarantine_file
from data.reading import FileShape
from data.reading.workbook import DELIMITER

OF_OBJECTS = ("jsonl", "json", "parquet")


def correction_file(table: pd.DataFrame, shape: FileShape, name: str) -> tuple[str, bytes] | None:
    """(file name, content): the lines under the header of their file, read with `corrected_shape(shape)`.

    None where lines cannot be taken out of the file, or all were too long to be kept.
    """
    try:
        content = quarantine_file(table, shape)
    except NotApplicable:
        return None
    if table["text"].str.endswith(CUT).all():
        return None
    ending = "jsonl" if shape.format in OF_OBJECTS else "csv" if shape.delimiter == "," else "txt"
    return f"corrected-{name}.{ending}", content


def corrected_shape(shape: FileShape) -> FileShape:
    """How that file is written: as the original, unpacked and in UTF-8."""
    changes: dict[str, object] = {"compression": "none", "encoding": "utf-8", "member": None, "members": ()}
    if shape.format in OF_OBJECTS:
        changes["format"] = "jsonl"
    if shape.format == "xlsx":
        changes |= {"format": "delimited", "delimiter": DELIMITER, "quote": ""}
    return shape.model_copy(update=changes)


def editable(table: pd.DataFrame) -> pd.DataFrame:
    """The lines whose text is whole."""
    return table[~table["text"].str.endswith(CUT)].reset_index(drop=True)
