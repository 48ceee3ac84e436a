"""A file as a table of text fields, with every physical line accounted for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from data.columns import LINE, REASON
from data.home import SCRATCH
from data.reading.shape import FileShape
from data.reading.staging import Staged

MEMORY = "512MB"  # of DuckDB while it reads; beyond it, it spills
SPAN = "span"  # physical lines of a record; more than one when a quoted field holds line breaks
RAGGED, STRAY_QUOTE, NOT_JSON, NUL_BYTE, NOT_UTF8 = (
    "ragged row",
    "stray quote",
    "not a JSON object",
    "NUL byte",
    "not UTF-8",
)


@dataclass(frozen=True)
class Workplace:
    """A private DuckDB connection and a folder, both gone when the work is over."""

    con: Any
    folder: Path


@contextmanager
def workplace(parent: Path | None = None, reads: Sequence[Path] = ()) -> Iterator[Workplace]:
    """An in-memory DuckDB that may spill to a folder of its own under `parent`.

    It opens files of that folder and those named in `reads`, nothing else on the disk or the network, and
    works within `MEMORY`.
    """
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=parent) as name:
        folder = Path(name)
        con = duckdb.connect(config={"temp_directory": str(folder / "spill"), "memory_limit": MEMORY})
        try:
            con.execute("SET TimeZone = 'UTC'")
            con.execute(f"SET allowed_directories = [{text_literal(str(folder))}]")
            con.execute(f"SET allowed_paths = [{', '.join(text_literal(str(path)) for path in reads)}]")
            con.execute("SET enable_external_access = false")
            con.execute("SET lock_configuration = true")
            yield Workplace(con, folder)
        finally:
            con.close()


@dataclass(frozen=True)
class Records:
    """Where the fields of each record are found, and what of the file is none.

    `relation` is an SQL source with the text columns f0, f1, … in file order and `span`; when `numbered`,
    also `line` (the first physical line of the record, from 1), otherwise records follow without gap.
    """

    relation: str
    row_hash: str  # SQL: equal for records with the same text
    lines: int
    header: int
    blank: int
    first_line: int  # of the first record, where records are not numbered
    numbered: bool = False
    final: bool = False  # no more careful way of reading is left
    unread: pd.DataFrame = field(default_factory=lambda: unread_table([]))
    text_of: Callable[[Sequence[int], Sequence[int]], list[str]] = field(default=lambda _lines, _spans: [])
    set_aside: dict[str, int] = field(default_factory=dict)  # rule → lines that are no rows; blank ones apart
    swallowed: str | None = None  # SQL: number of records that seem to have swallowed whole lines


def unread_table(rows: list[tuple[int, int, str]]) -> pd.DataFrame:
    """Lines that are no record: line, span, reason."""
    return pd.DataFrame(
        {
            LINE: pd.Series([row[0] for row in rows], dtype="int64"),
            SPAN: pd.Series([row[1] for row in rows], dtype="int64"),
            REASON: pd.Series([row[2] for row in rows], dtype="str"),
        }
    )


def text_literal(value: str) -> str:
    """An SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def field_names(shape: FileShape) -> list[str]:
    """f0, f1, …: names that need no quoting, whatever the file calls its columns."""
    return [f"f{i}" for i in range(len(shape.columns))]


def lines_source(staged: Staged) -> str:
    """SQL source of the lines of a file with LF ends: one column `text`, NULL if blank."""
    return (
        f"read_csv({text_literal(str(staged.path))}, auto_detect=false, header=false, delim='', "
        f"quote='', escape='', columns={{'text': 'VARCHAR'}}, new_line='\\n'{long_lines(staged)})"
    )


def long_lines(staged: Staged) -> str:
    """Options for a file with unusually long lines, or nothing."""
    longest = staged.scan.longest
    return f", max_line_size={longest + 1024}, buffer_size={4 * longest + 4096}" if longest else ""


def pick_lines(path: Path) -> Callable[[Sequence[int], Sequence[int]], list[str]]:
    """A function from (first lines, spans) to the text that stands there; one pass over the file."""

    def pick(lines: Sequence[int], spans: Sequence[int]) -> list[str]:
        wanted = {line + i for line, span in zip(lines, spans, strict=True) for i in range(span)}
        last, found = max(wanted, default=0), dict[int, str]()
        with path.open("rb") as stream:
            for number, raw in enumerate(stream, start=1):
                if number > last:
                    break
                if number in wanted:
                    found[number] = raw.decode("utf-8", errors="replace").rstrip("\r\n")
        return [
            "\n".join(found.get(line + i, "") for i in range(span))
            for line, span in zip(lines, spans, strict=True)
        ]

    return pick
