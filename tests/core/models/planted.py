"""Data sets with a known answer."""

from __future__ import annotations

import numpy as np

from data.dataset import Dataset
from tests.conftest import make_dataset

CAUSE, TARGET = 0, 1


def planted_cause(n_users: int = 300, n_items: int = 20, seed: int = 0) -> Dataset:
    """Users take six random items of 2…; every other one takes CAUSE, and only those take TARGET."""
    rng = np.random.default_rng(seed)
    users, items = [], []
    for user in range(n_users):
        chosen = (rng.permutation(n_items - 2)[:6] + 2).tolist()
        chosen += [CAUSE, TARGET] if user % 2 == 0 else []
        users += [user] * len(chosen)
        items += chosen
    return make_dataset(users, items, times=list(range(len(users))), n_items=n_items)


def planted_chain(n_users: int = 300, n_items: int = 20, length: int = 12, seed: int = 0) -> Dataset:
    """Every user walks the ring of items from a random start: item i is followed by i + 1."""
    start = np.random.default_rng(seed).integers(0, n_items, n_users)
    users = np.repeat(np.arange(n_users), length)
    items = (np.repeat(start, length) + np.tile(np.arange(length), n_users)) % n_items
    return make_dataset(
        users.tolist(), items.tolist(), times=np.tile(np.arange(length), n_users).tolist(), n_items=n_items
    )
