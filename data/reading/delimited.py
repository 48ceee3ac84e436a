"""Separated text, read twice if need be: first the quick way, then line by line.

DuckDB's CSV reader is quick but loses rows without a word once a quote is not closed (half of a file for
twenty such lines). So its answer is only taken when the physical lines add up; otherwise every line is
judged on its own and only the lines that take part in a quoted line break are joined.
"""

from __future__ import annotations

import pandas as pd

from data.columns import LINE
from data.reading.delimiters import BLANKS
from data.reading.interruptible import execute
from data.reading.records import (
    NOT_UTF8,
    NUL_BYTE,
    RAGGED,
    SPAN,
    STRAY_QUOTE,
    Records,
    Workplace,
    field_names,
    lines_source,
    long_lines,
    pick_lines,
    text_literal,
    unread_table,
)
from data.reading.repair import join_lines
from data.reading.shape import FileShape
from data.reading.staging import BROKEN_SHOWN, NUL_SHOWN, Staged, with_plain_newlines

COMMENT_LINE, REPEATED_HEADER = "comment line", "repeated header"
RECORDS, PHYSICAL, JOINED = "delimited_records", "physical_lines", "joined_records"
STAND_IN = "\x1f"  # for a delimiter of several letters while lines are taken apart
QUICK_DELIMITER = 4  # letters of the longest that DuckDB takes


def quick_records(staged: Staged, shape: FileShape) -> Records | None:
    """The file through DuckDB's CSV reader, or None where only the careful way numbers its lines."""
    odd = len(shape.delimiter) > QUICK_DELIMITER or not shape.delimiter.isascii() or shape.delimiter == BLANKS
    if staged.scan.inner_blank or staged.damaged or shape.comment or staged.scan.repeated_header or odd:
        return None
    names, header = field_names(shape), int(shape.header) * shape.header_lines
    quote = shape.quote if staged.scan.quotes else ""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    source = (
        f"read_csv({text_literal(str(staged.path))}, auto_detect=false, header=false, "
        f"skip={header}, delim={text_literal(shape.delimiter)}, "
        f"quote={text_literal(quote)}, escape={text_literal(quote)}, "
        f"columns={{{columns}}}{long_lines(staged)})"
    )
    breaks = " + ".join(f"coalesce(length({n}) - length(replace({n}, chr(10), '')), 0)" for n in names)
    span = f"(1 + {breaks})::INT" if quote else "1"
    return Records(
        relation=f"(SELECT *, {span} AS {SPAN} FROM {source})",
        row_hash=f"hash({', '.join(names)})",
        lines=staged.scan.lines,
        header=header,
        blank=staged.scan.trailing_blank,
        first_line=1 + header,
        text_of=pick_lines(staged.path),
        swallowed=_swallowed_sql(source, names, shape.delimiter) if quote else None,
    )


def _swallowed_sql(source: str, names: list[str], delimiter: str) -> str:
    """Records over several lines of which each looks like a whole record: an opened quote ate them."""
    mark = text_literal(delimiter)
    joined = "concat_ws(" + mark + ", " + ", ".join(f"coalesce({name}, '')" for name in names) + ")"
    return (
        f"SELECT count(*) FROM (SELECT string_split({joined}, chr(10)) AS part FROM {source}) "
        f"WHERE len(part) > 1 AND len(list_filter(part, lambda x: "
        f"(length(x) - length(replace(x, {mark}, ''))) <> {len(names) - 1} * length({mark}))) = 0"
    )


def careful_records(work: Workplace, staged: Staged, shape: FileShape) -> Records:
    """The file line by line. What cannot be split into its columns is listed in `unread`.

    `staged.report` is called meanwhile and may raise to stop.
    """
    header = classify(work, staged, shape)
    staged = with_plain_newlines(staged, work.folder)
    con, names = work.con, field_names(shape)
    marks, long = (split_mark(shape), shape.quote), staged.scan.longest > 0
    joined, stray = join_lines(con, *marks, len(names), staged.report, long=long)
    _store_joined(work, joined, names)
    unread = _unread(work, len(names), stray)
    execute(con, _records_sql(names, shape), staged.report, 0.28)
    count = ", ".join(f"count(*) FILTER (kind = '{kind}')" for kind in ("blank", "comment", "header"))
    blank, comments, headers = con.execute(
        f"SELECT {count} FROM classified WHERE line NOT IN (SELECT line FROM consumed)"
    ).fetchall()[0]
    set_aside = {COMMENT_LINE: comments, REPEATED_HEADER: headers}
    return Records(
        relation=RECORDS,
        row_hash=f"hash({', '.join(names)})",
        lines=con.execute(f"SELECT count(*) FROM {PHYSICAL}").fetchall()[0][0],
        header=shape.header_lines if header else 0,
        blank=blank,
        first_line=header + 1,
        numbered=True,
        final=True,
        unread=unread,
        text_of=pick_lines(staged.path),
        set_aside={rule: n for rule, n in set_aside.items() if n},
    )


def split_mark(shape: FileShape) -> str:
    """The one letter that separates fields in the table PHYSICAL."""
    return shape.delimiter if len(shape.delimiter) == 1 else STAND_IN


def classify(work: Workplace, staged: Staged, shape: FileShape) -> int:
    """Fill the tables PHYSICAL and `classified`; the header's line, or 0."""
    header = fill_physical(work, staged, shape)
    execute(work.con, classify_sql(staged, shape, header), staged.report, 0.26)
    return header


def fill_physical(work: Workplace, staged: Staged, shape: FileShape) -> int:
    """Fill the table PHYSICAL: each line with one letter between fields; the header's line, or 0."""
    staged = with_plain_newlines(staged, work.folder)
    text = "text"
    if shape.delimiter == BLANKS:
        text = rf"regexp_replace(trim(text, ' \t'), '[ \t]+', {text_literal(STAND_IN)}, 'g') AS text"
    elif len(shape.delimiter) > 1:
        text = f"replace(text, {text_literal(shape.delimiter)}, {text_literal(STAND_IN)}) AS text"
    fill = f"CREATE OR REPLACE TABLE {PHYSICAL} AS SELECT {text} FROM {lines_source(staged)}"
    execute(work.con, fill, staged.report, 0.25)
    return _header_line(work, shape)


def _header_line(work: Workplace, shape: FileShape) -> int:
    """Number of the header line: the first that is neither blank nor a comment; 0 without a header."""
    if not shape.header:
        return 0
    query = (
        f"SELECT min(rowid) + 1 FROM {PHYSICAL} "
        f"WHERE trim(coalesce(text, '')) <> '' AND NOT ({_comment_sql(shape)})"
    )
    return int(work.con.execute(query).fetchall()[0][0] or 0)


def _comment_sql(shape: FileShape) -> str:
    return f"starts_with(coalesce(text, ''), {text_literal(shape.comment)})" if shape.comment else "false"


def classify_sql(staged: Staged, shape: FileShape, header: int, rows: tuple[int, int] | None = None) -> str:
    """SQL to fill `classified`: line, text, kind and, where the line is a record by itself, its fields.

    Kinds: blank, comment, header (repeated), damaged, whole (a record), open (a quote is not closed).

    Args:
        rows: from and up to which row of PHYSICAL; None takes all.
    """
    some = "" if rows is None else f" WHERE rowid >= {rows[0]} AND rowid < {rows[1]}"
    mark = text_literal(split_mark(shape))
    plain = f"string_split(text, {mark})"
    structural, closed, literal, fields = "false", "true", "false", plain
    if shape.quote:
        structural, closed, literal, fields = _quoted_sql(shape, plain)
    damaged = "false"
    if staged.damaged:
        damaged = f"contains(text, '{NUL_SHOWN}') OR contains(text, '{BROKEN_SHOWN}')"
    repeated = "false"
    if header:
        repeated = f"text = (SELECT text FROM {PHYSICAL} WHERE rowid = {header - 1})"
    return f"""CREATE OR REPLACE TABLE classified AS
        SELECT line, CASE WHEN kind IN ('open', 'damaged') THEN text END AS text,
               CASE kind WHEN 'quoted' THEN 'whole' WHEN 'literal' THEN 'whole' ELSE kind END AS kind,
               CASE WHEN kind = 'quoted' THEN {fields}
                    WHEN kind IN ('whole', 'literal') THEN {plain} END AS fields
        FROM (SELECT line, text, CASE WHEN trim(text) = '' THEN 'blank'
                                      WHEN {_comment_sql(shape)} THEN 'comment' WHEN {damaged} THEN 'damaged'
                                      WHEN {repeated} THEN 'header'
                                      WHEN NOT quoted THEN 'whole' WHEN {closed} THEN 'quoted'
                                      WHEN {literal} THEN 'literal' ELSE 'open' END AS kind
              FROM (SELECT rowid + 1 AS line, coalesce(text, '') AS text,
                           coalesce({structural}, false) AS quoted FROM {PHYSICAL}{some}))
        WHERE line NOT BETWEEN {header} AND {header + shape.header_lines - 1 if header else 0}"""


def _quoted_sql(shape: FileShape, plain: str) -> tuple[str, str, str, str]:
    """SQL of a line: may it hold quoted fields, are all closed, are marks mere letters, its fields."""
    mark, quote = text_literal(split_mark(shape)), text_literal(shape.quote)
    escaped = f"\\x{{{ord(split_mark(shape)):x}}}"
    q = shape.quote
    quoted = rf" *{q}(?:[^{q}]|{q}{q})*{q} *"
    bare = rf"(?:[^{q}{escaped}][^{escaped}]*|)"
    whole = text_literal(rf"(?s)(?:{escaped}(?:{quoted}|{bare}))*")
    each = text_literal(rf"(?s){escaped}({quoted}|{bare})")
    starts = text_literal(rf"{escaped} *{q}")
    structural = f"contains(text, {quote}) AND regexp_matches({mark} || text, {starts})"
    closed = f"regexp_full_match({mark} || text, {whole})"
    odd = f"(length(x) - length(replace(x, {quote}, ''))) % 2 = 1"
    literal = f"len({plain}) = {len(shape.columns)} AND len(list_filter({plain}, lambda x: {odd})) = 0"
    taken = f"regexp_extract_all({mark} || text, {each}, 1)"
    return structural, closed, literal, f"list_transform({taken}, lambda x: {_unquote_sql('x', quote)})"


def _unquote_sql(name: str, mark: str) -> str:
    inner = f"trim({name})"
    body = f"replace(substr({inner}, 2, length({inner}) - 2), {mark} || {mark}, {mark})"
    return f"CASE WHEN starts_with({inner}, {mark}) THEN {body} ELSE {name} END"


def _store_joined(work: Workplace, joined: list[tuple[int, int, list[str]]], names: list[str]) -> None:
    """Tables of the records that go over several lines, and of the lines that they consumed."""
    records = pd.DataFrame(
        {
            LINE: pd.Series([line for line, _, _ in joined], dtype="int64"),
            SPAN: pd.Series([span for _, span, _ in joined], dtype="int32"),
            **{
                name: pd.Series([fields[i] for _, _, fields in joined], dtype="str")
                for i, name in enumerate(names)
            },
        }
    )
    work.con.register("joined_frame", records)
    work.con.execute(f"CREATE OR REPLACE TABLE {JOINED} AS SELECT * FROM joined_frame")
    work.con.execute(
        f"CREATE OR REPLACE TABLE consumed AS SELECT unnest(range(line, line + {SPAN})) AS line FROM {JOINED}"
    )


def _fits(n_fields: int) -> str:
    """SQL: the right number of fields, or one empty field too many (a delimiter at the end of the line)."""
    return f"(len(fields) = {n_fields} OR (len(fields) = {n_fields} + 1 AND fields[{n_fields} + 1] = ''))"


def _unread(work: Workplace, n_fields: int, stray: list[int]) -> pd.DataFrame:
    rows = work.con.execute(
        f"""SELECT line, CASE WHEN kind = 'damaged' AND contains(text, '{NUL_SHOWN}') THEN '{NUL_BYTE}'
                              WHEN kind = 'damaged' THEN '{NOT_UTF8}' ELSE '{RAGGED}' END
        FROM classified WHERE (kind = 'damaged' OR (kind = 'whole' AND NOT {_fits(n_fields)}))
          AND line NOT IN (SELECT line FROM consumed) ORDER BY line"""
    ).fetchall()
    listed = [(line, 1, reason) for line, reason in rows] + [(line, 1, STRAY_QUOTE) for line in stray]
    return unread_table(sorted(listed))


def _records_sql(names: list[str], shape: FileShape) -> str:
    columns = ", ".join(f"{_as_written(f'fields[{i + 1}]', shape)} AS {name}" for i, name in enumerate(names))
    joined = ", ".join(f"{_as_written(name, shape)} AS {name}" for name in names)
    return (
        f"CREATE OR REPLACE TABLE {RECORDS} AS SELECT * FROM ("
        f"SELECT line, 1 AS {SPAN}, {columns} FROM classified "
        f"WHERE kind = 'whole' AND {_fits(len(names))} AND line NOT IN (SELECT line FROM consumed) "
        f"UNION ALL SELECT line, {SPAN}, {joined} FROM {JOINED}) ORDER BY line"
    )


def _as_written(field: str, shape: FileShape) -> str:
    """A quoted field may hold the delimiter, whose stand-in is changed back."""
    if len(shape.delimiter) == 1 or not shape.quote:
        return field
    return f"replace({field}, {text_literal(STAND_IN)}, {text_literal(shape.delimiter)})"
