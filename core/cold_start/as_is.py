"""The model answers every history, however short."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from core.cold_start.base import Answer, StrategyConfig
from data.histories import Histories


class AsIs:
    """The plain model."""

    name: ClassVar[str] = "as_is"
    label: ClassVar[str] = "Model as it is"
    definition: ClassVar[str] = (
        "The model scores every history; where it has no answer, popularity stands in."
    )
    Config: ClassVar[type[Any]] = StrategyConfig

    def __init__(self, config: StrategyConfig | None = None) -> None:
        self.config = config or self.Config()

    def answer(self, model: Any, histories: Histories, fallback: NDArray[np.float32]) -> Answer:
        del fallback
        scores = np.array(model.score(histories), dtype=np.float32)
        return Answer(scores, np.ones(len(histories), dtype=bool))
