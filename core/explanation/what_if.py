"""What the score and the rank would be without an event, found by scoring again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.explanation.base import ScoresHistories
from core.explanation.history_game import listed_score, with_fixed_candidates
from core.ranking import Policy, rank_of
from data.errors import NotFound
from data.histories import Histories

CANDIDATES_FIXED = (
    "The candidates stay the same: a removed item that was hidden stays hidden, so ranks compare."
)


@dataclass(frozen=True)
class Change:
    """One item before and after; a rank of 0 means that the item may not be listed."""

    item: int
    removed: tuple[int, ...]  # positions in the history
    score_before: float
    score_after: float
    rank_before: int
    rank_after: int
    note: str = CANDIDATES_FIXED


def without_event(
    model: ScoresHistories,
    histories: Histories,
    row: int,
    position: int | Sequence[int],
    item: int,
    *,
    policy: Policy = Policy(),  # noqa: B008 - frozen
    candidates: NDArray[np.bool_] | None = None,
    seed: int = 0,
) -> Change:
    """The item's score and rank with and without the event (or events) at `position`.

    Both sides are scored from the events alone, as an unknown user's; otherwise a vector kept for a trained
    user would hide the change. The policy is applied to the whole history on both sides.

    Raises:
        NotFound: no such row, item or position.
        NotApplicable: the history is empty, or the model has no score for the item.
    """
    listed_score(model, histories, row, item)
    removed = (position,) if isinstance(position, int | np.integer) else tuple(position)
    length = int(histories.lengths[row])
    if not all(0 <= p < length for p in removed):
        raise NotFound(
            f"There is no event at position {removed} of this history.", f"It has {length} events."
        )
    masks = np.ones((2, length), dtype=bool)
    masks[1, list(removed)] = False
    fixed = with_fixed_candidates(model, histories, row)
    scores = fixed.score(histories.anonymous().repeat_masked(row, masks))
    ranks = [
        rank_of(
            scores[side], item, histories.keys[row], seed=seed,
            seen=histories.row(row), policy=policy, candidates=candidates,
        )
        for side in (0, 1)
    ]  # fmt: skip
    before, after = float(scores[0, item]), float(scores[1, item])
    return Change(item, tuple(int(p) for p in removed), before, after, ranks[0], ranks[1])
