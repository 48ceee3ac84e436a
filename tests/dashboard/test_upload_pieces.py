"""Uploads in pieces: they continue where they broke off, and every piece is checked."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.server import owner, upload, upload_files, upload_rules
from data.artifacts import Home
from data.errors import NotFound

T = TypeVar("T")
BODY = bytes(range(256)) * 40  # 10 240 bytes, every value


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=upload.routes()))


def sent(**more: str) -> dict[str, str]:
    return {upload.TOKEN_HEADER: upload.token(), "origin": "http://testserver"} | more


def start(client: TestClient, size: int = len(BODY), name: str = "big.csv", **headers: str) -> Any:
    return client.post("/api/upload", params={"name": name, "size": size}, headers=sent(**headers))


def piece(client: TestClient, upload_id: str, offset: int | str, body: Any, **headers: str) -> Any:
    return client.put(
        f"/api/upload/{upload_id}", params={"offset": offset}, content=body, headers=sent(**headers)
    )


def extent(client: TestClient, upload_id: str) -> tuple[int, int]:
    answer = client.head(f"/api/upload/{upload_id}", headers=sent())
    assert answer.status_code == 200
    return int(answer.headers["upload-offset"]), int(answer.headers["upload-length"])


def left() -> list[str]:
    return sorted(path.suffix for path in Home.current().uploads.iterdir())


def waited_for(function: Callable[..., Awaitable[T]], *args: object) -> T:
    """Run a coroutine in a thread of its own: after browser tests this one still has an event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, function, *args).result()


def test_pieces_make_the_file(client: TestClient) -> None:
    upload_id = start(client).json()["upload"]
    for offset in range(0, len(BODY), 4000):
        assert extent(client, upload_id) == (offset, len(BODY))
        answer = piece(client, upload_id, offset, BODY[offset : offset + 4000])
    assert answer.status_code == 201
    assert answer.json() == {
        "upload": upload_id,
        "bytes": len(BODY),
        "name": "big.csv",
        "offset": len(BODY),
    }
    path, name = upload.uploaded(Home.current(), upload_id)
    assert (path.read_bytes(), name) == (BODY, "big.csv")
    assert left() == [".csv", ".json"]


def test_a_broken_piece_keeps_what_came_and_the_rest_follows(client: TestClient) -> None:
    upload_id = start(client).json()["upload"]
    broken = waited_for(break_off, upload_id, BODY[:3000])
    assert broken == 400
    assert extent(client, upload_id) == (3000, len(BODY))
    with pytest.raises(NotFound):
        upload.uploaded(Home.current(), upload_id)
    assert piece(client, upload_id, 3000, BODY[3000:]).status_code == 201
    assert upload.uploaded(Home.current(), upload_id)[0].read_bytes() == BODY


async def break_off(upload_id: str, body: bytes) -> int:
    """Send `body` as the begin of a longer piece, then vanish; the status the server notes."""
    messages = iter([{"type": "http.request", "body": body, "more_body": True}, {"type": "http.disconnect"}])
    return await direct(upload_id, lambda: next(messages))


async def direct(upload_id: str, following: Any, pause: float = 0.0) -> int:
    """Call the app as a server would, with messages of our own."""
    statuses: list[int] = []
    headers = [(name.encode(), value.encode()) for name, value in sent(host="testserver").items()]
    scope = {
        "type": "http",
        "method": "PUT",
        "path": f"/api/upload/{upload_id}",
        "raw_path": b"",
        "query_string": b"offset=0",
        "headers": headers,
        "http_version": "1.1",
    }

    async def receive() -> Any:
        await anyio.sleep(pause)
        return following()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await Starlette(routes=upload.routes())(scope, receive, send)
    return statuses[0]


def test_a_silent_sender_is_given_up_and_may_continue(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "STALL_S", 0.05)
    upload_id = start(client).json()["upload"]

    async def silent() -> int:
        return await direct(upload_id, lambda: None, pause=30)

    assert waited_for(silent) == 408
    assert piece(client, upload_id, 0, BODY).status_code == 201


def test_two_writers_at_once_are_refused() -> None:
    async def both() -> list[int]:
        transport = httpx.ASGITransport(app=Starlette(routes=upload.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            begun = await client.post(
                "/api/upload", params={"name": "a.csv", "size": len(BODY)}, headers=sent()
            )
            url, statuses = f"/api/upload/{begun.json()['upload']}?offset=0", []
            first_has_begun, second_has_ended = anyio.Event(), anyio.Event()

            async def slow() -> AsyncIterator[bytes]:
                yield BODY[:100]
                first_has_begun.set()
                await second_has_ended.wait()
                yield BODY[100:]

            async def first() -> None:
                statuses.append((await client.put(url, content=slow(), headers=sent())).status_code)

            async with anyio.create_task_group() as group:
                group.start_soon(first)
                await first_has_begun.wait()
                statuses.append((await client.put(url, content=BODY, headers=sent())).status_code)
                second_has_ended.set()
            return statuses

    assert waited_for(both) == [423, 201]


@pytest.mark.parametrize("offset", [0, 99, 101, 10**9])
def test_a_piece_that_does_not_fit_is_told_where_to_go_on(client: TestClient, offset: int) -> None:
    upload_id = start(client).json()["upload"]
    piece(client, upload_id, 0, BODY[:100])
    answer = piece(client, upload_id, offset, BODY[offset : offset + 10] or b"x")
    assert (answer.status_code, answer.json()["offset"]) == (409, 100)
    assert extent(client, upload_id) == (100, len(BODY))


@pytest.mark.parametrize("offset", ["", "-1", "1e3", "ten", "9" * 30, "٣"])
def test_an_offset_that_is_no_number_is_refused(client: TestClient, offset: str) -> None:
    upload_id = start(client).json()["upload"]
    assert piece(client, upload_id, offset, b"x").status_code == 400


def test_more_bytes_than_announced_are_refused(client: TestClient) -> None:
    upload_id = start(client, size=10).json()["upload"]
    assert piece(client, upload_id, 0, b"12345678901").status_code == 413
    assert extent(client, upload_id) == (0, 10)


def test_the_answer_to_the_last_piece_may_be_asked_for_again(client: TestClient) -> None:
    upload_id = start(client).json()["upload"]
    first = piece(client, upload_id, 0, BODY)
    again = piece(client, upload_id, 0, BODY)
    assert (again.status_code, again.json()) == (201, first.json())
    assert extent(client, upload_id) == (len(BODY), len(BODY))


def test_a_server_that_died_before_the_last_step_finishes_on_the_next_piece(client: TestClient) -> None:
    upload_id = start(client).json()["upload"]
    (Home.current().uploads / f"{upload_id}.part").write_bytes(BODY)
    assert extent(client, upload_id) == (len(BODY), len(BODY))
    assert piece(client, upload_id, len(BODY), b"").status_code == 201
    assert upload.uploaded(Home.current(), upload_id)[0].read_bytes() == BODY


def test_cancel_deletes_what_came(client: TestClient) -> None:
    upload_id = start(client).json()["upload"]
    piece(client, upload_id, 0, BODY[:5000])
    assert client.delete(f"/api/upload/{upload_id}", headers=sent()).status_code == 204
    assert left() == []
    assert piece(client, upload_id, 5000, BODY[5000:]).status_code == 404
    assert client.head(f"/api/upload/{upload_id}", headers=sent()).status_code == 404


def test_cancel_does_not_delete_a_file_that_is_here_whole(client: TestClient) -> None:
    upload_id = start(client).json()["upload"]
    piece(client, upload_id, 0, BODY)
    assert client.delete(f"/api/upload/{upload_id}", headers=sent()).status_code == 404
    assert upload.uploaded(Home.current(), upload_id)[0].read_bytes() == BODY


def test_a_piece_that_is_cancelled_while_it_comes_leaves_nothing(client: TestClient) -> None:
    upload_id = start(client).json()["upload"]

    def body() -> Iterator[bytes]:
        yield BODY[:5000]
        upload_files.remove(Home.current(), upload_id)
        yield BODY[5000:]

    assert piece(client, upload_id, 0, body()).status_code == 404
    assert left() == []


@pytest.mark.parametrize("headers", [{upload.TOKEN_HEADER: "guessed"}, {"origin": "http://evil.example"}])
def test_every_step_checks_the_sender(client: TestClient, headers: dict[str, str]) -> None:
    assert start(client, **headers).status_code == 403
    assert left() == []
    upload_id = start(client).json()["upload"]
    url = f"/api/upload/{upload_id}"
    assert piece(client, upload_id, 0, BODY, **headers).status_code == 403
    assert client.head(url, headers=sent(**headers)).status_code == 403
    assert client.delete(url, headers=sent(**headers)).status_code == 403
    assert extent(client, upload_id) == (0, len(BODY))


@pytest.mark.parametrize("upload_id", ["a" * 32, "..%2fkeys", "x", "A" * 32])
def test_an_id_that_is_not_ours_has_no_upload(client: TestClient, upload_id: str) -> None:
    assert piece(client, upload_id, 0, b"x").status_code == 404
    assert client.head(f"/api/upload/{upload_id}", headers=sent()).status_code == 404
    assert client.delete(f"/api/upload/{upload_id}", headers=sent()).status_code == 404


def test_cap_kind_and_emptiness_are_told_before_a_byte_is_sent(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload.Limits, "current", lambda: upload.Limits(file=1000, total=10**6))
    assert start(client, size=1001).status_code == 413
    assert start(client, size=0).status_code == 400
    assert start(client, name="run.exe").status_code == 415
    assert left() == []


def test_broken_uploads_count_in_the_quota_and_every_piece_is_weighed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = start(client, size=900).json()["upload"]
    piece(client, upload_id, 0, BODY[:500])
    held = upload_rules.held_bytes(Home.current())
    monkeypatch.setattr(upload.Limits, "current", lambda: upload.Limits(file=1000, total=held + 300))
    assert start(client, size=400).status_code == 507
    assert piece(client, upload_id, 500, BODY[500:900]).status_code == 507
    assert piece(client, upload_id, 500, BODY[500:700]).status_code == 200


def test_a_full_disk_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    upload_id = start(client).json()["upload"]
    usage = type("Usage", (), {"free": 5})()
    monkeypatch.setattr(upload_rules.shutil, "disk_usage", lambda _: usage)
    answer = piece(client, upload_id, 0, BODY)
    assert (answer.status_code, answer.json()["error"]) == (507, "The disk has no room for this file.")


def test_a_broken_upload_is_listed_kept_for_a_day_and_deletable(client: TestClient) -> None:
    home = Home.current()
    upload_id = start(client).json()["upload"]
    piece(client, upload_id, 0, BODY[:100])
    (entry,) = upload_files.all_unfinished(home)
    assert (entry.id, entry.name, entry.size, entry.received) == (upload_id, "big.csv", len(BODY), 100)
    almost, more = time.time() - 23 * 3600, time.time() - 25 * 3600
    for age, expected in ((almost, 1), (more, 0)):
        for path in home.uploads.iterdir():
            os.utime(path, (age, age))
        upload.clear_old(home)
        assert len(upload_files.all_unfinished(home)) == expected
    other = start(client).json()["upload"]
    assert upload_files.remove(home, other) > 0
    assert left() == []


def test_the_note_of_an_upload_that_still_comes_is_not_cleared_away(client: TestClient) -> None:
    home = Home.current()
    upload_id = start(client).json()["upload"]
    old = time.time() - 25 * 3600
    os.utime(home.uploads / f"{upload_id}.began", (old, old))
    upload.clear_old(home)
    assert piece(client, upload_id, 0, BODY).status_code == 201


def test_a_file_that_a_waiting_job_will_read_outlives_its_day(client: TestClient) -> None:
    home = Home.current()
    read, other = (upload.keep_copy(home, "a.csv", BODY) for _ in range(2))
    owner.jobs().submit("import", {"files": [{"upload": read}]}, "Import a.csv")
    old = time.time() - 25 * 3600
    for path in home.uploads.iterdir():
        os.utime(path, (old, old))
    assert start(client).status_code == 201
    assert upload.uploaded(home, read)[0].read_bytes() == BODY
    with pytest.raises(NotFound):
        upload.uploaded(home, other)
