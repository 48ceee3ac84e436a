"""Transitions: what users take soon after what they had, counted with decay (a Markov chain with a reach)."""

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
from core.models.products import times
from core.models.weighting import MORE
from core.progress import Report, silent
from data.dataset import Dataset
from data.errors import NotApplicable
from data.histories import Histories, from_interactions
from data.split import Holdout


class TransitionsConfig(ModelConfig):
    """How far apart two events may be, and how many of the latest events speak."""

    reach: int = Field(
        default=10, ge=1, le=50, description="Steps between two events of a user up to which they are counted"
    )
    decay: float = Field(
        default=0.8, gt=0, le=1, description="A pair one step further apart counts this much less"
    )
    last: int = Field(default=20, ge=1, le=200, description="Latest events of a history that speak")
    history_decay: float = Field(
        default=0.8, gt=0, le=1, description="An event one place further back speaks this much less"
    )
    popularity: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="A target counts (number of transitions into it)^−popularity: larger = less popular",
        json_schema_extra=MORE,
    )


class Transitions:
    """Decayed item-to-item transitions (Markov chains as in Rendle et al., 2010, without factorisation).

    C_jt = Σ over users and pairs of their events, t after j by g ≤ reach steps, of decay^(g−1);
    W_jt = C_jt / (Σ_t C_jt · (Σ_j C_jt)^popularity). The score of t is Σ over the `last` events of
    history_decay^(place from the end) · W_jt. Repeats count. Without an event the others move up, so parts of
    events are no plain sum: they are sampled like those of a sequence model.
    """

    name: ClassVar[str] = "transitions"
    label: ClassVar[str] = "Transitions"
    Config: ClassVar[type[TransitionsConfig]] = TransitionsConfig
    needs: ClassVar[tuple[str, ...]] = ("times",)
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    stochastic: ClassVar[bool] = False

    def __init__(self, config: TransitionsConfig | None = None) -> None:
        self.config = config or TransitionsConfig()

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
        """Count pairs of events at each distance. Raises `NotApplicable` when the events have no times."""
        if not train.has_times:
            raise NotApplicable(
                "Transitions count what follows what, and this data has no times.",
                "Import a time column, or use item_knn, ease or als.",
            )
        report(0.0, "counting transitions")
        rows = from_interactions(train.interactions, np.arange(train.n_users, dtype=np.int32), train)
        counts = _pairs(rows, 1)
        for gap in range(2, self.config.reach + 1):
            report((gap - 1) / self.config.reach, "counting transitions")
            counts = counts + self.config.decay ** (gap - 1) * _pairs(rows, gap)
        self.weights_ = self._normalised(csr_matrix(counts, dtype=np.float32))
        report(1.0)
        return self

    def _normalised(self, counts: csr_matrix) -> csr_matrix:
        counts.sum_duplicates()
        out_of, into = (np.asarray(counts.sum(axis=axis)).ravel() for axis in (1, 0))
        scale = np.maximum(into, 1e-12)[counts.indices] ** self.config.popularity
        scale *= np.repeat(np.maximum(out_of, 1e-12), np.diff(counts.indptr))
        counts.data = (counts.data / scale).astype(np.float32)
        return counts

    def _history(self, histories: Histories) -> csr_matrix:
        """(n, n_items) what each item of a row says: its latest events, summed over repeats."""
        return csr_matrix(
            (self._voices(histories), histories.items.copy(), histories.indptr.copy()),
            shape=(len(histories), histories.n_items),
        )

    def _voices(self, histories: Histories) -> NDArray[np.float32]:
        """(n_events,) history_decay^(place from the end), 0 before the last ones and for weights of 0."""
        ends = np.repeat(histories.indptr[1:], histories.lengths)
        place = ends - 1 - np.arange(len(histories.items))
        voice = np.where(place < self.config.last, self.config.history_decay ** np.minimum(place, 1000), 0.0)
        return np.where(histories.weights > 0, voice, 0.0).astype(np.float32)

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) latest events @ W; 0 for what never followed one of them."""
        x = self._history(histories)
        x.sum_duplicates()
        return times(x, self.weights_, items)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The sparse (n_items, n_items) weights, earlier item → later one."""
        w = self.weights_
        return {"indptr": w.indptr, "indices": w.indices, "data": w.data}

    @classmethod
    def restore(cls, config: TransitionsConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        n_items = len(arrays["indptr"]) - 1
        stored = tuple(np.array(arrays[key]) for key in ("data", "indices", "indptr"))
        model.weights_ = csr_matrix(stored, shape=(n_items, n_items))
        return model


def _pairs(rows: Histories, gap: int) -> csr_matrix:
    """(n_items, n_items) number of times t came `gap` events after j in a row."""
    row_of = np.repeat(np.arange(len(rows)), rows.lengths)
    before, after = rows.items[:-gap], rows.items[gap:]
    same = (row_of[:-gap] == row_of[gap:]) & (rows.weights[:-gap] > 0) & (rows.weights[gap:] > 0)
    ones = np.ones(int(same.sum()), dtype=np.float32)
    return csr_matrix((ones, (before[same], after[same])), shape=(rows.n_items, rows.n_items))
