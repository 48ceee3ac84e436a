"""`ask`: start a worker for the question, wait no longer than the deadline, turn its answer into a table."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from data.artifacts import Home, dataset_meta
from data.asking.wording import QuestionError, refusal
from data.errors import NotFound

__all__ = ["Answer", "Column", "QuestionError", "ask"]

WORKER = Path(__file__).with_name("worker.py")
BYTE_LIMIT = 16 * 2**20  # of one result; a browser holds no more with ease
AT_ONCE = 2  # questions answered at the same time, each in a process
GRACE_S = 2.0  # for starting the worker and sending the rows
LONGEST_SQL = 20_000  # characters
_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Column:
    """A column of the result: its name as asked for, and DuckDB's type."""

    name: str
    type: str


@dataclass(frozen=True, eq=False)
class Answer:
    """The rows, at most `row_limit` of them.

    Attributes:
        table: one column per entry of `columns`, under unique names; nested values as text.
        truncated: there were more rows, or they were too heavy.
        seconds: of the query itself.
    """

    table: pd.DataFrame
    truncated: bool
    seconds: float
    columns: tuple[Column, ...]


def ask(
    home: Home,
    dataset_id: str,
    sql: str,
    *,
    row_limit: int = 10_000,
    seconds: float = 10,
    memory: str = "512MB",
) -> Answer:
    """Run one statement that reads from the tables of a data set.

    Args:
        sql: SELECT, FROM, WITH, VALUES, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN of these.
        row_limit: rows kept.
        seconds: the query is stopped after that.
        memory: what the query may use, in MB.

    Raises:
        NotFound: no such data set, or one without tables for SQL.
        QuestionError: the statement is refused, wrong, too slow or too large; the data set is untouched.
    """
    folder = home.datasets / str(dataset_meta(home, dataset_id)["id"])
    if not (folder / "events.duckdb").is_file():
        raise NotFound("This data set has no tables for SQL.", "Import its file again.")
    if len(sql) > LONGEST_SQL:
        raise refusal({"outcome": "long", "message": f"{len(sql):,} of {LONGEST_SQL:,} characters"})
    spec = {
        "sql": sql,
        "row_limit": row_limit,
        "seconds": seconds,
        "memory_mb": int(memory.upper().removesuffix("MB")),
        "byte_limit": BYTE_LIMIT,
    }
    if not _places.acquire(timeout=seconds):
        raise refusal({"outcome": "busy"})
    try:
        output = _worker(folder, spec)
    finally:
        _places.release()
    return _answer(output, seconds)


def _worker(folder: Path, spec: dict[str, Any]) -> bytes:
    """What the worker wrote; nothing when it died. It is given nothing of this environment."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={"HOME": "/", "TZ": "UTC"},
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(json.dumps(spec).encode(), timeout=spec["seconds"] + GRACE_S)
    except subprocess.TimeoutExpired:
        return json.dumps({"outcome": "deadline"}).encode()
    finally:
        process.kill()
        process.communicate()
    return output


def _answer(output: bytes, seconds: float) -> Answer:
    head, _, rows = output.partition(b"\n")
    header: dict[str, Any] = json.loads(head) if head else {"outcome": "memory"}
    if header["outcome"] != "rows":
        raise refusal(header | {"seconds": seconds})
    columns = tuple(Column(name, kind) for name, kind in header["columns"])
    with pa.ipc.open_stream(rows) as stream:
        table = stream.read_all()
    return Answer(_frame(table, columns), bool(header["truncated"]), float(header["seconds"]), columns)


def _frame(table: Any, asked: tuple[Column, ...]) -> pd.DataFrame:
    """As pandas: names made unique, whole numbers whole even beside missing ones."""
    names: list[str] = []
    for column in asked:
        unique, count = column.name or "column", 1
        while unique in names:
            count += 1
            unique = f"{column.name}_{count}"
        names.append(unique)
    values = [_number(column) for column in table.columns]
    frame: pd.DataFrame = pa.table(values, names=names).to_pandas(types_mapper=_WHOLE.get)
    return frame


_WHOLE = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def _number(column: Any) -> Any:
    """Decimals and sums of integers (128 bits) as the numbers that tables and figures know."""
    if not pa.types.is_decimal(column.type):
        return column
    try:
        return column.cast(pa.int64() if column.type.scale == 0 else pa.float64())
    except pa.ArrowInvalid:  # beyond 64 bits
        return column.cast(pa.float64())
