"""Rating MF: biased matrix factorisation on squared error; what a person would say of an item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix

from core.arrays import ItemIndices, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.models.needs import refuse
from core.models.weighting import MORE
from core.parallel import kernel, map_blocks, single_threaded_blas
from core.progress import Report, silent
from core.tuning import Dimension, Range
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout

CHECKPOINT_EVERY = 5  # iterations
ROWS_AT_ONCE = 256


class RatingMFConfig(ModelConfig):
    """Size, fit, and how far ratings may pull vectors and biases."""

    factors: int = Field(default=32, ge=1, le=1024, description="Length of the user and item vectors")
    regularization: float = Field(
        default=10.0,
        gt=0,
        le=10_000,
        description="Ridge of the vectors, in ratings: larger = closer to the biases alone",
    )
    bias_regularization: float = Field(
        default=5.0,
        gt=0,
        le=10_000,
        description="Ridge of the biases: a user or item with so many ratings has half its own deviation",
    )
    iterations: int = Field(default=12, ge=1, le=500, description="Passes over users and items")
    start: float = Field(
        default=0.1,
        gt=0,
        le=1,
        description="Deviation of the item vectors that training starts from",
        json_schema_extra=MORE,
    )


@kernel
def _solve_rows(
    indptr: Any, places: Any, ratings: Any, others: Any, offsets: Any, ridges: Any, out: Any
) -> None:
    """out[r] = (T'T + diag ridges)⁻¹ T'(rating − offset), T = (1, vector) of what the row rated; 0 for none.

    Args:
        others: (m, f + 1) bias and vector of the other side.
        offsets: (m,) what is foretold without the row: mean and the other's bias.
        ridges: (f + 1,) of the bias, then of the vector.
        out: (n, f + 1) bias and vector of the rows.
    """
    width = out.shape[1]
    for row in range(len(out)):
        start, stop = indptr[row], indptr[row + 1]
        out[row] = 0
        if start == stop:
            continue
        taken = np.empty((stop - start, width))
        left = np.empty(stop - start)
        for entry in range(start, stop):
            taken[entry - start] = others[places[entry]]
            taken[entry - start, 0] = 1
            left[entry - start] = ratings[entry] - offsets[places[entry]]
        system = np.dot(taken.T, taken) + np.diag(ridges)
        out[row] = np.linalg.solve(system, np.dot(taken.T, left))


class RatingMF:
    """Matrix factorisation with biases (Koren, Bell & Volinsky, 2009), by alternating least squares.

    Loss Σ_ratings (r − μ − b_u − b_i − p_u'q_i)² + λ_b (Σ b_u² + Σ b_i²) + λ (Σ |p_u|² + Σ |q_i|²), ridges
    once per user and item (the Gaussian priors of Salakhutdinov & Mnih, 2008). Bias and vector of a row are
    solved together. Users are never looked up: those of a history are the exact solution over its ratings.
    A repeated item counts once, with its mean rating. The order of recommendation is that of the expected
    ratings, which favours what the few like much over what many take; `predict` keeps to the scale of train.
    """

    name: ClassVar[str] = "rating_mf"
    label: ClassVar[str] = "Rating MF"
    Config: ClassVar[type[RatingMFConfig]] = RatingMFConfig
    needs: ClassVar[tuple[str, ...]] = ("ratings",)
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    tuning: ClassVar[Mapping[str, Dimension | None]] = {
        "factors": Range(2, 128, log=True, integer=True),
        "regularization": Range(0.5, 200, log=True),
        "bias_regularization": Range(0.5, 50, log=True),
        "iterations": Range(5, 30, integer=True),
    }
    presets: ClassVar[Mapping[str, dict[str, Any]]] = {"quick": {"factors": 8, "iterations": 6}}
    stochastic: ClassVar[bool] = True

    def __init__(self, config: RatingMFConfig | None = None) -> None:
        self.config = config or RatingMFConfig()

    def fit(
        self,
        train: Dataset,
        *,
        validation: Holdout | None = None,  # noqa: ARG002
        seed: int = 0,
        device: Device = CPU,  # noqa: ARG002
        report: Report = silent,
        checkpoint: Callable[[Arrays], None] | None = None,
        resume: Arrays | None = None,
    ) -> Self:
        """Alternate; `report` is told the root mean squared error on train of each iteration."""
        refuse(self, train)
        report(0.0, "preparing")
        events = train.interactions
        by_user = _mean_ratings(events.user, events.item, events.weight, (train.n_users, train.n_items))
        by_item = by_user.T.tocsr()
        scale = train.interactions.base_weight
        self.scale_ = np.array([scale.min(), scale.max()], dtype=np.float64)
        self.mean_ = float(by_user.data.mean()) if by_user.nnz else float(self.scale_.mean())
        items, done = self._start(train.n_items, seed, resume)
        for number in range(done + 1, self.config.iterations + 1):
            users = self._half_step(by_user, items)
            items = self._half_step(by_item, users)
            curve = {"epoch": float(number), "rmse": self._error(by_user, users, items)}
            report(number / self.config.iterations, f"iteration {number}", curve=curve)
            if checkpoint is not None and number % CHECKPOINT_EVERY == 0:
                checkpoint({"items": items, "iteration": np.asarray(number)})
        self.items_ = items
        return self

    def _start(self, n_items: int, seed: int, resume: Arrays | None) -> tuple[NDArray[np.float64], int]:
        """(n_items, f + 1) biases 0 and small random vectors, or what was kept; iterations done."""
        if resume is not None:
            return np.array(resume["items"], dtype=np.float64), int(resume["iteration"])
        items = np.random.default_rng(seed).normal(0, self.config.start, (n_items, self.config.factors + 1))
        items[:, 0] = 0
        return items, 0

    def _half_step(self, ratings: csr_matrix, others: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, f + 1) bias and vector of each row of `ratings`, given those of the other side."""
        out = np.empty((ratings.shape[0], others.shape[1]))
        ridges = np.full(others.shape[1], self.config.regularization)
        ridges[0] = self.config.bias_regularization
        offsets = self.mean_ + others[:, 0]

        def block(part: slice) -> None:
            indptr = ratings.indptr[part.start : part.stop + 1]
            _solve_rows(indptr, ratings.indices, ratings.data, others, offsets, ridges, out[part])

        with single_threaded_blas():  # small systems: more threads make them slower
            map_blocks(block, len(out), ROWS_AT_ONCE)
        return out

    def _error(self, ratings: csr_matrix, users: NDArray[np.float64], items: NDArray[np.float64]) -> float:
        """Root mean squared error over the ratings given; 0 without any."""
        row_of = np.repeat(np.arange(ratings.shape[0]), np.diff(ratings.indptr))
        u, i = users[row_of], items[ratings.indices]
        foretold = self.mean_ + u[:, 0] + i[:, 0] + np.einsum("ij,ij->i", u[:, 1:], i[:, 1:])
        return float(np.sqrt(np.mean((ratings.data - foretold) ** 2))) if ratings.nnz else 0.0

    def _expected(self, histories: Histories, items: ItemIndices | None) -> NDArray[np.float64]:
        row_of = np.repeat(np.arange(len(histories)), histories.lengths)
        shape = (len(histories), histories.n_items)
        users = self._half_step(_mean_ratings(row_of, histories.items, histories.weights, shape), self.items_)
        targets = self.items_ if items is None else self.items_[items]
        return np.asarray(self.mean_ + users[:, :1] + targets[:, 0] + users[:, 1:] @ targets[:, 1:].T)

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) expected ratings, unbounded; mean and item bias for an empty history."""
        return self._expected(histories, items).astype(np.float32)

    def predict(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) expected ratings within the scale of train."""
        return np.clip(self._expected(histories, items), *self.scale_).astype(np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Biases and vectors of items, the mean, and the ends of the scale."""
        return {"items": self.items_, "mean": np.asarray(self.mean_), "scale": self.scale_}

    @classmethod
    def restore(cls, config: RatingMFConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        model.items_, model.scale_ = np.array(arrays["items"]), np.array(arrays["scale"])
        model.mean_ = float(arrays["mean"])
        return model


def _mean_ratings(
    rows: NDArray[Any], items: NDArray[np.int32], ratings: NDArray[np.float32], shape: tuple[int, int]
) -> csr_matrix:
    """Canonical (n, n_items) float64 mean rating of each row and item; a rating of 0 is one too."""
    cells, where = np.unique(rows.astype(np.int64) * shape[1] + items, return_inverse=True)
    means = np.bincount(where, ratings.astype(np.float64)) / np.bincount(where)
    indptr = np.searchsorted(cells, np.arange(shape[0] + 1) * shape[1])
    return csr_matrix((means, (cells % shape[1]).astype(np.int32), indptr), shape=shape)
