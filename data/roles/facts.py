"""What the values of a column are like."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from data.amounts import AFTER, BEFORE, TRUTH, as_weight, writing_of
from data.columns import TIME
from data.reading.shape import FileShape
from data.reading.times import guess_time_format, in_words
from data.reading.words import EVENT_WORDS, NAMES, plain
from data.wording import number, percent

Kind = Literal[
    "empty",
    "constant",
    "time",
    "yes or no",
    "e-mail",
    "picture",
    "link",
    "list",
    "scale",
    "number",
    "events",
    "text",
    "words",
    "code",
]
MOSTLY = 0.8  # share of the filled cells from which a column is called by them
LONG = 60  # letters on average; more is text that people write
MOST_LEVELS = 21
MANY_STEPS = 10
FEW_WORDS = 30
STEPS = (0.1, 0.25, 0.5, 1.0, 10.0, 20.0, 25.0)
WITHOUT_MARKS = {"%Y%m%d": 8, "%Y%m%d%H%M": 12, "%Y%m%d%H%M%S": 14}  # digits of a moment written so
SHORTEST_MOMENT = 5  # letters
MONEY = re.compile(f"{BEFORE}|{AFTER}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
LINK = re.compile(r"(https?://|www\.)\S+", re.I)
PICTURE = re.compile(r"\S.*\.(jpe?g|png|gif|webp|bmp|svg|tiff?)(\?\S*)?", re.I)
CODED = re.compile(r"(?=.*\d)\S+")
MOMENTS = frozenset(NAMES[TIME])  # in such a column, 43831.5 is a day of a spreadsheet
SAMPLE = 500  # cells whose form is looked at


@dataclass(frozen=True)
class Facts:
    """A column of some rows."""

    name: str
    place: int  # in the file, from 0
    kind: Kind
    said: str  # in words, for people
    filled: int
    rows: int
    distinct: int
    recurring: float  # share of the filled cells whose value occurs more than once
    grouped: bool  # equal values stand next to each other
    coded: bool  # nearly all cells have a digit and no blank
    whole: bool = False  # all numbers are whole
    counting: bool = False  # each number is one more than the last
    low: float = 0.0  # smallest number
    high: float = 0.0
    objects: bool = False  # nearly all cells are objects in JSON; their fields are columns of their own
    time_format: str = ""
    time_share: float = 0.0

    @property
    def numeric(self) -> bool:
        """Whether the cells are numbers."""
        return self.kind in ("scale", "number", "yes or no")

    @property
    def as_ids(self) -> str:
        """How many different ones there are, for values that name something."""
        if self.distinct == 1 < self.filled:
            return f"the same one in each of {number(self.filled)} rows"
        if self.distinct == self.filled:
            return f"a different one in each of {number(self.filled)} rows"
        return f"{number(self.distinct)} different ones in {number(self.filled)} rows"

    @property
    def could_name(self) -> bool:
        """Whether the values could be ids: not numbers with decimals, sentences, moments, or nothing."""
        if self.kind in ("empty", "list", "text", "picture", "yes or no"):
            return False
        return not (self.kind in ("scale", "number") and not self.whole)


def facts_of(rows: pd.DataFrame, shape: FileShape) -> dict[str, Facts]:
    """Per column of some rows of text, what its values are like."""
    return {str(name): _facts(str(name), i, rows.iloc[:, i], shape) for i, name in enumerate(rows.columns)}


def _facts(name: str, place: int, column: pd.Series, shape: FileShape) -> Facts:
    cells = column[column.notna()].astype(str)
    texts = cells[cells.str.strip() != ""].str.strip()
    codes, different = pd.factorize(texts)
    times = np.bincount(codes, minlength=len(different)) if len(different) else np.zeros(0, dtype=np.int64)
    runs = 1 + int((np.diff(codes) != 0).sum()) if len(codes) else 0
    common = {
        "filled": len(texts),
        "rows": len(column),
        "distinct": len(different),
        "recurring": float(times[times > 1].sum() / len(texts)) if len(texts) else 0.0,
        "coded": sum(CODED.fullmatch(text) is not None for text in texts[:SAMPLE])
        >= MOSTLY * len(texts[:SAMPLE]),
        "objects": len(texts) > 0
        and sum(text.startswith("{") and _is_json(text) for text in texts[:SAMPLE])
        >= MOSTLY * len(texts[:SAMPLE]),
        "grouped": 0 < len(different) < len(texts) and runs <= 1.1 * len(different),
    }
    named = plain(name) in MOMENTS
    kind, said, more = _judge(list(texts), [str(value) for value in different], shape, named=named)
    if 0 < len(texts) < len(column):
        said += f"; {percent(1 - len(texts) / len(column))} of the cells are empty"
    return Facts(name, place, kind, said, **common, **more)  # type: ignore[arg-type]


def _judge(
    texts: list[str], different: list[str], shape: FileShape, *, named: bool
) -> tuple[Kind, str, dict[str, object]]:
    """The kind, in words, and the numbers that belong to it."""
    if not texts:
        return "empty", "no cell of the rows looked at holds anything", {}
    found = _time(texts, different, named=named)
    if found is not None:
        return "time", in_words(found[0]), {"time_format": found[0], "time_share": found[1]}
    sample = texts[:SAMPLE]
    by_form = _by_form(sample, different)
    if by_form is not None:
        return *by_form, {}
    numbers = _numbers(texts, different, shape)
    if numbers is not None:
        return numbers
    if len(different) == 1 and len(texts) > 1:
        return "constant", f"{_short(different[0])} in every row", {}
    return *_words(sample, different, len(texts)), {}


def _time(texts: list[str], different: list[str], *, named: bool) -> tuple[str, float] | None:
    """The way moments are written; numbers of another length than dates are none."""
    long = sum(len(text) >= SHORTEST_MOMENT for text in texts[:SAMPLE]) >= MOSTLY * len(texts[:SAMPLE])
    found = guess_time_format(texts, named=named) if long else None
    if found is None:
        return None
    width = WITHOUT_MARKS.get(found[0])
    short = width is not None and any(len(text) != width for text in different)
    return None if short else found


def _by_form(sample: list[str], different: list[str]) -> tuple[Kind, str] | None:
    if {text.casefold() for text in different} <= TRUTH.keys() and not {*different} <= {"0", "1"}:
        return "yes or no", "yes or no"
    for kind, pattern, said in (
        ("e-mail", EMAIL, "e-mail addresses"),
        ("picture", PICTURE, "pictures"),
        ("link", LINK, "web addresses"),
    ):
        if _share(sample, pattern) >= MOSTLY:
            if kind == "picture":
                said = "web addresses of pictures" if _share(sample, LINK) >= MOSTLY else "paths of pictures"
            return kind, said  # type: ignore[return-value]
    if sum(_is_json(text) for text in sample) >= MOSTLY * len(sample):
        return "list", "lists or objects in JSON"
    if sum("|" in text for text in sample) >= 0.3 * len(sample):
        pieces = {piece for text in sample for piece in text.split("|")}
        return "list", f"lists separated by | with {number(len(pieces))} different entries"
    return None


def _share(sample: list[str], pattern: re.Pattern[str]) -> float:
    return sum(pattern.fullmatch(text) is not None for text in sample) / len(sample)


def _is_json(text: str) -> bool:
    if not text.startswith(("[", "{")):
        return False
    try:
        json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return False
    return True


def _numbers(
    texts: list[str], different: list[str], shape: FileShape
) -> tuple[Kind, str, dict[str, object]] | None:
    writing = writing_of(different, shape)
    read = {text: as_weight(text, writing) for text in different}
    values = [value for text in texts if (value := read[text]) is not None]
    if len(values) < MOSTLY * len(texts) or _are_codes(text for text in different if read[text] is None):
        return None
    levels = sorted({value for value in values})
    whole = all(value.is_integer() for value in levels)
    more: dict[str, object] = {"whole": whole, "low": levels[0], "high": levels[-1]}
    if len(levels) == 1:
        return ("constant" if len(texts) > 1 else "number"), f"{_short(different[0])} in every row", more
    if is_scale(levels, len(values)):
        return "scale", f"{len(levels)} levels from {levels[0]:g} to {levels[-1]:g}", more
    if whole and len(values) >= MANY_STEPS and set(np.diff(values)) == {1.0}:
        return "number", f"numbers the rows, from {_figure(values[0])}", {**more, "counting": True}
    what = "whole numbers" if whole else "numbers"
    if any(MONEY.search(text) for text in different[:SAMPLE]):
        what = "amounts of money"
    elif all(text.endswith("%") for text in different[:SAMPLE]):
        what = "percentages, as shares"
    below = sum(value < 0 for value in values)
    negative = f", {percent(below / len(values))} of them below zero" if below else ""
    return "number", f"{what} from {_figure(levels[0])} to {_figure(levels[-1])}{negative}", more


def _are_codes(unread: Iterable[str]) -> bool:
    """Whether what is no number is written with digits all the same, like 85123A among 85123."""
    coded = [CODED.fullmatch(text) is not None for text in unread]
    return bool(coded) and sum(coded) >= 0.5 * len(coded)


def is_scale(levels: list[float], n_values: int) -> bool:
    """Whether few levels, with even steps, come back again and again, as on a rating scale."""
    if not 2 <= len(levels) <= MOST_LEVELS or n_values < 2 * len(levels) or abs(levels[-1]) > 100:
        return False
    return any(
        all(abs(round((level - levels[0]) / step) * step - (level - levels[0])) < 1e-9 for level in levels)
        and len(levels) >= 0.5 * (1 + round((levels[-1] - levels[0]) / step))
        for step in STEPS
    )


def _figure(value: float) -> str:
    return number(value) if value.is_integer() and value >= 0 else f"{value:g}"


def _words(sample: list[str], different: list[str], n: int) -> tuple[Kind, str]:
    shown = ", ".join(_short(text) for text in different[:3])
    if sum(plain(text) in EVENT_WORDS for text in different) >= MOSTLY * len(different):
        return "events", f"{len(different)} kinds of event: {shown}{', …' if len(different) > 3 else ''}"
    length = float(np.mean([len(text) for text in sample]))
    spaced = float(np.mean([text.count(" ") for text in sample]))
    if length > LONG and spaced >= 5:
        return "text", f"free text, {length:.0f} letters on average"
    if len(different) <= FEW_WORDS and len(different) <= 0.5 * n:
        return "words", f"{len(different)} different values such as {shown}"
    if len(different) == n:
        return "code", f"a different value in each row, such as {shown}"
    return "code", f"{number(len(different))} different values in {number(n)} rows, such as {shown}"


def _short(text: str) -> str:
    return repr(text if len(text) <= 24 else text[:23] + "…")
