"""Words that may stand for a missing id among ids that are numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.reading.words import words
from data.wording import number

ABSENT = frozenset(
    words(
        "n/a na #n/a - -- . ? unknown undefined missing empty none null nil anonymous anonym guest gast "
        "unbekannt inconnu desconocido ohne k.a. nd s/d 未知"
    )
)
IDS_LOOKED_AT = 2_000
MOSTLY = 0.8  # share of numbers from which a word stands out


def absent_words(cells: Sequence[str]) -> dict[str, int]:
    """How often each such word stands among cells that are otherwise numbers; nothing where they are not."""
    found = Counter(cell for cell in cells if cell.strip().casefold() in ABSENT)
    return dict(found) if found and _are_numbers([cell for cell in cells if cell not in found]) else {}


def absent_ids(ids: NDArray[np.object_]) -> list[int]:
    """Places of such words among different ids in ascending order, if the others are numbers."""
    if not len(ids):
        return []
    ways = sorted({way for word in ABSENT for way in (word, word.upper(), word.capitalize(), word.title())})
    places = np.searchsorted(ids, np.asarray(ways, dtype=object))
    found = [int(at) for at, way in zip(places, ways, strict=True) if at < len(ids) and ids[at] == way]
    some = [str(text) for text in ids[:: 1 + len(ids) // IDS_LOOKED_AT]]
    return found if found and _are_numbers([text for text in some if text not in ways]) else []


def _are_numbers(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and sum(_is_number(cell) for cell in filled) >= MOSTLY * len(filled)


def _is_number(text: str) -> bool:
    return text.strip().replace(".", "", 1).isdecimal()


def absent_note(role: str, word: str, n: int) -> str:
    """`3 rows name the user 'unknown' where others have numbers.`"""
    rows = "1 row names" if n == 1 else f"{number(n)} rows name"
    return (
        f"{rows} the {role} {word!r} where others have numbers; it is kept as an id. If it means that nobody "
        f"knows the {role}, leave these rows out by cleaning."
    )
