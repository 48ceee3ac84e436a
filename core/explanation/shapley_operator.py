"""Exact Shapley values of a fold-in model: one operator per user explains every catalogue item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.explanation import subsets
from core.explanation.base import Explanation
from core.explanation.fold_in import VALUE, Float, FoldInGame, fold_in_game, repeat_facts
from core.explanation.history_game import EMPTY, listed_score, own_vector_facts
from core.models.base import FoldsIn
from data.errors import NotApplicable
from data.histories import Histories

MAX_PLAYERS = 15  # 2^15 small systems: tens of milliseconds


@dataclass(frozen=True, eq=False)
class HistoryOperator:
    """Shapley's value of every item at once: phi_t = Phi W y_t, W = Y_H A0^-1."""

    game: FoldInGame
    phi: Float  # (p, p)
    W: Float  # (p, f)

    def parts(self, item: int) -> Float:
        """(n_events,) part of each event in the score of `item`."""
        return np.asarray(self.game.spread @ (self.phi @ (self.W @ self.game.Y[item])))

    def all_items(self) -> Float:
        """(n_events, n_items) parts of each event in the score of every catalogue item."""
        return np.asarray((self.game.spread @ self.phi @ self.W) @ self.game.Y.T)

    def contrast(self, item: int, rival: int) -> Float:
        """(n_events,) why `item` rather than `rival`: exact too, as the value is linear in the game."""
        return self.parts(item) - self.parts(rival)

    def explain(self, item: int) -> Explanation:
        """Exact parts of the fold-in score of `item`, which is solved again directly in factor space."""
        self.game.check(item)
        score = self.game.score(item)
        return Explanation(
            game="history",
            method=ShapleyOperator.name,
            exact=True,
            item=item,
            players=tuple(range(len(self.game.row_items))),
            items=self.game.row_items,
            base=0.0,
            score=score,
            contributions=self.parts(item),
            evaluations=1 << len(self.game.items),
            value_function=VALUE,
            background=EMPTY,
            facts={"non_additivity": self._non_additivity(item, score), **repeat_facts(self.game)},
        )

    def _non_additivity(self, item: int, score: float) -> float:
        """|Σ solo effects − v(N)| / |v(N)|: how much any additive picture must hide."""
        g = self.W @ self.game.Y[item]
        h = np.einsum("jf,jf->j", self.W, self.game.Y[self.game.items])
        solo = float((g * self.game.c / (1 + (self.game.c - 1) * h)).sum())
        return abs(solo - score) / max(abs(score), 1e-12)


def history_operator(model: FoldsIn, histories: Histories, row: int) -> HistoryOperator:
    """The exact operator of one row, to be kept while the analyst clicks through items.

    Raises:
        NotApplicable: an empty history, more than 15 different items, or a singular system.
    """
    game = fold_in_game(model, histories, row)
    p = len(game.items)
    if not 1 <= p <= MAX_PLAYERS:
        raise NotApplicable(
            f"The history holds {p} different items; the exact method takes 1 to {MAX_PLAYERS}.",
            "Longer histories are answered by sampled permutations.",
        )
    own = game.Y[game.items]
    W: Float = np.asarray(np.linalg.solve(game.A0, own.T).T, dtype=np.float64)
    phi = subsets.shapley_operator(np.ascontiguousarray(W @ own.T), game.c)
    if not np.isfinite(phi).all():
        raise NotApplicable(
            "The fold-in system of this history is singular.", "Raise the model's regularization."
        )
    return HistoryOperator(game, phi, W)


class ShapleyOperator:
    """Exact Shapley values for histories of up to 15 different items (Shapley, 1953)."""

    name: ClassVar[str] = "shapley_operator"
    label: ClassVar[str] = "Exact Shapley values"
    exact: ClassVar[bool] = True

    def applies_to(self, model: Any, histories: Histories, row: int) -> bool:
        return isinstance(model, FoldsIn) and 1 <= len(np.unique(histories.row(row))) <= MAX_PLAYERS

    def explain(self, model: Any, histories: Histories, row: int, item: int, *, seed: int = 0) -> Explanation:
        del seed
        listed = listed_score(model, histories, row, item)
        explanation = history_operator(model, histories, row).explain(item)
        explanation.facts.update(own_vector_facts(listed, explanation.score))
        return explanation
