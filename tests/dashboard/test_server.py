"""The server's own routes over HTTP, its start and its end."""

from __future__ import annotations

import json
import os
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.jobs.queue import JobStore
from dashboard.server import life, owner, upload
from dashboard.server.headers import HEADERS, SecurityHeaders
from dashboard.server.keys import secret
from data.artifacts import Home, save_dataset
from data.errors import DataError, NotFound
from tests.conftest import make_dataset

CSV = b"user,item\n1,2\n3,4\n"


@pytest.fixture
def client() -> TestClient:
    routes = [*upload.routes(), Route("/api/ready", life.ready, methods=["GET"])]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)]))


def put(client: TestClient, body: Any = CSV, name: str = "ratings.csv", **headers: str) -> Any:
    sent = {upload.TOKEN_HEADER: upload.token(), "origin": "http://testserver"} | headers
    return client.put("/api/upload", params={"name": name}, content=body, headers=sent)


def left() -> list[str]:
    return sorted(path.suffix for path in Home.current().uploads.iterdir())


def test_an_upload_lies_on_disk_under_a_random_name(client: TestClient) -> None:
    answer = put(client)
    assert answer.status_code == 201
    assert (answer.json()["bytes"], answer.json()["name"]) == (len(CSV), "ratings.csv")
    path, name = upload.uploaded(Home.current(), answer.json()["upload"])
    assert (path.read_bytes(), name) == (CSV, "ratings.csv")
    assert "ratings" not in path.name
    assert path.suffix == ".csv"


def test_a_body_in_pieces_arrives_whole(client: TestClient) -> None:
    pieces = [bytes([number]) * 700_000 for number in range(4)]
    answer = put(client, iter(pieces), "big.csv.gz")
    path, _ = upload.uploaded(Home.current(), answer.json()["upload"])
    assert path.read_bytes() == b"".join(pieces)
    assert path.name.endswith(".csv.gz")


@pytest.mark.parametrize(
    "headers",
    [
        {upload.TOKEN_HEADER: "guessed"},
        {upload.TOKEN_HEADER: ""},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_an_upload_from_elsewhere_is_refused_and_leaves_nothing(
    client: TestClient, headers: dict[str, str]
) -> None:
    assert put(client, **headers).status_code == 403
    assert left() == []


@pytest.mark.parametrize("name", ["", "run.exe", "x.exe.gz", ".csv/", "page.html", "x.py.zip"])
def test_a_file_of_another_kind_is_refused(client: TestClient, name: str) -> None:
    answer = put(client, name=name)
    assert answer.status_code == 415
    assert "Send a table: CSV" in answer.json()["error"]
    assert left() == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("e.xlsx", ".xlsx"),
        ("ml.2019.zip", ".zip"),
        ("e.csv.zip", ".zip"),
        ("e.jsonl.zst", ".jsonl.zst"),
        ("citeulike-a.train.rating.gz", ".data.gz"),
        ("u1.base", ".data"),
        ("part-00000", ".data"),
        ("csv", ".data"),
        ("Events.CSV", ".csv"),
        ("x.csv.html2", ".data"),
    ],
)
def test_tables_are_taken_under_whatever_ending_they_come(client: TestClient, name: str, kept: str) -> None:
    answer = put(client, name=name)
    assert answer.status_code in (200, 201)
    path, sent = upload.uploaded(Home.current(), answer.json()["upload"])
    assert path.name.endswith(kept)
    assert sent == name


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", "..\\..\\x.csv", "/etc/x.csv", "a/b/../x.csv", "\x00x.csv"]
)
def test_a_name_with_a_path_stays_in_the_uploads_folder(client: TestClient, name: str) -> None:
    answer = put(client, name=name)
    assert answer.json()["name"] in ("passwd.csv", "x.csv")
    path, _ = upload.uploaded(Home.current(), answer.json()["upload"])
    assert path.parent == Home.current().uploads


@pytest.mark.parametrize("upload_id", ["../jobs", "nothing", "a" * 32, "", "*"])
def test_an_id_that_is_not_ours_finds_nothing(upload_id: str) -> None:
    with pytest.raises(NotFound, match="no longer here"):
        upload.uploaded(Home.current(), upload_id)


def test_a_file_above_the_cap_is_refused_announced_or_not(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload.Limits, "current", lambda: upload.Limits(file=10, total=100))
    assert put(client).status_code == 413
    assert put(client, iter([CSV])).status_code == 413
    assert left() == []


def test_a_full_uploads_folder_is_said(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload.Limits, "current", lambda: upload.Limits(file=1000, total=30))
    assert put(client).status_code == 201
    answer = put(client)
    assert answer.status_code == 507
    assert "full" in answer.json()["error"]


def test_an_empty_file_is_refused(client: TestClient) -> None:
    assert put(client, b"").status_code == 400
    assert left() == []


def test_old_uploads_and_broken_pieces_give_way(client: TestClient) -> None:
    put(client)
    (Home.current().uploads / "broken.part").write_bytes(b"12345")
    assert upload.clear_old(Home.current(), older_than_s=-1) > len(CSV)
    assert left() == []


def test_a_small_file_may_come_from_a_page(client: TestClient) -> None:
    upload_id = upload.keep_copy(Home.current(), "movies.csv", CSV)
    assert upload.uploaded(Home.current(), upload_id)[1] == "movies.csv"
    with pytest.raises(DataError, match="are not read"):
        upload.keep_copy(Home.current(), "movies.exe", CSV)


def test_a_preflight_fails_so_other_sites_cannot_send(client: TestClient) -> None:
    assert client.options("/api/upload").status_code == 405
    assert client.get("/api/upload").status_code == 405


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    headers = client.get("/api/ready").headers
    assert {name: headers[name] for name in HEADERS} == HEADERS


def test_a_secret_is_made_once_and_only_the_owner_reads_it() -> None:
    home = Home.current()
    first = secret(home, "cookie")
    assert secret(home, "cookie") == first != secret(home, "upload")
    assert len(first) >= 40
    assert stat.S_IMODE((home.root / "keys" / "cookie").stat().st_mode) == 0o600


# ── life ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[life.Life]:
    """A life without heavy imports, whose supervisor starts no process."""
    monkeypatch.setattr(life, "preload", lambda: None)
    monkeypatch.setattr(life, "warm_all", lambda **_: 0)
    monkeypatch.setattr(life.gc, "freeze", lambda: None)
    monkeypatch.setattr(life.Supervisor, "_launch_next", lambda self: None)
    made = life.Life()
    yield made
    made.end()


def test_a_first_start_queues_the_sample_and_becomes_ready(quiet: life.Life) -> None:
    quiet.begin()
    assert [job.kind for job in JobStore(Home.current()).list()] == ["sample"]
    assert quiet.ready.wait(10)


def test_ready_does_not_wait_for_the_explainer_of_one_page(
    quiet: life.Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed: list[tuple[bool, object]] = []
    monkeypatch.setattr(life, "warm_all", lambda modules: warmed.append((quiet.ready.is_set(), modules)))
    quiet.begin()
    assert quiet.warming is not None
    quiet.warming.join(10)
    assert warmed == [(True, life.LATER)]


def test_a_start_clears_what_killed_imports_left(quiet: life.Life) -> None:
    left = Home.current().cache / "reading-0a1b"
    left.mkdir(parents=True)
    os.utime(left, (0, 0))
    quiet.begin()
    assert not left.exists()


def test_no_sample_is_made_where_it_is_not_wanted(quiet: life.Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANKSCOPE_NO_SAMPLE", "1")
    quiet.begin()
    assert JobStore(Home.current()).list() == []


def test_what_lies_on_disk_is_entered_at_start_and_no_sample_is_made(quiet: life.Life) -> None:
    dataset_id = save_dataset(Home.current(), make_dataset([0, 1], [0, 1]))
    quiet.begin()
    assert list(owner.store().datasets()["id"]) == [dataset_id]
    assert JobStore(Home.current()).list() == []


def test_queued_jobs_survive_a_restart_of_the_server(quiet: life.Life) -> None:
    quiet.begin()
    quiet.end()
    later = life.Life()
    later.begin()
    try:
        assert [str(job.state) for job in owner.jobs().list()] == ["queued"]
    finally:
        later.end()


def test_the_ready_route_says_whether_pages_are_quick(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = life.Life()
    monkeypatch.setattr(life, "LIFE", fresh)
    assert (client.get("/api/ready").status_code, client.get("/api/ready").json()) == (503, {"ready": False})
    fresh.ready.set()
    assert client.get("/api/ready").json() == {"ready": True}


def test_all_threads_share_one_store_and_another_home_has_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    threads = [threading.Thread(target=lambda: seen.append(owner.store())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(store) for store in seen}) == 1
    monkeypatch.setenv("RANKSCOPE_HOME", str(tmp_path))
    assert owner.store() is not seen[0]
    assert owner.store().home.root == tmp_path
    owner.close()


def test_the_note_of_an_upload_is_plain_json(client: TestClient) -> None:
    upload_id = put(client).json()["upload"]
    note = json.loads((Home.current().uploads / f"{upload_id}.json").read_text())
    assert note["bytes"] == len(CSV)
    assert time.time() - (Home.current().uploads / note["file"]).stat().st_mtime < 60
