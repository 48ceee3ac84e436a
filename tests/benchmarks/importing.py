"""A CSV of one million events to a stored data set, against DuckDB only reading the same file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from data.artifacts import Home
from data.ingest import import_file
from tests.benchmarks.measure import Row, seconds

N_EVENTS = 1_000_000


def write_csv(path: Path) -> None:
    rng = np.random.default_rng(0)
    pd.DataFrame(
        {
            "user": rng.integers(1, 50_000, N_EVENTS),
            "item": rng.zipf(1.3, N_EVENTS) % 20_000,
            "rating": rng.integers(1, 6, N_EVENTS),
            "timestamp": rng.integers(1_500_000_000, 1_700_000_000, N_EVENTS),
        }
    ).to_csv(path, index=False)


def read_only(path: Path) -> None:
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute("CREATE TABLE t AS SELECT * FROM read_csv(?)", [str(path)])
    connection.close()


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.csv"
        write_csv(path)

        def whole() -> None:
            with tempfile.TemporaryDirectory(dir=folder) as home:
                import_file(path, Home(Path(home)))

        return [
            Row(f"import: {N_EVENTS:,} CSV lines, checked, reconciled and stored", seconds(whole, 3),
                "bare DuckDB read_csv", seconds(lambda: read_only(path), 3))
        ]  # fmt: skip
