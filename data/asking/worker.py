"""The process that answers one question: limits on itself first, then SQL nobody has vetted.

Run as a file, not as a module: it knows DuckDB and Arrow and nothing of this project. It starts in the folder
of one data set, reads `{"sql", "row_limit", "seconds", "memory_mb", "byte_limit"}` from standard input, and
writes one line of JSON; when that says `rows`, an Arrow stream follows.

DuckDB's own limits come first: one read-only data set, no files, no extensions, locked settings, memory, a
deadline. They are not enough: `SELECT len(range(1000000000))` took 20 GB and 18 s under a limit of 512 MB and
an interrupt after 3 s (DuckDB 2.0), as one vector is made in one go. So the process has limits of its own.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import threading
import time
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa

EVENTS = "events.duckdb"
THREADS = 2
SLACK_MB = 512  # libraries, stacks and Arrow copies beside what DuckDB counts
BATCH = 2048  # rows fetched at a time
PLAIN = re.compile(
    r"(BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(\d+,\d+\)|FLOAT|DOUBLE|VARCHAR|JSON|UUID|DATE"
    r"|TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?)$"
)
PRIVATE = ("duckdb_databases", "duckdb_settings", "pragma_database_list", "current_setting")  # paths in them
UNSEEN = ("query", "query_table")  # functions that run what a text says
READ = "SELECT"
EXPLAIN = "EXPLAIN"
ANALYZE = ("ANALYZE", "ANALYSE")


class Refused(Exception):  # noqa: N818 - an answer, not a failure
    """The question is not one to run: `reason` is a word for the caller, `what` the kind of statement."""

    def __init__(self, reason: str, what: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.what = what


def limit_process(seconds: float, memory_mb: int) -> None:
    """No file longer than nothing, no core, so much memory, so much processor time; for good."""
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_DATA, (memory_mb + SLACK_MB) * 2**20)
    _limit(resource.RLIMIT_CPU, int(seconds * THREADS) + 5)


def _limit(what: int, value: int) -> None:
    _, highest = resource.getrlimit(what)
    value = value if highest == resource.RLIM_INFINITY else min(value, highest)
    resource.setrlimit(what, (value, value))


def connect(memory_mb: int) -> duckdb.DuckDBPyConnection:
    """In memory, with the data set of this folder attached read-only as the default; then locked."""
    con = duckdb.connect(
        ":memory:",
        config={
            "threads": THREADS,
            "memory_limit": f"{memory_mb}MiB",
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        },
    )
    con.execute(f"ATTACH '{EVENTS}' AS dataset (READ_ONLY)")
    con.execute("USE dataset")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def check(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """One statement that reads, or `Refused`.

    Raises:
        duckdb.Error: the parser does not understand it.
    """
    statements = con.extract_statements(sql)
    if len(statements) != 1:
        raise Refused("several" if statements else "empty")
    words = _words(sql)
    kind = statements[0].type.name
    if kind == EXPLAIN:
        explained = con.extract_statements(_explained(sql, words))
        kind = explained[0].type.name if explained else EXPLAIN
    if kind != READ:
        raise Refused("statement", kind)
    following = [word for _, word in words[1:]] + [""]
    for (_, word), after in zip(words, following, strict=True):
        name = word.strip('"').lower()
        if name in PRIVATE or (name in UNSEEN and after == "("):
            raise Refused("private", name)


def _words(sql: str) -> list[tuple[int, str]]:
    """(place in bytes, text) of every word and sign, comments left out."""
    encoded, tokens = sql.encode(), duckdb.tokenize(sql)
    ends = [at for at, _ in tokens[1:]] + [len(encoded)]
    return [
        (at, encoded[at:end].decode(errors="replace").strip())
        for (at, kind), end in zip(tokens, ends, strict=True)
        if kind != duckdb.token_type.comment
    ]


def _explained(sql: str, words: list[tuple[int, str]]) -> str:
    """The statement behind EXPLAIN, ANALYZE and options in brackets; the parser has accepted the whole."""
    upper = [word.upper() for _, word in words] + [""] * 4
    at = 2 if upper[1] in ANALYZE else 1
    if upper[at] == "(" and upper[at + 1] in ("FORMAT", *ANALYZE):
        at = upper.index(")", at) + 1
    return sql.encode()[words[at][0] :].decode(errors="replace") if at < len(words) else ""


def answer(con: duckdb.DuckDBPyConnection, spec: dict[str, Any]) -> tuple[dict[str, Any], pa.Table]:
    """(header, rows): the first `row_limit` rows of the result, fewer when they weigh too much."""
    check(con, spec["sql"])
    start = time.perf_counter()
    result = _bound(con, spec["sql"])
    types = [[str(name), str(kind)] for name, kind in zip(result.columns, result.types, strict=True)]
    reader = _plain(result, types).to_arrow_reader(BATCH)
    batches, rows, size = [], 0, 0
    for batch in reader:
        batches.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows > spec["row_limit"] or size > spec["byte_limit"]:
            break
    table = pa.Table.from_batches(batches, schema=reader.schema)
    most = spec["row_limit"] if size <= spec["byte_limit"] else int(rows * spec["byte_limit"] / size)
    kept = table.slice(0, min(most, spec["row_limit"]))
    seconds = time.perf_counter() - start
    header = {"outcome": "rows", "truncated": kept.num_rows < rows, "seconds": seconds, "columns": types}
    return header, kept


def _bound(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """The result, not yet computed: rows are made as they are read, so a limit saves the rest."""
    try:
        return con.sql(sql)
    except (duckdb.BinderException, duckdb.CatalogException):
        con.execute(sql)  # the same error, but with the line and the spot in it
        raise


def _plain(result: Any, types: list[list[str]]) -> Any:
    """Lists, structs, blobs and other values that a table cannot show become text, by their position."""
    if all(PLAIN.match(kind) for _, kind in types):
        return result
    columns = [
        f"#{at}" if PLAIN.match(kind) else f"#{at}::VARCHAR AS {_quoted(name)}"
        for at, (name, kind) in enumerate(types, 1)
    ]
    return result.project(", ".join(columns))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def respond(spec: dict[str, Any], out: BinaryIO) -> None:
    """Answer, or say in one line why not."""
    timer: threading.Timer | None = None
    try:
        con = connect(spec["memory_mb"])
        limit_process(spec["seconds"], spec["memory_mb"])
        timer = threading.Timer(spec["seconds"], con.interrupt)
        timer.daemon = True
        timer.start()
        header, table = answer(con, spec)
    except Refused as refusal:
        _say(out, {"outcome": refusal.reason, "what": refusal.what})
    except (duckdb.OutOfMemoryException, MemoryError):
        _say(out, {"outcome": "memory"})
    except duckdb.InterruptException:
        _say(out, {"outcome": "deadline"})
    except (duckdb.Error, pa.ArrowException, ValueError, RuntimeError) as error:
        _say(out, {"outcome": "problem", "kind": type(error).__name__, "message": str(error)})
    else:
        _say(out, header)
        with pa.ipc.new_stream(out, table.schema) as stream:
            stream.write_table(table)
    finally:
        if timer is not None:
            timer.cancel()


def _say(out: BinaryIO, header: dict[str, Any]) -> None:
    out.write(json.dumps(header).encode() + b"\n")


def main() -> None:
    """Standard output belongs to the answer alone."""
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        respond(json.load(sys.stdin), out)
        out.flush()
    os._exit(0)  # without waiting for threads of a query that was given up


if __name__ == "__main__":
    main()
