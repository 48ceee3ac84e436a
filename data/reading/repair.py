"""Tell a quoted field that goes over several lines from a quote that somebody forgot to close."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

MOST_LINES = 1000  # of one record
BLOCK, LONG_BLOCK = 100, 8  # lines fetched at a time, and where lines are unusually long
MOST_CLOSERS = 40  # lines with a quote tried as the end of a record
LONGEST_FIELD = 1 << 30  # letters; the csv module stops at 131,072 otherwise
OPEN_QUOTE = "unexpected end of data"  # how the csv module calls it
csv.field_size_limit(LONGEST_FIELD)

Joined = tuple[int, int, list[str]]  # first line, number of lines, fields


def join_lines(
    con: Any, delimiter: str, quote: str, n_fields: int, report: Callable[..., None], *, long: bool = False
) -> tuple[list[Joined], list[int]]:
    """Records that go over several lines, and the lines with a stray quote.

    Reads the table `classified` (line, text, kind): each line of kind 'open' starts a quoted field that the
    line does not close. It is joined with the following lines when together they are one record and not
    every one of them looks like a record by itself.

    Args:
        report: called for every such line; may raise to stop.
        long: some lines are unusually long, so fewer are held at a time.

    Returns:
        (first line, number of lines, fields) of each record; the numbers of the lines that start none.
    """
    openers = con.execute("SELECT line, text FROM classified WHERE kind = 'open' ORDER BY line").fetchall()
    joined: list[Joined] = []
    stray: list[int] = []
    done = 0
    following = _Lines(con, LONG_BLOCK if long else BLOCK)
    for line, text in openers:
        if line <= done:
            continue
        report(0.27)
        record = _record_from(following.after(line), line, text, (delimiter, quote), n_fields)
        if record is None:
            stray.append(line)
        else:
            joined.append(record)
            done = line + record[1] - 1
    return joined, stray


def _record_from(
    following: Iterator[str], start: int, text: str, marks: tuple[str, str], n_fields: int
) -> Joined | None:
    parts, closers = [text], 0
    delimiter, quote = marks
    for line in following:
        parts.append(line)
        if quote not in line:
            continue
        closers += 1
        fields, open_still = parse_record("\n".join(parts), delimiter, quote)
        if open_still and closers < MOST_CLOSERS:
            continue
        if fields is None or len(fields) != n_fields or looks_like_records(parts, delimiter, n_fields):
            return None  # no further line can mend it
        return start, len(parts), fields
    return None


class _Lines:
    """The lines of the file, fetched in blocks of which the last two are held."""

    def __init__(self, con: Any, block: int) -> None:
        self._con, self._block = con, block
        self._held: dict[int, list[str]] = {}

    def after(self, line: int) -> Iterator[str]:
        """The lines behind line `line`, at most MOST_LINES."""
        for row in range(line, line + MOST_LINES):
            lines, place = self._lines(row // self._block), row % self._block
            if place >= len(lines):
                return
            yield lines[place]

    def _lines(self, number: int) -> list[str]:
        if number not in self._held:
            if len(self._held) > 1:
                del self._held[next(iter(self._held))]
            first = number * self._block
            rows = self._con.execute(
                "SELECT coalesce(text, '') FROM physical_lines WHERE rowid >= ? AND rowid < ? ORDER BY rowid",
                [first, first + self._block],
            ).fetchall()
            self._held[number] = [text for (text,) in rows]
        return self._held[number]


def parse_record(text: str, delimiter: str, quote: str = '"') -> tuple[list[str] | None, bool]:
    """Fields of exactly one record, or None; and whether a quote is open, so that more lines may close it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        return None, OPEN_QUOTE in str(error)
    return (rows[0] if len(rows) == 1 else None), False


def looks_like_records(parts: list[str], delimiter: str, n_fields: int) -> bool:
    """Whether every line has the right number of fields when quotes mean nothing."""
    return all(part.count(delimiter) == n_fields - 1 for part in parts)
