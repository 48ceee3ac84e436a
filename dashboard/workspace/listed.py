"""Ranked lists made elsewhere, as a recommender that only answers the users it has lists for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from core.arrays import ItemIndices, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.progress import Report, silent
from data import columns
from data.dataset import Dataset
from data.errors import NotApplicable
from data.histories import Histories
from data.split import Holdout


class ListedConfig(ModelConfig):
    """Where the lists come from."""

    source: str = Field("", description="Name of the file the lists were read from")


class ListedRecommender:
    """Scores are those of the lists; items off the list are −inf, users without a list get equal scores."""

    name: ClassVar[str] = "listed"
    label: ClassVar[str] = "Imported lists"
    Config: ClassVar[type[ListedConfig]] = ListedConfig

    def __init__(self, config: ListedConfig | None = None) -> None:
        self.config = config or ListedConfig()

    def fit(
        self,
        train: Dataset,
        *,
        validation: Holdout | None = None,
        seed: int = 0,
        device: Device = CPU,
        report: Report = silent,
        checkpoint: Callable[[Arrays], None] | None = None,
        resume: Arrays | None = None,
    ) -> Self:
        """Not possible: lists are given (`from_table`), not learnt.

        Raises:
            NotApplicable: always.
        """
        del train, validation, seed, device, report, checkpoint, resume
        raise NotApplicable(
            "Lists made elsewhere are not trained here.", "Import a new file of lists instead."
        )

    @classmethod
    def from_table(cls, table: pd.DataFrame, dataset: Dataset, config: ListedConfig | None = None) -> Self:
        """From rows (user, item, score) with ids as text; rows of unknown users or items are left out.

        Of a pair given twice the best score counts.
        """
        user = dataset.users.index_of(table[columns.USER].to_numpy())
        item = dataset.items.index_of(table[columns.ITEM].to_numpy())
        score = table[columns.SCORE].to_numpy(dtype=np.float32)
        known = (user >= 0) & (item >= 0) & np.isfinite(score)
        rows = pd.DataFrame({"user": user[known], "item": item[known], "score": score[known]})
        rows = rows.sort_values(["user", "score", "item"], ascending=[True, False, True])
        rows = rows.drop_duplicates(["user", "item"])
        counts = np.bincount(rows["user"], minlength=dataset.n_users)
        model = cls(config)
        model.indptr_ = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        model.items_ = rows["item"].to_numpy(dtype=np.int32)
        model.scores_ = rows["score"].to_numpy(dtype=np.float32)
        return model

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) float32; rows of users without a list are all zero."""
        scores = np.zeros((len(histories), histories.n_items), dtype=np.float32)
        for row, user in enumerate(histories.users):
            if 0 <= user < len(self.indptr_) - 1 and self.indptr_[user] < self.indptr_[user + 1]:
                own = slice(self.indptr_[user], self.indptr_[user + 1])
                scores[row] = -np.inf
                scores[row, self.items_[own]] = self.scores_[own]
        return scores if items is None else scores[:, items]

    @property
    def users_with_lists(self) -> NDArray[np.bool_]:
        """(n_users,) does the user have a list?"""
        return np.diff(self.indptr_) > 0

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"indptr": self.indptr_, "items": self.items_, "scores": self.scores_}

    @classmethod
    def restore(cls, config: ListedConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.indptr_ = np.asarray(arrays["indptr"])
        model.items_ = np.asarray(arrays["items"])
        model.scores_ = np.asarray(arrays["scores"])
        return model


def answers_by_name(model: Any) -> bool:
    """Does the model, or a member of it, look users up by name whether or not train has them?"""
    members = getattr(model, "members", {})
    return isinstance(model, ListedRecommender) or any(map(answers_by_name, members.values()))


def as_seen_by(model: Any, holdout: Holdout) -> Histories:
    """The judged histories, with every user named for a model that answers by name."""
    if not answers_by_name(model):
        return holdout.histories
    return replace(holdout.histories, users=holdout.users)
