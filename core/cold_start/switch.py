"""Popularity for the first events, then the model: the rule most shops run."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from core.cold_start.base import Answer, StrategyConfig, everyone
from data.histories import Histories


class SwitchConfig(StrategyConfig):
    threshold: int = Field(
        default=5, ge=0, le=1000, description="Histories with fewer events than this get popularity."
    )


class Switch:
    """A switching rule is a strategy of its own: it is judged whole, not by its parts."""

    name: ClassVar[str] = "switch"
    label: ClassVar[str] = "Switch"
    definition: ClassVar[str] = "Popularity below the threshold of known events, the model from there on."
    Config: ClassVar[type[Any]] = SwitchConfig

    def __init__(self, config: SwitchConfig | None = None) -> None:
        self.config = config or self.Config()

    def answer(self, model: Any, histories: Histories, fallback: NDArray[np.float32]) -> Answer:
        warm = histories.lengths >= self.config.threshold
        scores = everyone(fallback, len(histories))
        if warm.any():
            scores[warm] = model.score(histories.rows(np.flatnonzero(warm)))
        return Answer(scores, warm)
