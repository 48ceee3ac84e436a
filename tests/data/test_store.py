"""The catalogue keeps what was committed, answers several threads, and belongs to one process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from data.artifacts import Home
from data.errors import DataError, NotFound, StoreBusy
from data.split import Fingerprint
from data.store import Store

ROOT = Path(__file__).parents[2]
DATASET = {
    "id": "d0123456789",
    "name": "shop",
    "created": "2026-03-01T10:00:00+01:00",
    "events": 10,
    "users": 3,
    "items": 4,
    "facts": {"source": "shop.csv"},
}


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(Home.current()) as opened:
        yield opened


def run_meta(run: str = "r1", **changes: object) -> dict[str, object]:
    return {
        "run": run,
        "label": f"Model {run}",
        "model": "ease",
        "config": {"regularization": 100.0},
        "dataset": DATASET["id"],
        "protocol": "time",
        "policy": "hide",
        "fingerprint": {"data": "d", "filters": "", "split": "s", "candidates": "c", "users": "u"},
        "device": {"asked": "auto", "used": "cpu", "reason": ""},
        "seconds": {"fit": 1.5, "score": 0.5},
        "created": "2026-03-02T00:00:00+00:00",
        "status": "done",
        **changes,
    }


def metric_rows(mean: float = 0.1, **changes: object) -> pd.DataFrame:
    row = {"metric": "ndcg", "k": 10, "mean": mean, "low": mean - 0.01, "high": mean + 0.01, "n_users": 500}
    return pd.DataFrame([{**row, **changes}])


def in_another_process(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )


def test_data_sets_are_listed_as_they_were_added(store: Store) -> None:
    store.add_dataset(DATASET)
    store.add_dataset({**DATASET, "name": "again"})
    row = store.datasets().iloc[0]
    assert list(store.datasets()["name"]) == ["shop"]
    assert (row["events"], row["source"]) == (10, "shop.csv")
    assert row["created"] == pd.Timestamp("2026-03-01 09:00")  # kept in UTC


def test_a_data_set_can_be_renamed(store: Store) -> None:
    store.add_dataset(DATASET)
    store.rename_dataset("d0123456789", "Spring")
    assert list(store.datasets()["name"]) == ["Spring"]


def test_a_run_is_listed_with_its_digest_device_and_seconds(store: Store) -> None:
    store.add_run(run_meta(), metric_rows())
    row = store.runs(str(DATASET["id"])).iloc[0]
    assert row["fingerprint"] == Fingerprint("d", "", "s", "c", "u").digest
    assert (row["device"], row["seconds"], row["status"], row["place"]) == ("cpu", 1.5, "done", "here")
    assert store.runs("d9999999999").empty
    assert store.run_meta("r1")["config"] == {"regularization": 100.0}


def test_metrics_are_asked_by_part_and_users(store: Store) -> None:
    both = pd.concat(
        [metric_rows(0.1), metric_rows(0.3).assign(part="test"), metric_rows(0.2).assign(users="new")]
    )
    store.add_run(run_meta(), both.fillna({"part": "validation", "users": "known"}))
    assert store.metrics(str(DATASET["id"]))["mean"].tolist() == [0.1]
    assert store.metrics(str(DATASET["id"]), part="test")["mean"].tolist() == [0.3]
    assert store.metrics(str(DATASET["id"]), users="new")["mean"].tolist() == [0.2]


def test_adding_a_run_twice_keeps_its_label_and_no_double_metrics(store: Store) -> None:
    store.add_run(run_meta(), metric_rows(0.1))
    store.rename_run("r1", "Best so far")
    store.add_run(run_meta(), metric_rows(0.2))
    assert store.runs()["label"].tolist() == ["Best so far"]
    assert store.run_meta("r1")["label"] == "Best so far"
    assert store.metrics(str(DATASET["id"]))["mean"].tolist() == [0.2]


def test_metrics_of_another_part_join_those_there_are(store: Store) -> None:
    store.add_run(run_meta(), metric_rows(0.1))
    store.add_metrics("r1", metric_rows(0.3, part="test"))
    assert store.metrics(str(DATASET["id"]))["mean"].tolist() == [0.1]
    assert store.metrics(str(DATASET["id"]), "test")["mean"].tolist() == [0.3]


def test_a_hidden_run_comes_back(store: Store) -> None:
    store.add_run(run_meta(), metric_rows())
    store.hide_run("r1", True)
    assert store.runs().empty
    assert store.metrics(str(DATASET["id"])).empty
    assert store.runs(hidden=True)["hidden"].tolist() == [True]
    store.hide_run("r1", False)
    assert len(store.runs()) == len(store.metrics(str(DATASET["id"]))) == 1


def test_unknown_runs_are_not_found(store: Store) -> None:
    for action in (lambda: store.rename_run("r9", "x"), lambda: store.run_meta("r9")):
        with pytest.raises(NotFound, match="no run 'r9'"):
            action()


def test_incomplete_metrics_are_refused_and_nothing_of_the_run_is_kept(store: Store) -> None:
    with pytest.raises(DataError, match="lack the columns low"):
        store.add_run(run_meta(), metric_rows().drop(columns="low"))
    assert store.runs().empty


def test_a_run_without_metrics_is_kept(store: Store) -> None:
    store.add_run(run_meta(status="failed"), pd.DataFrame())
    assert store.runs()["status"].tolist() == ["failed"]


def test_openings_of_the_test_part_are_counted_by_condition(store: Store) -> None:
    assert store.test_opened("f1") == 0
    assert [store.record_test_opened("f1"), store.record_test_opened("f1")] == [1, 2]
    assert store.record_test_opened("f2") == 1


def test_saved_results_carry_their_settings(store: Store) -> None:
    store.add_result("what_if", "w1", "d1", {"user": "7", "removed": [1, 2]})
    store.add_result("curve", "c1", "d1", {})
    store.add_result("what_if", "w1", "d1", {"user": "7", "removed": [3]})
    table = store.results("what_if", "d1")
    assert table["meta"].tolist() == [{"user": "7", "removed": [3]}]
    assert len(store.results(dataset="d1")) == 2
    assert store.results("what_if", "d2").empty


def test_text_is_data_and_never_sql(store: Store) -> None:
    label = "x'; DROP TABLE runs; --"
    store.add_run(run_meta(label=label), metric_rows())
    assert store.runs()["label"].tolist() == [label]


def test_threads_write_at_the_same_time(store: Store) -> None:
    store.add_run(run_meta(), metric_rows())

    def work(number: int) -> None:
        store.add_run(run_meta(f"r{number + 2}"), metric_rows(number))
        store.rename_run("r1", f"label {number}")
        store.runs()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(24)))
    assert len(store.runs()) == len(store.metrics(str(DATASET["id"]))) == 25


def test_a_reopened_store_has_everything() -> None:
    with Store(Home.current()) as first:
        first.add_dataset(DATASET)
    with Store(Home.current()) as again:
        assert len(again.datasets()) == 1


def test_another_process_is_told_that_the_app_holds_the_store(store: Store) -> None:
    done = in_another_process(
        "from data.artifacts import Home; from data.store import Store; from data.errors import StoreBusy\n"
        "try: Store(Home.current())\nexcept StoreBusy as error: print(error)"
    )
    assert f"the running app holds it (process {os.getpid()})" in done.stdout
    assert "stop the app and run the command again" in done.stdout


def test_a_kill_in_the_middle_of_a_write_keeps_what_was_committed() -> None:
    done = in_another_process(
        "import os, signal; from data.artifacts import Home; from data.store import Store\n"
        "store = Store(Home.current())\n"
        f"store.add_dataset({DATASET!r})\n"
        "with store._write() as con:\n"
        "    con.execute(\"INSERT INTO test_openings VALUES ('f', now()::TIMESTAMP)\")\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    with Store(Home.current()) as store:
        assert store.datasets()["name"].tolist() == ["shop"]
        assert store.test_opened("f") == 0


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY datasets TO 'copy.csv'",
        "ATTACH 'other.duckdb'",
        "SET memory_limit = '64GB'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ],
)
def test_sql_reaches_neither_files_nor_settings(store: Store, query: str) -> None:
    with store.cursor() as con, pytest.raises(duckdb.Error, match=r"disabled|configuration|Cannot"):
        con.execute(query)


def test_a_damaged_file_is_named_in_plain_words() -> None:
    Home.current().warehouse.write_bytes(b"rubbish" * 1000)
    with pytest.raises(DataError, match="cannot be read") as caught:
        Store(Home.current())
    assert not isinstance(caught.value, StoreBusy)


def test_a_store_of_a_newer_version_is_left_alone() -> None:
    with Store(Home.current()) as store, store._write() as con:
        con.execute("INSERT INTO schema_steps VALUES (999, NULL)")
    with pytest.raises(DataError, match=r"newer Rankscope \(step 999"):
        Store(Home.current())
