"""Questions in SQL: good ones are answered, hostile ones refused in words, the data set stays as it is."""

from __future__ import annotations

import hashlib
import threading
import time
from pathlib import Path

import pandas as pd
import pytest

from data.artifacts import Home, save_dataset
from data.asking import Answer, QuestionError, ask, question, schema
from data.errors import DataError, NotFound
from tests.conftest import make_dataset


@pytest.fixture
def dataset(rankscope_home: Path) -> str:
    """Three users, three items, six events a day apart; user 0 has three of them."""
    return save_dataset(
        Home.current(),
        make_dataset([0, 0, 0, 1, 1, 2], [0, 1, 2, 0, 1, 0], times=[d * 86_400 for d in range(6)]),
    )


def run(dataset: str, sql: str, **limits: object) -> Answer:
    return ask(Home.current(), dataset, sql, **limits)  # type: ignore[arg-type]


def refused(dataset: str, sql: str, **limits: object) -> QuestionError:
    with pytest.raises(QuestionError) as caught:
        run(dataset, sql, **limits)
    error = caught.value
    assert error.problem.endswith(".")
    assert error.hint
    assert str(Home.current().root) not in f"{error.problem} {error.hint} {error.place}"
    assert "Error:" not in error.problem
    return error


def digest(dataset: str) -> dict[str, str]:
    """Every file of the data set by its content."""
    folder = Home.current().datasets / dataset
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


# ── good questions


def test_a_question_is_answered_with_its_columns_and_types(dataset: str) -> None:
    answer = run(dataset, "SELECT user_id, count(*) AS n FROM events GROUP BY ALL ORDER BY n DESC, user_id")
    assert answer.table.to_dict("list") == {"user_id": ["u0", "u1", "u2"], "n": [3, 2, 1]}
    assert [(column.name, column.type) for column in answer.columns] == [
        ("user_id", "VARCHAR"),
        ("n", "BIGINT"),
    ]
    assert not answer.truncated
    assert 0 < answer.seconds < 10


@pytest.mark.parametrize(
    "sql",
    [
        "FROM events",
        "VALUES (1, 2), (3, 4)",
        "WITH t AS (SELECT 1 AS a) SELECT a FROM t;",
        "DESCRIBE events",
        "SHOW TABLES",
        "SUMMARIZE events",
        "EXPLAIN SELECT 1",
        "EXPLAIN ANALYZE SELECT count(*) FROM events",
        "EXPLAIN (FORMAT json) SELECT 1",
        "EXPLAIN ANALYZE (SELECT 1)",
        "/* COPY; */ SELECT ';' -- ; DROP TABLE events",
        "PIVOT events ON item_id IN ('i0', 'i1') USING count(*)",
        "SELECT title FROM items WHERE title = 'duckdb_settings'",
        "SELECT 1 AS query, (2) AS b",
    ],
)
def test_everything_that_reads_works(dataset: str, sql: str) -> None:
    assert len(run(dataset, sql).table) >= (0 if "WHERE" in sql else 1)


def test_no_more_rows_than_the_limit_come_and_that_is_said(dataset: str) -> None:
    exact, more = run(dataset, "FROM range(7)", row_limit=7), run(dataset, "FROM range(8)", row_limit=7)
    assert (len(exact.table), exact.truncated) == (7, False)
    assert (len(more.table), more.truncated) == (7, True)


def test_the_limit_takes_the_first_rows_without_computing_the_rest(dataset: str) -> None:
    answer = run(dataset, "SELECT * FROM range(100000000000)", row_limit=3)
    assert answer.table["range"].tolist() == [0, 1, 2]
    assert answer.truncated


def test_heavy_rows_are_cut_by_their_weight(dataset: str) -> None:
    answer = run(dataset, "SELECT repeat('x', 10000) AS x FROM range(10000)")
    assert answer.truncated
    assert 0 < answer.table["x"].str.len().sum() <= question.BYTE_LIMIT


def test_every_type_becomes_something_a_table_can_show(dataset: str) -> None:
    answer = run(
        dataset,
        """SELECT [1, 2] AS list, {'a': 1} AS struct, MAP {'k': 1} AS map, 'a'::BLOB AS blob,
           INTERVAL 3 DAY AS span, sum(2::BIGINT) AS total, 1.5::DECIMAL(9, 2) AS dec, true AS yes,
           NULL AS none, 170141183460469231731687303715884105727::HUGEINT AS huge, TIME '10:00' AS hour,
           1::VARIANT AS any, TIMESTAMP '5000-01-01' AS far,
           DATE '2026-01-02' AS day, 'x'::ENUM('x') AS level""",
    )
    row = answer.table.iloc[0]
    assert (row["list"], row["struct"], row["map"]) == ("[1, 2]", "{'a': 1}", "{k=1}")
    assert (row["total"], row["dec"], row["yes"]) == (2, 1.5, True)
    assert (row["hour"], row["level"], str(row["day"])[:10]) == ("10:00:00", "x", "2026-01-02")
    assert row["huge"] == pytest.approx(1.7014118346046923e38)
    assert pd.isna(row["none"])
    assert str(row["far"]).startswith("5000-01-01")


def test_whole_numbers_stay_whole_beside_missing_ones(dataset: str) -> None:
    table = run(dataset, "SELECT * FROM (VALUES (9007199254740993), (NULL)) t(n)").table
    assert table["n"].iloc[0] == 9007199254740993
    assert pd.isna(table["n"].iloc[1])


def test_columns_of_one_name_get_names_of_their_own(dataset: str) -> None:
    answer = run(dataset, "SELECT 1 AS a, 2 AS a, [3] AS a")
    assert list(answer.table.columns) == ["a", "a_2", "a_3"]
    assert [column.name for column in answer.columns] == ["a", "a", "a"]


def test_an_empty_result_keeps_its_columns(dataset: str) -> None:
    answer = run(dataset, "SELECT user_id, weight FROM events WHERE false")
    assert (list(answer.table.columns), len(answer.table)) == (["user_id", "weight"], 0)


def test_the_schema_lists_tables_columns_and_examples(dataset: str) -> None:
    tables = {table.name: table for table in schema(Home.current(), dataset)}
    assert list(tables) == ["events", "users", "items"]
    assert {name: table.rows for name, table in tables.items()} == {"events": 6, "users": 3, "items": 3}
    columns = {column.name: (column.type, column.example) for column in tables["items"].columns}
    assert columns == {"item_id": ("VARCHAR", "i0"), "title": ("VARCHAR", "Item 0")}


# ── hostile questions

HOSTILE = {
    "COPY events TO '/tmp/stolen.csv'": "COPY",
    "COPY (SELECT 1) TO '/tmp/x.parquet'": "COPY",
    "COPY events FROM '/etc/passwd'": "COPY",
    "EXPLAIN ANALYZE COPY events TO '/tmp/stolen.csv'": "COPY",
    "EXPLAIN ANALYZE (FORMAT json) COPY events TO '/tmp/x'": "COPY",
    "/* SELECT */ COPY events TO '/tmp/x' -- SELECT 1": "COPY",
    "EXPLAIN /* ( */ ANALYZE -- (\n CREATE TABLE t AS SELECT 1": "CREATE",
    "ATTACH '/tmp/other.duckdb'": "ATTACH",
    "ATTACH ':memory:' AS other": "ATTACH",
    "DETACH dataset": "DETACH",
    "INSTALL httpfs": "INSTALL",
    "LOAD httpfs": "LOAD",
    "EXPORT DATABASE '/tmp/x'": "EXPORT",
    "IMPORT DATABASE '/tmp/x'": "PRAGMA",
    "SET enable_external_access = true": "SET",
    "RESET lock_configuration": "SET",
    "USE memory": "SET",
    "SET VARIABLE x = 1": "SET",
    "PRAGMA database_list": "PRAGMA",
    "CALL pragma_version()": "CALL",
    "CHECKPOINT": "CALL",
    "CREATE TABLE t (a INT)": "CREATE",
    "CREATE TEMP TABLE t AS SELECT 1": "CREATE",
    "CREATE MACRO f(x) AS x": "CREATE",
    "CREATE SECRET (TYPE s3)": "CREATE",
    "INSERT INTO users VALUES ('x')": "INSERT",
    "UPDATE users SET user_id = 'x'": "UPDATE",
    "DELETE FROM event_rows": "DELETE",
    "TRUNCATE users": "DELETE",
    "DROP TABLE users": "DROP",
    "ALTER TABLE users ADD COLUMN x INT": "ALTER",
    "MERGE INTO users USING items ON true WHEN MATCHED THEN DELETE": "MERGE INTO",
    "PREPARE p AS SELECT 1": "PREPARE",
    "EXECUTE p": "EXECUTE",
    "BEGIN": "BEGIN",
    "VACUUM": "VACUUM",
    "WITH gone AS (DELETE FROM event_rows RETURNING *) SELECT * FROM gone": "Nothing can be changed",
    "WITH new AS (INSERT INTO users VALUES ('x') RETURNING *) SELECT * FROM new": "Nothing can be changed",
    "SELECT 1; SELECT 2": "one statement",
    "SELECT 1; DROP TABLE users": "one statement",
    "SELECT 1 /* ; */ ; COPY events TO '/tmp/x'": "one statement",
    "": "nothing to run",
    "-- SELECT 1": "nothing to run",
    "SELECT * FROM read_csv('/etc/passwd')": "Files",
    "SELECT * FROM '/etc/passwd.csv'": "Files",
    "SELECT * FROM read_text('/etc/passwd')": "Files",
    "SELECT * FROM read_blob('/proc/self/environ')": "Files",
    "SELECT * FROM read_json('/etc/hostname')": "Files",
    "SELECT * FROM read_parquet('../../*/events.parquet')": "Files",
    "SELECT * FROM glob('/*')": "Files",
    "SELECT * FROM sniff_csv('/etc/passwd')": "Files",
    "SELECT * FROM 'https://example.org/x.csv'": "Files",
    "SELECT * FROM duckdb_secrets()": "Files",
    "SELECT * FROM sqlite_scan('/tmp/x.db', 't')": "extension",
    "SELECT * FROM postgres_scan('host=x', 'public', 't')": "does not exist",
    "SELECT getenv('HOME')": "does not exist",
    "SELECT path FROM duckdb_databases()": "about the server",
    "SELECT value FROM duckdb_settings()": "about the server",
    'SELECT * FROM "duckdb_settings"()': "about the server",
    "SELECT current_setting('temp_directory')": "about the server",
    "SELECT * FROM query('SELECT path FROM duckdb_' || 'databases()')": "about the server",
    "SELECT * FROM query /* x */ ('SELECT 1')": "about the server",
    "SELECT * FROM query_table('duckdb_settings')": "about the server",
}


@pytest.mark.parametrize("sql", HOSTILE, ids=[f"{n}: {sql[:40]}" for n, sql in enumerate(HOSTILE)])
def test_what_does_not_only_read_this_data_set_is_refused_in_words(dataset: str, sql: str) -> None:
    before = digest(dataset)
    error = refused(dataset, sql)
    assert HOSTILE[sql].lower() in error.problem.lower()
    assert digest(dataset) == before


def test_refused_questions_leave_no_file_behind(dataset: str, tmp_path: Path) -> None:
    target = tmp_path / "stolen.csv"
    for sql in (
        f"COPY events TO '{target}'",
        f"EXPLAIN ANALYZE COPY events TO '{target}'",
        f"EXPORT DATABASE '{tmp_path}/x'",
    ):
        refused(dataset, sql)
    assert list(tmp_path.iterdir()) == []


def test_other_data_sets_are_out_of_reach(dataset: str) -> None:
    other = save_dataset(Home.current(), make_dataset([0, 1], [1, 0]))
    path = Home.current().datasets / other / "events.duckdb"
    assert "ATTACH" in refused(dataset, f"ATTACH '{path}' AS other (READ_ONLY)").problem
    assert "Files" in refused(dataset, f"SELECT * FROM read_blob('{path}')").problem
    assert "Files" in refused(dataset, f"SELECT * FROM read_blob('../{other}/events.duckdb')").problem


BOMBS = [
    "SELECT len(range(1000000000))",
    "SELECT repeat('x', 2000000000)",
    "SELECT len(list_sort(range(100000000)))",
    "SELECT * FROM range(1000000000) a ORDER BY hash(a.range)",
    "SELECT string_agg(repeat('x', 100000)) FROM range(100000)",
    "SELECT list(a.range) FROM range(100000) a, range(100000) b",
    f"SELECT {'(' * 50}1{')' * 50} FROM range(100000) a, range(100000) b ORDER BY a.range * b.range",
]


@pytest.mark.parametrize("sql", BOMBS, ids=[sql[:40] for sql in BOMBS])
def test_a_memory_bomb_ends_in_a_sentence_and_this_process_does_not_grow(dataset: str, sql: str) -> None:
    before = resident_mb()
    error = refused(dataset, sql, seconds=8)
    assert "memory" in error.problem or "stopped" in error.problem
    assert resident_mb() - before < 50


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t",
        "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = -1",
    ],
)
def test_a_question_without_end_is_stopped_at_the_deadline(dataset: str, sql: str) -> None:
    start = time.monotonic()
    error = refused(dataset, sql, seconds=1)
    assert error.problem == "The question was not answered within 1 s and was stopped."
    assert time.monotonic() - start < 1 + question.GRACE_S + 2


def test_a_worker_that_hangs_is_killed(dataset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = tmp_path / "deaf.py"
    deaf.write_text("import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)\n")
    monkeypatch.setattr(question, "WORKER", deaf)
    monkeypatch.setattr(question, "GRACE_S", 0.2)
    assert "stopped" in refused(dataset, "SELECT 1", seconds=0.3).problem


def test_a_worker_that_dies_is_a_sentence(
    dataset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = tmp_path / "dying.py"
    dying.write_text("import os\nos.abort()\n")
    monkeypatch.setattr(question, "WORKER", dying)
    assert "memory" in refused(dataset, "SELECT 1").problem


def test_no_more_than_a_few_questions_are_answered_at_once(
    dataset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question, "_places", threading.BoundedSemaphore(1))
    with question._places:
        assert "Other questions" in refused(dataset, "SELECT 1", seconds=0.1).problem
    assert len(run(dataset, "SELECT 1").table) == 1


def test_questions_may_be_asked_while_the_data_set_is_read_elsewhere(dataset: str) -> None:
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(len(run(dataset, "FROM events").table)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [6, 6, 6, 6]


# ── errors in the SQL itself


def test_a_slip_is_told_with_its_line_and_a_caret_under_the_spot(dataset: str) -> None:
    error = refused(dataset, "SELECT user_id,\n  cuont(*)\nFROM events")
    assert error.problem == "Scalar Function with name cuont does not exist."
    assert error.hint == 'Did you mean "count"?'
    line, caret = error.place.splitlines()
    assert line == "LINE 2:   cuont(*)"
    assert caret.index("^") == line.index("cuont")


def test_an_unknown_column_is_told_with_those_there_are(dataset: str) -> None:
    error = refused(dataset, "SELECT usr_id FROM events")
    assert 'Referenced column "usr_id" not found' in error.problem
    assert "user_id" in error.hint


def test_values_that_cannot_be_converted_are_told(dataset: str) -> None:
    assert "Could not convert string 'u0'" in refused(dataset, "SELECT user_id::INT FROM events").problem


def test_a_very_long_question_is_refused(dataset: str) -> None:
    assert "too long" in refused(dataset, "SELECT 1 -- " + "x" * 30_000).problem


@pytest.mark.parametrize(
    "sql", ["SELECT " + "(" * 5000 + "1" + ")" * 5000, "SELECT 'é" + "\x00", "\ud800", "💥"]
)
def test_odd_text_is_an_error_in_words(dataset: str, sql: str) -> None:
    refused(dataset, sql)


def test_a_data_set_that_is_not_there_is_told(dataset: str) -> None:
    with pytest.raises(NotFound, match="no data set"):
        run("d0000000000", "SELECT 1")
    (Home.current().datasets / dataset / "events.duckdb").unlink()
    with pytest.raises(NotFound, match="Import its file again"):
        run(dataset, "SELECT 1")


def test_a_question_error_is_a_data_error() -> None:
    assert issubclass(QuestionError, DataError)
