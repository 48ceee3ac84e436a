"""EASE: a linear item-item model in closed form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np
import psutil
from numpy.typing import NDArray
from pydantic import Field
from scipy.linalg import lapack

from core.arrays import ItemIndices, PerUser, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.models.weighting import MORE, WEIGHTS_HELP, Weights, event_parts, history_matrix, weighted
from core.parallel import kernel
from core.progress import Report, silent
from data.dataset import Dataset
from data.errors import ConfigError, NotApplicable
from data.histories import Histories
from data.split import Holdout

EXACT_UP_TO = 6000  # items inverted in float64; above, float32 halves memory and time
SHARE_OF_MEMORY = 0.6  # of what is free now, for the Gram matrix and its inverse


class EASEConfig(ModelConfig):
    """One number matters: the ridge."""

    regularization: float = Field(
        default=200.0,
        gt=0,
        le=1e6,
        description="Ridge added to the diagonal of X'X: larger = closer to popularity",
    )
    dropout: float = Field(
        default=0.0,
        ge=0,
        le=0.95,
        description="Share of events hidden while learning (EDLAE): items with many users get a larger ridge",
        json_schema_extra=MORE,
    )
    diagonal: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="How much an item may explain itself (RLAE): 0 = not at all, as in EASE",
        json_schema_extra=MORE,
    )
    weights: Weights = Field(default="binary", description=WEIGHTS_HELP, json_schema_extra=MORE)
    recency_half_life: float | None = Field(
        default=None,
        ge=0.5,
        le=1000,
        description="An event of the history counts half after so many later events; empty: order is ignored",
        json_schema_extra=MORE,
    )


@kernel
def _weighted_rows(indptr: Any, places: Any, values: Any, b: Any, out: Any) -> None:
    """out += sparse (n, m) @ dense b (m, m), row by row."""
    for row in range(len(out)):
        for entry in range(indptr[row], indptr[row + 1]):
            source = b[places[entry]]
            for column in range(len(source)):
                out[row, column] += values[entry] * source[column]


class EASE:
    """Embarrassingly shallow autoencoder (Steck, 2019) and its relatives.

    B = I − P diag(κ), P = (X'X + Λ)⁻¹; the score of t is Σ_j x_j B_jt, and each event's part is exact. Only
    items with an event in train take part. EASE: Λ = λI, κ_j = 1 / P_jj, so diag B = 0. With `dropout` p,
    Λ_jj = λ + p / (1 − p) · (X'X)_jj (EDLAE: Steck, 2020). With `diagonal` ξ, B_jj ≤ ξ: κ_j = (1 − ξ) / P_jj
    where 1 − Λ_jj P_jj > ξ, else Λ_jj (RLAE: Moon et al., 2023).
    """

    name: ClassVar[str] = "ease"
    label: ClassVar[str] = "EASE"
    Config: ClassVar[type[EASEConfig]] = EASEConfig
    needs: ClassVar[tuple[str, ...]] = ()
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    stochastic: ClassVar[bool] = False

    def __init__(self, config: EASEConfig | None = None) -> None:
        self.config = config or EASEConfig()

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
        """Solve once. Raises `NotApplicable` when the catalogue does not fit into memory."""
        self.n_items_ = train.n_items
        self.items_ = np.flatnonzero(train.trained_items).astype(np.int32)
        _check_memory(len(self.items_))
        report(0.0, "counting common users")
        x = weighted(train.matrix, self.config.weights)[:, self.items_]
        gram: Any = np.asfortranarray((x.T @ x).toarray(), dtype=_dtype(len(self.items_)))
        dropped = self.config.dropout / (1 - self.config.dropout)
        ridge = self.config.regularization + dropped * gram.diagonal()
        np.fill_diagonal(gram, gram.diagonal() + ridge)
        report(0.3, "inverting")
        self.weights_ = _item_weights(gram, ridge, self.config.diagonal)
        self.weights_.flags.writeable = False
        report(1.0)
        return self

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)): history @ B; 0 for items that train does not hold."""
        x = history_matrix(histories, self.config.weights, self.config.recency_half_life)[:, self.items_]
        full = np.zeros((len(histories), self.n_items_), dtype=np.float32)
        if items is not None:
            place = np.searchsorted(self.items_, np.intersect1d(items, self.items_))
            full[:, self.items_[place]] = x @ self.weights_[:, place]
            return full[:, items]
        part = np.zeros((len(histories), len(self.items_)), dtype=np.float32)
        _weighted_rows(x.indptr, x.indices, x.data, self.weights_, part)
        full[:, self.items_] = part
        return full

    def history_contributions(self, histories: Histories, row: int, item: int) -> tuple[float, PerUser]:
        """(0, x_j · B_jt of each event)."""
        x = history_matrix(histories.rows([row]), self.config.weights, self.config.recency_half_life)
        amounts = np.zeros(self.n_items_)
        amounts[x.indices] = x.data * self._column(item)[x.indices]
        return 0.0, event_parts(histories, row, amounts)

    def _column(self, item: int) -> NDArray[np.float64]:
        """(n_items,) weights of every history item for one target."""
        column = np.zeros(self.n_items_)
        place = int(np.searchsorted(self.items_, item))
        if place < len(self.items_) and self.items_[place] == item:
            column[self.items_] = self.weights_[:, place]
        return column

    def arrays(self) -> dict[str, NDArray[Any]]:
        """B over the trained items, their numbers, and the size of the catalogue."""
        return {"weights": self.weights_, "items": self.items_, "n_items": np.asarray(self.n_items_)}

    @classmethod
    def restore(cls, config: EASEConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        model.weights_, model.items_ = np.asarray(arrays["weights"]), np.array(arrays["items"])
        model.weights_.flags.writeable = False  # one compiled kernel for fitted and memory-mapped weights
        model.n_items_ = int(arrays["n_items"])
        return model


def _dtype(n_items: int) -> type[np.float64] | type[np.float32]:
    return np.float64 if n_items <= EXACT_UP_TO else np.float32


def bytes_needed(n_items: int) -> int:
    """Memory of a fit: the Gram matrix (sparse product and dense copy) and the float32 result."""
    return n_items**2 * (3 * np.dtype(_dtype(n_items)).itemsize + 4)


def _check_memory(n_items: int) -> None:
    free = int(psutil.virtual_memory().available * SHARE_OF_MEMORY)
    if bytes_needed(n_items) > free:
        raise NotApplicable(
            f"EASE holds every pair of items: {n_items:,} need {bytes_needed(n_items) / 2**30:.1f} GiB, "
            f"and {free / 2**30:.1f} GiB may be used here.",
            "Use item_knn or als, or keep only items with more events.",
        )


def _item_weights(gram: NDArray[Any], ridge: NDArray[Any], most: float) -> NDArray[np.float32]:
    """B (m, m) from the regularised Gram matrix (overwritten), by Cholesky in place.

    Args:
        gram: (m, m) X'X + Λ.
        ridge: (m,) the diagonal of Λ.
        most: largest B_jj.
    """
    if not len(gram):
        return np.zeros((0, 0), dtype=np.float32)
    potrf, potri = (
        (lapack.dpotrf, lapack.dpotri) if gram.dtype == np.float64 else (lapack.spotrf, lapack.spotri)
    )
    factor, failed = potrf(gram, lower=0, clean=1, overwrite_a=1)
    if failed:
        raise ConfigError(
            f"X'X plus the regularization is not positive definite (pivot {failed}).",
            "Raise the regularization of EASE.",
        )
    upper, _ = potri(factor, lower=0, overwrite_c=1)
    diagonal = np.diag(upper).copy()
    inverse = upper + np.triu(upper, 1).T
    scale = np.where(1 - ridge * diagonal > most, (1 - most) / diagonal, ridge)
    weights = np.ascontiguousarray(inverse * -scale, dtype=np.float32)
    np.fill_diagonal(weights, 1 - diagonal * scale if most else 0.0)
    return weights
