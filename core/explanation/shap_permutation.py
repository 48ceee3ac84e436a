"""shap's permutation explainer over history masks: sequence models and any other black box."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

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
from data.histories import Histories

PAIRS = 10  # an order and its reverse each; one pair is exact for interactions of two events
_global_random = threading.Lock()


@contextmanager
def _lent_random_state() -> Iterator[None]:
    """shap seeds and draws from NumPy's global generator: one caller at a time, and put back afterwards."""
    with _global_random:
        before = np.random.get_state()  # noqa: NPY002 - shap leaves no other way
        try:
            yield
        finally:
            np.random.set_state(before)  # noqa: NPY002


class ShapPermutation:
    """Lundberg & Lee (2017), shap.PermutationExplainer: events are removed, the order of the rest is kept."""

    name: ClassVar[str] = "shap_permutation"
    label: ClassVar[str] = "SHAP permutations"
    exact: ClassVar[bool] = False

    def applies_to(self, model: Any, histories: Histories, row: int) -> bool:
        return hasattr(model, "score") and bool(histories.lengths[row] > 0)

    def explain(self, model: Any, histories: Histories, row: int, item: int, *, seed: int = 0) -> Explanation:
        listed = listed_score(model, histories, row, item)
        game = history_game(model, histories, row, item)
        base, score = game.values(np.array([np.zeros(game.n_players), np.ones(game.n_players)], dtype=bool))
        pairs, evaluations = shap_pairs(game, seed)
        return Explanation(
            game="history",
            method=self.name,
            exact=False,
            item=item,
            players=game.players,
            items=game.items,
            base=float(base),
            score=float(score),
            contributions=pairs.mean(0),
            standard_errors=pairs.std(0, ddof=1) / np.sqrt(len(pairs)),
            evaluations=evaluations + 2,
            value_function=VALUE,
            background=f"{REMOVED}; {EMPTY}",
            facts={"pairs": len(pairs), **game.facts, **own_vector_facts(listed, float(score))},
        )


def shap_pairs(game: HistoryGame, seed: int, n_pairs: int = PAIRS) -> tuple[NDArray[np.float64], int]:
    """(n_pairs, n_players) values of independent antithetic pairs, and the evaluations used.

    shap's own error bounds treat an order and its reverse as independent; asking for one pair at a time
    gives honest standard errors at the same cost.
    """
    from shap import PermutationExplainer  # slow to import, and only needed here

    _keep_compiled()
    n = game.n_players
    used = 0

    def value(masks: NDArray[np.float64]) -> NDArray[np.float64]:
        nonlocal used
        used += len(masks)
        return game.values(masks > 0.5)

    zeros, ones = np.zeros((1, n)), np.ones((1, n))
    values = []
    with _lent_random_state():
        explainer = PermutationExplainer(value, zeros, seed=seed)
        for _ in range(n_pairs):
            result = explainer(ones, max_evals=2 * n + 1, batch_size=2 * n + 1, silent=True)
            values.append(np.asarray(result.values, dtype=np.float64)[0])
    return np.array(values), used


@cache
def _keep_compiled() -> None:
    """Let numba keep what it compiles of shap, as it keeps our own kernels: 3.5 s of every first use."""
    from numba.core.dispatcher import Dispatcher

    for name in ("shap.links", "shap.maskers._tabular", "shap.utils._masked_model"):
        for function in vars(import_module(name)).values():
            if isinstance(function, Dispatcher):
                function.enable_caching()


def warm() -> None:
    """Import shap and compile its functions on a game of two events."""

    class _Tiny:
        def values(self, coalitions: NDArray[np.bool_]) -> NDArray[np.float64]:
            return np.asarray(coalitions.sum(1), dtype=np.float64)

        n_players = 2

    shap_pairs(_Tiny(), seed=0, n_pairs=1)  # type: ignore[arg-type]
