"""Stores for page tests: a small marketplace with trained runs, made once and copied for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.progress import silent
from dashboard.components.links import page_file
from dashboard.server import owner
from dashboard.tasks import TASKS, read_spec
from data.artifacts import Home, dataset_meta, save_dataset
from data.samples import marketplace
from data.store import Store

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
MODELS = ("popularity", "item_knn", "ease")


@pytest.fixture(scope="session")
def seeded_original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one dataset, three runs, a fusion of two and the curves for new users."""
    folder = tmp_path_factory.mktemp("seeded")
    before = os.environ.get("RANKSCOPE_HOME")
    os.environ["RANKSCOPE_HOME"] = str(folder)
    home = Home.current()
    with Store(home) as store:
        dataset = save_dataset(home, marketplace(n_users=200, n_items=120, n_events=6000, seed=3))
        store.add_dataset(dataset_meta(home, dataset))
        models = [{"name": name} for name in MODELS]
        trained = do(home, store, "train", {"dataset": dataset, "models": models})
        runs = [entry["run"] for entry in trained["runs"]]
        do(home, store, "fuse", {"runs": runs[1:], "method": "rrf"})
        do(home, store, "cold_start", {"runs": runs, "ns": [0, 1, 3], "max_users": 100})
    if before is None:
        del os.environ["RANKSCOPE_HOME"]
    else:
        os.environ["RANKSCOPE_HOME"] = before
    return folder


def do(home: Home, store: Store, kind: str, spec: dict) -> dict:
    """Run a task in this process and enter what it made."""
    result = TASKS[kind].run(read_spec(kind, spec), home, silent)
    TASKS[kind].register(result, home, store)
    return result


@pytest.fixture
def seeded_home(seeded_original: Path, rankscope_home: Path) -> Iterator[Path]:
    """This test's own RANKSCOPE_HOME with the seeded content."""
    owner.close()
    shutil.copytree(seeded_original, rankscope_home, dirs_exist_ok=True)
    yield rankscope_home
    owner.close()


@pytest.fixture
def empty_home(rankscope_home: Path) -> Iterator[Path]:
    """This test's own RANKSCOPE_HOME, nothing in it."""
    owner.close()
    yield rankscope_home
    owner.close()


def open_page(name: str, **query: str) -> AppTest:
    """The page `name` as a browser would open it, from the page list."""
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    for key, value in query.items():
        app.query_params[key] = value
    return app.switch_page(page_file(name)).run()
