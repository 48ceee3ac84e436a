"""Content: items that read like those of the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix

from core.arrays import ItemIndices, PerUser, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.models.features import FeatureSpace, learn_features
from core.models.needs import refuse
from core.models.spectral import top_right_vectors
from core.models.weighting import MORE, WEIGHTS_HELP, Weights, event_parts, history_matrix
from core.progress import Report, silent
from core.tuning import Dimension, Range
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout


class ContentConfig(ModelConfig):
    """How much of what is known is kept."""

    dims: int = Field(
        default=128, ge=1, le=2048, description="Length of the vector that stands for an item's content"
    )
    text_weight: float = Field(
        default=1.0,
        ge=0,
        le=10,
        description="How much words of title and text count beside categories, values and numbers",
    )
    weights: Weights = Field(default="binary", description=WEIGHTS_HELP, json_schema_extra=MORE)
    recency_half_life: float | None = Field(
        default=None,
        ge=0.5,
        le=1000,
        description="An event of the history counts half after so many later events; empty: order is ignored",
        json_schema_extra=MORE,
    )


class Content:
    """Content profiles: TF-IDF of what is known of items, latent semantic analysis (Deerwester et al., 1990).

    The profile p_i (`core.models.features`) is projected on the leading singular vectors V of the profiles of
    the trained items and made a vector e_i of length 1. A user is the sum of their items' vectors (Pazzani &
    Billsus, 2007; the mean ranks alike, and of a sum each event's part is exact): the score of t is
    Σ_j x_j <e_j, e_t>. Items without an event are scored by what is known of them; items of which nothing is
    known have score 0.
    """

    name: ClassVar[str] = "content"
    label: ClassVar[str] = "Content"
    Config: ClassVar[type[ContentConfig]] = ContentConfig
    needs: ClassVar[tuple[str, ...]] = ("item_features",)
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    tuning: ClassVar[Mapping[str, Dimension | None]] = {
        "dims": Range(16, 512, log=True, integer=True),
        "text_weight": Range(0, 3),
    }
    presets: ClassVar[Mapping[str, dict[str, Any]]] = {"quick": {"dims": 32}}
    stochastic: ClassVar[bool] = False

    def __init__(self, config: ContentConfig | None = None) -> None:
        self.config = config or ContentConfig()

    def fit(
        self,
        train: Dataset,
        *,
        validation: Holdout | None = None,  # noqa: ARG002
        seed: int = 0,  # noqa: ARG002
        device: Device = CPU,  # noqa: ARG002
        report: Report = silent,
        checkpoint: Callable[[Arrays], None] | None = None,  # noqa: ARG002
        resume: Arrays | None = None,  # noqa: ARG002
    ) -> Self:
        """Read the features of all items; those with events in train teach which words and values count."""
        refuse(self, train)
        report(0.0, "reading item features")
        self.space_ = learn_features(train.item_features, train.trained_items)
        profiles = self._profiles(train.item_features, train.n_items)
        taught = profiles[np.flatnonzero(train.trained_items)]
        self.basis_, _ = top_right_vectors(taught, self.config.dims, report=report)
        self.vectors_ = self._vectors(profiles)
        report(1.0)
        return self

    def _profiles(self, features: pd.DataFrame | None, n: int) -> csr_matrix:
        return self.space_.profiles(features, n, text_weight=self.config.text_weight)

    def _vectors(self, profiles: csr_matrix) -> NDArray[np.float32]:
        """(n, dims) rows of length 1, or 0."""
        vectors = np.asarray(profiles @ self.basis_, dtype=np.float32)
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0))

    def with_items(self, features: pd.DataFrame) -> Self:
        """The same model over a widened catalogue: rows of `features` are the next items."""
        wide = type(self)(self.config)
        wide.space_, wide.basis_ = self.space_, self.basis_
        new = wide._vectors(wide._profiles(features, len(features)))
        wide.vectors_ = np.concatenate([self.vectors_, new])
        return wide

    def _history(self, histories: Histories) -> csr_matrix:
        return history_matrix(histories, self.config.weights, self.config.recency_half_life)

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) likeness to the history; 0 for an empty one."""
        x = self._history(histories)
        targets = self.vectors_ if items is None else self.vectors_[items]
        return np.asarray((x @ self.vectors_[: x.shape[1]]) @ targets.T, dtype=np.float32)

    def history_contributions(self, histories: Histories, row: int, item: int) -> tuple[float, PerUser]:
        """(0, x_j <e_j, e_t> of each event)."""
        x = self._history(histories.rows([row]))
        wide = self.vectors_.astype(np.float64)
        amounts = np.zeros(histories.n_items)
        amounts[x.indices] = x.data * (wide[x.indices] @ wide[item])
        return 0.0, event_parts(histories, row, amounts)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Item vectors, the basis, and the feature space that new items are read by."""
        return {"vectors": self.vectors_, "basis": self.basis_, **self.space_.arrays()}

    @classmethod
    def restore(cls, config: ContentConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        model.vectors_, model.basis_ = np.asarray(arrays["vectors"]), np.asarray(arrays["basis"])
        model.space_ = FeatureSpace.restore(arrays)
        return model
