"""The game "why this item for this user": players are past events, v(S) is the score when only S was seen."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import NO_ITEM, PerUser
from core.explanation.base import HasMembers, ScoresHistories
from core.parallel import single_threaded_blas
from core.ranking import Policy
from data.errors import NotApplicable, NotFound
from data.histories import Histories

Coalitions = NDArray[np.bool_]  # (m, n_players)

VALUE = "score of the item when the model sees only the chosen events"
REMOVED = "an absent event is removed; the order of the others is kept"
EMPTY = "what the model gives an unknown user with an empty history"
PLAYERS_LIMIT = 50  # longer histories: the oldest events become one player
BATCH = 256  # coalitions scored at a time


@dataclass(frozen=True, eq=False)
class HistoryGame:
    """Coalitions of past events of one row, scored by any recommender.

    Rows are anonymous: the game is about what the events say, not about a vector kept for a trained user.
    """

    model: ScoresHistories
    histories: Histories  # anonymous
    row: int
    item: int
    grouped: int  # the oldest events that move together as player 0; 0: every event is its own player

    @property
    def n_players(self) -> int:
        return len(self.row_items) - max(self.grouped - 1, 0)

    @property
    def row_items(self) -> NDArray[np.int32]:
        return self.histories.row(self.row)

    @property
    def players(self) -> tuple[int | str, ...]:
        """Positions in the row; the group, if any, comes first and is named."""
        single = tuple(range(self.grouped, len(self.row_items)))
        return (f"{self.grouped} oldest events", *single) if self.grouped else single

    @property
    def items(self) -> NDArray[np.int32]:
        """(n_players,) item of each player, `NO_ITEM` for the group."""
        single = self.row_items[self.grouped :]
        return np.concatenate([[NO_ITEM], single]).astype(np.int32) if self.grouped else single.copy()

    @property
    def facts(self) -> dict[str, Any]:
        return {"grouped": self.grouped} if self.grouped else {}

    def values(self, coalitions: Coalitions) -> PerUser:
        """(m,) v(S) of each coalition.

        Raises:
            NotApplicable: a coalition gets no finite score.
        """
        player_of = np.maximum(np.arange(len(self.row_items)) - max(self.grouped - 1, 0), 0)
        masks = np.asarray(coalitions, dtype=bool)[:, player_of]
        only = np.array([self.item], dtype=np.int32)
        with single_threaded_blas():  # many small products: threads would only wait for each other
            parts = [
                self.model.score(self.histories.repeat_masked(self.row, masks[start : start + BATCH]), only)[
                    :, 0
                ]
                for start in range(0, len(masks), BATCH)
            ]
        values = np.concatenate(parts).astype(np.float64)
        if not np.isfinite(values).all():
            raise NotApplicable(
                "The model gives no finite score to some shortened histories of this user.",
                "Its reasons cannot be computed; compare members or choose another model.",
            )
        return values


def history_game(
    model: ScoresHistories, histories: Histories, row: int, item: int, *, limit: int = PLAYERS_LIMIT
) -> HistoryGame:
    """The game of one row; above `limit` events the oldest become one player (Bento et al., 2021)."""
    length = int(histories.lengths[row])
    grouped = length - limit + 1 if length > limit else 0
    fixed = with_fixed_candidates(model, histories, row)
    return HistoryGame(fixed, histories.anonymous(), row, item, grouped)


def with_fixed_candidates(model: ScoresHistories, histories: Histories, row: int) -> ScoresHistories:
    """A fused ranking that keeps hiding the items of this row's whole history; other models as they are.

    A fused score comes from its members' lists: an item removed from the history would enter them and
    push the others down, which is no effect of the event.
    """
    if not isinstance(model, HasMembers) or getattr(model, "policy", Policy()).seen != "hide":
        return model
    candidates = (
        np.ones(histories.n_items, dtype=bool) if model.candidates is None else model.candidates.copy()
    )
    candidates[histories.row(row)] = False
    fixed = copy(model)
    fixed.candidates = candidates
    return fixed


def check_place(histories: Histories, row: int, item: int) -> None:
    """NotFound unless the row and the item exist."""
    if not 0 <= row < len(histories):
        raise NotFound(f"There is no history number {row}.", f"Choose 0 to {len(histories) - 1}.")
    if not 0 <= item < histories.n_items:
        raise NotFound(f"There is no item number {item}.", f"Choose 0 to {histories.n_items - 1}.")


def listed_score(model: ScoresHistories, histories: Histories, row: int, item: int) -> float:
    """The model's score of `item` for the row as it is, after checking that it can be explained.

    Raises:
        NotFound: no such row or item.
        NotApplicable: the history is empty, or the model has no score for the item.
    """
    check_place(histories, row, item)
    if histories.lengths[row] == 0:
        raise NotApplicable(
            "This user has no past events, so no event can be the reason.",
            "Pick a user with a history, or add a few events and look again.",
        )
    only = np.array([item], dtype=np.int32)
    score = float(model.score(histories.rows([row]), only)[0, 0])
    if not np.isfinite(score):
        raise NotApplicable(
            "The model cannot score this item: it was not in the training data.",
            "Pick an item of the model's list.",
        )
    return score


def check_answer(model: ScoresHistories, histories: Histories, row: int) -> None:
    """NotApplicable when all items score the same for the row: lists are then those of the fallback."""
    scores = model.score(histories.rows([row]))[0]
    scores = scores[np.isfinite(scores)]
    if len(scores) > 1 and (scores == scores[0]).all():
        raise NotApplicable(
            "The model has no answer of its own to this history, so popular items stand in and no event is "
            "their reason.",
            "Pick a user with an event the model knows, or add one and look again.",
        )


def own_vector_facts(listed: float, explained: float) -> dict[str, float]:
    """Both scores where the model answers a trained user from a stored vector instead of the events."""
    close = np.isclose(listed, explained, rtol=1e-3, atol=1e-5)
    return {} if close else {"listed_score": listed}
