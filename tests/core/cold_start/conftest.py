"""A world in which the right answer for every n is known by construction."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from data.dataset import Dataset, IdMap, Interactions
from data.histories import Histories
from data.split import Holdout, Split

N_ITEMS = 60


class Taste:
    """Knows the rule: an event on item i points at item i + 30; without events all scores are equal."""

    name = "taste"

    def __init__(self, needs: int = 1) -> None:
        self.needs = needs

    def score(self, histories: Histories, items=None):
        scores = np.zeros((len(histories), histories.n_items), dtype=np.float32)
        for row in range(len(histories)):
            own = histories.row(row)
            if len(own) >= self.needs:
                scores[row, own % 30 + 30] = 1.0
        return scores if items is None else scores[:, items]


def holdout(rows: list[list[int]], targets: list[list[int]], known: bool = True) -> Holdout:
    lengths = [len(row) for row in rows]
    histories = Histories(
        indptr=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        items=np.asarray([i for row in rows for i in row], dtype=np.int32),
        weights=np.ones(sum(lengths), dtype=np.float32),
        n_items=N_ITEMS,
        users=np.arange(len(rows), dtype=np.int32),
        keys=np.arange(len(rows), dtype=np.uint64),
        order="time",
    )
    wanted = np.zeros((len(rows), N_ITEMS), dtype=np.float32)
    for row, items in enumerate(targets):
        wanted[row, items] = 1
    users = np.arange(len(rows), dtype=np.int32)
    return Holdout(histories, csr_matrix(wanted), users, np.full(len(rows), known))


def split_of(rows: list[list[int]], targets: list[list[int]], *, known: bool = True) -> Split:
    """Train holds every item once, items 50–59 once more for each of five users."""
    items = np.concatenate([np.arange(N_ITEMS), np.tile(np.arange(50, 60), 5)]).astype(np.int32)
    users = np.sort(np.arange(len(items)) % 10).astype(np.int32)
    train = Dataset(
        Interactions(users, items, np.ones(len(items), dtype=np.float32)),
        IdMap(np.asarray([f"u{u}" for u in range(len(rows))], dtype=object)),
        IdMap(np.asarray([f"i{i}" for i in range(N_ITEMS)], dtype=object)),
    )
    part = holdout(rows, targets, known)
    return Split(train, part, part, "last", "last 2", {}, *(np.arange(1) for _ in range(3)))


@pytest.fixture(scope="session")
def taste():
    return Taste


@pytest.fixture(scope="session")
def make_split():
    return split_of


@pytest.fixture
def forty_users() -> Split:
    """40 users of 10 different events of 0–29; the targets answer to the last and the eighth event."""
    rng = np.random.default_rng(1)
    rows = [rng.permutation(20)[:10].tolist() for _ in range(40)]
    return split_of(rows, [[row[-1] + 30, row[7] + 30] for row in rows])
