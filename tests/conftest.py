"""Fixtures shared by all tests: an own store per test, small data sets that a person can check by eye."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.dataset import Dataset, IdMap, Interactions


@pytest.fixture(autouse=True)
def rankscope_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has its own RANKSCOPE_HOME."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("RANKSCOPE_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real data sets beside the project, or skip with the reason."""
    named = os.environ.get("RANKSCOPE_SAMPLES")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data sets at {folder}: set RANKSCOPE_SAMPLES to their folder")
    return folder


def make_dataset(
    users: list[int], items: list[int], *, times: list[int] | None = None, n_items: int | None = None
) -> Dataset:
    """A data set from parallel lists, sorted by (user, time); weights are 1, titles are "Item 3"."""
    stamp = np.asarray(times if times is not None else np.arange(len(users)), dtype=np.int64)
    order = np.lexsort((np.arange(len(users)), stamp, np.asarray(users)))
    size = n_items if n_items is not None else max(items) + 1
    return Dataset(
        interactions=Interactions(
            np.asarray(users, dtype=np.int32)[order],
            np.asarray(items, dtype=np.int32)[order],
            np.ones(len(users), dtype=np.float32),
            stamp[order] if times is not None else None,
        ),
        users=IdMap(np.asarray([f"u{u}" for u in range(max(users) + 1)], dtype=object)),
        items=IdMap(np.asarray([f"i{i}" for i in range(size)], dtype=object)),
        item_features=pd.DataFrame({"title": [f"Item {i}" for i in range(size)]}),
        name="toy",
    )


@pytest.fixture
def toy() -> Dataset:
    """30 users × 12 items: even users take items 0-5, odd users 6-11, five events each, one a day."""
    rng = np.random.default_rng(7)
    users, items, times = [], [], []
    for user in range(30):
        for day, item in enumerate(rng.permutation(6)[:5]):
            users.append(user)
            items.append(int(item) + (0 if user % 2 == 0 else 6))
            times.append(day * 86_400 + user * 60)
    return make_dataset(users, items, times=times, n_items=12)
