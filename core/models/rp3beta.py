"""RP3beta: three-step random walks over the graph of users and items, less popularity."""

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
from core.models.products import best_of_products, times
from core.models.weighting import MORE, WEIGHTS_HELP, Weights, event_parts, history_matrix, weighted
from core.progress import Report, silent
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout


class RP3betaConfig(ModelConfig):
    """How the walk goes and how much popularity is taken out."""

    alpha: float = Field(
        default=0.8, ge=0, le=5, description="Exponent of the walk's probabilities: larger avoids busy users"
    )
    beta: float = Field(
        default=0.4, ge=0, le=5, description="A target counts (number of users)^−beta: larger = less popular"
    )
    n_neighbors: int = Field(default=200, ge=1, le=5000, description="Targets kept for each history item")
    normalize: bool = Field(
        default=True,
        description="Every event of the history has one vote: the weights of its targets sum to 1",
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


def transitions(matrix: csr_matrix, alpha: float) -> csr_matrix:
    """(entry / sum of its row)^alpha: the probability of each step, bent by alpha."""
    result = csr_matrix(matrix, dtype=np.float32, copy=True)
    totals = np.asarray(matrix.sum(axis=1)).ravel()
    result.data = ((matrix.data / np.repeat(totals, np.diff(matrix.indptr))) ** alpha).astype(np.float32)
    return result


class RP3beta:
    """Random walks of three steps, re-ranked (Paudel, Christoffel, Newell & Bernstein, 2017).

    W_jt = Σ_u p(j → u)^α · p(u → t)^α / n_t^β with p(j → u) = x_uj / Σ_u x_uj, p(u → t) = x_ut / Σ_t x_ut and
    n_t the users of t; the diagonal is left out and the `n_neighbors` largest t of each j are kept, scaled to
    sum 1 (as in Ferrari Dacrema et al., 2021). The score of t is Σ_j x_j W_jt: each event's part is exact.
    The first step, user → history item, is the same for all items of a row and left out.
    """

    name: ClassVar[str] = "rp3beta"
    label: ClassVar[str] = "RP3beta"
    Config: ClassVar[type[RP3betaConfig]] = RP3betaConfig
    needs: ClassVar[tuple[str, ...]] = ()
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    stochastic: ClassVar[bool] = False

    def __init__(self, config: RP3betaConfig | None = None) -> None:
        self.config = config or RP3betaConfig()

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
        """Walk from every item to the items of its users."""
        report(0.0, "walking")
        x = weighted(train.matrix, self.config.weights)
        to_users = transitions(x.T.tocsr(), self.config.alpha)
        to_items = transitions(x, self.config.alpha)
        users = np.maximum(np.bincount(x.indices, minlength=train.n_items), 1)
        less_popular = (users**-self.config.beta).astype(np.float32)
        kept = best_of_products(
            to_users, to_items, less_popular, self.config.n_neighbors, report=report, stage="walking"
        )
        self.transitions_ = transitions(kept, 1.0) if self.config.normalize else kept
        return self

    def _history(self, histories: Histories) -> csr_matrix:
        return history_matrix(histories, self.config.weights, self.config.recency_half_life)

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) history @ W; 0 for what no walk from the history reaches."""
        return times(self._history(histories), self.transitions_, items)

    def history_contributions(self, histories: Histories, row: int, item: int) -> tuple[float, PerUser]:
        """(0, x_j · W_jt of each event)."""
        x = self._history(histories.rows([row]))
        amounts = np.zeros(histories.n_items)
        amounts[x.indices] = x.data * self.transitions_[x.indices, item].toarray().ravel()
        return 0.0, event_parts(histories, row, amounts)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The sparse (n_items, n_items) transitions, history item → target."""
        w = self.transitions_
        return {"indptr": w.indptr, "indices": w.indices, "data": w.data}

    @classmethod
    def restore(cls, config: RP3betaConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        n_items = len(arrays["indptr"]) - 1
        stored = tuple(np.array(arrays[key]) for key in ("data", "indices", "indptr"))
        model.transitions_ = csr_matrix(stored, shape=(n_items, n_items))
        return model
