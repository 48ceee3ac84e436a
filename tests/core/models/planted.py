"""Data sets with a known answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

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


TASTES = ("desert", "harbour", "glacier", "orchard")


def planted_content(
    n_users: int = 120, n_items: int = 60, n_cold: int = 12, seed: int = 0, *, shuffled: bool = False
) -> Dataset:
    """Every user likes one of four subjects and takes eight of its items; the last `n_cold` have no event.

    An item's subject is its number modulo 4 and stands as a word in its title, among words that say nothing.
    Item numbers and popularity tell nothing of it. `shuffled`: titles of a random order (the control).
    """
    rng = np.random.default_rng(seed)
    users, items = [], []
    for user in range(n_users):
        liked = np.flatnonzero(np.arange(n_items - n_cold) % len(TASTES) == user % len(TASTES))
        chosen = rng.permutation(liked)[:8]
        users += [user] * len(chosen)
        items += chosen.tolist()
    noise = rng.choice(["green", "tall", "quick", "silent", "early"], n_items)
    titles = [f"{noise[item]} {TASTES[item % len(TASTES)]} {item}" for item in range(n_items)]
    if shuffled:
        titles = [titles[place] for place in rng.permutation(n_items)]
    data = make_dataset(users, items, times=list(range(len(users))), n_items=n_items)
    return replace(data, item_features=pd.DataFrame({"title": titles}))


def own_subject_first(scores: np.ndarray, subject: np.ndarray, items: np.ndarray) -> float:
    """Share of rows whose best item among `items` is of the row's subject; by chance a quarter."""
    best = items[np.argmax(scores[:, items], axis=1)]
    return float(np.mean(best % len(TASTES) == subject))
