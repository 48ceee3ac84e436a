"""User-kNN: what the users with the most similar histories took."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix

from core.arrays import ItemIndices, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.models.products import parts
from core.models.weighting import MORE, WEIGHTS_HELP, Weights, history_matrix, weighted
from core.parallel import kernel
from core.progress import Report, silent
from core.selection import top_of_row
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout

Feature = Literal["none", "tfidf"]


class UserKNNConfig(ModelConfig):
    """Neighbourhood and similarity."""

    n_neighbors: int = Field(default=200, ge=1, le=10_000, description="Most similar training users who vote")
    feature_weighting: Feature = Field(
        default="tfidf",
        description="tfidf: two users who share a rare item are more alike than two who share a popular one",
    )
    sharpness: float = Field(
        default=2.0,
        gt=0,
        le=10,
        description="Votes count cosine^sharpness: 1 = plain cosine, larger = the very nearest decide",
    )
    vote_discount: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="A vote for an item counts (its number of users)^−discount: larger = less popular items",
        json_schema_extra=MORE,
    )
    weights: Weights = Field(default="binary", description=WEIGHTS_HELP, json_schema_extra=MORE)


@kernel
def _votes(
    history: Any, by_item: Any, by_user: Any, sharpness: float, k: int, key: int, discount: Any, out: Any
) -> None:
    """Sum over the k training users of largest cosine^sharpness of what they took, times `discount`.

    `history` and `by_item` (items × users) hold rows of unit length: their product is the cosine.
    """
    indptr, items, values = history
    item_indptr, users, similarity = by_item
    user_indptr, taken, amounts = by_user
    n_users = len(user_indptr) - 1
    cosine = np.empty(n_users, dtype=np.float32)
    nearest = np.empty(k, dtype=np.int32)
    best = np.empty(k, dtype=np.float32)
    scores = np.empty(k, dtype=np.float32)
    hashes = np.empty(k, dtype=np.uint64)
    for row in range(len(out)):
        cosine[:] = 0
        for entry in range(indptr[row], indptr[row + 1]):
            for place in range(item_indptr[items[entry]], item_indptr[items[entry] + 1]):
                cosine[users[place]] += values[entry] * similarity[place]
        for user in range(n_users):
            if cosine[user] <= 0:
                cosine[user] = -np.inf
        top_of_row(cosine, key, 0, -np.inf, scores, hashes, nearest, best)
        for number in range(k):
            if nearest[number] < 0:
                break
            vote = best[number] ** sharpness
            for place in range(user_indptr[nearest[number]], user_indptr[nearest[number] + 1]):
                out[row, taken[place]] += vote * amounts[place] * discount[taken[place]]


class UserKNN:
    """User-based nearest neighbours (Herlocker, Konstan, Borchers & Riedl, 1999), cosine similarity.

    s(h, v) = cos(h·w, x_v·w)^sharpness with w = 1 or ln(n_users / n_t) + 1 (TF-IDF, users as documents); the
    score of t is Σ s(h, v) x_vt / n_t^vote_discount over the `n_neighbors` nearest training users v of the
    history h. Users are never looked up: a trained user's own row is found as the nearest one and votes for
    nothing but items of that user's own training history.
    """

    name: ClassVar[str] = "user_knn"
    label: ClassVar[str] = "User-kNN"
    Config: ClassVar[type[UserKNNConfig]] = UserKNNConfig
    needs: ClassVar[tuple[str, ...]] = ()
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    stochastic: ClassVar[bool] = False

    def __init__(self, config: UserKNNConfig | None = None) -> None:
        self.config = config or UserKNNConfig()

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
        """Keep the training users; comparing happens when a history is scored."""
        report(0.0, "indexing users")
        self._keep(weighted(train.matrix, self.config.weights))
        report(1.0, "indexing users")
        return self

    def _keep(self, taken: csr_matrix) -> None:
        """The users (n_users, n_items), by item and at unit length, and what the settings say of items."""
        self.taken_ = taken
        users = np.maximum(np.bincount(taken.indices, minlength=taken.shape[1]), 1)
        documents = max(1, int(np.count_nonzero(np.diff(taken.indptr))))
        rarity = np.log(documents / users) + 1 if self.config.feature_weighting == "tfidf" else users**0.0
        self._rarity = np.asarray(rarity, dtype=np.float32)
        self._discount = np.asarray(users**-self.config.vote_discount, dtype=np.float32)
        self._by_item = unit_rows(taken, self._rarity).T.tocsr()

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) weighted votes; zeros for a history that no training user shares."""
        history = unit_rows(history_matrix(histories, self.config.weights), self._rarity)
        k = max(1, min(self.config.n_neighbors, self.taken_.shape[0]))
        out = np.zeros((len(histories), self.taken_.shape[1]), dtype=np.float32)
        by_item, by_user = parts(self._by_item), parts(self.taken_)
        _votes(parts(history), by_item, by_user, self.config.sharpness, k, 0, self._discount, out)
        return out if items is None else out[:, items]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The sparse (n_users, n_items) training histories, as they vote."""
        x = self.taken_
        return {
            "indptr": x.indptr, "indices": x.indices, "data": x.data, "n_items": np.asarray(x.shape[1])
        }  # fmt: skip

    @classmethod
    def restore(cls, config: UserKNNConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        stored = tuple(np.array(arrays[key]) for key in ("data", "indices", "indptr"))
        shape = (len(arrays["indptr"]) - 1, int(arrays["n_items"]))
        model._keep(csr_matrix(stored, shape=shape))
        return model


def unit_rows(matrix: csr_matrix, columns: NDArray[np.float32]) -> csr_matrix:
    """matrix · diag(columns) with rows of length 1; empty rows stay empty."""
    result = csr_matrix(matrix, dtype=np.float32, copy=True)
    result.data = result.data * columns[result.indices]
    lengths = np.sqrt(np.asarray(result.multiply(result).sum(axis=1))).ravel()
    result.data = (result.data / np.repeat(lengths, np.diff(result.indptr))).astype(np.float32)
    return result
