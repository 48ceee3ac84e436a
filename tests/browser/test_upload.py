"""Large files in a real browser: progress, cancel, and going on after a dropped connection."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, Request, expect

from dashboard.text import t
from tests.browser.conftest import Server, no_exception, settled, until

pytestmark = pytest.mark.browser
MEGABYTE = 2**20
WAIT_MS = 30_000
SHARE = re.compile(r"(\d+) %")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("upload")
    server = Server(home, home, {"RANKSCOPE_NO_SAMPLE": "1"}).start()
    yield server
    server.close()


def table(path: Path, megabytes: int) -> Path:
    """A CSV of about this size: one block of 50 000 events again and again."""
    block = b"".join(
        b"%d,%d,%d\n" % (i * 7919 % 100_000, i * 104_729 % 50_000, 1_500_000_000 + i) for i in range(50_000)
    )
    with path.open("wb") as file:
        file.write(b"user,item,time\n")
        for _ in range(megabytes * MEGABYTE // len(block)):
            file.write(block)
    return path


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = table(tmp_path_factory.mktemp("large") / "large.csv", 300)
    yield path
    path.unlink()


@pytest.fixture(scope="module")
def middling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return table(tmp_path_factory.mktemp("middling") / "middling.csv", 80)


def network(page: Page, megabytes_a_second: float) -> CDPSession:
    """A line of this speed, so that there is a middle of an upload to do something in; 0 is no limit."""
    session = page.context.new_cdp_session(page)
    speed = megabytes_a_second * MEGABYTE or -1
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed}
    session.send("Network.emulateNetworkConditions", limits)
    return session


def facts(page: Page) -> str:
    """What the row of the upload says, or nothing when there is none."""
    row = page.locator(".row .facts")
    return row.first.inner_text() if row.count() else ""


def reached(page: Page, percent: int) -> bool:
    found = SHARE.match(facts(page))
    return found is not None and int(found.group(1)) >= percent


def files(server: Server) -> dict[str, int]:
    return {path.suffix: path.stat().st_size for path in (server.home / "uploads").iterdir()}


def open_import(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/import")
    settled(page)
    expect(page.get_by_text(t("uploads.drop_several"))).to_be_visible(timeout=WAIT_MS)


def mapped(page: Page, name: str) -> None:
    """The file has arrived and its columns are looked at."""
    page.wait_for_url(re.compile(r"upload=[0-9a-f]{32}"), timeout=60_000)
    settled(page)
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text(name).first).to_be_visible()
    no_exception(page)


def empty(server: Server) -> None:
    """No upload of an earlier test is left."""
    for path in (server.home / "uploads").glob("*"):
        path.unlink()


def test_300_mb_are_sent_with_progress_cancelled_and_sent_to_the_end(
    server: Server, page: Page, large: Path
) -> None:
    open_import(page, server)
    line = network(page, 40)
    choose = page.locator("input[type=file]").first
    choose.set_input_files(large)
    until(lambda: reached(page, 10), "a tenth being sent", 30)
    assert re.search(r"of \d+.MB · [\d.]+.MB/s · \d+ s left", facts(page))
    assert 0.1 <= page.locator(".row progress").evaluate("bar => bar.value / bar.max") < 1
    assert files(server)[".part"] > 0
    page.get_by_role("button", name=t("uploads.cancel")).click()
    expect(page.locator(".row")).to_have_count(0)
    until(lambda: files(server) == {}, "the cancelled upload being deleted", 10)

    line.detach()
    network(page, 0)
    page.evaluate(WATCH)
    choose.set_input_files(large)
    mapped(page, large.name)
    assert files(server)[".csv"] == large.stat().st_size
    seen = page.evaluate("() => window.sharesSeen")
    assert len(set(seen)) > 5, f"shares that were shown: {seen}"
    assert max(seen) >= 90


# Note the share of every bar that is painted, also between two looks of the test.
WATCH = """() => { window.sharesSeen = []; setInterval(() => {
  for (const host of document.querySelectorAll("*")) {
    const bar = host.shadowRoot && host.shadowRoot.querySelector(".row progress");
    if (bar) window.sharesSeen.push(Math.floor((100 * bar.value) / bar.max));
  }
}, 50); }"""


def test_a_server_that_dies_in_the_middle_is_waited_for_and_the_rest_is_sent(
    server: Server, page: Page, middling: Path
) -> None:
    empty(server)
    open_import(page, server)
    network(page, 20)
    offsets: list[int] = []
    page.on("request", lambda request: offsets.extend(offset_of(request)))
    page.locator("input[type=file]").first.set_input_files(middling)
    until(lambda: reached(page, 30), "three tenths being sent", 30)
    server.stop(signal.SIGKILL)
    kept = files(server)[".part"]
    assert kept > 0
    until(lambda: facts(page).endswith("goes on by itself"), "the lost connection being told", 20)
    offsets.clear()
    server.start()
    mapped(page, middling.name)
    assert files(server)[".csv"] == middling.stat().st_size
    assert min(offsets) == kept, "the upload began again"


def test_after_a_reload_the_same_file_goes_on(server: Server, page: Page, middling: Path) -> None:
    empty(server)
    open_import(page, server)
    network(page, 20)
    page.locator("input[type=file]").first.set_input_files(middling)
    until(lambda: reached(page, 20), "a fifth being sent", 30)
    page.reload()
    settled(page)
    expect(page.get_by_text("Choose the same file again to continue")).to_be_visible(timeout=WAIT_MS)
    kept = files(server)[".part"]
    offsets: list[int] = []
    page.on("request", lambda request: offsets.extend(offset_of(request)))
    page.locator("input[type=file]").first.set_input_files(middling)
    mapped(page, middling.name)
    assert min(offsets) >= kept > 0
    assert files(server)[".csv"] == middling.stat().st_size


def offset_of(request: Request) -> list[int]:
    """Where the piece begins that a request sends, if it sends one."""
    found = re.search(r"/api/upload/[0-9a-f]{32}\?offset=(\d+)", request.url)
    return [int(found.group(1))] if found and request.method == "PUT" else []
