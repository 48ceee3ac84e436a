"""What an explanation is: a game, its players and their parts, with what it cost and what is left over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from core.arrays import Scores
from data.histories import Histories

Game = Literal["history", "models"]


@dataclass(frozen=True, eq=False)
class Explanation:
    """Parts of one score. base + Σ contributions + residual = score.

    `players` are positions in the history row (game "history") or member names (game "models"). In a long
    history the oldest events may be one player: its name then is text, its entry of `items` is
    `NO_ITEM` (-1), and `facts["grouped"]` is the number of events it stands for.
    """

    game: Game
    method: str  # key of the explainer
    exact: bool
    item: int
    players: tuple[int | str, ...]
    items: NDArray[np.int32]  # history: the item of each player; models: empty
    base: float
    score: float
    contributions: NDArray[np.float64]
    standard_errors: NDArray[np.float64] | None = None
    evaluations: int = 0
    value_function: str = ""  # in words
    background: str = ""  # in words: what an absent player means
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def residual(self) -> float:
        """Additivity gap: score − base − Σ contributions; 0 up to rounding for every method here."""
        return float(self.score - self.base - self.contributions.sum())


class ScoresHistories(Protocol):
    """The one ability that every method here needs of a model."""

    def score(self, histories: Histories, items: NDArray[np.int32] | None = None) -> Scores: ...


@runtime_checkable
class HasMembers(Protocol):
    """A fused recommender: its score is the sum of its members' parts."""

    members: Mapping[str, Any]
    candidates: NDArray[np.bool_] | None  # (n_items,) what its members' lists are made of; None: all

    def member_parts(self, histories: Histories, row: int, item: int) -> Explanation: ...


class Explainer(Protocol):
    """One way of computing an explanation, for the models it applies to."""

    name: ClassVar[str]
    label: ClassVar[str]
    exact: ClassVar[bool]

    def applies_to(self, model: Any, histories: Histories, row: int) -> bool: ...

    def explain(
        self, model: Any, histories: Histories, row: int, item: int, *, seed: int = 0
    ) -> Explanation: ...
