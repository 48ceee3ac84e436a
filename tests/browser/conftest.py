"""A real server on a free port with its own store, and a real Chromium that may reach nothing else."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], what: str, timeout_s: float) -> None:
    """Wait for a condition, or fail saying what did not happen."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not happen within {timeout_s:.0f} s")
        time.sleep(0.1)  # the pause between two looks at the condition


@dataclass
class Server:
    """`rankscope app` as a person starts it: a subprocess, from any folder."""

    home: Path
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Server:
        command = [
            str(Path(sys.executable).with_name("rankscope")),
            "app",
            "--port",
            str(self.port),
            "--no-browser",
        ]
        kernels = {"NUMBA_CACHE_DIR": str(self.home.parent / "kernels")}  # compiled once for all servers
        environment = {**os.environ, **kernels, "RANKSCOPE_HOME": str(self.home), **self.environment}
        self.log = (self.home / "server.log").open("ab")
        self.process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        until(self.ready, f"the server on {self.url} (log: {self.home / 'server.log'}) becoming ready", 120)
        return self

    def ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            pytest.fail(
                f"the server ended with {self.process.returncode}: {(self.home / 'server.log').read_text()}"
            )
        try:
            with urllib.request.urlopen(f"{self.url}/api/ready", timeout=2) as answer:
                return b"true" in answer.read()
        except (urllib.error.URLError, OSError):
            return False

    def jobs(self) -> dict[str, list[str]]:
        """States of all jobs by kind, oldest first; "done" once the server has entered the result."""
        query = """SELECT kind, CASE WHEN state = 'done' AND NOT registered THEN 'entering' ELSE state END
                   FROM jobs ORDER BY created"""
        found: dict[str, list[str]] = {}
        with closing(sqlite3.connect(f"file:{self.home / 'jobs.sqlite'}?mode=ro", uri=True)) as connection:
            for kind, state in connection.execute(query):
                found.setdefault(kind, []).append(state)
        return found

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the server's process group; training workers have groups of their own and go on."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, how)
            self.process.wait(timeout=20)
            until(lambda: not _group_lives(self.process.pid), "the server's process group ending", 20)
        self.log.close()

    def close(self) -> None:
        """Stop the server and what still trains for it."""
        self.stop()
        for worker in workers_of(self.home):
            with suppress(psutil.NoSuchProcess):
                worker.kill()


def workers_of(home: Path) -> list[psutil.Process]:
    """Worker processes that train for this home."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if "dashboard.jobs.worker" in (process.info["cmdline"] or []):
            with suppress(psutil.Error):
                if process.environ().get("RANKSCOPE_HOME") == str(home):
                    found.append(process)
    return found


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """System Chromium; with CI=true its absence is a failure, not a skip."""
    binary = os.environ.get("RANKSCOPE_BROWSER") or shutil.which("chromium")
    if binary is None:
        message = "no Chromium found: install Debian's package chromium or set RANKSCOPE_BROWSER"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=binary, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh browser context; any request to a host other than the server fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    outside: list[str] = []
    context.on(
        "request",
        lambda request: (
            outside.append(request.url)
            if request.url.startswith(("http", "ws")) and "://127.0.0.1" not in request.url
            else None
        ),
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()
    assert not outside, f"the browser asked outside hosts: {outside}"


def settled(page: Page) -> None:
    """Wait until the page's script has finished and nothing is shown as stale."""
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=60_000
    )


def no_exception(page: Page) -> None:
    expect(page.get_by_test_id("stException")).to_have_count(0)
