"""Twenty million events from a CSV to stored arrays, split and CSR, against DuckDB and pandas."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
from scipy.sparse import csr_matrix

from data import event_kernels
from data.artifacts import Home, load_dataset
from data.cleaning import Cleaning, clean
from data.coded import Coded
from data.dataset import Dataset, IdMap, Interactions
from data.event_kernels import csr_arrays, k_core
from data.ingest import import_file
from data.mapping import Mapping
from data.read_file import read_file
from data.reading import typed
from data.reading.records import workplace
from data.reading.sniffing import sniff
from data.reading.staging import silent
from data.splits import SPLITTERS
from tests.benchmarks.import_peers import CORE, VALIDATION_FROM, duckdb_sql, pandas_frames, read_csv_only
from tests.benchmarks.measure import Row

MILLION = 1_000_000
N_EVENTS = int(os.environ.get("RANKSCOPE_BENCH_EVENTS", 20 * MILLION))
MAPPING = Mapping(user="user", item="item", weight="rating", time="timestamp", time_format="epoch_s")
EVENTS_PER_USER = 144
REOPEN_S, PEAK_GB, PEAK_STRINGS_GB = 0.5, 2.0, 2.5
PLAIN_IDS = ("user", "item")
STRING_IDS = ("'U' || printf('%08x', user * 2654435761 % 4294967296)", "'B' || printf('%07d', item * 37)")
ONE_IMPORT = """
import json, sys, time
from pathlib import Path
from data import event_kernels
from data.artifacts import Home
from data.ingest import import_file
start = time.perf_counter()
told = import_file(Path(sys.argv[1]), Home(Path(sys.argv[2])))
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
peak = int(status["VmHWM"].split()[0]) * 1024
print(json.dumps({"dataset": told.dataset, "seconds": time.perf_counter() - start, "peak_gb": peak / 1e9}))
"""


def write_csv(path: Path, n_events: int, ids: tuple[str, str]) -> None:
    """Ids with a long tail, in no order of user or time, as logs have them."""
    with duckdb.connect() as con:
        con.execute("SELECT setseed(0.5)")
        con.execute(
            f"COPY (SELECT {ids[0]} AS user, {ids[1]} AS item, rating, timestamp FROM ("
            f"SELECT (1 + floor({n_events / EVENTS_PER_USER} * power(random(), 1.3)))::BIGINT AS user, "
            "(1 + floor(27000 * power(random(), 3)))::BIGINT AS item, "
            "(1 + floor(10 * random()))::INT AS rating, "
            "(789652009 + floor(638000000 * random()))::BIGINT AS timestamp "
            f"FROM range({n_events}))) TO '{path}' (HEADER, DELIMITER ',')"
        )


def best_of(runs: int, *functions: Callable[[], object]) -> list[float]:
    """The shortest time of each function; they take turns, so that all meet the same neighbours."""
    taken: list[list[float]] = [[] for _ in functions]
    for _ in range(runs):
        for function, times in zip(functions, taken, strict=True):
            gc.collect()
            start = time.perf_counter()
            result = function()
            times.append(time.perf_counter() - start)
            del result
    return [min(times) for times in taken]


def parsed(path: Path) -> Coded:
    """The file read and reconciled by the product, as an import does it."""
    with workplace(None, [path]) as work:
        return read_file(work, path, sniff(path), MAPPING, silent).coded


def to_csr(coded: Coded) -> csr_matrix:
    """k-core, the train part of a time split and its matrix: what the peers do, by our passes."""
    core = k_core(coded.user, coded.item, CORE, CORE)
    seconds = coded.second[core]
    place = int(VALIDATION_FROM * len(seconds))
    train = np.flatnonzero(core & (coded.second < np.partition(seconds, place)[place]))
    shape = (len(coded.users), len(coded.items))
    columns = (values[train] for values in (coded.user, coded.item, coded.weight))
    return csr_matrix(csr_arrays(*columns, shape), shape=shape)


def as_stored(coded: list[Coded]) -> csr_matrix:
    """The same as an import and a training do it: also sorted, and split with histories and targets."""
    rules = Cleaning(drop_duplicates=False, min_user_events=CORE, min_item_events=CORE)
    rows = clean(coded.pop(), rules).events
    events = Interactions(rows.user, rows.item, rows.weight, rows.second)
    dataset = Dataset(events, IdMap(rows.users), IdMap(rows.items))
    return SPLITTERS["time"]().split(dataset, seed=0).train.matrix


def parse_row(path: Path, kind: str, n_events: int, runs: int = 3) -> Row:
    with workplace(None, [path]) as work:
        shape = sniff(path)
        ours, theirs = best_of(
            runs, lambda: read_file(work, path, shape, MAPPING, silent), lambda: read_csv_only(path)
        )
    what = f"parsing: {n_events:,} CSV lines, {kind} ids, reconciled and coded"
    return Row(what, ours, "bare DuckDB read_csv into a table", theirs, "target 1.25; ids are codes already")


def csr_rows(path: Path) -> list[Row]:
    """Ours codes while it parses, so all of its time beyond bare parsing stands against the peers' rest."""
    found: dict[str, tuple[float, float]] = {}  # reading, rest; the better of two runs
    for _ in range(2):
        for name, peer in (("ours", ours_in_two), ("DuckDB SQL", duckdb_sql), ("pandas", pandas_frames)):
            gc.collect()
            taken = peer(path)
            found[name] = min(found.get(name, taken), taken, key=sum)
    reading, rest = found.pop("ours")
    beyond = rest + max(0.0, reading - found["DuckDB SQL"][0])
    coded = [parsed(path)]
    (stored,) = best_of(1, lambda: as_stored(coded))
    what = f"coding, {CORE}-core, time split, CSR: {N_EVENTS:,} events"
    note = "all beyond the time of bare read_csv; target 0.33"
    whole = f"file to CSR: {N_EVENTS:,} events"
    return [
        *(Row(what, beyond, name, theirs[1], note) for name, theirs in found.items()),
        *(Row(whole, reading + rest, name, sum(theirs)) for name, theirs in found.items()),
        Row(f"the same sorted, with histories and targets: {N_EVENTS:,} events", stored,
            "DuckDB SQL without these", found["DuckDB SQL"][1], "what import and training do"),
    ]  # fmt: skip


def ours_in_two(path: Path) -> tuple[float, float]:
    start = time.perf_counter()
    coded = parsed(path)
    middle = time.perf_counter()
    to_csr(coded)
    return middle - start, time.perf_counter() - middle


def import_rows(path: Path, kind: str, limit_gb: float) -> list[Row]:
    """One import in a process of its own, and its arrays opened again."""
    with tempfile.TemporaryDirectory(dir=path.parent) as home:
        done = subprocess.run(
            [sys.executable, "-c", ONE_IMPORT, str(path), home],
            capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        told = json.loads(done.stdout.splitlines()[-1])
        (reopened,) = best_of(3, lambda: load_dataset(Home(Path(home)), told["dataset"]))
        (bare,) = best_of(1, lambda: read_csv_only(path))
    note = f"peak RSS {told['peak_gb']:.2f} GB of at most {limit_gb} GB"
    return [
        Row(f"import: {N_EVENTS:,} CSV lines, {kind} ids, to a stored data set", told["seconds"],
            "bare DuckDB read_csv", bare, note),
        Row(f"opening again: {N_EVENTS:,} events, {kind} ids", reopened, "limit", REOPEN_S),
    ]  # fmt: skip


def small_rows(folder: Path) -> list[Row]:
    path = folder / "small.csv"
    write_csv(path, MILLION, PLAIN_IDS)

    def whole() -> None:
        with tempfile.TemporaryDirectory(dir=folder) as home:
            import_file(path, Home(Path(home)))

    whole()
    ours, theirs = best_of(3, whole, lambda: read_csv_only(path))
    stored = Row(f"import: {MILLION:,} CSV lines, checked, reconciled and stored", ours,
                 "bare DuckDB read_csv", theirs)  # fmt: skip
    return [parse_row(path, "whole-number", MILLION, 5), stored]


def rows() -> list[Row]:
    typed.warm()
    event_kernels.warm()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = small_rows(folder)
        for kind, ids, limit in (
            ("whole-number", PLAIN_IDS, PEAK_GB),
            ("string", STRING_IDS, PEAK_STRINGS_GB),
        ):
            path = folder / "events.csv"
            write_csv(path, N_EVENTS, ids)
            found.append(parse_row(path, kind, N_EVENTS))
            found += csr_rows(path) if ids is PLAIN_IDS else []
            found += import_rows(path, kind, limit)
            path.unlink()
    return found
