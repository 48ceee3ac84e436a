"""Item-kNN: items that the same users take, with shrinkage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix

from core.arrays import ItemIndices, PerUser, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.models.neighbours import nearest_items
from core.models.products import times
from core.models.weighting import MORE, WEIGHTS_HELP, Weights, event_parts, history_matrix, weighted
from core.progress import Report, silent
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout

Feature = Literal["none", "tfidf", "bm25"]
BM25_K1, BM25_B = 1.2, 0.75  # Robertson & Zaragoza, 2009


class ItemKNNConfig(ModelConfig):
    """Neighbourhood and similarity."""

    n_neighbors: int = Field(default=100, ge=1, le=5000, description="Most similar items kept for each item")
    shrinkage: float = Field(
        default=20.0, ge=0, le=10_000, description="Added to the norm: few common users count for less"
    )
    feature_weighting: Feature = Field(
        default="none",
        description="Weigh users by how rare their events are before comparing items",
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


class ItemKNN:
    """Item-based nearest neighbours (Sarwar et al., 2001; shrinkage as in Bell & Koren, 2007).

    s(j, t) = <r_j, r_t> / (|r_j| |r_t| + shrinkage), kept for the `n_neighbors` nearest j of each t. The
    score of t is the plain sum of s(j, t) over the history: each event's part is exact.
    """

    name: ClassVar[str] = "item_knn"
    label: ClassVar[str] = "Item-kNN"
    Config: ClassVar[type[ItemKNNConfig]] = ItemKNNConfig
    needs: ClassVar[tuple[str, ...]] = ()
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    stochastic: ClassVar[bool] = False

    def __init__(self, config: ItemKNNConfig | None = None) -> None:
        self.config = config or ItemKNNConfig()

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
        """Compare every item with those it shares a user with."""
        report(0.0, "comparing items")
        by_user = _feature_weighted(
            weighted(train.matrix, self.config.weights), self.config.feature_weighting
        )
        self.similarity_ = nearest_items(
            by_user, self.config.n_neighbors, self.config.shrinkage, report=report, stage="comparing items"
        )
        return self

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) sum of similarities to the history; 0 without a similar event."""
        x = history_matrix(histories, self.config.weights, self.config.recency_half_life)
        return times(x, self.similarity_, items)

    def history_contributions(self, histories: Histories, row: int, item: int) -> tuple[float, PerUser]:
        """(0, similarity of each event's item to `item`, times what the event counts)."""
        x = history_matrix(histories.rows([row]), self.config.weights, self.config.recency_half_life)
        amounts = np.zeros(histories.n_items)
        column = self.similarity_[x.indices, item].toarray().ravel()
        amounts[x.indices] = x.data * column
        return 0.0, event_parts(histories, row, amounts)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The sparse (n_items, n_items) similarities, history item → target."""
        s = self.similarity_
        return {"indptr": s.indptr, "indices": s.indices, "data": s.data}

    @classmethod
    def restore(cls, config: ItemKNNConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        n_items = len(arrays["indptr"]) - 1
        parts = tuple(np.array(arrays[key]) for key in ("data", "indices", "indptr"))
        model.similarity_ = csr_matrix(parts, shape=(n_items, n_items))
        return model


def _feature_weighted(matrix: csr_matrix, kind: Feature) -> csr_matrix:
    """Users as terms, items as documents: a user with many items says little about each of them."""
    if kind == "none" or matrix.nnz == 0:
        return matrix
    n_items = matrix.shape[1]
    result = matrix.copy()
    per_user = np.diff(matrix.indptr)
    rarity = np.log(n_items / np.maximum(per_user, 1)) + 1
    if kind == "tfidf":
        result.data = np.sqrt(matrix.data) * np.repeat(rarity, per_user)
    else:
        length = np.asarray(matrix.sum(axis=0)).ravel()
        norm = 1 - BM25_B + BM25_B * length / length[length > 0].mean()
        tf = matrix.data * (BM25_K1 + 1) / (BM25_K1 * norm[matrix.indices] + matrix.data)
        result.data = tf * np.repeat(rarity, per_user)
    result.data = result.data.astype(np.float32)
    return result
