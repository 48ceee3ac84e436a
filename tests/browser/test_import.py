"""The import page in a browser: correct a column, switch rules, import, correct a line, next version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.text import t
from tests.browser.conftest import Server, no_exception, settled, until

pytestmark = pytest.mark.browser
BROKEN = "u3;i5;soon;4"
LINES = [f"u{n % 20};i{n * 7 % 31};{1_600_000_000 + 3600 * n};{1 + n % 5}" for n in range(200)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("importing")
    server = Server(home, home, {"RANKSCOPE_NO_SAMPLE": "1"}).start()
    yield server
    server.close()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Two columns that could be items: "shelf" is named like none, "sku" is proposed. One line is broken."""
    path = tmp_path / "shop.csv"
    path.write_text("\n".join(["who;sku;at;stars", *LINES[:120], BROKEN, *LINES[120:], LINES[0]]) + "\n")
    return path


def text(page: Page, pattern: str) -> None:
    expect(page.get_by_text(re.compile(pattern)).first).to_be_visible(timeout=60_000)


def choose(page: Page, label: str, option: str) -> None:
    """Open a select box by its label and take an option, by keyboard."""
    box = page.get_by_role("combobox", name=re.compile(re.escape(label)))
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def test_a_broken_line_is_corrected_into_the_next_version(server: Server, page: Page, shop: Path) -> None:
    page.goto(f"{server.url}/import")
    settled(page)
    page.locator("input[type=file]").first.set_input_files(shop)
    text(page, "what is sku")
    settled(page)

    choose(page, t("import_data.role_of", column="stars"), t("import_data.role_unused"))
    text(page, "your choice; proposed was")
    text(page, "203 lines = 1 header \\+ 200 accepted \\+ 1 set aside \\+ 1 unreadable")
    for rule in ("exact_duplicates", "repeated_pairs"):  # off: the line that is there twice counts twice
        page.get_by_text(t(f"import_data.rule_{rule}"), exact=True).click()
        settled(page)
    text(page, "1 header \\+ 201 accepted \\+ 0 set aside \\+ 1 unreadable")
    page.reload()  # nothing that was entered is lost
    settled(page)
    text(page, "your choice; proposed was")
    text(page, "1 header \\+ 201 accepted")

    page.get_by_role("button", name=re.compile("^Import 201 events$")).click()
    text(page, "203 lines = 1 header \\+ 201 accepted \\+ 0 set aside \\+ 1 quarantined")
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name=t("import_data.correct_download")).click()
    assert download.value.path().read_bytes() == f"who;sku;at;stars\n{BROKEN}\n".encode()

    correct(page, BROKEN.replace("soon", "1600000000"))
    page.get_by_role("button", name=re.compile("^Import corrected rows")).click()
    text(page, "This is version 2; new in it: 1 event, 0 users and 0 items")
    until(lambda: server.jobs().get("import") == ["done", "done"], "both imports being entered", 60)
    text(page, t("import_data.versions"))
    no_exception(page)


def correct(page: Page, line: str) -> None:
    """Type another text into the only line of the table of unreadable ones."""
    table = page.get_by_test_id("stDataFrame").nth(1)
    editor = page.locator("#portal textarea")

    def opened() -> bool:
        """Open the last cell of the first row; the table may still be moving."""
        table.scroll_into_view_if_needed()
        box = table.bounding_box()
        if box is not None and editor.count() == 0:
            page.mouse.dblclick(box["x"] + box["width"] - 60, box["y"] + 52)
        return editor.count() > 0

    until(opened, "the cell being opened", 30)
    editor.fill(line)
    page.keyboard.press("Enter")
    settled(page)
