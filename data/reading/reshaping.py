"""What a file's columns are once a person has changed how it is read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from data.reading.head import HEAD_BYTES, decode_head, read_head
from data.reading.shape import FileShape
from data.reading.sniffing import split_line

NAMING = {"delimiter", "quote", "header", "encoding", "comment", "member"}  # changes that rename columns


def reshaped(path: Path, shape: FileShape, changes: dict[str, Any]) -> FileShape:
    """`shape` with `changes`, its columns read again from the first line where they depend on them.

    Raises:
        NotFound: there is no such file.
        DataError: it cannot be read so.
    """
    changed = shape.model_copy(update={k: v for k, v in changes.items() if getattr(shape, k) != v})
    asked = {name for name in changes if getattr(changed, name) != getattr(shape, name)}
    if not asked & NAMING or changed.format != "delimited":
        return changed
    head, _ = read_head(path, HEAD_BYTES, changed.member)
    lines = [line for line in re.split(r"\r\n|\n|\r", decode_head(head, changed.encoding)) if line.strip(" ")]
    lines = [line for line in lines if not (changed.comment and line.startswith(changed.comment))] or [""]
    fields = split_line(lines[0], changed.delimiter, changed.quote)
    return changed.model_copy(update={"columns": _names(fields if changed.header else [], len(fields))})


def _names(named: list[str], n_fields: int) -> tuple[str, ...]:
    """The header's names, each once; `column_3` where there is none (as when a file is recognised)."""
    names: list[str] = []
    for position in range(n_fields):
        plain = (named[position].strip() if position < len(named) else "") or f"column_{position + 1}"
        unique, count = plain, 1
        while unique in names:
            count += 1
            unique = f"{plain}_{count}"
        names.append(unique)
    return tuple(names)
