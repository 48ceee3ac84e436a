"""A long query that can be stopped: while it runs the report is called, and what that raises ends it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import duckdb

from data.errors import DataError
from data.reading.records import MEMORY
from data.reading.staging import Report

EVERY_S = 0.2


def execute(con: Any, sql: str, report: Report, fraction: float) -> None:
    """Run `sql` on another thread, calling `report(fraction)` meanwhile.

    Raises:
        DataError: the query needs more memory than it may have.
        whatever `report` or the query raises; the query has ended then and `con` can be used again.
    """
    with ThreadPoolExecutor(1) as pool:  # leaving it waits for the query
        query = pool.submit(con.execute, sql)
        try:
            while not wait([query], EVERY_S).done:
                report(fraction)
        finally:
            if not query.done():
                con.interrupt()
    try:
        query.result()
    except duckdb.OutOfMemoryException as error:
        raise DataError(
            f"Reading the file takes more memory than the {MEMORY} that it may have.",
            "Leave out columns that are not needed, or import the file in parts.",
        ) from error
