"""Weights as people write them: 4.5, 1,234, $12.50, 1.234,50 €, 45 %, (3.00), yes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.reading.numbers import as_number, guess_numbers, number_sql
from data.reading.shape import FileShape

YES, NO = ("true", "yes", "y", "t"), ("false", "no", "n", "f")
TRUTH = {**dict.fromkeys((*YES, "1"), 1.0), **dict.fromkeys((*NO, "0"), 0.0)}
_SIGNS = "[$€£¥₹₽₩₺₴₫฿₪₦₱]"
_CODES = "USD|EUR|GBP|JPY|CNY|RMB|INR|RUB|BRL|CHF|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|TRY|KRW|MXN|ZAR|SGD|HKD"
CURRENCY = rf"(?:US|R|C|A|HK|NZ)?{_SIGNS}|{_CODES}|kr\.?|zł|Fr\.?|Kč"
BEFORE = rf"^([+-]?)\s*(?:{CURRENCY})\s*"  # the sign of the number stays
AFTER = rf"\s*(?:{CURRENCY})\s*$"
IN_BRACKETS = r"^\((.+)\)$"  # how bookkeepers write what is owed
BEHIND = r"^([^-]+)-$"  # a minus behind the number


@dataclass(frozen=True)
class Writing:
    """How the cells of a weight column are written: with which marks, or as yes and no."""

    shape: FileShape
    yes_no: bool = False


def writing_of(cells: Sequence[str | None], shape: FileShape) -> Writing:
    """Told by some cells of the column; marks that the shape of the file names go first."""
    texts = [text for cell in cells if cell is not None and (text := cell.strip())]
    words = {text.casefold() for text in texts}
    if words & {*YES, *NO} and words <= TRUTH.keys():
        return Writing(shape, yes_no=True)
    if shape.decimal == "." and not shape.thousands:
        bare = [_bare(text).removesuffix("%").strip() for text in texts if re.search(r"\d", text)]
        decimal, thousands, reason = guess_numbers([bare])
        if reason:
            shape = shape.model_copy(update={"decimal": decimal, "thousands": thousands})
    return Writing(shape)


def _bare(text: str) -> str:
    """The number without its currency; a minus behind it or brackets around it become a minus before it."""
    text = re.sub(IN_BRACKETS, r"-\1", text.strip())
    text = re.sub(BEHIND, r"-\1", text)
    return re.sub(AFTER, "", re.sub(BEFORE, r"\1", text)).strip()


def as_weight(text: str, writing: Writing) -> float | None:
    """The weight that a cell says, as `weight_sql` reads it; None if it says none. 45 % is 0.45."""
    text = text.strip()
    if writing.yes_no:
        return TRUTH.get(text.casefold())
    plain = as_number(text, writing.shape)
    if plain is not None:
        return plain
    if text.endswith("%"):
        share = as_number(text[:-1], writing.shape)
        return None if share is None else share / 100
    return as_number(_bare(text), writing.shape)


def weight_sql(column: str, writing: Writing) -> str:
    """SQL for the weight (FLOAT), NULL where the cell says none or one beyond the range of float32."""
    text = f"trim({column})"  # a bare column would let DuckDB move the cast into the CSV reader
    if writing.yes_no:
        cases = " ".join(f"WHEN '{word}' THEN {value:g}" for word, value in TRUTH.items())
        return f"(CASE lower({text}) {cases} END)::FLOAT"
    plain = number_sql(column, writing.shape)
    bare = f"regexp_replace(regexp_replace({text}, '{IN_BRACKETS}', '-\\1'), '{BEHIND}', '-\\1')"
    bare = f"regexp_replace(regexp_replace({bare}, '{BEFORE}', '\\1'), '{AFTER}', '')"
    share = number_sql(f"left({text}, -1)", writing.shape)
    other = f"CASE WHEN suffix({text}, '%') THEN {share} / 100 ELSE {number_sql(bare, writing.shape)} END"
    return f"TRY_CAST(coalesce({plain}, {other}) AS FLOAT)"
