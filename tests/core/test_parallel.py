"""Row blocks: order, nesting, cancelling, and BLAS threads given back."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from core.parallel import block_rows, blocks, map_blocks, single_threaded_blas
from core.progress import Cancelled


def test_blocks_cover_every_row_once_and_in_order() -> None:
    rows = [row for part in blocks(10, 3) for row in range(part.start, part.stop)]
    assert rows == list(range(10))
    assert blocks(0, 3) == []


def test_a_block_holds_64_mib_of_float32_scores() -> None:
    assert block_rows(1000) == 64 * 2**20 // 4000  # 16777
    assert block_rows(10**9) == 1


def test_results_come_back_in_row_order() -> None:
    assert map_blocks(lambda part: part.start, 100, 7) == list(range(0, 100, 7))


def test_a_block_may_map_blocks_itself() -> None:
    def outer(part: slice) -> int:
        return sum(map_blocks(lambda inner: inner.stop - inner.start, part.stop - part.start, 2))

    assert sum(map_blocks(outer, 50, 10)) == 50


def test_an_error_in_a_block_reaches_the_caller() -> None:
    def fail(part: slice) -> None:
        if part.start == 20:
            raise ValueError("row 20")

    with pytest.raises(ValueError, match="row 20"):
        map_blocks(fail, 100, 10)


def test_a_report_that_cancels_stops_the_blocks_that_have_not_begun() -> None:
    begun: list[int] = []
    gate = threading.Event()

    def block(part: slice) -> None:
        begun.append(part.start)
        if len(begun) > 1:
            gate.wait(5)

    def report(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        gate.set()
        raise Cancelled

    with pytest.raises(Cancelled):
        map_blocks(block, 10_000, 1, report=report)
    assert len(begun) < 10_000


def test_blas_threads_are_limited_inside_and_given_back_by_the_last_to_leave() -> None:
    np.ones((2, 2)) @ np.ones((2, 2))

    def threads() -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = threads()
    with single_threaded_blas():
        with single_threaded_blas():
            pass
        assert set(threads()) == {1}
    assert threads() == before
