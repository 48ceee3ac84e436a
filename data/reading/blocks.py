"""A text file cut into blocks of whole lines, which are parsed side by side into shared columns."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.columns import EVENT, ITEM, SESSION, TIME, USER, WEIGHT
from data.reading.head import UTF8_MARK
from data.reading.interruptible import EVERY_S
from data.reading.shape import FileShape
from data.reading.staging import Report
from data.reading.typed_kernels import (
    FULL,
    ODD_BITS,
    REFUSED,
    Layout,
    Output,
    Texts,
    look_over,
    parse_rows,
    rehash,
)

BLOCK = 4 << 20  # bytes; a longer line is none of a table
SPARE = 64  # readable bytes that the parser wants after a block
MOST_THREADS = 8
FEWEST_TEXTS = 1 << 17  # places for different texts at first


@dataclass(frozen=True)
class Block:
    """Whole lines of the file."""

    start: int
    stop: int
    row: int  # the first one
    n_rows: int


@dataclass(frozen=True)
class Blocks:
    """The lines of a file after its header, and what its bytes say about how they are written."""

    parts: tuple[Block, ...]
    header: int
    line_end: bytes
    quotes: bool
    ascii: bool
    unended: bool  # the last line has no line end

    @property
    def n_rows(self) -> int:
        """Lines after the header."""
        return sum(part.n_rows for part in self.parts)


@dataclass(eq=False)
class Worker:
    """What one thread found: its own table of texts, for the blocks that it read."""

    texts: Texts
    buffer: NDArray[np.uint8]
    words: NDArray[np.uint64]
    blocks: list[int] = field(default_factory=list)

    def arrow(self) -> Any:
        """All texts in the order of their codes."""
        n = int(self.texts.used[0])
        offsets, data = pa.py_buffer(self.texts.offsets[: n + 1]), pa.py_buffer(self.texts.arena)
        return pa.LargeStringArray.from_buffers(n, offsets, data)


@dataclass(frozen=True, eq=False)
class Parsed:
    """The columns of the file; codes are those of the worker that read the block."""

    blocks: Blocks
    out: Output
    workers: tuple[Worker, ...]

    def rows(self, block: int) -> slice:
        """The rows of a block."""
        part = self.blocks.parts[block]
        return slice(part.row, part.row + part.n_rows)

    def weight_of(self, block: int) -> NDArray[np.float32]:
        """The weights of a block; NaN where the text is unusual."""
        return self.out.weight[self.rows(block)]

    def odd_codes(self, block: int, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Codes of the unusual texts of weights in the given rows of a block."""
        return self.out.weight_bits[self.rows(block)][rows].astype(np.int64) - ODD_BITS - 1


def n_threads() -> int:
    """The cores that this process may use, at most 8."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(MOST_THREADS, available))


def cut(path: Path, shape: FileShape, report: Report) -> Blocks | None:
    """Count the line ends of the file and cut it at some of them; None where it is not plain text."""
    size = path.stat().st_size
    starts = range(0, size, BLOCK)
    quote = ord(shape.quote) if shape.quote else 256

    def look(number: int) -> tuple[int, ...]:
        first = max(starts[number] - 1, 0)
        raw = np.fromfile(path, dtype=np.uint8, count=min(starts[number] + BLOCK, size) - first, offset=first)
        last, *counts = look_over(raw, starts[number] - first, quote)
        return (last if last < 0 else last + first, *counts)

    tasks = [partial(look, number) for number in range(len(starts))]
    found: list[tuple[int, ...]] = _side_by_side(tasks, report, (0.0, 0.05), "counting lines")
    feeds, returns, pairs, quotes, nuls, high = (sum(column) for column in list(zip(*found, strict=True))[1:])
    if nuls or not feeds or (returns and not (returns == pairs == feeds)):
        return None
    begin, header = _after_header(path, shape)
    parts, start, row = [], begin, 0
    for number, (last, lines, *_) in enumerate(found):
        if last < 0 and number < len(found) - 1:
            return None
        stop, n_rows = last + 1, lines - (header if number == 0 else 0)
        if stop > start:
            parts.append(Block(start, stop, row, n_rows))
            start, row = stop, row + n_rows
    if begin < 0 or (parts and parts[0].n_rows < 0):
        return None
    if start < size:
        parts.append(Block(start, size, row, 1))
    line_end = b"\r\n" if returns else b"\n"
    return Blocks(tuple(parts), header, line_end, quotes > 0, not high, start < size)


def _after_header(path: Path, shape: FileShape) -> tuple[int, int]:
    """The byte after the header and its number of lines; a negative byte where the first line is odd."""
    with path.open("rb") as stream:
        first = stream.readline(BLOCK)
    start = len(UTF8_MARK) if first.startswith(UTF8_MARK) else 0
    if not shape.header:
        return start, 0
    odd = not first[start:].strip() or not first.endswith(b"\n")
    return (-1 if odd else len(first)), 1


def parse(path: Path, blocks: Blocks, layout: Layout, roles: set[str], report: Report) -> Parsed | None:
    """Read all blocks; None as soon as one holds a line that is not plain."""
    out = _columns(blocks.n_rows, roles)
    longest = max(part.stop - part.start for part in blocks.parts)
    numbers = iter(range(len(blocks.parts)))
    stopped = Event()
    workers = [_worker(longest) for _ in range(min(n_threads(), len(blocks.parts)))]

    def work(worker: Worker) -> bool:
        with path.open("rb", buffering=0) as stream:
            for number in numbers:
                if stopped.is_set() or not _parse_block(stream, blocks, number, layout, worker, out):
                    stopped.set()
                    return False
        return True

    def progress() -> float:
        return sum(len(worker.blocks) for worker in workers) / len(blocks.parts)

    tasks = [partial(work, worker) for worker in workers]
    done = _side_by_side(tasks, report, (0.05, 0.5), "reading rows", progress, stopped)
    return Parsed(blocks, out, tuple(workers)) if all(done) else None


def _columns(n: int, roles: set[str]) -> Output:
    def column(role: str, dtype: Any) -> NDArray[Any]:
        return np.empty(n if role in roles else 0, dtype=dtype)

    weight = column(WEIGHT, np.float32)
    codes = tuple(column(role, np.int32) for role in (USER, ITEM, EVENT, SESSION))
    return Output(codes, weight, weight.view(np.uint32), column(TIME, np.int64), np.empty(n, np.uint64))


def _worker(longest: int) -> Worker:
    buffer = np.zeros(longest + SPARE, dtype=np.uint8)
    words = np.ndarray((len(buffer) - 7,), np.uint64, buffer, strides=(1,))
    return Worker(_texts(FEWEST_TEXTS, FEWEST_TEXTS * 16), buffer, words)


def _texts(n: int, n_bytes: int) -> Texts:
    return Texts(
        np.zeros((2 * n, 2), dtype=np.uint64),
        np.empty(n, dtype=np.uint64),
        np.empty(n_bytes, dtype=np.uint8),
        np.zeros(n + 1, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
    )


def _grown(texts: Texts) -> Texts:
    """The same texts with room for twice as many, and for bytes in proportion."""
    n, used = 2 * len(texts.offsets) - 2, int(texts.used[0])
    filled = int(texts.offsets[used])
    larger = _texts(n, 2 * len(texts.arena) + BLOCK)
    larger.arena[:filled] = texts.arena[:filled]
    larger.offsets[: used + 1] = texts.offsets[: used + 1]
    larger.used[0] = used
    larger.more[:used] = texts.more[:used]
    rehash(texts.slots, larger.more, larger.slots)
    return larger


def warm_tables() -> None:
    """Compile what a table of texts needs to grow."""
    _grown(_texts(2, 2))


def _parse_block(
    stream: Any, blocks: Blocks, number: int, layout: Layout, worker: Worker, out: Output
) -> bool:
    part, buffer = blocks.parts[number], worker.buffer
    length = part.stop - part.start
    stream.seek(part.start)
    if stream.readinto(buffer[:length].data) != length:
        return False  # the file has changed meanwhile
    if not blocks.ascii and not _is_utf8(buffer[:length].tobytes()):
        return False
    buffer[length:] = 0
    if blocks.unended and number == len(blocks.parts) - 1:
        buffer[length : length + len(blocks.line_end)] = np.frombuffer(blocks.line_end, dtype=np.uint8)
        length += len(blocks.line_end)
    at, row, status = 0, part.row, FULL
    while status == FULL:
        status, at, row = parse_rows(buffer, worker.words, at, length, row, layout, worker.texts, out)
        if status == FULL:
            worker.texts = _grown(worker.texts)
    worker.blocks.append(number)
    return status != REFUSED and row == part.row + part.n_rows


def _is_utf8(raw: bytes) -> bool:
    """Whether the lines are UTF-8 without a mark inside."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return UTF8_MARK not in raw


def _side_by_side(
    tasks: Sequence[Callable[[], Any]],
    report: Report,
    span: tuple[float, float],
    stage: str,
    progress: Callable[[], float] | None = None,
    stopped: Event | None = None,
) -> list[Any]:
    """The results of `tasks`, run over the cores; `report` is called meanwhile and may raise to stop.

    Args:
        stopped: set at the end, however it comes, for tasks that look at it.
    """
    with ThreadPoolExecutor(n_threads()) as pool:
        pending: list[Future[Any]] = [pool.submit(task) for task in tasks]
        try:
            for _ in _until_done(pending):
                share = progress() if progress else sum(one.done() for one in pending) / len(pending)
                report(span[0] + (span[1] - span[0]) * share, stage)
            return [one.result() for one in pending]
        finally:
            for one in pending:
                one.cancel()
            if stopped is not None:
                stopped.set()


def _until_done(pending: list[Future[Any]]) -> Iterator[None]:
    while True:
        still = wait(pending, EVERY_S).not_done
        yield None
        if not still:
            return
