"""Implicit ALS: factors from the package implicit, scores by our own exact fold-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from core.arrays import ItemIndices, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.models.weighting import MORE, WEIGHTS_HELP, Weights, history_matrix, weighted
from core.parallel import kernel, single_threaded_blas
from core.progress import Report, silent
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout

CHECKPOINT_EVERY = 5  # iterations
JUDGED = 1_000  # users whose part of the loss makes the training curve


class ALSConfig(ModelConfig):
    """Size, fit and confidence."""

    factors: int = Field(default=64, ge=1, le=1024, description="Length of the user and item vectors")
    regularization: float = Field(
        default=0.8,
        gt=0,
        le=10_000,
        description="Ridge on the vectors, 1 = the noise level of this data (or as it is, if absolute): too "
        "large and everybody gets the same list",
    )
    alpha: float = Field(
        default=1.0,
        gt=0,
        le=1000,
        description="Confidence of an event: alpha × its weight (a non-event has 1)",
    )
    iterations: int = Field(default=15, ge=1, le=500, description="Passes over users and items")
    weights: Weights = Field(default="log", description=WEIGHTS_HELP, json_schema_extra=MORE)
    regularization_unit: Literal["noise", "absolute"] = Field(
        default="noise",
        description="noise: in units of the largest singular value that chance alone would give; absolute: "
        "the number that the package implicit takes",
        json_schema_extra=MORE,
    )


def noise_level(confidence: csr_matrix) -> float:
    """Largest singular value that as many events would have if they fell by chance.

    mean c · √p · (√n + √m) over the n users and m items with an event, p = share of filled cells: the edge
    of the spectrum of an n × m matrix of independent entries (Marchenko & Pastur, 1967). Unweighted ALS
    lowers every singular value by the ridge, so a ridge far above it leaves nothing but one list for all.
    """
    if confidence.nnz == 0:
        return 1.0
    n = np.count_nonzero(np.diff(confidence.indptr))
    m = len(np.unique(confidence.indices))
    mean = float(confidence.data.mean())
    return float(mean * np.sqrt(confidence.nnz / (n * m)) * (np.sqrt(n) + np.sqrt(m)))


@kernel
def _fold_in(indptr: Any, items: Any, confidences: Any, factors: Any, a0: Any, out: Any) -> None:
    """Exact ridge solution of every row: (A0 + Y_S' D Y_S) x = Y_S' c, D = diag(c − 1)."""
    f = factors.shape[1]
    for row in range(len(out)):
        start, stop = indptr[row], indptr[row + 1]
        if start == stop:
            continue
        taken = np.empty((stop - start, f))
        scaled = np.empty((stop - start, f))
        b = np.zeros(f)
        for place in range(stop - start):
            c = confidences[start + place]
            for column in range(f):
                y = factors[items[start + place], column]
                taken[place, column] = y
                scaled[place, column] = (c - 1) * y
                b[column] += c * y
        out[row] = np.linalg.solve(a0 + np.dot(taken.T, scaled), b)


def loss_per_cell(
    confidence: csr_matrix, x: NDArray[Any], y: NDArray[Any], regularization: float, item_share: float = 1.0
) -> float:
    """The loss of Hu et al. (2008) over the users of `confidence`, divided by the total confidence.

    Σ_u [Σ_t (x_u'y_t)² + Σ_{t taken} c (1 − x_u'y_t)² − (x_u'y_t)²] + λ (‖X‖² + item_share · ‖Y‖²), over
    Σ c + cells without an event: what the package implicit calls its loss, without a pass over all cells.

    Args:
        confidence: (n, n_items) of these users.
        x: (n, f) their vectors.
        y: (n_items, f) vectors of all items.
        regularization: the ridge λ.
        item_share: of the items' ridge that these users bear.
    """
    row_of = np.repeat(np.arange(confidence.shape[0]), np.diff(confidence.indptr))
    taken = np.einsum("ij,ij->i", x[row_of], y[confidence.indices]).astype(np.float64)
    c = confidence.data.astype(np.float64)
    everywhere = float(np.einsum("ij,ij->", x @ (y.T @ y), x))
    observed = float((c * (1 - taken) ** 2 - taken**2).sum())
    ridge = regularization * (float((x**2).sum()) + item_share * float((y**2).sum()))
    cells = c.sum() + confidence.shape[0] * confidence.shape[1] - confidence.nnz
    return float((everywhere + observed + ridge) / cells)


class ALS:
    """Weighted matrix factorisation for implicit feedback (Hu, Koren & Volinsky, 2008).

    Confidence is alpha · weight as in the package implicit (not 1 + alpha · weight). The package's GPU
    code never applies its alpha, so the weights are multiplied here and alpha = 1 is passed on both
    devices: equal settings then mean the same model. Users are never looked up: a row's vector is the
    exact ridge solution over its history, for known and unknown users alike.
    """

    name: ClassVar[str] = "als"
    label: ClassVar[str] = "Implicit ALS"
    Config: ClassVar[type[ALSConfig]] = ALSConfig
    needs: ClassVar[tuple[str, ...]] = ()
    devices: ClassVar[tuple[str, ...]] = ("cpu", "cuda")
    stochastic: ClassVar[bool] = True

    def __init__(self, config: ALSConfig | None = None) -> None:
        self.config = config or ALSConfig()

    def fit(
        self,
        train: Dataset,
        *,
        validation: Holdout | None = None,  # noqa: ARG002
        seed: int = 0,
        device: Device = CPU,
        report: Report = silent,
        checkpoint: Callable[[Arrays], None] | None = None,
        resume: Arrays | None = None,
    ) -> Self:
        """Alternate; `report` is told the loss of each iteration (over a sample of users) and may cancel."""
        report(0.0, "preparing")
        done = 0 if resume is None else int(resume["iteration"])
        confidence = self.confidence(weighted(train.matrix, self.config.weights))
        unit = noise_level(confidence) if self.config.regularization_unit == "noise" else 1.0
        self.regularization_ = self.config.regularization * unit
        learner = self._learner(seed, device, self.config.iterations - done)
        if resume is not None:
            _set_item_factors(learner, np.asarray(resume["item_factors"]), device)

        judged = _judged_users(confidence, seed)
        sample = confidence[judged]

        def after(iteration: int, seconds: float, loss: float | None) -> None:  # noqa: ARG001
            number = done + iteration + 1
            if loss is None:
                x, y = _numpy(learner.user_factors)[judged], _numpy(learner.item_factors)
                share = len(judged) / max(train.n_users, 1)
                loss = loss_per_cell(sample, x, y, self.regularization_, share)
            curve = {"epoch": float(number), "loss": float(loss)}
            stage = f"iteration {number} of {self.config.iterations}"
            report(number / self.config.iterations, stage, curve=curve)
            if checkpoint is not None and number % CHECKPOINT_EVERY == 0:
                factors = _numpy(learner.item_factors)
                checkpoint({"item_factors": factors, "iteration": np.asarray(number)})

        if learner.iterations > 0 and confidence.nnz:
            with threadpool_limits(1, "blas"):  # implicit runs its own threads
                learner.fit(confidence, show_progress=False, callback=after)
        factors = _numpy(learner.item_factors) if confidence.nnz else np.zeros((train.n_items, 1))
        self._keep(np.where(train.trained_items[:, None], factors, 0))
        return self

    def confidence(self, matrix: csr_matrix) -> csr_matrix:
        """alpha × the weights, as a new csr_matrix."""
        return csr_matrix(matrix * np.float32(self.config.alpha), dtype=np.float32)

    def _learner(self, seed: int, device: Device, iterations: int) -> Any:
        """The package's model with alpha = 1; an integer seed only (its `load` refuses others)."""
        settings = {
            "factors": self.config.factors,
            "regularization": self.regularization_,
            "alpha": 1.0,
            "iterations": iterations,
            "random_state": int(seed),
            "calculate_training_loss": device.used == "cuda",  # there it costs nothing worth saving
        }
        with threadpool_limits(1, "blas"):
            if device.used == "cuda":
                from implicit.gpu.als import AlternatingLeastSquares as OnGPU

                return OnGPU(**settings)
            from implicit.cpu.als import AlternatingLeastSquares as OnCPU

            return OnCPU(**settings)

    def _keep(self, item_factors: NDArray[Any]) -> None:
        self.item_factors_ = np.ascontiguousarray(item_factors, dtype=np.float32)
        self._wide = self.item_factors_.astype(np.float64)
        self._a0 = self._wide.T @ self._wide + self.regularization_ * np.eye(self._wide.shape[1])

    def user_factors(self, histories: Histories) -> NDArray[np.float64]:
        """(n, factors) exact ridge solution of each row; zeros for an empty history."""
        c = self.confidence(history_matrix(histories, self.config.weights))
        out = np.zeros((len(histories), self._wide.shape[1]))
        with single_threaded_blas():  # small systems: more threads make them 20 times slower
            _fold_in(c.indptr, c.indices, c.data.astype(np.float64), self._wide, self._a0, out)
        return out

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)): x'y; zeros for an empty history and for items without an event."""
        factors = self.item_factors_ if items is None else self.item_factors_[items]
        return self.user_factors(histories).astype(np.float32) @ factors.T

    def fold_in_system(
        self, histories: Histories, row: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32], NDArray[np.float64]]:
        """(Y (n_items, f), A0 (f, f), distinct items of the row, their confidences c)."""
        c = self.confidence(history_matrix(histories.rows([row]), self.config.weights))
        return self._wide, self._a0, c.indices.astype(np.int32), c.data.astype(np.float64)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Item factors and the ridge in use: with the settings they are all that scoring needs."""
        return {"item_factors": self.item_factors_, "regularization": np.asarray(self.regularization_)}

    @classmethod
    def restore(cls, config: ALSConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        model.regularization_ = float(arrays["regularization"])
        model._keep(np.asarray(arrays["item_factors"]))
        return model


def _numpy(factors: Any) -> NDArray[np.float32]:
    """Factors as a NumPy array, from either device."""
    return np.asarray(factors.to_numpy() if hasattr(factors, "to_numpy") else factors, dtype=np.float32)


def _set_item_factors(learner: Any, factors: NDArray[Any], device: Device) -> None:
    """Go on from `factors`: an iteration begins by solving the users from the items."""
    start = np.array(factors, dtype=np.float32)
    if device.used == "cuda":
        import implicit.gpu

        learner.item_factors = implicit.gpu.Matrix(start)
    else:
        learner.item_factors = start


def _judged_users(confidence: csr_matrix, seed: int) -> NDArray[np.int64]:
    """(≤ JUDGED,) users with events, drawn once, ascending."""
    active = np.flatnonzero(np.diff(confidence.indptr))
    if len(active) <= JUDGED:
        return active
    return np.sort(np.random.default_rng(seed).choice(active, JUDGED, replace=False))
