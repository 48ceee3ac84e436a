"""Where the data holds one cause for an item, the explanation must name it; where not, it must not."""

from __future__ import annotations

import numpy as np
import pytest

from core.explanation import explain, reasons
from core.models import MODELS
from data.dataset import Dataset, IdMap, Interactions
from data.histories import from_lists

N_CAUSES = 6  # items 0–5 cause items 6–11; items 12–51 are taken by chance
N_ITEMS = 52
SETTINGS = {"item_knn": {}, "ease": {"regularization": 20.0}, "als": {"factors": 16, "regularization": 1.0}}


def planted(rng: np.random.Generator, *, shuffled: bool) -> Dataset:
    """400 users: one cause with its effect, and six chance items; `shuffled` breaks who took what."""
    users = np.repeat(np.arange(400), 8).astype(np.int32)
    rows = []
    for user in range(400):
        cause = user % N_CAUSES
        rows.append([cause, cause + N_CAUSES, *(rng.permutation(40)[:6] + 12)])
    items = np.concatenate(rows).astype(np.int32)
    if shuffled:
        items = rng.permutation(items)
    return Dataset(
        Interactions(users, items, np.ones(len(users), dtype=np.float32)),
        IdMap(np.asarray([f"u{u}" for u in range(400)], dtype=object)),
        IdMap(np.asarray([f"i{i}" for i in range(N_ITEMS)], dtype=object)),
    )


def share_named(name: str, *, shuffled: bool) -> float:
    """Share of 60 new users for whom the cause is the top reason for its effect."""
    rng = np.random.default_rng(11)
    train = planted(rng, shuffled=shuffled)
    model = MODELS[name](MODELS[name].Config(**SETTINGS[name])).fit(train, seed=0)
    causes = np.arange(60) % N_CAUSES
    rows = [rng.permutation([cause, *(rng.permutation(40)[:6] + 12)]).tolist() for cause in causes]
    histories = from_lists(rows, N_ITEMS)
    named = [
        reasons(explain(model, histories, row, int(cause) + N_CAUSES), n=1).items == (cause,)
        for row, cause in enumerate(causes)
    ]
    return float(np.mean(named))


@pytest.mark.parametrize("name", list(SETTINGS))
def test_the_planted_cause_is_the_top_reason(name):
    assert share_named(name, shuffled=False) > 0.95


@pytest.mark.parametrize("name", list(SETTINGS))
def test_a_model_of_shuffled_labels_does_not_name_it(name):
    assert share_named(name, shuffled=True) < 0.6
