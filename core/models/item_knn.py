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
from core.models.products import times
from core.models.weighting import MORE, WEIGHTS_HELP, Weights, event_parts, history_matrix, weighted
from core.parallel import kernel, map_blocks
from core.progress import Report, silent
from core.selection import top_of_row
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


@kernel
def _similar(
    first: int, norms: Any, shrinkage: float, by_item: Any, by_user: Any, neighbours: Any, similarities: Any
) -> None:
    """Nearest items of the items `first`…: cosine with shrinkage, most similar first, −1 padded."""
    item_indptr, users, item_values = by_item
    user_indptr, items, user_values = by_user
    n_items, k = len(norms), neighbours.shape[1]
    row = np.zeros(n_items, dtype=np.float32)
    scores = np.empty(k, dtype=np.float32)
    hashes = np.empty(k, dtype=np.uint64)
    for number in range(len(neighbours)):
        target = first + number
        row[:] = 0
        for place in range(item_indptr[target], item_indptr[target + 1]):
            user = users[place]
            for other in range(user_indptr[user], user_indptr[user + 1]):
                row[items[other]] += item_values[place] * user_values[other]
        for other in range(n_items):
            if row[other] > 0 and other != target:
                row[other] /= norms[target] * norms[other] + shrinkage
            else:
                row[other] = -np.inf
        top_of_row(row, target, 0, -np.inf, scores, hashes, neighbours[number], similarities[number])


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
        by_item = by_user.T.tocsr()
        norms = np.sqrt(np.asarray(by_item.multiply(by_item).sum(axis=1), dtype=np.float32)).ravel()
        k = max(1, min(self.config.n_neighbors, train.n_items - 1))
        neighbours = np.empty((train.n_items, k), dtype=np.int32)
        similarities = np.empty((train.n_items, k), dtype=np.float32)
        rows = (by_item.indptr, by_item.indices, by_item.data)
        columns = (by_user.indptr, by_user.indices, by_user.data)

        def block(part: slice) -> None:
            into = (neighbours[part], similarities[part])
            _similar(part.start, norms, self.config.shrinkage, rows, columns, *into)

        map_blocks(block, train.n_items, 128, report=report, stage="comparing items")
        self.similarity_ = _from_neighbours(neighbours, similarities)
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


def _from_neighbours(neighbours: NDArray[np.int32], similarities: NDArray[np.float32]) -> csr_matrix:
    """(n_items, n_items) history item → target, from the nearest history items of each target."""
    target, place = np.nonzero(neighbours >= 0)
    shape = (len(neighbours), len(neighbours))
    return csr_matrix((similarities[target, place], (neighbours[target, place], target)), shape=shape)


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
