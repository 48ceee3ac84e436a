"""Popularity: the same list for everybody, in three readings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from core.arrays import ItemIndices, PerUser, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.models.weighting import MORE, weighted
from core.progress import Report, silent
from data.dataset import Dataset
from data.errors import NotApplicable
from data.histories import Histories
from data.split import Holdout

DAY = 86_400


class PopularityConfig(ModelConfig):
    """Which popularity."""

    kind: Literal["all_time", "recent", "activity_weighted"] = Field(
        default="all_time",
        description="all_time: events per item; recent: events in the latest window; activity_weighted: each "
        "user counts as much as they have items (R'R1, the best list that is the same for all)",
    )
    window_share: float = Field(
        default=0.1, ge=0.001, le=1, description="recent: the latest share of events", json_schema_extra=MORE
    )
    window_days: int | None = Field(
        default=None,
        ge=1,
        le=3650,
        description="recent: the latest days instead of a share of events",
        json_schema_extra=MORE,
    )


class Popularity:
    """Events per item (all-time or in a recent window), or R'R1 (users weighted by their activity).

    R'R1 is the first step of the power iteration for the first singular vector of R: what a factor
    model becomes when it is regularised down to rank one.
    """

    name: ClassVar[str] = "popularity"
    label: ClassVar[str] = "Popularity"
    Config: ClassVar[type[PopularityConfig]] = PopularityConfig
    needs: ClassVar[tuple[str, ...]] = ()
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    stochastic: ClassVar[bool] = False

    def __init__(self, config: PopularityConfig | None = None) -> None:
        self.config = config or PopularityConfig()

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
        """Count."""
        report(0.0, "counting")
        if self.config.kind == "recent":
            self.scores_ = self._recent(train)
        elif self.config.kind == "activity_weighted":
            binary = weighted(train.matrix, "binary")
            activity = np.asarray(binary.sum(axis=1)).ravel()
            self.scores_ = np.asarray(binary.T @ activity, dtype=np.float32)
        else:
            self.scores_ = _events_per_item(train.interactions.item, train.n_items)
        report(1.0)
        return self

    def _recent(self, train: Dataset) -> NDArray[np.float32]:
        """Events in the window; items without one follow in all-time order (a part below one event)."""
        times = train.interactions.time
        if times is None:
            raise NotApplicable(
                "Recent popularity needs event times, and this data has none.",
                "Choose all_time or activity_weighted, or import a time column.",
            )
        if self.config.window_days is not None:
            start = times.max(initial=0) - self.config.window_days * DAY
        else:
            latest = int(np.ceil(len(times) * self.config.window_share))
            start = np.sort(times)[-latest] if latest else 0
        items = train.interactions.item
        ever = _events_per_item(items, train.n_items)
        return _events_per_item(items[times >= start], train.n_items) + ever / np.float32(1 + ever.sum())

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)): one row, repeated."""
        row = self.scores_ if items is None else self.scores_[items]
        return np.repeat(row[None, :], len(histories), axis=0)

    def history_contributions(self, histories: Histories, row: int, item: int) -> tuple[float, PerUser]:
        """(score, zeros): no event of the history has any part in it."""
        return float(self.scores_[item]), np.zeros(int(histories.lengths[row]))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The one row of scores."""
        return {"scores": self.scores_}

    @classmethod
    def restore(cls, config: PopularityConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        model.scores_ = np.asarray(arrays["scores"])
        return model


def _events_per_item(items: NDArray[np.int32], n_items: int) -> NDArray[np.float32]:
    return np.bincount(items, minlength=n_items).astype(np.float32)
