"""The command line, from a file to curves of new users, with the fields that automation reads."""

from __future__ import annotations

import json
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import core.ranking  # noqa: F401 - the kernels' cache is then the one that all tests share
from dashboard.cli import main, serving
from dashboard.cli.output import finite, table
from dashboard.jobs.launcher import SOURCE
from dashboard.jobs.queue import JobStore
from data.artifacts import Home


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    """60 users × 20 items in two tastes, 8 events each, one a week, and one line without an item."""
    rng = np.random.default_rng(1)
    lines = ["user_id,item_id,timestamp"]
    for user in range(60):
        for week, item in enumerate(rng.permutation(10)[:8]):
            moment = 1_600_000_000 + week * 604_800 + user * 60
            lines.append(f"u{user},i{item + 10 * (user % 2)},{moment}")
    lines.append("u1,,1600000000")
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def items(tmp_path: Path) -> Path:
    path = tmp_path / "items.csv"
    path.write_text("item_id,title\n" + "\n".join(f"i{n},Title {n}" for n in range(20)) + "\n")
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command with --json; the one document on stdout."""

    def call(*arguments: str) -> Any:
        capsys.readouterr()
        assert main([*arguments, "--json"]) == 0
        out = capsys.readouterr().out
        assert out.count("\n") == 1
        return json.loads(out)

    return call


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command with bad input says on stderr."""
    capsys.readouterr()
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_the_whole_path_from_file_to_curves(run: Any, ratings: Path, items: Path) -> None:
    imported = run("import", str(ratings), "--name", "Toy", "--items", str(items))
    rows = imported["rows"]
    assert rows["lines"] == rows["header"] + rows["accepted"] + rows["removed"] + rows["quarantined"] == 482
    assert (imported["events"], imported["users"], imported["items"]) == (480, 60, 20)
    dataset = imported["dataset"]
    assert [entry["id"] for entry in run("datasets")["datasets"]] == [dataset]

    trained = run("train", "--dataset", dataset, "--models", "popularity,ease,item_knn", "--split", "last")
    assert [entry["model"] for entry in trained["runs"]] == ["popularity", "ease", "item_knn"]
    for entry in trained["runs"]:
        assert {"run", "model", "status", "device", "seconds"} <= entry.keys()
        assert (entry["status"], entry["device"]) == ("done", "cpu")
    popularity, ease, knn = (entry["run"] for entry in trained["runs"])

    board = run("leaderboard", "--dataset", dataset)
    assert board["users"] == 60
    assert {row["run"] for row in board["rows"]} == {popularity, ease, knn}
    assert board["rows"][-1]["model"] == "popularity"
    assert {"mean", "low", "high"} <= board["rows"][0]["metrics"]["ndcg@10"].keys()

    listed = run("recommend", "--run", ease, "--user", "u3", "-k", "2")
    assert listed["user"] == "u3"
    assert [item["rank"] for item in listed["items"]] == [1, 2]
    assert {"item", "title", "score", "rank"} == listed["items"][0].keys()
    assert listed["items"][0]["title"].startswith("Title 1")  # an odd user likes items 10 to 19

    why = run("explain", "--run", ease, "--user", "u3", "--item", listed["items"][0]["item"])
    assert (why["method"], why["exact"]) == ("additive", True)
    parts = sum(part["amount"] for part in why["contributions"])
    assert why["score"] == pytest.approx(why["base"] + parts + why["residual"])
    assert {"kind", "key", "title", "amount"} <= why["contributions"][0].keys()

    fused = run("fuse", "--runs", f"{ease},{knn}", "--method", "weighted_sum", "--weights", "1,2")
    assert fused["weights"] == [1.0, 2.0]
    assert 0 < fused["metrics"]["ndcg@10"]["mean"] <= 1
    outer = run("explain", "--run", fused["run"], "--user", "u3", "--item", listed["items"][0]["item"])
    assert {part["kind"] for part in outer["contributions"]} == {"model"}
    assert {part["key"] for part in outer["contributions"]} == {ease, knn} == outer["members"].keys()

    cold = run("cold-start", "--runs", f"{ease},{fused['run']}")
    assert {curve["run"] for curve in cold["curves"]} == {ease, fused["run"], None}
    assert {"mean", "low", "high"} <= cold["curves"][0]["points"][0]["metrics"]["ndcg@10"].keys()
    assert {crossing["run"] for crossing in cold["crossings"]} == {ease, fused["run"]}


def test_without_json_people_get_tables(capsys: pytest.CaptureFixture[str], ratings: Path) -> None:
    assert main(["import", str(ratings), "--user", "user_id", "--item", "item_id"]) == 0
    dataset = capsys.readouterr().out.split()[0]
    assert main(["datasets"]) == 0
    assert dataset in capsys.readouterr().out
    assert main(["train", "--dataset", dataset, "--models", "als", "--set", "als.factors=8"]) == 0
    assert "done" in capsys.readouterr().out
    assert main(["leaderboard", "--dataset", dataset, "--part", "test"]) == 0
    captured = capsys.readouterr()
    assert "Implicit ALS (factors 8)" in captured.out
    assert "opened 1 times" in captured.err


def test_a_part_of_the_test_that_was_looked_at_is_counted(run: Any, ratings: Path, capsys: Any) -> None:
    dataset = run("import", str(ratings))["dataset"]
    run("train", "--dataset", dataset, "--models", "popularity")
    for times in (1, 2):
        assert main(["leaderboard", "--dataset", dataset, "--part", "test", "--json"]) == 0
        assert f"opened {times} times" in capsys.readouterr().err


def test_bad_input_is_a_sentence_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], run: Any, ratings: Path
) -> None:
    assert "There is no file" in refused(capsys, "import", "missing.csv")
    assert "no such column" in refused(capsys, "import", str(ratings), "--user", "nobody")
    assert "There is no data set" in refused(capsys, "train", "--dataset", "d1", "--models", "ease")
    assert "There is no model 'magic'" in refused(capsys, "train", "--dataset", "d1", "--models", "magic")
    assert "--set ease" in refused(capsys, "train", "--dataset", "d1", "--models", "ease", "--set", "ease")
    assert "There is no run 'r1'" in refused(capsys, "recommend", "--run", "r1", "--user", "u1")
    assert "There is no run 'r1'" in refused(capsys, "explain", "--run", "r1", "--user", "u1", "--item", "i1")
    assert "There is no run" in refused(capsys, "fuse", "--runs", "r1,r2")
    assert "There is no run" in refused(capsys, "cold-start", "--runs", "r1")
    assert "not a number" in refused(capsys, "fuse", "--runs", "r1,r2", "--weights", "1,x")
    assert "There is no job" in refused(capsys, "worker", "j1")
    dataset = run("import", str(ratings))["dataset"]
    assert "has no run yet" in refused(capsys, "leaderboard", "--dataset", dataset)
    trained = run("train", "--dataset", dataset, "--models", "ease,popularity")["runs"]
    ease, popularity = (entry["run"] for entry in trained)
    assert "no user 'nobody'" in refused(capsys, "recommend", "--run", ease, "--user", "nobody")
    assert "no item 'nothing'" in refused(
        capsys, "explain", "--run", ease, "--user", "u1", "--item", "nothing"
    )
    assert "--history I,J" in refused(capsys, "recommend", "--run", ease, "--user", "nobody")
    assert "no item 'nothing'" in refused(capsys, "recommend", "--run", ease, "--history", "i1,nothing")
    assert "at least one" in refused(capsys, "recommend", "--run", ease, "--user", "u1", "-k", "0")
    assert "--models names nothing" in refused(capsys, "train", "--dataset", dataset, "--models", ",")
    assert "--runs names nothing" in refused(capsys, "cold-start", "--runs", "")
    assert "3 weights for 2 members" in refused(
        capsys, "fuse", "--runs", f"{ease},{popularity}", "--weights", "1,2,3"
    )
    assert "no fusion rule 'magic'" in refused(
        capsys, "fuse", "--runs", f"{ease},{popularity}", "--method", "magic"
    )


def test_data_sets_and_runs_go_by_the_beginning_of_their_id_or_by_name(
    run: Any, ratings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = run("import", str(ratings), "--name", "My shop")["dataset"]
    ease = run("train", "--dataset", "my shop", "--models", "ease")["runs"][0]["run"]
    run("train", "--dataset", dataset[:6], "--models", "popularity")
    assert len(run("leaderboard", "--dataset", dataset[:6])["rows"]) == 2
    by_id = run("recommend", "--run", ease, "--user", "u3")
    assert run("recommend", "--run", ease[:8], "--user", "u3") == by_id
    assert run("recommend", "--run", "ease", "--user", "u3") == by_id
    run("train", "--dataset", dataset, "--models", "ease", "--seed", "1")
    said = refused(capsys, "recommend", "--run", "EASE", "--user", "u3")
    assert "'EASE' means more than one run" in said
    assert ease in said


def test_somebody_new_gets_a_list_from_a_few_items(run: Any, ratings: Path) -> None:
    dataset = run("import", str(ratings))["dataset"]
    ease = run("train", "--dataset", dataset, "--models", "ease")["runs"][0]["run"]
    listed = run("recommend", "--run", ease, "--history", "i12,i13", "-k", "3")
    assert listed["user"] is None
    assert {item["item"] for item in listed["items"]} <= {f"i{n}" for n in (10, 11, *range(14, 20))}


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys; from dashboard.cli import parser\n"
        f"try: parser().parse_args({arguments!r})\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'pandas', 'duckdb', 'numba', 'torch', 'pydantic'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=SOURCE
    )
    assert done.stdout.endswith("[]\n")
    assert "usage: rankscope" in done.stdout


@pytest.mark.parametrize(
    "arguments", [["bake"], [], ["train"], ["train", "--dataset", "d", "--models", "a", "--split", "x"]]
)
def test_a_wrong_command_line_ends_with_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: rankscope" in capsys.readouterr().err


def test_a_store_in_use_is_said_with_the_way_on(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    script = (
        "import sys; from data.store import Store; from data.artifacts import Home; "
        "s = Store(Home.current()); print('open', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen([sys.executable, "-c", script], stdin=-1, stdout=-1, cwd=SOURCE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        said = refused(capsys, "datasets", "--json")
    finally:
        other.communicate("")
    assert "is in use" in said
    assert "stop the app" in said


def test_the_queue_can_be_worked_off_without_the_app(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    jobs = JobStore(Home.current())
    job_id = jobs.submit("sample", {"sample": "moon"}, "A sample that is not there")
    capsys.readouterr()
    assert main(["worker", "--json"]) == 1
    (row,) = json.loads(capsys.readouterr().out)["jobs"]
    assert (row["job"], row["state"]) == (job_id, "failed")
    assert "There is no sample 'moon'" in row["error"]
    assert run("worker") == {"jobs": []}


# ── the app ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_busy_port_is_said_before_anything_starts(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refused(capsys, "app", "--port", str(port), "--no-browser")
    assert f"Port {port} on 127.0.0.1 cannot be used" in said
    assert f"--port {port + 1}" in said
    assert "is no port" in refused(capsys, "app", "--port", "0")


def test_the_server_starts_in_the_folder_with_the_theme_and_reports_nothing_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (serving.project_root(Home.current()) / ".streamlit" / "config.toml").is_file()
    line = serving.command("127.0.0.1", 9000)
    assert str(serving.ASGI) in line
    assert "--browser.gatherUsageStats=false" in line
    assert "--server.address=127.0.0.1" in line


def test_without_the_theme_the_server_starts_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "ASGI", tmp_path / "site-packages" / "dashboard" / "server" / "asgi.py")
    assert serving.project_root(Home.current()) == Home.current().root


def test_the_cookie_secret_survives_restarts_and_is_private() -> None:
    home = Home.current()
    first, second = serving.environment(home), serving.environment(home)
    assert first["STREAMLIT_SERVER_COOKIE_SECRET"] == second["STREAMLIT_SERVER_COOKIE_SECRET"]
    assert stat.S_IMODE((home.root / "keys" / "cookie").stat().st_mode) == 0o600
    assert first["RANKSCOPE_HOME"] == str(home.root)


# ── what is printed ───────────────────────────────────────────────────────────────────────────────────


def test_json_has_no_nan() -> None:
    document = {"a": float("nan"), "b": [np.float32(1.5), float("inf")], 3: np.int64(2)}
    assert finite(document) == {"a": None, "b": [1.5, None], "3": 2}


def test_tables_are_aligned() -> None:
    assert table(["name", "n"], [["ease", 0.5], ["a", None]]) == "name  n\nease  0.5000\na     –"


def test_a_dry_run_counts_and_stores_nothing(run: Any, ratings: Path, capsys: Any) -> None:
    looked = run("import", "--dry-run", str(ratings))
    assert {name: role["role"] for name, role in looked["roles"].items()} == {
        "user_id": "user",
        "item_id": "item",
        "timestamp": "time",
    }
    assert looked["rows"] == {"lines": 482, "header": 1, "readable": 480, "set_aside": 0, "quarantined": 1}
    assert looked["touched"][-1]["lines"] == 480
    assert run("datasets")["datasets"] == []
    assert not list(Home.current().cache.iterdir())
    assert main(["import", "--dry-run", str(ratings)]) == 0
    said = capsys.readouterr().out
    assert "482 lines = 1 header + 480 readable + 0 no rows + 1 quarantined" in said
    assert "the name 'user_id'" in said


def test_a_recipe_is_printed_and_used_for_further_files(
    run: Any, ratings: Path, items: Path, tmp_path: Path, capsys: Any
) -> None:
    first = run("import", str(ratings), "--items", str(items), "--name", "Shop")
    assert main(["recipe", "Shop"]) == 0
    recipe = tmp_path / "recipe.json"
    recipe.write_text(capsys.readouterr().out)
    again = run("import", str(ratings), "--items", str(items), "--recipe", str(recipe))
    assert (again["dataset"], again["existed"], again["name"]) == (first["dataset"], True, "Shop")
    later = tmp_path / "later.csv"
    later.write_text("user_id,item_id,timestamp\nu1,i19,1700000000\nnew,i3,1700000001\n")
    grown = run("import", str(later), "--recipe", str(recipe), "--append-to", "Shop")
    assert (grown["parent"], grown["version"]) == (first["dataset"], 2)
    assert grown["added"] == {"events": 2, "users": 1, "items": 0}
    assert (grown["events"], grown["users"], grown["items"]) == (482, 61, 20)
    recipe.write_text(json.dumps({"mapping": {"user": "who", "item": "item_id"}}))
    assert "It has: user_id, item_id, timestamp" in refused(
        capsys, "import", str(ratings), "--recipe", str(recipe)
    )
    recipe.write_text('{"maping": 1}')
    assert "no key 'maping'" in refused(capsys, "import", str(ratings), "--recipe", str(recipe))
    assert "There is no file nowhere" in refused(capsys, "import", str(ratings), "--recipe", "nowhere")


def test_files_of_every_role_are_imported_together(
    tmp_path: Path, ratings: Path, capsys: Any, run: Any
) -> None:
    (tmp_path / "more.csv").write_text("user_id,item_id,timestamp\nu1,i3,1700000000\n")
    (tmp_path / "test.csv").write_text("user_id,item_id,timestamp\nu2,i4,1700000001\n")
    (tmp_path / "users.csv").write_text("user_id,band\nu1,young\nu2,old\nghost,old\n")
    (tmp_path / "pairs.csv").write_text("source,target\nu1,u2\nu2,u3\n")
    files = [str(ratings), str(tmp_path / "more.csv"), "--test", str(tmp_path / "test.csv")]
    beside = ["--users", str(tmp_path / "users.csv"), "--social", str(tmp_path / "pairs.csv")]
    done = run("import", *files, *beside, "--pseudonyms")
    assert [file["role"] for file in done["files"]] == ["events", "events", "test", "users", "social"]
    users, social = done["joins"]
    assert (users["matched"], users["without_event"], social["matched"]) == (2, 1, 3)
    assert all(name.startswith("u_") for name in users["examples"]["without_row"])
    assert main(["import", *files, *beside]) == 0
    said = capsys.readouterr().out
    assert (
        "users users.csv: 2 ids of the events have a row, 58 have none; 1 ids of the file have no event"
        in said
    )
    assert "test test.csv: 2 lines = 1 header + 1 readable" in said
