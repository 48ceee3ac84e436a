"""Starting and stopping: from a foreign folder, with the sample, with a server killed in mid-training."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.text import t
from tests.browser.conftest import Server, no_exception, settled, until

pytestmark = pytest.mark.browser
PAGES = (
    "", "import", "profile", "split", "train", "runs", "leaderboard", "side-by-side", "fusion-lab",
    "why-this-item", "new-users",
)  # fmt: skip


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A first start, from a folder that is not the project's, with the built-in sample."""
    server = Server(tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("elsewhere")).start()
    yield server
    server.close()


@pytest.mark.slow
def test_first_start_fills_every_page_within_three_minutes(foreign: Server, page: Page) -> None:
    until(
        lambda: "done" in foreign.jobs().get("cold_start", []),
        f"the quick models, their fusion and the n-shot curve (jobs: {foreign.jobs()})",
        180,
    )
    for path in PAGES:
        page.goto(f"{foreign.url}/{path}")
        settled(page)
        no_exception(page)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.get_by_text(t("common.no_dataset"))).to_have_count(0)
        expect(page.get_by_text(t("common.empty_no_runs"))).to_have_count(0)
    page.goto(f"{foreign.url}/leaderboard")
    settled(page)
    expect(page.get_by_text(re.compile("of 10 shown right")).first).to_be_visible()


@pytest.mark.slow
def test_pages_fit_a_phone(foreign: Server, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True)
    page = context.new_page()
    for path in PAGES:
        page.goto(f"{foreign.url}/{path}")
        settled(page)
        no_exception(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 400, f"/{path} is {width} px wide on a phone of 390 px"
    context.close()


@pytest.mark.slow
def test_a_killed_server_loses_nothing_and_training_goes_on(tmp_path: Path, page: Page) -> None:
    home = tmp_path / "home"
    home.mkdir()
    server = Server(home, tmp_path).start()
    until(lambda: "running" in server.jobs().get("train", []), "training starting", 120)
    server.stop(signal.SIGKILL)
    again = Server(home, tmp_path, port=server.port).start()
    try:
        until(lambda: "done" in again.jobs().get("train", []), f"training ending ({again.jobs()})", 180)
        assert "lost" not in again.jobs()["train"]
        page.goto(f"{again.url}/leaderboard")
        expect(page.get_by_text(re.compile("of 10 shown right")).first).to_be_visible(timeout=60_000)
        no_exception(page)
    finally:
        again.close()


def test_ready_says_so_in_json(foreign: Server, page: Page) -> None:
    answer = page.request.get(f"{foreign.url}/api/ready")
    assert json.loads(answer.text()) == {"ready": True}
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.slow
def test_a_figure_downloads_as_table_and_as_a_page_that_asks_nobody(
    foreign: Server, page: Page, browser: Browser, tmp_path: Path
) -> None:
    page.goto(f"{foreign.url}/leaderboard")
    settled(page)
    for label, name in ((t("common.download_csv"), "board.csv"), (t("common.download_html"), "board.html")):
        page.get_by_role("button", name=t("common.download"), exact=True).first.click()
        with page.expect_download() as started:
            page.get_by_test_id("stDownloadButton").filter(has_text=label).first.click()
        started.value.save_as(tmp_path / name)
        page.keyboard.press("Escape")
    table = (tmp_path / "board.csv").read_text(encoding="utf-8")
    assert "EASE" in table
    assert len(table.splitlines()) >= 6
    context = browser.new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    alone = context.new_page()
    alone.goto((tmp_path / "board.html").as_uri())
    expect(alone.locator(".js-plotly-plot").first).to_be_visible()
    context.close()
    assert not [url for url in asked if url.startswith(("http", "ws"))]


@pytest.mark.slow
def test_a_cancelled_training_says_so_and_loses_nothing_stored(foreign: Server, page: Page) -> None:
    until(lambda: "running" not in foreign.jobs()["train"], "earlier training ending", 180)
    page.goto(f"{foreign.url}/train")
    settled(page)
    page.get_by_role("button", name=re.compile("^Train 6 models")).first.click()
    cancel = page.get_by_role("button", name=t("common.job_cancel")).first
    expect(cancel).to_be_visible(timeout=60_000)
    cancel.click()
    until(lambda: "cancelled" in foreign.jobs()["train"], f"the job being cancelled ({foreign.jobs()})", 60)
    page.goto(f"{foreign.url}/leaderboard")
    settled(page)
    expect(page.get_by_text(re.compile("of 10 shown right")).first).to_be_visible()
    no_exception(page)
