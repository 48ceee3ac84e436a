"""What a cold-start strategy is: who answers a short history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from core.arrays import Scores
from data.histories import Histories


class StrategyConfig(BaseModel):
    """Settings of a strategy, frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, eq=False)
class Answer:
    """Scores of n rows; `answered[r]` is False where the stand-in answered instead of the model."""

    scores: Scores  # (n, n_items)
    answered: NDArray[np.bool_]  # (n,)


class Strategy(Protocol):
    """How rows with few events are answered; the constructor takes the config."""

    name: ClassVar[str]
    label: ClassVar[str]
    definition: ClassVar[str]  # in words
    Config: ClassVar[type[Any]]  # a StrategyConfig
    config: Any

    def answer(self, model: Any, histories: Histories, fallback: NDArray[np.float32]) -> Answer:
        """Scores of all rows.

        Args:
            model: any recommender.
            histories: n rows; only these events are known.
            fallback: (n_items,) scores that do not depend on the user.
        """
        ...


def everyone(fallback: NDArray[np.float32], n: int) -> Scores:
    """(n, n_items) the same scores for every row, as a fresh array."""
    return np.repeat(np.asarray(fallback, dtype=np.float32)[None, :], n, axis=0)
