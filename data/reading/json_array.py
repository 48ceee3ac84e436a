"""A JSON array of objects, `[{…}, {…}]`, over any number of lines: rewritten as one object per line.

So is the array inside an answer, `{"data": [{…}, {…}], "next": null}`, and an object of rows by id,
`{"i7": {…}, "i9": {…}}`: the key becomes the field `id`, a value that is no object the field `value`.
"""

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


ID, VALUE = "id", "value"  # fields of a row that was an entry of an object
_TEXT = r'"(?:[^"\\]|\\.)*"'
WRAPPER = re.compile(rf"\{{\s*{_TEXT}\s*:\s*\[(?=\s*\{{)")  # {"data": [{…}, …
WRAPPER_END = re.compile(rf"\s*(?:,\s*{_TEXT}\s*:\s*(?:{_TEXT}|[\w.+-]+)\s*)*\}}")  # …], "next": null}
LEAST_KEYS, LOOKED_AT = 20, 200
COLON, EMPTY = re.compile(r"[ \t\r\n]*:[ \t\r\n]*"), re.compile(r"\{\s*\}")


def is_array(text: str) -> bool:
    """Whether a file that begins so is an array of rows rather than one JSON value per line."""
    start = text.lstrip("\ufeff" + BLANK)
    if WRAPPER.match(start):
        return not _ends_early(start)
    return start.startswith("[") and start[1:].lstrip(BLANK)[:1] in ("{", "]", "")


def is_keyed(text: str) -> bool:
    """Whether a file that begins so is one object of rows by id: many entries, all lists or all objects."""
    start = text.lstrip("\ufeff" + BLANK)
    if not start.startswith("{") or _ends_early(start):
        return False
    rows = [DECODER.decode(row) for row in complete_rows(text, keyed=True)[:LOOKED_AT]]
    if len(rows) < LEAST_KEYS:
        return False
    lists = sum(isinstance(row.get(VALUE), list) and len(row) == 2 for row in rows)
    objects = sum(VALUE not in row for row in rows)
    return len(rows) in (lists, objects)


def _ends_early(text: str) -> bool:
    """Whether another line follows the first object: one JSON value per line."""
    try:
        _, end = DECODER.raw_decode(text)
    except (json.JSONDecodeError, RecursionError):
        return False
    return bool(text[end:].strip(BLANK))


def complete_rows(head: str, *, keyed: bool = False) -> list[str]:
    """The elements of the beginning of an array (or of an object by id), up to where it is cut."""
    rows: list[str] = []
    pieces = iter([head])
    elements = _elements(lambda: next(pieces, ""), "the file", keyed)
    while True:
        try:
            rows.append(next(elements))
        except (DataError, StopIteration):
            return rows


def array_to_lines(
    source: Path,
    target: Path,
    name: str,
    encoding: str,
    report: Callable[..., None] = lambda *_: None,
    *,
    keyed: bool = False,
) -> bool:
    """Write each element of the array of `source` on a line of `target`, numbers as they stand.

    Returns:
        Whether some bytes were no letters; U+FFFD stands there.

    Raises:
        DataError: the array is broken or not closed; the message says after which row.
    """
    lossy = False
    with (
        source.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace") as stream,
        target.open("w", encoding="utf-8", newline="\n") as out,
    ):

        def read() -> str:
            nonlocal lossy
            report(0.04, "reading the array")
            text = stream.read(CHUNK)
            lossy = lossy or "\ufffd" in text
            return text

        for row in _elements(read, name, keyed):
            out.write(row + "\n")
    return lossy


def _elements(read: Callable[[], str], name: str, keyed: bool) -> Iterator[str]:
    """Each element of the array on one line; reads on where an element is not complete."""
    text = read().lstrip("\ufeff" + BLANK)
    wrapper = None if keyed else WRAPPER.match(text)
    place, row = (wrapper.end() if wrapper else 1), 0
    while True:
        place, text = _next_start(text, place, read)
        if place >= len(text):
            raise _broken(name, row, "the array is not closed")
        if text[place] == ("}" if keyed else "]"):
            rest = text[place + 1 :]
            _refuse_more(_without_wrapper(rest + read(), name, row) if wrapper else rest, read, name, row)
            return
        try:
            element, end = _entry(text, place) if keyed else _element(text, place)
            complete = end < len(text)  # a number at the very end may go on
        except json.JSONDecodeError as error:
            element, end, complete = error.msg, place, False
        except RecursionError as error:
            raise _broken(name, row, "lists in lists in lists, too deep") from error
        if not complete:
            more = read() if len(text) - place < LONGEST else ""
            if not more:
                raise _broken(name, row, element if end == place else "the array is not closed")
            text, place = text[place:] + more, 0
            continue
        row += 1
        yield _one_line(element)
        place = end


def _element(text: str, place: int) -> tuple[str, int]:
    """The JSON value at `place` as it stands, and where it ends."""
    _, end = DECODER.raw_decode(text, place)
    return text[place:end], end


def _entry(text: str, place: int) -> tuple[str, int]:
    """The entry `"key": value` at `place` as an object of its own, and where it ends."""
    key, end = DECODER.raw_decode(text, place)
    colon = COLON.match(text, end)
    if text[place] != '"' or colon is None or colon.end() == len(text):
        raise json.JSONDecodeError(f"no key with a value at {key!r:.30}", text, place)
    value, last = _element(text, colon.end())
    name = f'{{"{ID}": {text[place:end]}'
    if not value.startswith("{"):
        return f'{name}, "{VALUE}": {value}}}', last
    return (f"{name}}}" if EMPTY.fullmatch(value) else f"{name}, {value[1:]}"), last


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


def _without_wrapper(rest: str, name: str, row: int) -> str:
    """What follows the object around the array: behind its rows it may hold plain values, no more rows."""
    closed = WRAPPER_END.match(rest)
    if closed is None:
        raise _broken(name, row, f"the array ends, but {rest.strip(BLANK)[:30]!r} follows")
    return rest[closed.end() :]


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
