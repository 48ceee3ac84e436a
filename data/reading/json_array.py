"""A JSON array of objects, `[{…}, {…}]`, over any number of lines: rewritten as one object per line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from data.errors import DataError

CHUNK = 1 << 20
LONGEST = 16 << 20  # letters of one element
BLANK = " \t\r\n"
BREAKS = re.compile(r"[\t\r\n]+")
CONTROL = re.compile(r"[\x00-\x1f]")
HALF_LETTER = re.compile(r"\\u[dD][89a-fA-F]")  # of two escapes that make one letter
DECODER = json.JSONDecoder(strict=False, parse_int=str, parse_float=str)  # numbers are only passed over


def is_array(text: str) -> bool:
    """Whether a file that begins so is an array of rows rather than one JSON value per line."""
    start = text.lstrip("\ufeff" + BLANK)
    return start.startswith("[") and start[1:].lstrip(BLANK)[:1] in ("{", "]", "")


def complete_rows(head: str) -> list[str]:
    """The elements of the beginning of an array, one text each, up to where it is cut."""
    rows: list[str] = []
    pieces = iter([head])
    elements = _elements(lambda: next(pieces, ""), "the file")
    while True:
        try:
            rows.append(next(elements))
        except (DataError, StopIteration):
            return rows


def array_to_lines(
    source: Path, target: Path, name: str, encoding: str, report: Callable[..., None] = lambda *_: None
) -> Path:
    """Write each element of the array of `source` on a line of `target`, numbers as they stand.

    Raises:
        DataError: the array is broken or not closed; the message says after which row.
    """
    with (
        source.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace") as stream,
        target.open("w", encoding="utf-8", newline="\n") as out,
    ):

        def read() -> str:
            report(0.04, "reading the array")
            return stream.read(CHUNK)

        for row in _elements(read, name):
            out.write(row + "\n")
    return target


def _elements(read: Callable[[], str], name: str) -> Iterator[str]:
    """Each element of the array on one line; reads on where an element is not complete."""
    text = read().lstrip("\ufeff" + BLANK)
    place, row = 1, 0
    while True:
        place, text = _next_start(text, place, read)
        if place >= len(text):
            raise _broken(name, row, "the array is not closed")
        if text[place] == "]":
            _refuse_more(text[place + 1 :], read, name, row)
            return
        try:
            value, end = DECODER.raw_decode(text, place)
            complete = end < len(text)  # a number at the very end may go on
        except json.JSONDecodeError as error:
            value, end, complete = error.msg, place, False
        except RecursionError as error:
            raise _broken(name, row, "lists in lists in lists, too deep") from error
        if not complete:
            more = read() if len(text) - place < LONGEST else ""
            if not more:
                raise _broken(name, row, str(value) if end == place else "the array is not closed")
            text, place = text[place:] + more, 0
            continue
        row += 1
        yield _one_line(text[place:end])
        place = end


def _one_line(element: str) -> str:
    """The element as it stands, but on one line; control characters are escaped, half letters become ?."""
    line = CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", BREAKS.sub(" ", element))
    if not HALF_LETTER.search(line):
        return line
    try:
        plain = json.dumps(json.loads(line), ensure_ascii=False)
    except (ValueError, RecursionError):  # a number of thousands of digits; the line is quarantined
        return line
    return plain.encode("utf-8", "replace").decode()


def _next_start(text: str, place: int, read: Callable[[], str]) -> tuple[int, str]:
    """Where the next element (or the closing bracket) starts, behind blanks and the comma."""
    while True:
        while place < len(text) and text[place] in BLANK + ",":
            place += 1
        if place < len(text):
            return place, text
        more = read()
        if not more:
            return place, text
        text, place = more, 0


def _refuse_more(rest: str, read: Callable[[], str], name: str, row: int) -> None:
    """Nothing but blanks may follow the closing bracket; rows there would be lost without a word."""
    while rest or (rest := read()):
        if rest.strip(BLANK):
            raise _broken(name, row, f"the array ends, but {rest.strip(BLANK)[:30]!r} follows")
        rest = ""


def _broken(name: str, row: int, why: str) -> DataError:
    return DataError(
        f"The JSON array of {name} cannot be read after row {row}: {why}.",
        "Correct the file there, or write one object per line (JSON Lines), where a bad line harms no other.",
    )
