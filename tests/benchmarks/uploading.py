"""500 MB through our own upload route: how long it takes, and how much memory the server takes for it."""

from __future__ import annotations

import http.client
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from data.artifacts import Home
from tests.benchmarks.measure import Row, seconds
from tests.browser.conftest import Server, until

MEGABYTE = 2**20
SIZE = 500 * MEGABYTE
PIECE = 8 * MEGABYTE  # what the browser sends in one request
LIMIT_MB = 40


def processes(server: Server) -> list[psutil.Process]:
    assert server.process is not None
    first = psutil.Process(server.process.pid)
    return [first, *first.children(recursive=True)]


def resident_mb(server: Server) -> float:
    """Megabytes that the server's processes hold now."""
    return sum(process.memory_info().rss for process in processes(server)) / MEGABYTE


def forget_peak(server: Server) -> None:
    for process in processes(server):
        Path(f"/proc/{process.pid}/clear_refs").write_text("5")


def peak_mb(server: Server) -> float:
    """The most megabytes held since `forget_peak`."""
    total = 0
    for process in processes(server):
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return total / 1024


def at_rest(server: Server) -> None:
    """Wait until what loads in the background has been loaded."""
    before = [0.0]

    def steady() -> bool:
        now = resident_mb(server)
        same = abs(now - before[0]) < 0.5
        before[0] = now
        time.sleep(3)
        return same

    until(steady, "the server's memory coming to rest", 120)


def send(server: Server, token: str) -> None:
    """One file in pieces, as the browser does it."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"x-rankscope-token": token}
    content = os.urandom(PIECE)

    def ask(method: str, path: str, body: bytes | None = None) -> dict[str, object]:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        facts: dict[str, object] = json.loads(answer.read())
        if answer.status not in (200, 201):
            raise RuntimeError(f"{method} {path}: {answer.status} {facts}")
        return facts

    upload = ask("POST", f"/api/upload?name=large.csv&size={SIZE}")["upload"]
    for offset in range(0, SIZE, PIECE):
        ask("PUT", f"/api/upload/{upload}?offset={offset}", content[: min(PIECE, SIZE - offset)])
    connection.close()


def write(folder: Path) -> None:
    """The least that must happen: the same bytes on the same disk."""
    content = os.urandom(PIECE)
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for offset in range(0, SIZE, PIECE):
            file.write(content[: min(PIECE, SIZE - offset)])
        file.flush()
        os.fsync(file.fileno())


def measured(server: Server, work: Callable[[], object]) -> tuple[float, float]:
    """(seconds of `work`, megabytes by which the server grew at its largest)."""
    at_rest(server)
    forget_peak(server)
    before = resident_mb(server)
    taken = seconds(work, runs=1, warmup=0)
    return taken, peak_mb(server) - before


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        server = Server(home, home, {"RANKSCOPE_NO_SAMPLE": "1"}).start()
        try:
            token = (Home(home).root / "keys" / "upload").read_text()
            taken, grown = measured(server, lambda: send(server, token))
            disk = seconds(lambda: write(home), runs=1)
        finally:
            server.close()
    note = f"server grew by {grown:.0f} MB at its largest (limit {LIMIT_MB} MB)"
    return [Row("upload: 500 MB in pieces, on disk for certain", taken, "writing them to disk", disk, note)]
