"""From the ids that people type to row numbers, and to the history a run would see today."""

from __future__ import annotations

import numpy as np

from dashboard.workspace.listed import answers_by_name
from dashboard.workspace.workspace import Workspace
from data.dataset import Dataset
from data.errors import NotFound
from data.histories import Histories, from_interactions


def user_number(dataset: Dataset, user: str) -> int:
    """Row number of a user id. Raises NotFound."""
    number = int(dataset.users.index_of([user])[0])
    if number < 0:
        some = ", ".join(str(known) for known in dataset.users.ids[:3])
        raise NotFound(f"There is no user {user!r} in “{dataset.name}”.", f"Ids look like: {some}.")
    return number


def item_number(dataset: Dataset, item: str) -> int:
    """Row number of an item id. Raises NotFound."""
    number = int(dataset.items.index_of([item])[0])
    if number < 0:
        some = ", ".join(str(known) for known in dataset.items.ids[:3])
        raise NotFound(f"There is no item {item!r} in “{dataset.name}”.", f"Ids look like: {some}.")
    return number


def current_history(workspace: Workspace, run_id: str, user: int) -> Histories:
    """One row: all events of the user in the data set.

    The user is known when the run trained on them, or looks users up by name (lists made elsewhere).
    """
    split = workspace.run_split(run_id)
    dataset = workspace.dataset(workspace.run(run_id).dataset)
    users = np.asarray([user], dtype=np.int32)
    known = None if answers_by_name(workspace.model(run_id)) else split.train.trained_users
    return from_interactions(dataset.interactions, users, dataset, known=known)
