"""The same list for everybody: the line to beat."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from core.cold_start.base import Answer, StrategyConfig, everyone
from data.histories import Histories


class Popularity:
    """Events per item in train, whatever the history."""

    name: ClassVar[str] = "popularity"
    label: ClassVar[str] = "Popularity"
    definition: ClassVar[str] = (
        "Items by their number of events in the training data, the same for everybody."
    )
    Config: ClassVar[type[Any]] = StrategyConfig

    def __init__(self, config: StrategyConfig | None = None) -> None:
        self.config = config or self.Config()

    def answer(self, model: Any, histories: Histories, fallback: NDArray[np.float32]) -> Answer:
        del model
        return Answer(everyone(fallback, len(histories)), np.ones(len(histories), dtype=bool))
