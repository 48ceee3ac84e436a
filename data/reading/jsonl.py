"""JSON Lines: one object per line, fields as text exactly as JSON writes them."""

from __future__ import annotations

import json

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


def jsonl_records(work: Workplace, staged: Staged, shape: FileShape) -> Records:
    """Every line on its own; lists and objects stay JSON text, a missing field is NULL."""
    staged = with_plain_newlines(staged, work.folder)
    con = work.con
    con.execute(
        f"""CREATE OR REPLACE TABLE {LINES} AS SELECT line, text,
        CASE WHEN trim(text) = '' THEN 'blank' WHEN {_damage(staged)}
             WHEN NOT json_valid(text) OR json_type(text) <> 'OBJECT' THEN '{NOT_JSON}' END AS problem
        FROM (SELECT row_number() OVER () AS line, coalesce(text, '') AS text FROM {lines_source(staged)})"""
    )
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
    paths = ", ".join(text_literal("$." + json.dumps(name, ensure_ascii=False)) for name in shape.columns)
    fields = ", ".join(f"v[{i + 1}] AS {name}" for i, name in enumerate(field_names(shape)))
    return (
        f"(SELECT line, 1 AS {SPAN}, text, {fields} FROM "
        f"(SELECT line, text, json_extract_string(text, [{paths}]) AS v FROM {LINES} WHERE problem IS NULL))"
    )
