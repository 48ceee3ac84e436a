"""BPR: pairwise ranking of what was taken over what was not, with users made of their history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix

from core.arrays import ItemIndices, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.models.weighting import MORE, history_matrix, weighted
from core.parallel import kernel
from core.progress import Report, silent
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout

FIRST_SQUARES = 0.1  # Adagrad's start: the first steps are no longer than the later ones
CHECKPOINT_EVERY = 5  # epochs


class BPRConfig(ModelConfig):
    """Size and steps."""

    factors: int = Field(default=64, ge=1, le=1024, description="Length of the item vectors")
    epochs: int = Field(default=30, ge=1, le=1000, description="Passes over the events")
    learning_rate: float = Field(default=0.1, gt=0, le=2, description="Length of a step (Adagrad)")
    regularization: float = Field(
        default=0.01, ge=0, le=10, description="Pull of every vector to zero at each of its steps"
    )
    negatives: int = Field(
        default=3, ge=1, le=100, description="Items not taken that each taken one is compared with in a pass"
    )
    length_exponent: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="The sum over a history is divided by length^exponent: 1 = mean, 0 = sum",
        json_schema_extra=MORE,
    )


@kernel
def _step(value: Any, squares: Any, gradient: Any, rate: Any) -> None:
    """value += rate · gradient / √(sum of squares so far), element by element (Duchi et al., 2011)."""
    for column in range(len(value)):
        squares[column] += gradient[column] * gradient[column]
        value[column] += rate * gradient[column] / np.sqrt(squares[column])


@kernel
def _not_taken(candidates: Any, taken: Any) -> Any:
    """A random candidate outside the history."""
    while True:
        other = candidates[np.random.randint(len(candidates))]  # noqa: NPY002
        if not taken[other]:
            return other


@kernel
def _compare(
    target: int, other: int, x: Any, out_of: Any, bias: Any, rate: Any, pull: Any, pushed: Any
) -> float:
    """Pull `target` above `other` for a user x; adds the gradient of x to `pushed` and returns −ln σ(d)."""
    q, q_squares = out_of
    b, b_squares = bias
    d = b[target] - b[other]
    for column in range(len(x)):
        d += x[column] * (q[target, column] - q[other, column])
    g = np.float32(1 / (1 + np.exp(d)))
    up = np.empty(len(x), dtype=np.float32)
    down = np.empty(len(x), dtype=np.float32)
    for column in range(len(x)):
        pushed[column] += g * (q[target, column] - q[other, column])
        up[column] = g * x[column] - pull * q[target, column]
        down[column] = -g * x[column] - pull * q[other, column]
    _step(q[target], q_squares[target], up, rate)
    _step(q[other], q_squares[other], down, rate)
    up[0], down[0] = g - pull * b[target], -g - pull * b[other]
    _step(b[target : target + 1], b_squares[target : target + 1], up[:1], rate)
    _step(b[other : other + 1], b_squares[other : other + 1], down[:1], rate)
    return max(-d, np.float32(0)) + np.log1p(np.exp(-abs(d)))  # type: ignore[no-any-return]


@kernel
def _one_user(
    row: Any, candidates: Any, taken: Any, into: Any, out_of: Any, bias: Any, settings: Any
) -> float:
    """All events of one user, then one step of its items as evidence; returns the sum of the losses."""
    p, p_squares = into
    rate, pull, negatives, exponent = settings
    whole = np.zeros(p.shape[1], dtype=np.float32)
    for item in row:
        taken[item] = True
        whole += p[item]
    scale = np.float32((len(row) - 1) ** -exponent)
    pushed = np.zeros((len(row), p.shape[1]), dtype=np.float32)
    total = 0.0
    for place in range(len(row)):
        x = (whole - p[row[place]]) * scale  # an item is no evidence of itself
        for _ in range(negatives):
            other = _not_taken(candidates, taken)
            total += _compare(row[place], other, x, out_of, bias, rate, pull, pushed[place])
    together = pushed.sum(axis=0)
    for place in range(len(row)):
        item = row[place]
        taken[item] = False
        _step(p[item], p_squares[item], scale * (together - pushed[place]) - pull * p[item], rate)
    return total


@kernel
def _epoch(
    order: Any, indptr: Any, items: Any, candidates: Any, state: Any, settings: Any, seed: int
) -> float:
    """One pass over the users in `order`; returns the mean of −ln σ(s_t − s_k) over the pairs.

    `state` holds (values, Adagrad's squares) of the history side, the target side and the biases.
    """
    np.random.seed(seed)  # noqa: NPY002 (compiled code has a state of its own, set from the caller's seed)
    into, out_of, bias = state
    taken = np.zeros(len(into[0]), dtype=np.bool_)
    total, pairs = 0.0, 0
    for user in order:
        row = items[indptr[user] : indptr[user + 1]]
        if 2 <= len(row) < len(candidates):  # evidence and something to compare with
            total += _one_user(row, candidates, taken, into, out_of, bias, settings)
            pairs += len(row) * settings[2]
    return total / max(1, pairs)


class BPR:
    """Bayesian personalised ranking (Rendle et al., 2009) of a factored item model (Kabbur et al., 2013).

    s_t(h) = b_t + |h|^−a Σ_{j in h, j ≠ t} p_j · q_t; every event t of a user is pulled above random items k
    that it did not take: −ln σ(s_t − s_k) is lowered by stochastic gradient steps (Adagrad). A user is the
    sum of its history, never a vector of its own, so new users are answered like trained ones.
    """

    name: ClassVar[str] = "bpr"
    label: ClassVar[str] = "BPR"
    Config: ClassVar[type[BPRConfig]] = BPRConfig
    needs: ClassVar[tuple[str, ...]] = ()
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    stochastic: ClassVar[bool] = True

    def __init__(self, config: BPRConfig | None = None) -> None:
        self.config = config or BPRConfig()

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
        """Go over all events `epochs` times; `report` is told the mean loss of each."""
        report(0.0, "preparing")
        x = weighted(train.matrix, "binary")
        state = self._start(train, seed) if resume is None else {k: np.array(v) for k, v in resume.items()}
        candidates = np.flatnonzero(train.trained_items).astype(np.int32)
        for number in range(int(state.pop("epoch", 0)) + 1, self.config.epochs + 1):
            value = self._pass(x, candidates, state, seed, number)
            curve = {"epoch": float(number), "loss": value}
            report(number / self.config.epochs, f"epoch {number} of {self.config.epochs}", curve=curve)
            if checkpoint is not None and number % CHECKPOINT_EVERY == 0:
                checkpoint({k: v.copy() for k, v in state.items()} | {"epoch": np.asarray(number)})
        self.into_, self.out_of_, self.bias_ = (state[key] for key in ("into", "out_of", "bias"))
        return self

    def _start(self, train: Dataset, seed: int) -> dict[str, NDArray[Any]]:
        """Small random vectors; zeros for items without an event."""
        rng, f = np.random.default_rng(seed), self.config.factors
        state: dict[str, NDArray[Any]] = {}
        for key, shape in (("into", (train.n_items, f)), ("out_of", (train.n_items, f))):
            drawn = rng.normal(0, 0.1 / f**0.5, shape) * train.trained_items[:, None]
            state[key] = drawn.astype(np.float32)
        state["bias"] = np.zeros(train.n_items, dtype=np.float32)
        squares = {f"{key}_squares": np.full_like(value, FIRST_SQUARES) for key, value in state.items()}
        return state | squares

    def _pass(
        self, x: csr_matrix, candidates: NDArray[np.int32], state: dict[str, Any], seed: int, number: int
    ) -> float:
        # an epoch's own generator: a resumed fit goes on as if it had never stopped
        rng = np.random.default_rng([seed, number])
        c = self.config
        settings = (np.float32(c.learning_rate), np.float32(c.regularization), c.negatives, c.length_exponent)
        into, out_of, bias = ((state[key], state[f"{key}_squares"]) for key in ("into", "out_of", "bias"))
        order = rng.permutation(x.shape[0])
        return _epoch(
            order, x.indptr, x.indices, candidates, (into, out_of, bias), settings, int(rng.integers(2**31))
        )

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)); an empty history gets the items' biases.

        An item of the history is scored like any other, without its own part.
        """
        x = history_matrix(histories, "binary")
        lengths = np.maximum(np.diff(x.indptr), 1)[:, None] ** np.float32(-self.config.length_exponent)
        chosen = slice(None) if items is None else items
        scores = (x @ self.into_) * lengths.astype(np.float32) @ self.out_of_[chosen].T + self.bias_[chosen]
        own = np.einsum("if,if->i", self.into_, self.out_of_)
        itself = (
            x.multiply(own[None, :]).tocsr()[:, np.arange(len(own)) if items is None else items].toarray()
        )
        return np.asarray(scores - itself * lengths, dtype=np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Item vectors as evidence (n_items, f), as targets (n_items, f), and the biases."""
        return {"into": self.into_, "out_of": self.out_of_, "bias": self.bias_}

    @classmethod
    def restore(cls, config: BPRConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        model.into_, model.out_of_, model.bias_ = (
            np.asarray(arrays[key]) for key in ("into", "out_of", "bias")
        )
        return model
