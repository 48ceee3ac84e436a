"""The whole path in one browser: upload MovieLens, train, compare, fuse, explain, n-shot curve."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, expect

from core.models import MODELS
from dashboard.text import t
from tests.browser.conftest import Server, no_exception, settled, until

pytestmark = pytest.mark.browser
LABELS = [MODELS[name].label for name in ("popularity", "item_knn", "ease", "als", "sasrec")]
TRAINING_MS = 300_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("journey")
    server = Server(home, home, {"RANKSCOPE_NO_SAMPLE": "1"}).start()
    yield server
    server.close()


def button(page: Page, text: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=text).first.click()
    settled(page)


def upload(page: Page, movielens: Path) -> None:
    """Drop ratings.csv and movies.csv together, take the proposal, import."""
    files = [movielens / "ratings.csv", movielens / "movies.csv"]
    page.locator("input[type=file]").first.set_input_files(files)
    expect(page.get_by_text(re.compile("who is userId, what is movieId"))).to_be_visible(timeout=60_000)
    expect(page.get_by_text(re.compile("movies.csv describes the items"))).to_be_visible(timeout=60_000)
    button(page, re.compile(r"^Import 100.836 events$"))
    expect(page.get_by_text(re.compile(r"is ready: 100.836 events"))).to_be_visible(timeout=60_000)


def choose_models(page: Page) -> None:
    """Open one's own choice and pick the five models."""
    page.get_by_text(t("train.own")).click()
    chosen = page.get_by_test_id("stMultiSelect").first
    expect(chosen).to_be_visible()
    for label in LABELS:
        tag = chosen.get_by_text(label, exact=True)

        def add(label: str = label, tag: Locator = tag) -> bool:
            """Type and press Enter; a rerun that ends meanwhile empties the field, then once more."""
            if tag.count() == 0:
                chosen.locator("input").fill("")
                chosen.locator("input").click()
                page.keyboard.type(label)
                with suppress(PlaywrightError):  # a rerun closed the list: the next look types again
                    page.get_by_role("option").first.wait_for(timeout=3000)
                    page.keyboard.press("Enter")
                settled(page)
            return tag.count() > 0

        until(add, f"{label} being chosen", 60)
    page.keyboard.press("Escape")


@pytest.mark.slow
def test_movielens_goes_the_whole_way(server: Server, page: Page, shared_data: Path) -> None:
    page.goto(f"{server.url}/import")
    settled(page)
    upload(page, shared_data / "ml-latest-small")

    page.goto(f"{server.url}/split")
    settled(page)
    expect(page.get_by_role("heading", name=t("common.page_split"), exact=True)).to_be_visible()
    no_exception(page)

    page.goto(f"{server.url}/train")
    settled(page)
    choose_models(page)
    page.get_by_role("button", name=re.compile("^Train 5 models")).last.click()
    expect(page.get_by_test_id("stProgress").first).to_be_visible(timeout=60_000)
    page.reload()  # the job is not the page's: a refresh loses nothing
    expect(page.get_by_role("button", name=t("common.next", label=t("train.next")))).to_be_visible(
        timeout=TRAINING_MS
    )
    expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=TRAINING_MS)

    page.goto(f"{server.url}/leaderboard")
    settled(page)
    expect(page.get_by_text(re.compile("of 10 shown right")).first).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    no_exception(page)

    fuse(page, server)
    explain(page, server)
    curve(page, server)


def fuse(page: Page, server: Server) -> None:
    """Move a slider: finding and list change; save as a run."""
    page.goto(f"{server.url}/fusion-lab")
    settled(page)
    slider = page.get_by_role("slider").first
    expect(slider).to_be_visible()
    for _ in range(6):
        slider.press("ArrowRight")
    settled(page)
    no_exception(page)
    button(page, t("fusion_lab.save"))
    until(lambda: server.jobs().get("fuse") == ["done"], "the fusion being saved", 60)
    page.goto(f"{server.url}/leaderboard")
    settled(page)
    expect(page.locator(".js-plotly-plot").first).to_contain_text("RRF of ")
    no_exception(page)


def explain(page: Page, server: Server) -> None:
    """A sentence, a waterfall that adds up, and what changes without one event."""
    page.goto(f"{server.url}/why-this-item")
    settled(page)
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    expect(page.get_by_text(re.compile("reasons add up", re.IGNORECASE)).first).to_be_visible()
    no_exception(page)


def curve(page: Page, server: Server) -> None:
    """Measure the n-shot curve; the crossing is said in words."""
    page.goto(f"{server.url}/new-users")
    settled(page)
    button(page, re.compile("^Measure"))
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=120_000)
    expect(
        page.get_by_text(re.compile("ahead of|Personalisation pays|Only popularity")).first
    ).to_be_visible()
    no_exception(page)
