"""Row blocks over one shared thread pool, and the one place that decides how big a block is."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import ParamSpec, TypeVar, cast

from numba import njit
from threadpoolctl import ThreadpoolController

from core.progress import Report, silent

T = TypeVar("T")
P = ParamSpec("P")

SCORE_BYTES = 64 * 2**20  # float32 scores held by one block: nothing ever holds users × items
_inside = threading.local()


def kernel(function: Callable[P, T]) -> Callable[P, T]:
    """Compile a numba kernel that lets other threads run and is kept on disk.

    Never with `parallel=True`: numba's threading layer aborts the process when two threads enter it.
    """
    return cast(Callable[P, T], njit(nogil=True, cache=True)(function))


def n_threads() -> int:
    """Threads of the shared pool: the cores this process may use, at most 16."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(16, available))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(n_threads(), thread_name_prefix="rankscope-block")


def block_rows(n_columns: int) -> int:
    """Rows whose float32 scores over `n_columns` fit into 64 MiB; at least one."""
    return max(1, SCORE_BYTES // (4 * max(1, n_columns)))


def blocks(n_rows: int, block: int) -> list[slice]:
    """Consecutive slices of at most `block` rows that cover `n_rows`."""
    return [slice(start, min(start + block, n_rows)) for start in range(0, n_rows, max(1, block))]


def map_blocks(
    function: Callable[[slice], T], n_rows: int, block: int, *, report: Report = silent, stage: str = ""
) -> list[T]:
    """`function` of every block of rows, in order, over the shared pool.

    A call from inside a block runs in its own thread, so nesting cannot deadlock. `report` is called in
    the caller's thread after each block; when it raises, blocks that have not begun are dropped.
    """
    parts = blocks(n_rows, block)
    if len(parts) <= 1 or n_threads() == 1 or getattr(_inside, "block", False):
        return _one_after_another(function, parts, report, stage)
    with single_threaded_blas():
        pending = [_pool().submit(_run, function, part) for part in parts]
        try:
            return _in_order(pending, report, stage)
        finally:
            for future in pending:
                future.cancel()


def _run(function: Callable[[slice], T], part: slice) -> T:
    _inside.block = True
    try:
        return function(part)
    finally:
        _inside.block = False


def _one_after_another(
    function: Callable[[slice], T], parts: list[slice], report: Report, stage: str
) -> list[T]:
    results = []
    for done, part in enumerate(parts, start=1):
        results.append(function(part))
        report(done / len(parts), stage)
    return results


def _in_order(pending: list[Future[T]], report: Report, stage: str) -> list[T]:
    results = []
    for done, future in enumerate(pending, start=1):
        results.append(future.result())
        report(done / len(pending), stage)
    return results


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


class _BlasLimit:
    """Counts who needs one BLAS thread; the first sets it and the last gives it back."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.holders = 0

    def enter(self) -> None:
        with self.lock:
            self.holders += 1
            if self.holders == 1:
                self.limit = _libraries().limit(limits=1, user_api="blas")

    def leave(self) -> None:
        with self.lock:
            self.holders -= 1
            if self.holders == 0:
                self.limit.restore_original_limits()


_blas = _BlasLimit()


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """One BLAS thread per caller inside: our own threads already fill the cores. Safe from many threads."""
    _blas.enter()
    try:
        yield
    finally:
        _blas.leave()
