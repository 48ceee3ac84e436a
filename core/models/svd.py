"""Pure SVD: histories projected on the leading singular vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix

from core.arrays import ItemIndices, PerUser, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.models.spectral import top_right_vectors
from core.models.weighting import MORE, WEIGHTS_HELP, Weights, event_parts, history_matrix, weighted
from core.progress import Report, silent
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout


class SVDConfig(ModelConfig):
    """How many directions of taste are kept."""

    factors: int = Field(
        default=64, ge=1, le=2048, description="Singular vectors kept: few = broad tastes, many = details"
    )
    weights: Weights = Field(default="binary", description=WEIGHTS_HELP, json_schema_extra=MORE)
    recency_half_life: float | None = Field(
        default=None,
        ge=0.5,
        le=1000,
        description="An event of the history counts half after so many later events; empty: order is ignored",
        json_schema_extra=MORE,
    )


class SVD:
    """PureSVD (Cremonesi, Koren & Turrin, 2010): non-events are zeros, X ≈ U Σ V'.

    A history x is folded in by projection: its vector is x V, and the score of t is Σ_j x_j (V V')_jt. Known
    and unknown users are answered alike, and each event's part is exact.
    """

    name: ClassVar[str] = "svd"
    label: ClassVar[str] = "Pure SVD"
    Config: ClassVar[type[SVDConfig]] = SVDConfig
    needs: ClassVar[tuple[str, ...]] = ()
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    stochastic: ClassVar[bool] = False

    def __init__(self, config: SVDConfig | None = None) -> None:
        self.config = config or SVDConfig()

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
        """Find the singular vectors of the users × items matrix."""
        x = weighted(train.matrix, self.config.weights)
        report(0.0, "preparing")
        self.vectors_, self.singular_values_ = top_right_vectors(x, self.config.factors, report=report)
        report(1.0)
        return self

    def _history(self, histories: Histories) -> csr_matrix:
        return history_matrix(histories, self.config.weights, self.config.recency_half_life)

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)): x V V'; zeros for an empty history."""
        targets = self.vectors_ if items is None else self.vectors_[items]
        return np.asarray((self._history(histories) @ self.vectors_) @ targets.T, dtype=np.float32)

    def history_contributions(self, histories: Histories, row: int, item: int) -> tuple[float, PerUser]:
        """(0, x_j (V V')_jt of each event)."""
        x = self._history(histories.rows([row]))
        wide = self.vectors_.astype(np.float64)
        amounts = np.zeros(histories.n_items)
        amounts[x.indices] = x.data * (wide[x.indices] @ wide[item])
        return 0.0, event_parts(histories, row, amounts)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """V (n_items, factors) and the singular values."""
        return {"vectors": self.vectors_, "singular_values": self.singular_values_}

    @classmethod
    def restore(cls, config: SVDConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        model.vectors_ = np.asarray(arrays["vectors"])
        model.singular_values_ = np.asarray(arrays["singular_values"])
        return model
