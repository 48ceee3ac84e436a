"""Find out how a file is written: format, delimiter, header, columns; each with its reason."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data.errors import DataError
from data.reading.containers import NAMES, chosen_member
from data.reading.head import HEAD_BYTES, PARQUET_MAGIC, decode_head, guess_encoding, open_unpacked, read_head
from data.reading.json_array import complete_rows, is_array
from data.reading.shape import Compression, FileShape
from data.reading.user_lines import COLUMNS as USER_LINE_COLUMNS
from data.reading.user_lines import find_user_lines
from data.reading.words import is_known_word
from data.reading.workbook import DELIMITER, head_lines, is_workbook

DELIMITERS = {"::": "::", "\t": "tab", ",": "comma", ";": "semicolon", "|": "|", " ": "space"}
SAMPLE_LINES = 500
FEW_LINES = 20  # fewer in the first bytes: lines are long, more is looked at
LONG_HEAD = 8 << 20
MOST_COLUMNS = 4_000
COMMENTS = ("#", "%", "//")
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|\.\d+)([eE][+-]?\d+)?")
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?")


def sniff(path: Path | str, columns: Iterable[str] = ()) -> FileShape:
    """The shape of a file from its first 256 KiB; its name does not matter.

    Args:
        columns: names that stand in the header, if there is one.

    Raises:
        NotFound: there is no such file.
        DataError: empty, binary, damaged, of one column, or with no steady number of columns.
    """
    path = Path(path)
    if path.is_file() and is_workbook(path):
        return _sheet_shape(path, frozenset(columns))
    head, compression = read_head(path)
    packing = _packing_reasons(path, compression)
    if head.startswith(PARQUET_MAGIC):
        return _parquet_shape(path, compression, packing)
    encoding, reason = guess_encoding(head)
    text = decode_head(head, encoding)
    lines = _whole_lines(text, cut=len(head) >= HEAD_BYTES)
    common: dict[str, Any] = {"compression": compression, "encoding": encoding}
    if is_array(text):
        return _array_shape(path, text, common, (*packing, reason))
    if len(lines) < FEW_LINES and len(head) >= HEAD_BYTES:
        head, _ = read_head(path, LONG_HEAD)
        lines = _whole_lines(decode_head(head, encoding), cut=len(head) >= LONG_HEAD)
    if lines[0].lstrip().startswith(("{", "[")):
        return _jsonl_shape(path, lines, common, (*packing, reason))
    comment, lines = _without_comments(lines)
    if comment:
        common["comment"] = comment
        reason = f"{reason}; lines that begin with {comment} are comments"
    listed = find_user_lines(lines)
    if listed is not None:
        delimiter, start, why = listed
        return FileShape(
            format="user_lines",
            delimiter=delimiter,
            quote="",
            header=False,
            line_start=start,
            columns=USER_LINE_COLUMNS,
            reasons=(*packing, reason, why),
            **common,
        )
    return _delimited_shape(path, lines, common, (*packing, reason), frozenset(columns))


def _packing_reasons(path: Path, compression: Compression) -> tuple[str, ...]:
    if compression == "none":
        return ()
    if compression != "zip":
        return (f"packed with {NAMES[compression]}",)
    member, others = chosen_member(path)
    beside = f"; not read: {', '.join(others[:5])}{', …' if len(others) > 5 else ''}" if others else ""
    return (f"ZIP archive, of which {member} is read{beside}",)


def _without_comments(lines: list[str]) -> tuple[str, list[str]]:
    """The mark of comment lines at the beginning, and the lines without them.

    One such line with as many fields as the next is a header that happens to begin so.
    """
    mark = next((mark for mark in COMMENTS if lines[0].startswith(mark)), None)
    if mark is None:
        return "", lines
    rest = [line for line in lines if not line.startswith(mark)]
    if not rest:
        return "", lines
    if not lines[1].startswith(mark):
        votes = [_vote(rest, delimiter) for delimiter in DELIMITERS]
        best = max(votes, key=lambda vote: (vote.n_fields > 1, vote.merit))
        if best.n_fields > 1 and len(lines[0].split(best.delimiter)) == best.n_fields:
            return "", lines
    return mark, rest


def _sheet_shape(path: Path, expected: frozenset[str]) -> FileShape:
    sheet, lines, others = head_lines(path)
    rows = [line.split(DELIMITER) for line in lines if line.strip()]
    header, why = _has_header(rows, len(rows[0]), expected)
    beside = f"; not read: {', '.join(others)}" if others else ""
    return FileShape(
        format="xlsx",
        delimiter=DELIMITER,
        quote="",
        header=header,
        columns=_column_names(rows[0] if header else [], len(rows[0])),
        reasons=(f"Excel workbook, of which sheet {sheet} is read{beside}", why),
    )


def _array_shape(path: Path, text: str, common: dict[str, Any], reasons: tuple[str, ...]) -> FileShape:
    rows = complete_rows(text)[:SAMPLE_LINES]
    if not rows:
        raise DataError(
            f"{path.name} begins like a JSON array but its first row is not complete JSON.",
            'Write the rows like [{"user": "u1", "item": "i7"}, …], or one object per line.',
        )
    shape = _jsonl_shape(path, rows, common, reasons)
    note = f"JSON array of objects ({len(rows)} looked at)"
    return shape.model_copy(update={"format": "json", "reasons": (*reasons, note)})


def _whole_lines(text: str, *, cut: bool) -> list[str]:
    lines = re.split(r"\r\n|\n|\r", text)
    if cut and len(lines) > 1:
        lines.pop()
    return [line for line in lines if line.strip(" ")][:SAMPLE_LINES] or [text]


def _parquet_shape(path: Path, compression: Compression, reasons: tuple[str, ...]) -> FileShape:
    with open_unpacked(path, compression) as stream:
        names = _parquet_names(path, pa.BufferReader(stream.read()) if compression != "none" else stream)
    return FileShape(
        format="parquet",
        compression=compression,
        header=False,
        columns=tuple(names),
        reasons=(*reasons, "Parquet, by its first four bytes"),
    )


def _parquet_names(path: Path, source: Any) -> list[str]:
    try:
        return [str(name) for name in pq.read_schema(source).names]
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(
            f"{path.name} begins like a Parquet file but cannot be opened ({error}).",
            "It was probably cut off on the way: fetch or write it again.",
        ) from error


def _jsonl_shape(path: Path, lines: list[str], common: dict[str, Any], reasons: tuple[str, ...]) -> FileShape:
    names: dict[str, None] = {}
    objects = 0
    for line in lines:
        try:
            value = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            continue
        if isinstance(value, dict):
            objects += 1
            names.update(dict.fromkeys(value))
    if not objects:
        raise DataError(
            f"{path.name} begins with {lines[0][:40]!r}, which is not one JSON object per line.",
            'Write each row on a line of its own, like {"user": "u1", "item": "i7"}.',
        )
    note = f"one JSON object per line ({objects} of the first {len(lines)} lines)"
    return FileShape(format="jsonl", header=False, columns=tuple(names), reasons=(*reasons, note), **common)


def _delimited_shape(
    path: Path,
    lines: list[str],
    common: dict[str, Any],
    reasons: tuple[str, ...],
    expected: frozenset[str],
) -> FileShape:
    delimiter, n_fields, share = _best_delimiter(path, lines)
    if n_fields > MOST_COLUMNS:
        raise DataError(
            f"{path.name} has {n_fields} columns separated by {DELIMITERS[delimiter]}; at most "
            f"{MOST_COLUMNS} are read.",
            "Write one line per user and item, like: user,item,weight,time.",
        )
    quote = '"' if len(delimiter) == 1 else ""
    rows = [split_line(line, delimiter, quote) for line in lines]
    header, why = _has_header(rows, n_fields, expected)
    named = rows[0] if header else []
    return FileShape(
        format="delimited",
        delimiter=delimiter,
        quote=quote,  # type: ignore[arg-type]
        header=header,
        columns=_column_names(named, n_fields),
        reasons=(
            *reasons,
            f"{DELIMITERS[delimiter]} separated: {n_fields} fields in {share:.0%} of {len(lines)} lines",
            why,
        ),
        **common,
    )


def split_line(line: str, delimiter: str, quote: str) -> list[str]:
    """Fields of one line; a quoted field may contain the delimiter, a stray mark is a letter."""
    if not quote or quote not in line:
        return line.split(delimiter)
    mark = re.escape(delimiter)
    fields = re.findall(rf'{mark}( *"(?:[^"]|"")*" *(?={mark}|$)|[^{mark}]*)', delimiter + line)
    return [_unquoted(field) for field in fields]


def _unquoted(field: str) -> str:
    inner = field.strip(" ")
    if len(inner) >= 2 and inner[0] == inner[-1] == '"':
        return inner[1:-1].replace('""', '"')
    return field


def _best_delimiter(path: Path, lines: list[str]) -> tuple[str, int, float]:
    """The delimiter under which most lines agree on their number of fields; more fields win a draw."""
    found = [vote for vote in (_vote(lines, delimiter) for delimiter in DELIMITERS) if vote.n_fields > 1]
    if not found:
        raise DataError(
            f"{path.name} has one column only; its first line is {lines[0][:60]!r}.",
            "Each line needs a user and an item at least, separated by comma, tab, ;, |, :: or space.",
        )
    best = max(found, key=lambda vote: vote.merit)
    if best.share < 0.5:
        lengths = sorted({len(line.split(best.delimiter)) for line in lines})
        raise DataError(
            f"{path.name} is no table: its lines have between {lengths[0]} and {lengths[-1]} fields.",
            "Write one line per user and item, like: user,item,weight,time.",
        )
    return best.delimiter, best.n_fields, best.share


@dataclass(frozen=True)
class _Vote:
    """How well lines agree under a delimiter: the usual number of fields and the share of lines with it."""

    delimiter: str
    n_fields: int
    share: float

    @property
    def merit(self) -> tuple[bool, bool, float, int]:
        """Compared in this order. A space stands inside titles and dates, so it is the last resort."""
        return (
            self.share >= 0.9,
            self.delimiter != " " and self.share >= 0.5,
            round(self.share, 1),
            self.n_fields,
        )


def _vote(lines: list[str], delimiter: str) -> _Vote:
    quote = '"' if len(delimiter) == 1 else ""
    counts = Counter(len(split_line(line, delimiter, quote)) for line in lines)
    n_fields, n_lines = counts.most_common(1)[0]
    return _Vote(delimiter, n_fields, n_lines / len(lines))


def _kind(value: str) -> str:
    value = value.strip()
    if not value:
        return "empty"
    return "number" if NUMBER.fullmatch(value) else "date" if DATE.fullmatch(value) else "text"


def _has_header(rows: list[list[str]], n_fields: int, expected: frozenset[str]) -> tuple[bool, str]:
    first, rest = rows[0], [row for row in rows[1:] if len(row) == n_fields]
    if expected & {cell.strip() for cell in first}:
        return True, "header: it holds the names asked for"
    known = [cell for cell in first if is_known_word(cell)]
    if known and all(_kind(cell) in ("text", "empty") for cell in first):
        return True, f"header: {known[0]!r} is a column name"
    for position, cell in enumerate(first[:n_fields]):
        values = [row[position] for row in rest if row[position].strip()]
        if values and _kind(cell) == "text" and (why := _stands_over(cell, values)):
            return True, f"header: {cell!r} stands over {why}"
    return False, "no header: the first line looks like the others"


def _stands_over(cell: str, values: list[str]) -> str | None:
    """Why a word looks like the name of the values under it, or None."""
    kind, n_rows = Counter(_kind(value) for value in values).most_common(1)[0]
    if kind != "text":
        return f"a column of {kind}s" if n_rows >= 0.8 * len(values) else None
    different = set(values)
    recur = len(values) >= 10 and len(different) <= 0.5 * len(values) and cell not in different
    return "a column of words that recur, and is none of them" if recur else None


def _column_names(named: list[str], n_fields: int) -> tuple[str, ...]:
    names: list[str] = []
    for position in range(n_fields):
        name = named[position].strip() if position < len(named) else ""
        name = name or f"column_{position + 1}"
        unique, count = name, 1
        while unique in names:
            count += 1
            unique = f"{name}_{count}"
        names.append(unique)
    return tuple(names)
