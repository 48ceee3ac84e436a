"""JSON Lines: one object per line; fields (those of inner objects, too) as text as JSON writes them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

from data.reading.interruptible import execute
from data.reading.records import (
    NOT_JSON,
    NOT_UTF8,
    NUL_BYTE,
    SPAN,
    Records,
    Workplace,
    field_names,
    lines_source,
    pick_lines,
    text_literal,
    unread_table,
)
from data.reading.shape import FileShape
from data.reading.staging import BROKEN_SHOWN, NUL_SHOWN, Staged, with_plain_newlines

LINES = "json_lines"
DOT = "."
MOST_PARTS = 4  # depth of fields offered as columns


def jsonl_records(work: Workplace, staged: Staged, shape: FileShape) -> Records:
    """Every line on its own; lists and objects stay JSON text, a missing field is NULL, `a.b` is `b` of `a`.

    Of a key that an object has twice the first value counts.
    """
    staged = with_plain_newlines(staged, work.folder)
    con = work.con
    fill = f"""CREATE OR REPLACE TABLE {LINES} AS SELECT line, text,
        CASE WHEN trim(text) = '' THEN 'blank' WHEN {_damage(staged)}
             WHEN NOT json_valid(text) OR json_type(text) <> 'OBJECT' THEN '{NOT_JSON}' END AS problem
        FROM (SELECT row_number() OVER () AS line, coalesce(text, '') AS text FROM {lines_source(staged)})"""
    execute(con, fill, staged.report, 0.2)
    unread = con.execute(
        f"SELECT line, 1, problem FROM {LINES} WHERE problem <> 'blank' ORDER BY line"
    ).fetchall()
    n_lines, n_blank = con.execute(
        f"SELECT count(*), count(*) FILTER (problem = 'blank') FROM {LINES}"
    ).fetchall()[0]
    return Records(
        relation=_relation(shape),
        row_hash="hash(text)",
        lines=n_lines,
        header=0,
        blank=n_blank,
        first_line=1,
        numbered=True,
        final=True,
        unread=unread_table(unread),
        text_of=pick_lines(staged.path),
    )


def _damage(staged: Staged) -> str:
    if not staged.damaged:
        return "false THEN ''"
    nul = f"contains(text, '{NUL_SHOWN}') THEN '{NUL_BYTE}'"
    return f"{nul} WHEN contains(text, '{BROKEN_SHOWN}') THEN '{NOT_UTF8}'"


def _relation(shape: FileShape) -> str:
    """All fields come out of one parse of the line."""
    pointers: dict[str, int] = {}  # JSON pointer → place in the list of values
    fields: list[str] = []
    for name, column in zip(field_names(shape), shape.columns, strict=True):
        places = [pointers.setdefault(pointer, len(pointers) + 1) for pointer in pointers_of(column)]
        fields.append(f"coalesce({', '.join(f'v[{place}]' for place in places)}) AS {name}")
    listed = ", ".join(text_literal(pointer) for pointer in pointers)
    return (
        f"(SELECT line, 1 AS {SPAN}, text, {', '.join(fields)} FROM "
        f"(SELECT line, text, json_extract_string(text, [{listed}]) AS v FROM {LINES} WHERE problem IS NULL))"
    )


def pointers_of(column: str) -> list[str]:
    """JSON pointers (RFC 6901) where a column may stand: `a.b` as a key, then as `b` of the object `a`."""
    parts = column.split(DOT)
    if len(parts) > MOST_PARTS:
        return [_pointer([column]), _pointer(parts)]
    paths = [[column]] + [
        _joined_parts(parts, cuts)
        for n in range(1, len(parts))
        for cuts in combinations(range(1, len(parts)), n)
    ]
    return [_pointer(path) for path in paths]


def _joined_parts(parts: list[str], cuts: tuple[int, ...]) -> list[str]:
    bounds = (0, *cuts, len(parts))
    return [DOT.join(parts[start:end]) for start, end in pairwise(bounds)]


def _pointer(keys: list[str]) -> str:
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)


def field_paths(value: dict[str, Any]) -> Iterator[str]:
    """The columns that an object offers: each key, and behind it the fields of the object that it holds."""
    stack = [("", value, 1)]
    while stack:
        before, fields, depth = stack.pop()
        inner = []
        for key, field in fields.items():
            yield before + key
            if isinstance(field, dict) and depth < MOST_PARTS:
                inner.append((f"{before}{key}{DOT}", field, depth + 1))
        stack += reversed(inner)
