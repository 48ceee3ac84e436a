"""Plain delimited files of events straight from bytes to arrays, several blocks at a time.

Nothing is guessed and nothing is mended here: the compiled reader takes only lines in the plain form, counts
line ends apart from the lines that it splits, and gives up at the first byte that it does not understand.
Then the careful readers judge the file, which say of every line what became of it. What is read here is
exactly what they would have read: ids stay texts, and missing ids, unusual weights and kinds of event are
judged by the same rules, once for each different text instead of once for each row.
"""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from data.amounts import Writing, weight_sql, writing_of
from data.coded import Coded, ReadFile
from data.columns import EVENT, ITEM, SESSION, USER
from data.lifting import FIRST_LOOK, likely
from data.mapping import Mapping
from data.quarantine import quarantine_table
from data.reading.blocks import Blocks, Parsed, cut, parse, warm_tables
from data.reading.head import UTF8_MARK
from data.reading.records import Records, unread_table
from data.reading.shape import FileShape
from data.reading.staging import Report, silent
from data.reading.texts import coded_texts, first_kinds
from data.reading.times import EARLIEST, EPOCHS, ISO, LATEST, UTC_ZONE
from data.reading.typed_cells import ISO_TIME
from data.reading.typed_kernels import (
    EPOCH,
    EVENT_TEXT,
    ITEM_TEXT,
    SESSION_TEXT,
    SKIPPED,
    USER_TEXT,
    Layout,
)
from data.reading.typed_kernels import WEIGHT as WEIGHT_NUMBER

TEXTS = {USER: USER_TEXT, ITEM: ITEM_TEXT, EVENT: EVENT_TEXT, SESSION: SESSION_TEXT}
SMALLEST = 1 << 20  # bytes; a smaller file is read at once in any way, and needs no compiled code
HEAD_BYTES = 4 << 20
CELLS = 2_000  # different weights looked at, to see how they are written


def read_typed(path: Path, shape: FileShape, mapping: Mapping, report: Report) -> ReadFile | None:
    """Read a file of events if it is plain throughout; None leaves it to the careful readers.

    Args:
        mapping: with a time format; its columns are in the file.
        report: called with (fraction, stage), 0 to 0.6; may raise to stop.
    """
    if path.stat().st_size < SMALLEST or not _plain(shape, mapping):
        return None
    return _read(path, shape, mapping, report)


def warm() -> None:
    """Compile the reader, or load it from the disk cache."""
    shape = FileShape(header=False, columns=("u", "i", "w", "t"))
    mapping = Mapping(user="u", item="i", weight="w", time="t", time_format="epoch_s")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.csv"
        path.write_bytes(b"1,2,3,4\n1,2,1e3,4\n")
        _read(path, shape, mapping, silent)
    warm_tables()


def _read(path: Path, shape: FileShape, mapping: Mapping, report: Report) -> ReadFile | None:
    head = _Head(path, shape)
    if not head.plain or (free := _free_columns(shape, mapping)) and _describes(head, shape, mapping, free):
        return None
    blocks = cut(path, shape, report)
    if blocks is None or blocks.n_rows == 0:
        return None
    parsed = parse(path, blocks, _layout(shape, mapping, blocks), set(mapping.roles()), report)
    return None if parsed is None else _read_file(parsed, shape, mapping, head, report)


def _plain(shape: FileShape, mapping: Mapping) -> bool:
    """Whether neither shape nor mapping asks for what is not done here."""
    told = {"delimiter": ",", "quote": '"', "header": True, "columns": (), "reasons": (), "members": ()}
    if shape.model_copy(update=told) != FileShape() or not shape.delimiter.isascii():
        return False
    if {*shape.delimiter} & {"\n", "\r", "\0", shape.quote} or len(shape.columns) < 2:
        return False
    if mapping.keep or mapping.described:
        return False
    return (
        mapping.time is None
        or mapping.time_format in EPOCHS
        or (mapping.time_format == ISO and mapping.time_zone == UTC_ZONE)
    )


class _Head:
    """The first lines of the file, taken apart only as far as somebody asks."""

    def __init__(self, path: Path, shape: FileShape) -> None:
        with path.open("rb") as stream:
            raw = stream.read(HEAD_BYTES)
        self.shape = shape
        self.plain = b"\n" in raw and UTF8_MARK not in raw[1:]
        text = raw[: raw.rfind(b"\n")].removeprefix(UTF8_MARK).decode(errors="replace")
        self.lines = text.split("\n", FIRST_LOOK + 1)[: FIRST_LOOK + int(shape.header)]

    @property
    def header(self) -> list[str]:
        """The cells of the first line."""
        return [self._bare(cell) for cell in self.lines[0].removesuffix("\r").split(self.shape.delimiter)]

    @cached_property
    def _rows(self) -> list[list[str]]:
        """The first rows, split once for all columns."""
        rows = self.lines[int(self.shape.header) :]
        return [row.removesuffix("\r").split(self.shape.delimiter) for row in rows]

    def cells(self, position: int) -> list[str]:
        """A column of the first rows, as far as they have it."""
        return [self._bare(row[position]) for row in self._rows if len(row) > position]

    def _bare(self, cell: str) -> str:
        quoted = len(cell) > 1 and cell[0] == cell[-1] == self.shape.quote
        return cell[1:-1] if quoted else cell


def _free_columns(shape: FileShape, mapping: Mapping) -> dict[str, str]:
    taken = {*mapping.roles().values()}
    return {name: f"f{i}" for i, name in enumerate(shape.columns) if name not in taken}


def _describes(head: _Head, shape: FileShape, mapping: Mapping, free: dict[str, str]) -> bool:
    """Whether, by the first rows, a column without a role may follow from item or user."""
    visit = mapping.session or mapping.time
    named = {"user_id": mapping.user, "item_id": mapping.item, "visit": visit}
    look = {role: head.cells(shape.position(name)) for role, name in named.items() if name is not None}
    look |= {column: head.cells(shape.position(name)) for name, column in free.items()}
    if len({len(cells) for cells in look.values()}) != 1:
        return True  # some lines are short
    frame = pd.DataFrame({"visit": None} | look, dtype=object).replace("", None)
    with duckdb.connect(config={"threads": 1, "memory_limit": "256MB"}) as con:
        con.register("first_look", frame)
        return bool(likely(con, "first_look", free, mapping, "visit"))


def _usual_weights(head: _Head, parsed: Parsed, shape: FileShape, mapping: Mapping) -> bool:
    """Whether the first weights are written in the usual way; whole numbers need no look at their texts."""
    if mapping.weight is None or bool((parsed.out.weight == np.trunc(parsed.out.weight)).all()):
        return True
    cells = dict.fromkeys(head.cells(shape.position(mapping.weight)))
    return writing_of(list(cells)[:CELLS], shape) == Writing(shape)


def _layout(shape: FileShape, mapping: Mapping, blocks: Blocks) -> Layout:
    kinds = np.full(len(shape.columns), SKIPPED, dtype=np.int64)
    for role, name in mapping.roles().items():
        kinds[shape.position(name)] = TEXTS.get(role, WEIGHT_NUMBER)
    if mapping.time is not None:
        kinds[shape.position(mapping.time)] = ISO_TIME if mapping.time_format == ISO else EPOCH
    delimiter, newline = shape.delimiter.encode(), blocks.line_end[0]
    quote = ord(shape.quote) if blocks.quotes else newline
    marks = [byte * 0x0101010101010101 for byte in (delimiter[0], newline, quote)]
    return Layout(
        kinds,
        np.frombuffer(delimiter, dtype=np.uint8),
        np.asarray(marks, dtype=np.uint64),
        len(blocks.line_end),
        blocks.quotes,
        np.asarray([EPOCHS.get(mapping.time_format, 1), EARLIEST, LATEST], dtype=np.int64),
    )


def _read_file(
    parsed: Parsed, shape: FileShape, mapping: Mapping, head: _Head, report: Report
) -> ReadFile | None:
    report(0.5, "encoding ids")
    blocks = parsed.blocks
    if not _usual_weights(head, parsed, shape, mapping) or not _settle_weights(parsed, shape):
        return None
    users, items = coded_texts(parsed, USER_TEXT), coded_texts(parsed, ITEM_TEXT)
    if items.missing or (shape.header and _header_again(head, shape, mapping, users.ids, items.ids)):
        return None
    event: NDArray[np.uint8] | None = None
    kinds: tuple[str, ...] = ()
    if mapping.event is not None:
        found = first_kinds(parsed, EVENT_TEXT)
        if found is None:
            return None
        event, kinds = found
    if mapping.session is not None:
        coded_texts(parsed, SESSION_TEXT)
    out = parsed.out
    coded = Coded(
        out.codes[USER_TEXT],
        out.codes[ITEM_TEXT],
        out.weight if mapping.weight is not None else np.ones(blocks.n_rows, dtype=np.float32),
        np.ones(blocks.n_rows, dtype=np.int32),
        users.ids,
        items.ids,
        second=out.second if mapping.time is not None else None,
        row_hash=out.row_hash,
        event=event,
        session=out.codes[SESSION_TEXT] if mapping.session is not None else None,
        event_types=kinds,
    )
    empty = quarantine_table(Records("", "", 0, 0, 0, 1), unread_table([]))
    return ReadFile(coded, blocks.n_rows + blocks.header, blocks.header, {}, empty, 0)


def _header_again(
    head: _Head, shape: FileShape, mapping: Mapping, users: NDArray[np.object_], items: NDArray[np.object_]
) -> bool:
    """Whether the header may come again further down, as in files that were joined."""
    cells = head.header
    if len(cells) != len(shape.columns):
        return True
    user, item = cells[shape.position(mapping.user)], cells[shape.position(mapping.item)]
    return bool((users == user).any() and (items == item).any())


def _settle_weights(parsed: Parsed, shape: FileShape) -> bool:
    """Put the weights of unusual texts (1e3, " 4 ", $5) in place; False where one is no number."""
    if not len(parsed.out.weight):
        return True
    for worker in parsed.workers:
        rows_of = {k: np.flatnonzero(np.isnan(parsed.weight_of(k))) for k in worker.blocks}
        codes = {k: parsed.odd_codes(k, rows) for k, rows in rows_of.items() if len(rows)}
        if not codes:
            continue
        different = np.unique(np.concatenate(list(codes.values())))
        frame = pa.table({"place": range(len(different)), "cell": worker.arrow().take(pa.array(different))})
        with duckdb.connect(config={"threads": 1, "memory_limit": "256MB"}) as con:
            con.register("odd", frame)
            sql = f"SELECT {weight_sql('cell', Writing(shape))} AS weight FROM odd ORDER BY place"
            weights = con.sql(sql).to_arrow_table()["weight"].to_numpy()
        if not np.isfinite(weights).all():
            return False
        for k, found in codes.items():
            parsed.weight_of(k)[rows_of[k]] = weights[np.searchsorted(different, found)]
    return True
