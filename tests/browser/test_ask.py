"""Ask in SQL in a real browser: what does more than read is refused, a good question shows its table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

from dashboard.text import t
from data.artifacts import Home, save_dataset
from data.samples import marketplace
from tests.browser.conftest import Server, no_exception, settled

pytestmark = pytest.mark.browser
WAIT_MS = 30_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one data set of 200 users."""
    home = tmp_path_factory.mktemp("ask")
    save_dataset(Home(home), marketplace(n_users=200, n_items=120, n_events=6000, seed=3))
    server = Server(home, home, {"RANKSCOPE_NO_SAMPLE": "1"}).start()
    yield server
    server.close()


def digests(home: Path) -> dict[str, str]:
    files = (home / "datasets").rglob("*.*")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()}


def question(page: Page, sql: str) -> None:
    """Type it and press Ctrl+Enter."""
    editor = page.get_by_role("textbox", name=t("ask.editor"))
    editor.fill(sql)
    editor.press("Control+Enter")
    settled(page)


def test_what_does_more_than_read_is_refused_and_a_good_question_shows_its_table(
    server: Server, page: Page, tmp_path: Path
) -> None:
    before = digests(server.home)
    page.goto(f"{server.url}/ask")
    settled(page)
    expect(page.get_by_role("heading", name=t("ask.title"), exact=True)).to_be_visible()
    target = tmp_path / "stolen.csv"
    for sql, said in (
        (f"COPY events TO '{target}'", "COPY is not run here"),
        (f"ATTACH '{target}.duckdb' AS other", "ATTACH is not run here"),
        ("SELECT * FROM read_csv('/etc/passwd')", "Files, other databases and the network cannot be reached"),
    ):
        question(page, sql)
        expect(page.get_by_test_id("stAlert")).to_contain_text(said, timeout=WAIT_MS)
        expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
        no_exception(page)
    assert list(tmp_path.iterdir()) == []
    assert digests(server.home) == before

    question(page, "SELECT region, count(*) AS people FROM users GROUP BY region ORDER BY people DESC")
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    with page.expect_download() as caught:
        page.get_by_role("button", name=t("common.download_csv")).first.click()
    lines = saved(caught.value, tmp_path)
    assert lines[0] == "region,people"
    assert sum(int(line.split(",")[1]) for line in lines[1:]) == 200

    page.get_by_role("tab", name=t("ask.tab_chart")).click()
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=WAIT_MS)
    page.reload()  # the question stands in the link
    settled(page)
    expect(page.get_by_role("textbox", name=t("ask.editor"))).to_have_value(
        "SELECT region, count(*) AS people FROM users GROUP BY region ORDER BY people DESC"
    )
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible(timeout=WAIT_MS)
    no_exception(page)


def saved(download: Download, folder: Path) -> list[str]:
    path = folder / "answer.csv"
    download.save_as(path)
    return path.read_text().splitlines()
