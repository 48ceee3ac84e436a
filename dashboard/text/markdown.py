"""Text from data inside Markdown: shown as it is, never read as formatting, an image or a link."""

from __future__ import annotations

import re

import pandas as pd

_BREAKS = re.compile(r"[ \t\r\n\f\v\u2028\u2029]+")  # not the narrow space between thousands
_SPECIAL = re.compile(r"([\\`*_\[\]<>!|~$:#&])")


def literal(text: object) -> str:
    """`Se7en *uncut*` stays as written; `![x](https://…)` asks no other host."""
    return _SPECIAL.sub(r"\\\1", _BREAKS.sub(" ", str(text)).strip())


def written(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose heads and cells are shown as they are."""
    return table.map(literal).rename(columns=literal)
