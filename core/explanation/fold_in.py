"""The history game of a factor model that folds a user in by weighted ridge regression.

Hu, Koren & Volinsky (2008), notation of the package implicit: A0 = Y'Y + λI, c_j the confidence of item j,
d_j = c_j − 1. For a set S of the history, x(S) = (A0 + Y_S'D_S Y_S)^-1 Y_S'c_S and v_t(S) = y_t'x(S).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.models.base import FoldsIn
from data.errors import NotApplicable
from data.histories import Histories

Float = NDArray[np.float64]

VALUE = "fold-in score of the item when the model sees only the chosen events"


@dataclass(frozen=True, eq=False)
class FoldInGame:
    """One user's fold-in system; its players are the p distinct items of the history.

    `spread` (n_events, p) hands a player's part to its events: repeats of an item enter the model as one
    summed confidence, so they share the part in proportion to their weights, equally when these are equal.
    """

    Y: Float  # (n_items, f)
    A0: Float  # (f, f)
    items: NDArray[np.int32]  # (p,) distinct
    c: Float  # (p,)
    row_items: NDArray[np.int32]  # (n_events,)
    spread: Float  # (n_events, p)

    @property
    def repeats(self) -> bool:
        return len(self.row_items) > len(self.items)

    def vector(self) -> Float:
        """(f,) x(N), solved directly in factor space."""
        own = self.Y[self.items]
        return np.asarray(np.linalg.solve(self.A0 + (own.T * (self.c - 1)) @ own, own.T @ self.c))

    def score(self, item: int) -> float:
        """v_t(N)."""
        return float(self.Y[item] @ self.vector())

    def check(self, item: int) -> None:
        """Refuse an item the model never met: its factor is zero, whatever the history."""
        if not self.Y[item].any():
            raise NotApplicable(
                "The model knows nothing of this item: it was not in the training data.",
                "Pick an item of the model's list.",
            )


def fold_in_game(model: FoldsIn, histories: Histories, row: int) -> FoldInGame:
    """The fold-in system of one row, in double precision."""
    Y, A0, items, c = model.fold_in_system(histories, row)
    row_items = histories.row(row)
    start, stop = histories.indptr[row], histories.indptr[row + 1]
    items = np.asarray(items, dtype=np.int32)
    return FoldInGame(
        Y=np.asarray(Y, dtype=np.float64),
        A0=np.asarray(A0, dtype=np.float64),
        items=items,
        c=np.asarray(c, dtype=np.float64),
        row_items=row_items.copy(),
        spread=_spread(row_items, histories.weights[start:stop], items),
    )


def _spread(row_items: NDArray[np.int32], weights: NDArray[np.float32], items: NDArray[np.int32]) -> Float:
    same = (row_items[:, None] == items[None, :]).astype(np.float64)
    share = same * np.maximum(weights.astype(np.float64), 0)[:, None]
    total = share.sum(0)
    share = np.where(total > 0, share, same)
    return np.asarray(share / np.maximum(share.sum(0), 1e-300))


def repeat_facts(game: FoldInGame) -> dict[str, str]:
    """What is said when an item stands in the history more than once."""
    if not game.repeats:
        return {}
    return {"repeats": "events of the same item are one player; they share its part by their weights"}
