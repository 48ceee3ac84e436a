"""Text from data inside Markdown: shown as it is, never read as formatting, an image or a link."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pandas as pd

_BREAKS = re.compile(r"[ \t\r\n\f\v\u2028\u2029]+")  # not the narrow space between thousands
_SPECIAL = re.compile(r"([\\`*_\[\]<>!|~$:#&])")


class Markdown(str):
    """Text that is Markdown on purpose: `written` leaves it as it is. Columns of it have the dtype object."""

    __slots__ = ()


Link = Callable[[int, str], Markdown]  # (row number, words) → the words as a link to a card


def literal(text: object) -> str:
    """`Se7en *uncut*` stays as written; `![x](https://…)` asks no other host."""
    return _SPECIAL.sub(r"\\\1", _BREAKS.sub(" ", str(text)).strip())


def written(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose heads and cells are shown as they are."""
    return table.map(lambda cell: cell if isinstance(cell, Markdown) else literal(cell)).rename(
        columns=literal
    )


def card_link(dataset: str, of: str, id_: str, words: str) -> Markdown:
    """`words` as a link to the card of an item or a user.

    Args:
        dataset: id of the data set.
        of: "item" or "user".
        id_: as in the file.
        words: what is shown, as it is.
    """
    query = urlencode({"dataset": dataset, "of": of, of: id_})
    return Markdown(f"[{literal(words)}](lookup?{query})")
