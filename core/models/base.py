"""What every recommender is: a function from histories to scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from core.arrays import ItemIndices, PerUser, Scores
from core.device import Device
from core.progress import Report, silent
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout

Arrays = Mapping[str, NDArray[Any]]


class ModelConfig(BaseModel):
    """Settings of a model: one field = type, range, description; form, JSON and CLI come from it.

    A field with `json_schema_extra={"more": True}` stands under "More settings".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


@runtime_checkable
class Recommender(Protocol):
    """Constructor stores, `fit` learns and returns itself, learnt attributes end in `_`."""

    name: ClassVar[str]  # registry and store key; never renamed
    label: ClassVar[str]  # what the screen shows
    Config: ClassVar[type[Any]]
    config: Any

    def fit(
        self,
        train: Dataset,
        *,
        validation: Holdout | None = None,
        seed: int = 0,
        device: Device = ...,
        report: Report = silent,
        checkpoint: Callable[[Arrays], None] | None = None,
        resume: Arrays | None = None,
    ) -> Self:
        """Learn from `train` only.

        `validation` never teaches. A model that chooses something by it (an epoch, a size) must say so:
        its figures on that part are then flattered. None of `MODELS` does; SASRec stops on events that
        it holds back from train.
        """
        ...

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) float32. Rows of unknown users are answered from their history.

        A row whose scores are all equal says "no answer"; ranking then uses the labelled fallback.
        """
        ...

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything learnt, as arrays; `restore` gives a model with equal scores."""
        ...

    @classmethod
    def restore(cls, config: Any, arrays: Arrays) -> Self: ...


@runtime_checkable
class ExplainsByHistory(Protocol):
    """A model whose score is exactly a sum over the events of the history."""

    def history_contributions(self, histories: Histories, row: int, item: int) -> tuple[float, PerUser]:
        """(base, (length of the row,) part of each event); base + sum = score."""
        ...


@runtime_checkable
class FoldsIn(Protocol):
    """A factor model whose user factor is the weighted ridge solution over the history.

    Notation of Hu, Koren & Volinsky (2008) as in the package implicit: A0 = Y'Y + regularization·I and
    confidence c_j = alpha · weight_j, so x(S) = (A0 + Y_S' D_S Y_S)^-1 Y_S' c_S with d_j = c_j - 1.
    """

    def fold_in_system(
        self, histories: Histories, row: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32], NDArray[np.float64]]:
        """(item factors Y (n_items, f), A0 (f, f), distinct items of the row, their confidences c)."""
        ...


@runtime_checkable
class ScoresNewItems(Protocol):
    """A model that knows items by what is known of them, and so those that arrive later."""

    def with_items(self, features: pd.DataFrame) -> Self:
        """The same model over a widened catalogue.

        The m rows of `features` become items n_items … n_items + m − 1; scores have m more columns, the
        others are unchanged. Histories may be over the old catalogue or the widened one.
        """
        ...


@runtime_checkable
class PredictsLabels(Protocol):
    """A model that foretells what a person would say of an item, such as a rating, on the scale of train."""

    def predict(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) float32 expected labels."""
        ...
