"""What a file's columns are once a person has changed how it is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data.reading import matrix, user_lines
from data.reading.head import HEAD_BYTES, decode_head, read_head
from data.reading.shape import FileShape
from data.reading.sniffing import sniff, split_line

NAMING = {"delimiter", "quote", "header", "encoding", "comment", "format"}  # changes that rename columns
FIXED = {"user_lines": user_lines.COLUMNS, "matrix": matrix.COLUMNS}


def reshaped(path: Path, shape: FileShape, changes: Mapping[str, Any]) -> FileShape:
    """`shape` with `changes`, its columns read again from the first line where they depend on them.

    Another file of an archive, or sheet of a workbook, is recognised anew before the other changes are made.

    Raises:
        NotFound: there is no such file.
        DataError: it cannot be read so.
    """
    member = changes.get("member", shape.member)
    if member != shape.member:
        shape = sniff(path, member=member)
    asked = {name: value for name, value in changes.items() if getattr(shape, name) != value}
    changed = shape.model_copy(update=asked)
    if not set(asked) & NAMING:
        return changed
    if changed.format in FIXED:
        return changed.model_copy(update={"columns": FIXED[changed.format]})
    if changed.format != "delimited":
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
