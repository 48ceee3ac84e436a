"""warehouse.duckdb: the catalogue of data sets, runs, metrics and saved results, owned by one process."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Self

import duckdb
import pandas as pd

from data.artifacts import Home, plain
from data.errors import DataError, NotFound, StoreBusy
from data.split import Fingerprint

MEMORY_LIMIT = "1GB"
STEP = re.compile(r"^-- step (\d+):.*$", re.MULTILINE)
METRIC_COLUMNS = ("part", "users", "metric", "k", "mean", "low", "high", "n_users")
RUN_COLUMNS = (
    "run", "label", "model", "dataset", "protocol", "fingerprint", "policy", "device", "seconds", "created",
    "place", "status",
)  # fmt: skip


class Store:
    """The catalogue. Methods may be called from several threads; each write is one transaction on disk.

    Raises:
        StoreBusy: another process holds the file.
        DataError: the file is damaged or was written by a newer Rankscope.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self._write_lock = threading.RLock()  # DuckDB refuses concurrent changes of one row
        self._connection = _open(home)
        try:
            _migrate(self._connection)
            _lock_down(self._connection)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Write everything into the file and let it go; a second call does nothing."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """An own connection for one thread, to the same locked-down store."""
        return self._connection.cursor()

    def _read(self, query: str, values: Sequence[Any] = ()) -> pd.DataFrame:
        with self.cursor() as con:
            table: pd.DataFrame = con.execute(query, list(values)).df()
        return table

    @contextmanager
    def _write(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction: all of it is kept, or nothing."""
        with self._write_lock, self.cursor() as con:
            con.begin()
            try:
                yield con
                con.commit()
            except BaseException:
                con.rollback()
                raise

    # --- data sets

    def add_dataset(self, meta: Mapping[str, Any]) -> None:
        """Take in the meta data of a stored data set; one that is there already stays as it is."""
        source = meta.get("source") or dict(meta.get("facts") or {}).get("source", "")
        row = [
            meta["id"], meta.get("name") or meta["id"], _moment(meta.get("created")), meta["events"],
            meta["users"], meta["items"], str(source), _json(meta),
        ]  # fmt: skip
        with self._write() as con:
            con.execute(f"INSERT INTO datasets VALUES ({_marks(row)}) ON CONFLICT DO NOTHING", row)

    def datasets(self) -> pd.DataFrame:
        """id, name, created, events, users, items, source; the newest first."""
        return self._read(
            "SELECT id, name, created, events, users, items, source FROM datasets ORDER BY created DESC, id"
        )

    def rename_dataset(self, dataset_id: str, name: str) -> None:
        """Another name for a data set; its id stays.

        Raises:
            NotFound: no such data set.
        """
        self._change("UPDATE datasets SET name = ? WHERE id = ? RETURNING id", [name, dataset_id], "data set")

    # --- runs and metrics

    def add_run(self, meta: Mapping[str, Any], metrics: pd.DataFrame) -> None:
        """Take in a run and its metrics; again with the same run, the metrics are replaced and the rest kept.

        Args:
            meta: run, label, model, dataset, protocol, fingerprint (fields, digest or text), device (`used`
                or text), seconds (`fit` or a number), created, status, and anything else, kept as JSON.
            metrics: metric, k, mean, low, high, n_users, with part ("validation") and users ("known");
                empty for a run that has none yet.
        """
        values = {**meta, "fingerprint": _digest(meta.get("fingerprint", ""))}
        values["policy"] = str(meta.get("policy", ""))
        values["device"] = _used(meta.get("device", ""))
        values["seconds"] = _fit_seconds(meta.get("seconds"))
        values["created"] = _moment(meta.get("created"))
        row = [values.get(name, _DEFAULTS.get(name)) for name in RUN_COLUMNS] + [_json(meta)]
        with self._write() as con:
            names = ", ".join((*RUN_COLUMNS, "meta"))
            con.execute(f"INSERT INTO runs ({names}) VALUES ({_marks(row)}) ON CONFLICT DO NOTHING", row)
            _put_metrics(con, str(meta["run"]), metrics)

    def add_metrics(self, run: str, metrics: pd.DataFrame) -> None:
        """Put metrics of a stored run in the place of those of the same part and users."""
        with self._write() as con:
            _put_metrics(con, run, metrics)

    def runs(self, dataset_id: str | None = None, *, hidden: bool = False) -> pd.DataFrame:
        """One row per run, the newest first; hidden ones only when asked for.

        Columns: run, label, model, dataset, protocol, fingerprint (digest), policy, device (used), seconds
        (of the fit), created, place, status, hidden.
        """
        return self._read(
            f"SELECT {', '.join(RUN_COLUMNS)}, hidden FROM runs WHERE (? IS NULL OR dataset = ?) "
            "AND (? OR NOT hidden) ORDER BY created DESC, run",
            [dataset_id, dataset_id, hidden],
        )

    def run_meta(self, run: str) -> dict[str, Any]:
        """Everything that was given with the run, under its present label.

        Raises:
            NotFound: no such run.
        """
        table = self._read("SELECT label, meta FROM runs WHERE run = ?", [run])
        if table.empty:
            raise NotFound(f"There is no run {run!r}.", "It may have been removed; pick another.")
        return {**json.loads(table["meta"].iloc[0]), "label": table["label"].iloc[0]}

    def metrics(self, dataset_id: str, part: str = "validation", users: str = "known") -> pd.DataFrame:
        """run, metric, k, mean, low, high, n_users of the visible runs on a data set."""
        return self._read(
            "SELECT m.run, m.metric, m.k, m.mean, m.low, m.high, m.n_users FROM metrics m "
            "JOIN runs r USING (run) WHERE r.dataset = ? AND NOT r.hidden AND m.part = ? AND m.users = ? "
            "ORDER BY r.created, m.run, m.metric, m.k",
            [dataset_id, part, users],
        )

    def rename_run(self, run: str, label: str) -> None:
        """Another label for a run; its id stays. NotFound when there is no such run."""
        self._change("UPDATE runs SET label = ? WHERE run = ? RETURNING run", [label, run], "run")

    def hide_run(self, run: str, hidden: bool = True) -> None:
        """Take a run off every list, or bring it back; nothing is deleted. NotFound as above."""
        self._change("UPDATE runs SET hidden = ? WHERE run = ? RETURNING run", [hidden, run], "run")

    def _change(self, query: str, values: Sequence[Any], what: str) -> None:
        with self._write() as con:
            if con.execute(query, list(values)).fetchone() is None:
                raise NotFound(
                    f"There is no {what} {values[-1]!r}.", "It may have been removed; pick another."
                )

    # --- the test part, and saved results

    def record_test_opened(self, fingerprint: str | Mapping[str, str]) -> int:
        """Note that somebody looked at the test part under these conditions; how often that has happened."""
        with self._write() as con:
            con.execute("INSERT INTO test_openings VALUES (?, ?)", [_digest(fingerprint), _moment(None)])
        return self.test_opened(fingerprint)

    def test_opened(self, fingerprint: str | Mapping[str, str]) -> int:
        """How often the test part was opened under these conditions."""
        query = "SELECT count(*) AS n FROM test_openings WHERE fingerprint = ?"
        return int(self._read(query, [_digest(fingerprint)])["n"].iloc[0])

    def add_result(self, kind: str, id: str, dataset: str, meta: Mapping[str, Any]) -> None:  # noqa: A002
        """Keep a saved fusion, what-if, curve or case; the same kind and id again replaces its meta data."""
        row = [kind, id, dataset, _moment(meta.get("created")), _json(meta)]
        with self._write() as con:
            con.execute(
                f"INSERT INTO results VALUES ({_marks(row)}) "
                "ON CONFLICT DO UPDATE SET dataset = excluded.dataset, meta = excluded.meta",
                row,
            )

    def results(self, kind: str | None = None, dataset: str | None = None) -> pd.DataFrame:
        """kind, id, dataset, created and meta (a dict) of saved results, the newest first."""
        table = self._read(
            "SELECT kind, id, dataset, created, meta FROM results WHERE (? IS NULL OR kind = ?) "
            "AND (? IS NULL OR dataset = ?) ORDER BY created DESC, kind, id",
            [kind, kind, dataset, dataset],
        )
        return table.assign(meta=pd.Series([json.loads(text) for text in table["meta"]], dtype=object))


_DEFAULTS = {"label": "", "model": "", "protocol": "", "place": "here", "status": "done"}


def _open(home: Home) -> duckdb.DuckDBPyConnection:
    temporary = home.root / "duckdb.tmp"
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(temporary),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    try:
        return duckdb.connect(str(home.warehouse), config=settings)
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise DataError(
                f"The store {home.warehouse} cannot be read: {str(error).splitlines()[0]}",
                "Restore it from a copy, or move it away and start anew: data sets and runs beside it stay.",
            ) from error
        owner = re.search(r"PID (\d+)", str(error))
        who = f"process {owner.group(1)}" if owner else "another process"
        raise StoreBusy(
            f"The store {home.warehouse} is in use: the running app holds it ({who}).",
            "Do this in the app in your browser, or stop the app and run the command again.",
        ) from error


def _lock_down(con: duckdb.DuckDBPyConnection) -> None:
    """No files, no network, no further change of settings, whatever SQL comes later."""
    locked = con.execute("SELECT current_setting('lock_configuration')").fetchone()
    if locked is not None and not locked[0]:
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")


def _steps() -> list[tuple[int, str]]:
    """(number, SQL) of the steps in schema.sql."""
    _, *parts = STEP.split(files("data").joinpath("schema.sql").read_text(encoding="utf-8"))
    return [(int(number), sql) for number, sql in zip(parts[::2], parts[1::2], strict=True)]


def _migrate(con: duckdb.DuckDBPyConnection) -> None:
    """Run the steps that this file has not seen, each in a transaction of its own."""
    con.execute("CREATE TABLE IF NOT EXISTS schema_steps (step INTEGER PRIMARY KEY, applied TIMESTAMP)")
    found = con.execute("SELECT coalesce(max(step), 0) FROM schema_steps").fetchone()
    done = int(found[0]) if found else 0
    steps = _steps()
    if done > steps[-1][0]:
        raise DataError(
            f"The store was written by a newer Rankscope (step {done}; this one knows {steps[-1][0]}).",
            "Update Rankscope, or name another folder in RANKSCOPE_HOME.",
        )
    for number, sql in steps:
        if number > done:
            con.begin()
            con.execute(sql)
            con.execute("INSERT INTO schema_steps VALUES (?, ?)", [number, _moment(None)])
            con.commit()


def _put_metrics(con: duckdb.DuckDBPyConnection, run: str, metrics: pd.DataFrame) -> None:
    if metrics.empty:
        return
    table = metrics.copy()
    for name, value in (("part", "validation"), ("users", "known")):
        if name not in table:
            table[name] = value
    missing = [name for name in METRIC_COLUMNS if name not in table]
    if missing:
        raise DataError(
            f"The metrics of run {run!r} lack the columns {', '.join(missing)}.",
            f"Give {', '.join(METRIC_COLUMNS)}.",
        )
    rows = table[list(METRIC_COLUMNS)].assign(k=table["k"].fillna(0).astype("int32"))
    con.register("new_metrics", rows)
    con.execute(
        "DELETE FROM metrics WHERE run = ? AND EXISTS (SELECT 1 FROM new_metrics n "
        "WHERE n.part = metrics.part AND n.users = metrics.users)",
        [run],
    )
    con.execute(f"INSERT INTO metrics SELECT ?, {', '.join(METRIC_COLUMNS)} FROM new_metrics", [run])
    con.unregister("new_metrics")


def _digest(fingerprint: Any) -> str:
    """The ten digits of a fingerprint given as its fields, a `Fingerprint`, or the digits themselves."""
    if isinstance(fingerprint, Fingerprint):
        return fingerprint.digest
    if not isinstance(fingerprint, Mapping):
        return str(fingerprint)
    if "digest" in fingerprint or not fingerprint:
        return str(fingerprint.get("digest", ""))
    names = ("data", "filters", "split", "candidates", "users", "keys")
    return Fingerprint(**{name: str(fingerprint.get(name, "")) for name in names}).digest


def _used(device: Any) -> str:
    return str(device.get("used", "")) if isinstance(device, Mapping) else str(device)


def _fit_seconds(seconds: Any) -> float | None:
    value = seconds.get("fit") if isinstance(seconds, Mapping) else seconds
    return None if value is None else float(value)


def _moment(text: Any) -> datetime:
    """A moment as DuckDB keeps it: UTC, without a zone; now when none is given."""
    if not text:
        return datetime.now(UTC).replace(tzinfo=None)
    moment = text if isinstance(text, datetime) else datetime.fromisoformat(str(text))
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _json(meta: Mapping[str, Any]) -> str:
    return json.dumps(meta, default=plain, ensure_ascii=False)


def _marks(row: Sequence[Any]) -> str:
    return ", ".join("?" * len(row))
