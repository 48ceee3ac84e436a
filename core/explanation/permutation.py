"""Shapley values by antithetic permutations: long histories of fold-in models, and any other model."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from core.explanation import fold_in, subsets
from core.explanation.base import Explanation
from core.explanation.history_game import (
    EMPTY,
    REMOVED,
    VALUE,
    HistoryGame,
    history_game,
    listed_score,
    own_vector_facts,
)
from core.explanation.sampling import sample_pairs, stop_reason
from core.models.base import FoldsIn
from data.histories import Histories

MAX_EVALUATIONS = 4_000  # scorings of a general model
MAX_FOLD_IN_EVALUATIONS = 40_000  # rank-one updates: each is some microseconds


class Permutation:
    """Sampled Shapley values with a standard error per bar; stops when the top 5 is stable."""

    name: ClassVar[str] = "permutation"
    label: ClassVar[str] = "Sampled permutations"
    exact: ClassVar[bool] = False

    def applies_to(self, model: Any, histories: Histories, row: int) -> bool:
        return hasattr(model, "score") and bool(histories.lengths[row] > 0)

    def explain(self, model: Any, histories: Histories, row: int, item: int, *, seed: int = 0) -> Explanation:
        listed = listed_score(model, histories, row, item)
        if isinstance(model, FoldsIn):
            return _fold_in(model, histories, row, item, seed, listed)
        return _any_model(model, histories, row, item, seed, listed)


def _fold_in(
    model: FoldsIn, histories: Histories, row: int, item: int, seed: int, listed: float
) -> Explanation:
    game = fold_in.fold_in_game(model, histories, row)
    game.check(item)
    own, inverse = np.ascontiguousarray(game.Y[game.items]), np.linalg.inv(game.A0)

    def marginals(orders: NDArray[np.int64]) -> NDArray[np.float64]:
        growth = subsets.fold_in_marginals(orders, own, game.c, inverse, game.Y[item])
        return np.asarray(growth)

    n = len(game.items)
    sampled = sample_pairs(marginals, n, max_pairs=max(MAX_FOLD_IN_EVALUATIONS // (2 * n), 2), seed=seed)
    score = game.score(item)
    return Explanation(
        game="history",
        method=Permutation.name,
        exact=False,
        item=item,
        players=tuple(range(len(game.row_items))),
        items=game.row_items,
        base=0.0,
        score=score,
        contributions=game.spread @ sampled.parts,
        standard_errors=game.spread @ sampled.standard_errors,
        evaluations=2 * n * sampled.n_pairs,
        value_function=fold_in.VALUE,
        background=EMPTY,
        facts={
            "pairs": sampled.n_pairs,
            "stopped": stop_reason(sampled),
            **fold_in.repeat_facts(game),
            **own_vector_facts(listed, score),
        },
    )


def _any_model(
    model: Any, histories: Histories, row: int, item: int, seed: int, listed: float
) -> Explanation:
    game = history_game(model, histories, row, item)
    n = game.n_players
    base, score = game.values(np.array([np.zeros(n), np.ones(n)], dtype=bool))

    def marginals(orders: NDArray[np.int64]) -> NDArray[np.float64]:
        return path_growth(game, orders, float(base), float(score))

    per_pair = 2 * max(n - 1, 1)
    sampled = sample_pairs(marginals, n, max_pairs=max(MAX_EVALUATIONS // per_pair, 2), seed=seed)
    return Explanation(
        game="history",
        method=Permutation.name,
        exact=False,
        item=item,
        players=game.players,
        items=game.items,
        base=float(base),
        score=float(score),
        contributions=sampled.parts,
        standard_errors=sampled.standard_errors,
        evaluations=2 + 2 * (n - 1) * sampled.n_pairs,
        value_function=VALUE,
        background=f"{REMOVED}; {EMPTY}",
        facts={
            "pairs": sampled.n_pairs,
            "stopped": stop_reason(sampled),
            **game.facts,
            **own_vector_facts(listed, float(score)),
        },
    )


def path_growth(
    game: HistoryGame, orders: NDArray[np.int64], base: float, score: float
) -> NDArray[np.float64]:
    """(m, n) growth of v as players join in each order; v(∅) and v(N) are known."""
    m, n = orders.shape
    place = np.argsort(orders, axis=1)  # (m, n) when each player joins
    prefixes = place[:, None, :] < np.arange(1, n)[None, :, None]  # (m, n - 1, n)
    inner = game.values(prefixes.reshape(-1, n)).reshape(m, n - 1) if n > 1 else np.empty((m, 0))
    path = np.hstack([np.full((m, 1), base), inner, np.full((m, 1), score)])
    return np.take_along_axis(np.diff(path, axis=1), place, axis=1)
