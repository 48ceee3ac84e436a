"""Lines that could not be read, as a file that can be corrected and imported again."""

from __future__ import annotations

import pandas as pd

from data.quarantine import CUT
from data.reading import FileShape

ENDINGS = {"jsonl": "jsonl", "json": "jsonl", "parquet": "jsonl"}


def correctable(table: pd.DataFrame) -> bool:
    """Whether the texts are whole: none was cut."""
    return len(table) > 0 and not bool(table["text"].str.endswith(CUT).any())


def correction_file(table: pd.DataFrame, shape: FileShape, name: str) -> tuple[str, bytes]:
    """(file name, content): the lines under the header of their file, read with `corrected_shape(shape)`."""
    ending = ENDINGS.get(shape.format, "csv" if shape.delimiter == "," else "txt")
    lines = [*([_header(shape)] if shape.header else []), *table["text"]]
    return f"corrected-{name}.{ending}", ("\n".join(lines) + "\n").encode()


def corrected_shape(shape: FileShape) -> FileShape:
    """How that file is written: the same, unpacked and in UTF-8."""
    plain = {"compression": "none", "encoding": "utf-8", "member": None, "members": ()}
    kind = {"format": "jsonl"} if shape.format in ("json", "parquet") else {}
    kind |= {"format": "delimited"} if shape.format == "xlsx" else {}
    return shape.model_copy(update=plain | kind)


def _header(shape: FileShape) -> str:
    """The names of the columns, quoted where they need it."""
    quote = shape.quote
    named = [
        f"{quote}{name.replace(quote, quote * 2)}{quote}"
        if quote and (shape.delimiter in name or quote in name)
        else name
        for name in shape.columns
    ]
    return shape.delimiter.join(named)
