"""The conditions under which lists are made, and the history of one user under them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.ranking import Policy
from data.dataset import Dataset
from data.histories import Histories, from_interactions, from_lists
from data.split import Holdout, Split


@dataclass(frozen=True, eq=False)
class Conditions:
    """What one run, and every run comparable with it, was judged under."""

    dataset: Dataset
    split: Split
    policy: Policy
    candidates: NDArray[np.bool_]  # (n_items,)
    fallback: NDArray[np.float32]  # (n_items,)
    judged: Holdout  # judged users of the validation part, in the row order of stored lists


def row_of_user(conditions: Conditions, user: int) -> int | None:
    """Row of the judged users that belongs to this user of the data set, or None."""
    found = np.flatnonzero(conditions.judged.users == user)
    return int(found[0]) if len(found) else None


def history_of(conditions: Conditions, user: int) -> Histories:
    """One row: what the models see of this user, oldest first.

    A judged user's history is the one of the judged part; of others it is their events in train.
    """
    row = row_of_user(conditions, user)
    if row is not None:
        return conditions.judged.histories.rows([row])
    train = conditions.split.train
    users = np.asarray([user], dtype=np.int32)
    return from_interactions(train.interactions, users, train, known=train.trained_users)


def edited_history(conditions: Conditions, items: tuple[int, ...]) -> Histories:
    """One row: somebody nobody knows, who took these items, oldest first."""
    return from_lists([list(items)], conditions.dataset.n_items)


def taken_later(conditions: Conditions, user: int) -> frozenset[int]:
    """Items that a judged user went on to take; empty for others."""
    row = row_of_user(conditions, user)
    if row is None:
        return frozenset()
    return frozenset(int(item) for item in conditions.judged.targets[row].indices)
