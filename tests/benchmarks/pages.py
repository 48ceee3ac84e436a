"""A rerun of Home and of the leaderboard, over the wire, with 1 and with 20 sessions."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.benchmarks.measure import Row
from tests.benchmarks.sessions import rerun_seconds
from tests.browser.conftest import Server, until

BLINK_S = 0.1


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), Path(folder)).start()
        try:  # the built-in sample with all its runs, and nothing left to do in the background
            until(lambda: server.jobs().get("train") == ["done", "done"], "the sample being trained", 400)
            found = []
            for page in ("", "leaderboard"):
                one = rerun_seconds(server.url, page, 1)
                many = rerun_seconds(server.url, page, 20)
                name = page or "home"
                found.append(Row(f"rerun of {name}, 1 session", one, "a blink (100 ms)", BLINK_S))
                found.append(Row(f"rerun of {name}, 20 sessions", many, "the same with 1 session", one))
            return found
        finally:
            server.close()
