"""Lists for shortened histories under the candidates of the full one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import ItemIndices, Scores
from core.cold_start.base import Strategy
from core.parallel import block_rows, map_blocks
from core.progress import Report, silent
from core.ranking import Policy, Recommendations, rank_scores, recommend
from data.errors import NotApplicable
from data.histories import Histories, from_lists

ROWS = 64  # rows scored at a time


@dataclass(frozen=True, eq=False)
class Conditions:
    """What may be listed, the same for every number of shown events."""

    full: Histories  # the whole history of each row: the policy looks at this one
    policy: Policy
    candidates: NDArray[np.bool_]  # (n_items,)
    fallback: NDArray[np.float32]  # (n_items,)
    k: int
    seed: int


def list_shown(
    strategy: Strategy, model: Any, shown: Histories, conditions: Conditions, *, report: Report = silent
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """(n, k) listed items, and (n,) whether the model itself answered.

    Rows whose listable items all score the same say "no answer" and get the fallback.
    """

    def block(rows: slice) -> tuple[ItemIndices, NDArray[np.bool_]]:
        index = np.arange(rows.start, rows.stop)
        part, full = shown.rows(index), conditions.full.rows(index)
        answer = strategy.answer(model, part, conditions.fallback)
        listable = _listable(full, conditions)
        scores = np.where(listable, answer.scores, np.float32(-np.inf))
        undecided = _undecided(scores)
        scores[undecided] = np.where(listable[undecided], conditions.fallback, np.float32(-np.inf))
        items, _ = rank_scores(scores, part.keys, conditions.k, conditions.seed)
        return items, answer.answered & ~undecided

    size = min(ROWS, max(1, block_rows(shown.n_items) // 4))
    parts = map_blocks(block, len(shown), size, report=report)
    return np.concatenate([items for items, _ in parts]), np.concatenate([own for _, own in parts])


def _listable(full: Histories, conditions: Conditions) -> NDArray[np.bool_]:
    """(n, n_items) may this item be listed for this row?"""
    allowed = np.repeat(conditions.candidates[None, :], len(full), axis=0)
    if conditions.policy.seen == "allow":
        return allowed
    row_of = np.repeat(np.arange(len(full)), full.lengths)
    if conditions.policy.seen == "hide":
        allowed[row_of, full.items] = False
        return allowed
    seen = np.zeros_like(allowed)
    seen[row_of, full.items] = True
    return allowed & seen


def _undecided(scores: Scores) -> NDArray[np.bool_]:
    """(n,) two or more items may be listed and all score the same."""
    finite = scores > -np.inf
    low = np.where(finite, scores, np.float32(np.inf)).min(1)
    return np.asarray((finite.sum(1) > 1) & (low == scores.max(1)))


def top_lists(
    models: dict[str, Any],
    items: Sequence[int],
    n_items: int,
    k: int = 10,
    *,
    policy: Policy = Policy(),  # noqa: B008 - frozen
    candidates: NDArray[np.bool_] | None = None,
    fallback: NDArray[np.float32] | None = None,
    seed: int = 0,
) -> dict[str, Recommendations | NotApplicable]:
    """Every model's list for a hand-picked history of an unknown user (one row each).

    Args:
        models: by the name shown.
        items: picked items, oldest first; may be empty.
        n_items: size of the catalogue.
        k: length of the lists.
        policy, candidates, fallback, seed: as in `core.ranking.recommend`.
    """
    picked = from_lists([list(items)], n_items)
    lists: dict[str, Recommendations | NotApplicable] = {}
    for name, model in models.items():
        try:
            lists[name] = recommend(
                model, picked, k=k, policy=policy, candidates=candidates, fallback=fallback, seed=seed
            )
        except NotApplicable as reason:
            lists[name] = reason
    return lists
