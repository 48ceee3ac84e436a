"""BSPM: blur by the item graph, then sharpen by running the heat equation backwards; without training."""

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
from core.models.graph_filter import power, scaled_by_degrees, two_hops
from core.models.products import parts
from core.models.spectral import top_right_vectors
from core.models.weighting import MORE, WEIGHTS_HELP, Weights, event_parts, history_matrix, weighted
from core.progress import Report, silent
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout

ROWS_AT_ONCE = 64  # dense rows that hop over the graph together


class BSPMConfig(ModelConfig):
    """How much is blurred, and how long it is sharpened."""

    factors: int = Field(
        default=128, ge=1, le=2048, description="Smoothest directions that the ideal low-pass filter keeps"
    )
    beta: float = Field(
        default=0.2, ge=0, le=10, description="Weight of the ideal low-pass filter beside the linear one"
    )
    sharpening: float = Field(
        default=2.5,
        ge=0,
        le=2.7,
        description="Time of the sharpening, one Runge-Kutta step: 0 = none; from 2.79 on it is unstable",
    )
    weights: Weights = Field(default="binary", description=WEIGHTS_HELP, json_schema_extra=MORE)
    recency_half_life: float | None = Field(
        default=None,
        ge=0.5,
        le=1000,
        description="An event of the history counts half after so many later events; empty: order is ignored",
        json_schema_extra=MORE,
    )


class BSPM:
    """Blurring-sharpening process (Choi, Hong, Park & Cho, 2023), in its early-merge form.

    R = D_u^-½ X D_i^-½, P = R'R, V its top right singular vectors. A history x is blurred to
    y = x (P + β D_i^-½ V V' D_i^½) and sharpened by one classical Runge-Kutta step of dy/dt = −y P with step
    h: s = y (I − hP + h²P²/2 − h³P³/6 + h⁴P⁴/24). Linear in x: each event's part is exact.
    """

    name: ClassVar[str] = "bspm"
    label: ClassVar[str] = "BSPM"
    Config: ClassVar[type[BSPMConfig]] = BSPMConfig
    needs: ClassVar[tuple[str, ...]] = ()
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    stochastic: ClassVar[bool] = False

    def __init__(self, config: BSPMConfig | None = None) -> None:
        self.config = config or BSPMConfig()

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
        """Scale the matrix by the degrees and find its singular vectors; nothing is iterated to fit."""
        report(0.0, "preparing")
        scaled, degrees = scaled_by_degrees(weighted(train.matrix, self.config.weights))
        vectors, _ = top_right_vectors(scaled, self.config.factors, report=report)
        self._keep(scaled, vectors, degrees)
        report(1.0)
        return self

    def _keep(self, scaled: csr_matrix, vectors: NDArray[Any], degrees: NDArray[Any]) -> None:
        self.scaled_, self.vectors_, self.degrees_ = scaled, vectors, degrees
        self._by_item = scaled.T.tocsr()
        self._into = vectors * power(degrees, -0.5)[:, None]  # D^-½ V
        self._out_of = vectors * power(degrees, 0.5)[:, None]  # D^½ V

    def _history(self, histories: Histories) -> csr_matrix:
        return history_matrix(histories, self.config.weights, self.config.recency_half_life)

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) blurred and sharpened histories; zeros for an empty one."""
        x = self._history(histories)
        out = np.zeros((len(histories), self.scaled_.shape[1]), dtype=np.float32)
        two_hops(parts(x), parts(self._by_item), parts(self.scaled_), out)
        if self.config.beta:
            out += np.float32(self.config.beta) * ((x @ self._into) @ self._out_of.T)
        for start in range(0, len(out), ROWS_AT_ONCE):
            out[start : start + ROWS_AT_ONCE] = self._sharpened(out[start : start + ROWS_AT_ONCE])
        return out if items is None else out[:, items]

    def _sharpened(self, rows: NDArray[Any]) -> NDArray[Any]:
        """rows (I − hP + h²P²/2 − h³P³/6 + h⁴P⁴/24), by Horner's rule: four hops over the graph."""
        h = self.config.sharpening
        if h == 0:
            return rows
        turned = np.ascontiguousarray(rows.T)
        result = turned
        for order in (4, 3, 2, 1):
            hopped = self._by_item @ (self.scaled_ @ result)
            result = turned - rows.dtype.type(h / order) * hopped
        return result.T

    def history_contributions(self, histories: Histories, row: int, item: int) -> tuple[float, PerUser]:
        """(0, x_j · (blurring · sharpening)_jt of each event); P is symmetric, so its column is a row."""
        x = self._history(histories.rows([row]))
        target = np.zeros((1, self.scaled_.shape[1]))
        target[0, item] = 1.0
        column = self._sharpened(target)[0]
        linear = self._by_item[x.indices] @ (self.scaled_ @ column)
        smooth = self._into[x.indices].astype(np.float64) @ (self._out_of.T.astype(np.float64) @ column)
        amounts = np.zeros(histories.n_items)
        amounts[x.indices] = x.data * (linear + self.config.beta * smooth)
        return 0.0, event_parts(histories, row, amounts)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """R as sparse (n_users, n_items), V (n_items, factors) and the items' degrees."""
        r = self.scaled_
        sparse = {"indptr": r.indptr, "indices": r.indices, "data": r.data}
        return sparse | {"vectors": self.vectors_, "degrees": self.degrees_}

    @classmethod
    def restore(cls, config: BSPMConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        stored = tuple(np.array(arrays[key]) for key in ("data", "indices", "indptr"))
        shape = (len(arrays["indptr"]) - 1, len(arrays["degrees"]))
        scaled = csr_matrix(stored, shape=shape)
        model._keep(scaled, np.asarray(arrays["vectors"]), np.asarray(arrays["degrees"]))
        return model
