"""The same work in DuckDB SQL and in pandas: codes, k-core, time split, CSR. Times are (reading, rest)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

CORE = 10
VALIDATION_FROM = 0.8


def read_csv_only(path: Path) -> None:
    """A table in memory, on as many threads as there are cores."""
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t AS SELECT * FROM read_csv(?)", [str(path)])


def duckdb_sql(path: Path) -> tuple[float, float]:
    """All of it in SQL, in memory; the matrix from the columns of the train part."""
    with duckdb.connect() as con:
        start = time.perf_counter()
        con.execute("CREATE TABLE t AS SELECT * FROM read_csv(?)", [str(path)])
        middle = time.perf_counter()
        for column in ("user", "item"):
            con.execute(
                f"CREATE TABLE {column}_ids AS "
                "SELECT id, row_number() OVER (ORDER BY id::VARCHAR) - 1 AS code "
                f'FROM (SELECT DISTINCT "{column}" AS id FROM t)'
            )
        con.execute(
            "CREATE TABLE core AS "
            "SELECT u.code::INT AS u, i.code::INT AS i, rating::FLOAT AS w, timestamp AS s "
            'FROM t JOIN user_ids u ON u.id = t."user" JOIN item_ids i ON i.id = t.item'
        )
        _core(con)
        cut = f"SELECT quantile_disc(s, {VALIDATION_FROM}) FROM core"
        train = con.execute(f"SELECT u, i, w FROM core WHERE s < ({cut})").fetchnumpy()
        matrix = csr_matrix((train["w"], (train["u"], train["i"])))
        matrix.sum_duplicates()
        return middle - start, time.perf_counter() - middle


def _core(con: Any) -> None:
    before = -1
    while True:
        (left,) = con.execute("SELECT count(*) FROM core").fetchall()[0]
        if left == before:
            return
        before = left
        con.execute(
            "CREATE OR REPLACE TABLE core AS SELECT * FROM core "
            f"WHERE u IN (SELECT u FROM core GROUP BY u HAVING count(*) >= {CORE}) "
            f"AND i IN (SELECT i FROM core GROUP BY i HAVING count(*) >= {CORE})"
        )


def pandas_frames(path: Path) -> tuple[float, float]:
    """Read with the C reader; codes by factorize, counts by bincount."""
    start = time.perf_counter()
    frame = pd.read_csv(path)
    middle = time.perf_counter()
    for column in ("user", "item"):
        codes, ids = pd.factorize(frame[column])
        place = np.empty(len(ids), dtype=np.int32)
        place[np.argsort(ids.astype(str), kind="stable")] = np.arange(len(ids), dtype=np.int32)
        frame[column] = place[codes]
    while True:
        users, items = np.bincount(frame["user"]), np.bincount(frame["item"])
        rich = (users[frame["user"]] >= CORE) & (items[frame["item"]] >= CORE)
        if rich.all():
            break
        frame = frame[rich]
    train = frame[frame["timestamp"] < frame["timestamp"].quantile(VALIDATION_FROM, interpolation="lower")]
    weights = train["rating"].to_numpy(dtype=np.float32)
    matrix = csr_matrix((weights, (train["user"].to_numpy(), train["item"].to_numpy())))
    matrix.sum_duplicates()
    return middle - start, time.perf_counter() - middle
