"""iALS: implicit ALS with ridges that grow with the number of events, by our own compiled kernels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix

from core.arrays import ItemIndices, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.models.ials_kernels import conjugate_rows, exact_rows, observed_loss
from core.models.weighting import MORE, WEIGHTS_HELP, Weights, history_matrix, weighted
from core.parallel import blocks, map_blocks, n_threads, single_threaded_blas
from core.progress import Report, silent
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout

CHECKPOINT_EVERY = 5  # iterations
BLOCKS_PER_THREAD = 8  # rows differ in length: small blocks keep the cores equally busy


class IALSConfig(ModelConfig):
    """Size, fit, and how much non-events weigh."""

    factors: int = Field(default=64, ge=1, le=4096, description="Length of the user and item vectors")
    unobserved_weight: float = Field(
        default=0.3,
        gt=0,
        le=10,
        description="Weight of any user-item pair at score 0 (an event has 1): larger = closer to popularity",
    )
    regularization: float = Field(
        default=0.01,
        gt=0,
        le=1000,
        description="Ridge per event of a user or item, and per unobserved weight × number of the others",
    )
    iterations: int = Field(default=12, ge=1, le=500, description="Passes over users and items")
    regularization_exponent: float = Field(
        default=1.0,
        ge=0,
        le=2,
        description="How the ridge grows with the number of events: 1 = frequency-scaled, 0 = one for all",
        json_schema_extra=MORE,
    )
    solver: Literal["cg", "exact"] = Field(
        default="cg",
        description="cg: a few conjugate gradient steps a pass (fast); exact: every system is solved",
        json_schema_extra=MORE,
    )
    cg_steps: int = Field(
        default=2, ge=1, le=100, description="Conjugate gradient steps a pass", json_schema_extra=MORE
    )
    weights: Weights = Field(default="binary", description=WEIGHTS_HELP, json_schema_extra=MORE)


@dataclass(frozen=True, eq=False)
class Side:
    """Users or items as rows of a half-step."""

    matrix: csr_matrix  # (n, m) e = weight / unobserved weight: confidence is 1 + e
    ridge: NDArray[np.float32]  # (n,)


class IALS:
    """iALS as revisited by Rendle, Krichene, Zhang & Koren (2021), after Hu, Koren & Volinsky (2008).

    Loss Σ_events (1 − s)² + α₀ Σ_all pairs s² + λ Σ_u (n_u + α₀·items)^ν |x_u|² + the same over items.
    With vectors stretched by √(1 + α₀), so that an event is pulled to 1 and not to 1 / (1 + α₀), this is, up
    to a factor and a constant, the loss of Hu et al. with confidence 1 + w / α₀ and ridges
    λ (1 + 1/α₀) (n + α₀ m)^ν for rows of n events among m of the other side.

    Users are never looked up: a row's vector is the exact solution over its history. Its ridge is that of a
    user with the training users' mean number of events, one for all rows: taking an event away then takes
    away that event's evidence and nothing else, and Shapley values are exact.
    """

    name: ClassVar[str] = "ials"
    label: ClassVar[str] = "iALS"
    Config: ClassVar[type[IALSConfig]] = IALSConfig
    needs: ClassVar[tuple[str, ...]] = ()
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    stochastic: ClassVar[bool] = True

    def __init__(self, config: IALSConfig | None = None) -> None:
        self.config = config or IALSConfig()

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
        """Alternate; `report` is told the loss per event of each iteration and may cancel."""
        report(0.0, "preparing")
        users, items = self.sides(weighted(train.matrix, self.config.weights))
        events = max(1, users.matrix.nnz)
        x, y = self._start(train, seed, resume)
        done = 0 if resume is None else int(resume["iteration"])
        for number in range(done + 1, self.config.iterations + 1):
            x = self.half_step(users, x, y)
            y = self.half_step(items, y, x)
            curve = {"epoch": float(number), "loss": loss(users, items, x, y) / events}
            stage = f"iteration {number} of {self.config.iterations}"
            report(number / self.config.iterations, stage, curve=curve)
            if checkpoint is not None and number % CHECKPOINT_EVERY == 0:
                checkpoint({"user_factors": x, "item_factors": y, "iteration": np.asarray(number)})
        mean_events = events / max(1, int(train.trained_users.sum()))
        self._keep(y, float(self.ridges(np.array([mean_events]), int(train.trained_items.sum()))[0]))
        return self

    def sides(self, matrix: csr_matrix) -> tuple[Side, Side]:
        """(users, items) of a (n_users, n_items) matrix of weights."""
        e = csr_matrix(matrix * np.float32(1 / self.config.unobserved_weight), dtype=np.float32)
        turned = e.T.tocsr()
        n_users, n_items = (int(np.count_nonzero(np.diff(side.indptr))) for side in (e, turned))
        return (
            Side(e, self.ridges(np.diff(e.indptr), n_items)),
            Side(turned, self.ridges(np.diff(turned.indptr), n_users)),
        )

    def ridges(self, events: NDArray[Any], others: int) -> NDArray[np.float32]:
        """λ (1 + 1/α₀) (n + α₀ m)^ν for rows with n events, among m of the other side."""
        a, c = self.config.unobserved_weight, self.config
        scale = c.regularization * (1 + 1 / a)
        return np.asarray(scale * (events + a * others) ** c.regularization_exponent, dtype=np.float32)

    def _start(
        self, train: Dataset, seed: int, resume: Arrays | None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Vectors drawn small, as in the paper: deviation 0.1 / √factors."""
        if resume is not None:
            kept = (resume["user_factors"], resume["item_factors"])
            return np.array(kept[0], dtype=np.float32), np.array(kept[1], dtype=np.float32)
        rng, f = np.random.default_rng(seed), self.config.factors
        x, y = (rng.normal(0, 0.1 / f**0.5, (n, f)) for n in (train.n_users, train.n_items))
        y[~train.trained_items] = 0
        return x.astype(np.float32), y.astype(np.float32)

    def half_step(
        self, side: Side, rows: NDArray[np.float32], others: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """(n, f) new vectors of one side, from the vectors of the other; nothing given is changed."""
        with single_threaded_blas():  # products of a second at most: more threads would wait for each other
            base, turn = _diagonal(others)
            back = turn.astype(np.float32)
            turned, out = np.ascontiguousarray(others @ back), np.ascontiguousarray(rows @ back)
            self._solve(side, turned, base, out)
            return np.asarray(out @ back.T, dtype=np.float32)

    def _solve(self, side: Side, turned: NDArray[Any], base: NDArray[np.float64], out: NDArray[Any]) -> None:
        m = side.matrix
        narrow = base.astype(np.float32)

        def block(part: slice) -> None:
            indptr = m.indptr[part.start : part.stop + 1]
            if self.config.solver == "exact":
                exact_rows(indptr, m.indices, m.data, turned, base, side.ridge[part], out[part])
            else:
                system = (indptr, m.indices, m.data, turned, narrow, side.ridge[part])
                conjugate_rows(*system, self.config.cg_steps, out[part])

        size = -(-len(out) // (n_threads() * BLOCKS_PER_THREAD))
        map_blocks(block, len(out), size)

    def _keep(self, item_factors: NDArray[Any], ridge: float) -> None:
        self.item_factors_ = np.ascontiguousarray(item_factors, dtype=np.float32)
        self.ridge_ = ridge
        self._wide = self.item_factors_.astype(np.float64)
        self._base, self._turn = _diagonal(self.item_factors_)
        self._turned = np.ascontiguousarray(self._wide @ self._turn)

    def _extra(self, histories: Histories) -> csr_matrix:
        """(n, n_items) confidence − 1 of each item of the histories."""
        weights = history_matrix(histories, self.config.weights)
        return csr_matrix(weights * np.float32(1 / self.config.unobserved_weight), dtype=np.float32)

    def user_factors(self, histories: Histories) -> NDArray[np.float64]:
        """(n, factors) exact solution of each row; zeros for an empty history."""
        e = self._extra(histories)
        out = np.zeros((len(histories), len(self._base)))
        ridge = np.full(len(histories), self.ridge_)
        with single_threaded_blas():  # small systems: more threads make them slower
            exact_rows(e.indptr, e.indices, e.data, self._turned, self._base, ridge, out)
        return np.asarray(out @ self._turn.T)

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)): x'y, about 1 for what would be taken; zeros for an empty history."""
        factors = self.item_factors_ if items is None else self.item_factors_[items]
        return self.user_factors(histories).astype(np.float32) @ factors.T

    def fold_in_system(
        self, histories: Histories, row: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32], NDArray[np.float64]]:
        """(Y (n_items, f), A0 (f, f), distinct items of the row, their confidences 1 + w / α₀)."""
        e = self._extra(histories.rows([row]))
        a0 = self._wide.T @ self._wide + self.ridge_ * np.eye(self._wide.shape[1])
        return self._wide, a0, e.indices.astype(np.int32), 1 + e.data.astype(np.float64)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Item vectors and the ridge of a history: with the settings they are all that scoring needs."""
        return {"item_factors": self.item_factors_, "ridge": np.asarray(self.ridge_)}

    @classmethod
    def restore(cls, config: IALSConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        model._keep(np.array(arrays["item_factors"]), float(arrays["ridge"]))
        return model


def _diagonal(factors: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(f,) eigenvalues of Y'Y, at least 0, and (f, f) the basis in which it is diagonal."""
    wide = np.asarray(factors, dtype=np.float64)
    values, turn = np.linalg.eigh(wide.T @ wide)
    return np.maximum(values, 0), turn


def loss(users: Side, items: Side, x: NDArray[np.float32], y: NDArray[np.float32]) -> float:
    """Σ over all pairs of confidence·(event − s)² plus the ridges, without ever holding all pairs.

    Pairs without an event add s²; their sum is tr(X'X Y'Y) less the events' part.
    """
    m = users.matrix
    parts = blocks(len(x), -(-len(x) // (n_threads() * BLOCKS_PER_THREAD)) if len(x) else 1)
    observed = map_blocks(
        lambda part: sum(
            observed_loss(m.indptr[p.start : p.stop + 1], m.indices, m.data, x[p], y) for p in parts[part]
        ),
        len(parts),
        1,
    )
    everywhere = float(np.sum((x.T.astype(np.float64) @ x) * (y.T.astype(np.float64) @ y)))
    ridge = float(users.ridge @ (x.astype(np.float64) ** 2).sum(1))
    ridge += float(items.ridge @ (y.astype(np.float64) ** 2).sum(1))
    return float(sum(observed)) + everywhere + ridge
