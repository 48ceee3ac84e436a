"""Find out how a file is written: format, delimiter, header, columns; each with its reason."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from data.errors import DataError
from data.home import SCRATCH
from data.reading.containers import NAMES, chosen_member, packing_of, unpacking
from data.reading.delimiters import BLANKS, DELIMITERS, SAID, SAYS, find_separation, named, vote
from data.reading.delimiters import split_line as split_line
from data.reading.head import HEAD_BYTES, PARQUET_MAGIC, decode_head, guess_encoding, open_unpacked, read_head
from data.reading.headers import ROW_NAMES, broken_header, column_names, has_header, lacks_a_name
from data.reading.json_array import DECODER, complete_rows, is_array, is_keyed
from data.reading.jsonl import field_paths
from data.reading.matrix import COLUMNS as MATRIX_COLUMNS
from data.reading.matrix_shape import MatrixShape, find_matrix
from data.reading.numbers import guess_numbers
from data.reading.opening import refuse_unreadable
from data.reading.parquet import column_paths
from data.reading.shape import Compression, FileShape, Format
from data.reading.staging import unpack
from data.reading.user_lines import COLUMNS as USER_LINE_COLUMNS
from data.reading.user_lines import find_user_lines
from data.reading.workbook import DELIMITER as SHEET_DELIMITER
from data.reading.workbook import head_lines, is_workbook

SAMPLE_LINES = 500
FEW_LINES = 20  # fewer in the first bytes: lines are long, more is looked at
LONG_HEAD = 8 << 20
MOST_COLUMNS = 1_000
MOST_ITEMS = 40_000  # columns of a matrix
MOST_INNER = 200  # fields of objects inside objects that are offered as columns
BOOKS = (".xlsx", ".xlsm")
WORKBOOK_MAGIC = b"PK\x03\x04"
COMMENTS = ("#", "%", "//")


def sniff(path: Path | str, columns: Iterable[str] = (), member: str | None = None) -> FileShape:
    """The shape of a file from its first 256 KiB; its name does not matter.

    Args:
        columns: names that stand in the header, if there is one.
        member: the file of an archive, or the sheet of a workbook, that is wanted; None takes the likeliest.

    Raises:
        NotFound: there is no such file.
        DataError: empty, binary, damaged, of one column, or with no steady number of columns.
    """
    path, expected = Path(path), frozenset(columns)
    refuse_unreadable(path)
    if is_workbook(path):
        return _sheet_shape(path, path, expected, {}, (), member)
    common, packing = _packing(path, packing_of(path), member)
    if (shape := _packed_workbook(path, common, packing, expected)) is not None:
        return shape
    head, _ = read_head(path, HEAD_BYTES, member)
    if head.startswith(PARQUET_MAGIC):
        return _parquet_shape(path, common, packing)
    encoding, reason = guess_encoding(head)
    common["encoding"] = encoding
    text = decode_head(head, encoding)
    if is_array(text) or is_keyed(text):
        return _array_shape(path, text, common, (*packing, reason))
    lines = _whole_lines(text, cut=len(head) >= HEAD_BYTES)
    if len(lines) < FEW_LINES and len(head) >= HEAD_BYTES:
        head, _ = read_head(path, LONG_HEAD, member)
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
    return _delimited_shape(path, lines, common, (*packing, reason), expected)


def _packing(
    path: Path, compression: Compression, member: str | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The fields of the shape that tell how the file is packed, and the reasons."""
    if compression == "none":
        return {"compression": compression}, ()
    if compression != "zip":
        return {"compression": compression}, (f"packed with {NAMES[compression]}",)
    chosen, others = chosen_member(path, member)
    beside = f"; beside it: {', '.join(others[:5])}{', …' if len(others) > 5 else ''}" if others else ""
    fields = {"compression": compression, "member": member, "members": (chosen, *others)}
    return fields, (f"ZIP archive, of which {chosen} is read{beside}",)


def _packed_workbook(
    path: Path, common: dict[str, Any], reasons: tuple[str, ...], expected: frozenset[str]
) -> FileShape | None:
    """The shape of a workbook that is packed once more (in an archive, under its usual name); or None."""
    compression, member = common["compression"], common.get("member")
    if compression == "none" or (compression == "zip" and not common["members"][0].lower().endswith(BOOKS)):
        return None
    with unpacking(path, compression), open_unpacked(path, compression, member) as stream:
        if stream.read(4) != WORKBOOK_MAGIC:
            return None
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as folder:
        book = unpack(path, Path(folder) / "book", compression, member)
        if not is_workbook(book):
            return None  # an archive inside an archive, which is refused
        return _sheet_shape(path, book, expected, common, reasons, None)


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
        votes = [vote(rest, delimiter) for delimiter in DELIMITERS]
        best = max(votes, key=lambda vote: (vote.n_fields > 1, vote.merit))
        if best.n_fields > 1 and len(lines[0].split(best.delimiter)) == best.n_fields:
            return "", lines
    return mark, rest


def _sheet_shape(
    path: Path,
    book: Path,
    expected: frozenset[str],
    common: dict[str, Any],
    reasons: tuple[str, ...],
    sheet: str | None,
) -> FileShape:
    """The shape of a sheet. A workbook that is packed once more is read in its likeliest sheet."""
    name, lines, others = head_lines(book, sheet=sheet)
    rows = [line.split(SHEET_DELIMITER) for line in lines if line.strip()]
    if not rows:
        raise DataError(
            f"Sheet {name} of {path.name} is empty.", "Choose a sheet with a user and an item column."
        )
    _refuse_absurd(path, len(rows[0]), f"columns in sheet {name}")
    beside = f"; beside it: {', '.join(others)}" if others else ""
    if not common:
        common = {"member": sheet, "members": (name, *others)}
    common = {**common, "delimiter": SHEET_DELIMITER, "quote": ""}
    note = f"Excel workbook, of which sheet {name} is read{beside}"
    return _table_shape("xlsx", rows, len(rows[0]), common, (*reasons, note), expected)


def _array_shape(path: Path, text: str, common: dict[str, Any], reasons: tuple[str, ...]) -> FileShape:
    keyed = not is_array(text)
    rows = complete_rows(text, keyed=keyed)[:SAMPLE_LINES]
    if not rows:
        raise DataError(
            f"{path.name} begins like a JSON array but its first row is not complete JSON.",
            'Write the rows like [{"user": "u1", "item": "i7"}, …], or one object per line.',
        )
    shape = _jsonl_shape(path, rows, common, reasons)
    what = "one JSON object of rows by id" if keyed else "JSON array of objects"
    note = f"{what} ({len(rows)} looked at)"
    return shape.model_copy(update={"format": "json", "keyed": keyed, "reasons": (*reasons, note)})


def _whole_lines(text: str, *, cut: bool) -> list[str]:
    lines = re.split(r"\r\n|\n|\r", text)
    if cut and len(lines) > 1:
        lines.pop()
    return [line for line in lines if line.strip(" ")][:SAMPLE_LINES] or [text]


def _parquet_shape(path: Path, common: dict[str, Any], reasons: tuple[str, ...]) -> FileShape:
    compression, member = common["compression"], common.get("member")
    if compression == "none":
        names = column_paths(path, path.name)
    else:
        with tempfile.TemporaryDirectory(prefix=SCRATCH) as folder:
            names = column_paths(unpack(path, Path(folder) / "rows", compression, member), path.name)
    _refuse_absurd(path, len(names), "columns")
    return FileShape(
        format="parquet",
        header=False,
        columns=names,
        reasons=(*reasons, "Parquet, by its first four bytes"),
        **common,
    )


def _jsonl_shape(path: Path, lines: list[str], common: dict[str, Any], reasons: tuple[str, ...]) -> FileShape:
    names: dict[str, None] = {}
    objects = 0
    for line in lines:
        value = _parsed(line)
        if isinstance(value, dict):
            objects += 1
            names.update(dict.fromkeys(field_paths(value)))
    if not objects:
        raise DataError(
            f"{path.name} begins with {lines[0][:40]!r}, which is not one JSON object per line.",
            'Write each row on a line of its own, like {"user": "u1", "item": "i7"}.',
        )
    outer = {name for line in lines if isinstance(value := _parsed(line), dict) for name in value}
    _refuse_absurd(path, len(outer), "different fields")
    if len(names) - len(outer) > MOST_INNER:  # objects keyed by ids are values, not columns
        names = {name: None for name in names if name in outer}
    note = f"one JSON object per line ({objects} of the first {len(lines)} lines)"
    return FileShape(format="jsonl", header=False, columns=tuple(names), reasons=(*reasons, note), **common)


def _parsed(line: str) -> Any:
    """The value of a line of JSON; None where it is none, or nested too deep. Numbers stay text."""
    try:
        return DECODER.decode(line)
    except (ValueError, RecursionError):
        return None


def _delimited_shape(
    path: Path,
    lines: list[str],
    common: dict[str, Any],
    reasons: tuple[str, ...],
    expected: frozenset[str],
) -> FileShape:
    found = find_separation(path, lines)
    if SAYS.fullmatch(lines[0]) and len(lines) > 1:
        common, lines = {**common, "comment": SAID}, lines[1:]
    if found.delimiter != BLANKS and (span := broken_header(lines, found)) > 1:
        common = {**common, "header_lines": span}
        lines = [" ".join(lines[:span]), *lines[span:]]
    rows = [split_line(line, found.delimiter, found.quote) for line in lines]
    common |= {"delimiter": found.delimiter, "quote": found.quote}
    agree = f"{found.n_fields} fields in {found.share:.0%} of {len(lines)} lines"
    how = f"{named(found.delimiter)} separated: {agree}"
    if found.quote == "'":
        how += ", some in single quotes"
    matrix = find_matrix(rows)
    if matrix is not None and found.n_fields <= MOST_ITEMS:
        return _matrix_shape(matrix, rows, common, (*reasons, how))
    _refuse_absurd(path, found.n_fields, f"columns separated by {named(found.delimiter)}")
    return _table_shape("delimited", rows, found.n_fields, common, (*reasons, how), expected)


def _table_shape(
    kind: Format,
    rows: list[list[str]],
    n_fields: int,
    common: dict[str, Any],
    reasons: tuple[str, ...],
    expected: frozenset[str],
) -> FileShape:
    """The shape of a table, with the names of its columns and the way it writes numbers."""
    if len(rows[0]) > n_fields and expected and expected <= {cell.strip() for cell in rows[0]}:
        n_fields = len(rows[0])  # the names asked for are there, so it is the rows that are short
    header, why = has_header(rows, n_fields, expected)
    if common.get("header_lines", 1) > 1:
        header, why = True, f"header: over {common['header_lines']} lines, as a name in quotes is broken"
    first, whole = (rows[0] if header else []), [row for row in rows[header:] if len(row) == n_fields]
    if header and lacks_a_name(first, rows[1:], n_fields):
        first, why = [ROW_NAMES, *first], f"{why}; the first column has no name"
    decimal, thousands, numbers = guess_numbers(list(zip(*whole, strict=True)))
    return FileShape(
        format=kind,
        header=header,
        columns=column_names(first, n_fields),
        decimal=decimal,
        thousands=thousands,
        reasons=tuple(reason for reason in (*reasons, why, numbers) if reason),
        **common,
    )


def _matrix_shape(
    matrix: MatrixShape, rows: list[list[str]], common: dict[str, Any], reasons: tuple[str, ...]
) -> FileShape:
    lead = int(matrix.line_start != "none")
    decimal, thousands, numbers = guess_numbers([[cell for row in rows[1:] for cell in row[lead:]]])
    return FileShape(
        format="matrix",
        header=matrix.header,
        line_start=matrix.line_start,
        missing=matrix.missing,
        decimal=decimal,
        thousands=thousands,
        columns=MATRIX_COLUMNS,
        reasons=tuple(reason for reason in (*reasons, matrix.reason, numbers) if reason),
        **common,
    )


def _refuse_absurd(path: Path, n_columns: int, what: str) -> None:
    if n_columns > MOST_COLUMNS:
        raise DataError(
            f"{path.name} has {n_columns} {what}; at most {MOST_COLUMNS} are read.",
            "Write one line per user and item, like: user,item,weight,time.",
        )
