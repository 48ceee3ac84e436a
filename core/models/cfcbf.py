"""CFCBF: items that the same users take and that read alike, in one neighbourhood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix, vstack

from core.arrays import ItemIndices, PerUser, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.models.features import learn_features
from core.models.needs import refuse
from core.models.neighbours import nearest_items
from core.models.products import times
from core.models.weighting import MORE, WEIGHTS_HELP, Weights, event_parts, history_matrix, weighted
from core.progress import Report, silent
from core.tuning import Dimension, Range
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout


class CFCBFConfig(ModelConfig):
    """Neighbourhood, and how much content counts beside users."""

    n_neighbors: int = Field(default=100, ge=1, le=5000, description="Most similar items kept for each item")
    shrinkage: float = Field(
        default=20.0, ge=0, le=10_000, description="Added to the norm: little in common counts for less"
    )
    content_weight: float = Field(
        default=5.0,
        ge=0,
        le=1000,
        description="The content of two equal items counts as much as this number, squared, of common users",
    )
    text_weight: float = Field(
        default=1.0,
        ge=0,
        le=10,
        description="How much words of title and text count beside categories, values and numbers",
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


class CFCBF:
    """Item-kNN over users and content stacked (Mobasher et al., 2003; as in Ferrari Dacrema et al., 2021).

    An item is the vector (r_i, w p_i) of its users and, times the weight w, of its content profile p_i
    (TF-IDF, length 1: `core.models.features`). s(j, t) = (<r_j, r_t> + w² <p_j, p_t>) / (|·|_j |·|_t +
    shrinkage), kept for the nearest j of each t; the score of t is Σ_j x_j s(j, t), each event's part exact.
    Items with many users are compared by them, items with few by what is known of them.
    """

    name: ClassVar[str] = "cfcbf"
    label: ClassVar[str] = "Item-kNN with content"
    Config: ClassVar[type[CFCBFConfig]] = CFCBFConfig
    needs: ClassVar[tuple[str, ...]] = ("item_features",)
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    tuning: ClassVar[Mapping[str, Dimension | None]] = {
        "n_neighbors": Range(5, 2000, log=True, integer=True),
        "shrinkage": Range(1, 1000, log=True),
        "content_weight": Range(0.3, 30, log=True),
    }
    presets: ClassVar[Mapping[str, dict[str, Any]]] = {"quick": {"n_neighbors": 50}}
    stochastic: ClassVar[bool] = False

    def __init__(self, config: CFCBFConfig | None = None) -> None:
        self.config = config or CFCBFConfig()

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
        """Compare every item with those it shares a user, a word or a value with."""
        refuse(self, train)
        report(0.0, "reading item features")
        stacked = vstack(
            [weighted(train.matrix, self.config.weights), self._content(train)],
            format="csr",
            dtype=np.float32,
        )
        stacked.sort_indices()
        c = self.config
        self.similarity_ = nearest_items(
            stacked, c.n_neighbors, c.shrinkage, report=report, stage="comparing items"
        )
        return self

    def _content(self, train: Dataset) -> csr_matrix:
        """(columns, n_items) w p_i; a column that one item alone has still belongs to its norm."""
        space = learn_features(train.item_features, train.trained_items)
        weight = self.config.text_weight
        # pieces of words connect nearly all items: comparing takes several times as long and finds no better
        profiles = space.profiles(train.item_features, train.n_items, text_weight=weight, pieces=0)
        return (profiles * np.float32(self.config.content_weight)).T.tocsr()

    def _history(self, histories: Histories) -> csr_matrix:
        return history_matrix(histories, self.config.weights, self.config.recency_half_life)

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) sum of similarities to the history; 0 without a similar event."""
        return times(self._history(histories), self.similarity_, items)

    def history_contributions(self, histories: Histories, row: int, item: int) -> tuple[float, PerUser]:
        """(0, similarity of each event's item to `item`, times what the event counts)."""
        x = self._history(histories.rows([row]))
        amounts = np.zeros(histories.n_items)
        amounts[x.indices] = x.data * self.similarity_[x.indices, item].toarray().ravel()
        return 0.0, event_parts(histories, row, amounts)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The sparse (n_items, n_items) similarities, history item → target."""
        s = self.similarity_
        return {"indptr": s.indptr, "indices": s.indices, "data": s.data}

    @classmethod
    def restore(cls, config: CFCBFConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        n_items = len(arrays["indptr"]) - 1
        parts = tuple(np.array(arrays[key]) for key in ("data", "indices", "indptr"))
        model.similarity_ = csr_matrix(parts, shape=(n_items, n_items))
        return model
