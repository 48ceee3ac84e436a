"""Words that may stand for a missing id among ids that are numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from data.reading.words import words
from data.wording import number

ABSENT = frozenset(
    words(
        "n/a na #n/a - -- . ? unknown undefined missing empty none null nil anonymous anonym guest gast "
        "unbekannt inconnu desconocido ohne k.a. nd s/d 未知"
    )
)
MOSTLY = 0.8  # share of numbers from which a word stands out


def absent_words(cells: Sequence[str]) -> dict[str, int]:
    """How often each such word stands among cells that are otherwise numbers; nothing where they are not."""
    found = Counter(cell for cell in cells if cell.strip().casefold() in ABSENT)
    rest = [cell for cell in cells if cell not in found and cell.strip()]
    if not found or not rest or sum(_is_number(cell) for cell in rest) < MOSTLY * len(rest):
        return {}
    return dict(found)


def _is_number(text: str) -> bool:
    return text.strip().replace(".", "", 1).isdecimal()


def absent_note(role: str, word: str, n: int) -> str:
    """`3 rows name the user 'unknown' where others have numbers.`"""
    rows = "1 row names" if n == 1 else f"{number(n)} rows name"
    return (
        f"{rows} the {role} {word!r} where others have numbers; it is kept as an id. If it means that nobody "
        f"knows the {role}, leave these rows out by cleaning."
    )
