"""GF-CF: collaborative filtering as smoothing on the item graph, without training."""

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


class GFCFConfig(ModelConfig):
    """The two filters and their balance."""

    factors: int = Field(
        default=128, ge=1, le=2048, description="Smoothest directions that the ideal low-pass filter keeps"
    )
    alpha: float = Field(
        default=0.3,
        ge=0,
        le=10,
        description="Weight of the ideal low-pass filter beside the linear one: larger = broader tastes",
    )
    weights: Weights = Field(default="binary", description=WEIGHTS_HELP, json_schema_extra=MORE)
    recency_half_life: float | None = Field(
        default=None,
        ge=0.5,
        le=1000,
        description="An event of the history counts half after so many later events; empty: order is ignored",
        json_schema_extra=MORE,
    )


class GFCF:
    """Graph filter collaborative filtering (Shen et al., 2021).

    R = D_u^-½ X D_i^-½; a history x is filtered to s = x (R'R + α D_i^-½ V V' D_i^½): a linear filter plus an
    ideal low-pass filter on the top right singular vectors V of R. Linear in x: each event's part is exact.
    """

    name: ClassVar[str] = "gf_cf"
    label: ClassVar[str] = "GF-CF"
    Config: ClassVar[type[GFCFConfig]] = GFCFConfig
    needs: ClassVar[tuple[str, ...]] = ()
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    stochastic: ClassVar[bool] = False

    def __init__(self, config: GFCFConfig | None = None) -> None:
        self.config = config or GFCFConfig()

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
        x = weighted(train.matrix, self.config.weights)
        scaled, degrees = scaled_by_degrees(x)
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
        """(n, n_items or len(items)) both filters of the history; zeros for an empty one."""
        x = self._history(histories)
        out = np.zeros((len(histories), self.scaled_.shape[1]), dtype=np.float32)
        two_hops(parts(x), parts(self._by_item), parts(self.scaled_), out)
        targets = self._out_of if items is None else self._out_of[items]
        smooth = np.float32(self.config.alpha) * ((x @ self._into) @ targets.T)
        return np.asarray((out if items is None else out[:, items]) + smooth, dtype=np.float32)

    def history_contributions(self, histories: Histories, row: int, item: int) -> tuple[float, PerUser]:
        """(0, x_j · (both filters)_jt of each event)."""
        x = self._history(histories.rows([row]))
        column = self._by_item[item].toarray().ravel().astype(np.float64)
        linear = self._by_item[x.indices] @ column
        smooth = self._into[x.indices].astype(np.float64) @ self._out_of[item]
        amounts = np.zeros(histories.n_items)
        amounts[x.indices] = x.data * (linear + self.config.alpha * smooth)
        return 0.0, event_parts(histories, row, amounts)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """R as sparse (n_users, n_items), V (n_items, factors) and the items' degrees."""
        r = self.scaled_
        sparse = {"indptr": r.indptr, "indices": r.indices, "data": r.data}
        return sparse | {"vectors": self.vectors_, "degrees": self.degrees_}

    @classmethod
    def restore(cls, config: GFCFConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        stored = tuple(np.array(arrays[key]) for key in ("data", "indices", "indptr"))
        shape = (len(arrays["indptr"]) - 1, len(arrays["degrees"]))
        model._keep(
            csr_matrix(stored, shape=shape), np.asarray(arrays["vectors"]), np.asarray(arrays["degrees"])
        )
        return model
