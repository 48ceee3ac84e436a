"""Facts for a sentence. The words are made where the text lives; only verified facts are handed over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays import NO_ITEM
from core.explanation.base import Explanation

NOISE = 2.0  # standard errors: smaller parts are not called a reason
EVEN = 2.0  # times an even share: a part below it explains nothing by itself …
SMALLEST, SMALL = 0.02, 0.05  # … within these bounds


@dataclass(frozen=True)
class Reason:
    """The strongest reasons for an item.

    `shares` are of the sum of all positive parts ("of what speaks for it"). Events of one item count
    together. Nothing is listed when no part is above the noise: then no single event explains the item.
    """

    item: int
    method: str
    exact: bool
    items: tuple[int, ...]  # past items, strongest first; empty in the game "models"
    names: tuple[str, ...]  # members of a fused ranking, strongest first; empty in the game "history"
    amounts: tuple[float, ...]
    shares: tuple[float, ...]
    group_share: float  # of the oldest events when they are one player
    against: int | str | None  # the strongest part that speaks against the item
    against_amount: float
    base: float
    score: float
    residual: float

    @property
    def silent(self) -> bool:
        """No single event (or member) explains the item."""
        return not self.shares


def reasons(explanation: Explanation, n: int = 2) -> Reason:
    """At most `n` reasons: positive, above two standard errors, and not small.

    Small is less than twice an even share of what speaks for the item, at least 2 % and at most 5 %.
    """
    labels, amounts, errors = _by_label(explanation)
    positive = float(amounts[amounts > 0].sum())
    shares = amounts / positive if positive > 0 else np.zeros_like(amounts)
    heard = np.abs(amounts) >= np.maximum(NOISE * errors, 1e-12 * max(abs(explanation.score), 1.0))
    named = np.array([label != NO_ITEM for label in labels], dtype=bool)
    order = np.argsort(-amounts, kind="stable")
    small = float(np.clip(EVEN / len(labels), SMALLEST, SMALL))
    top = [int(p) for p in order if amounts[p] > 0 and heard[p] and named[p] and shares[p] >= small][:n]
    last = int(order[-1])
    against = labels[last] if amounts[last] < 0 and heard[last] and named[last] else None
    history = explanation.game == "history"
    return Reason(
        item=explanation.item,
        method=explanation.method,
        exact=explanation.exact,
        items=tuple(int(labels[p]) for p in top) if history else (),
        names=() if history else tuple(str(labels[p]) for p in top),
        amounts=tuple(float(amounts[p]) for p in top),
        shares=tuple(float(shares[p]) for p in top),
        group_share=float(max(shares[~named].sum(), 0.0)),
        against=against,
        against_amount=float(amounts[last]) if against is not None else 0.0,
        base=explanation.base,
        score=explanation.score,
        residual=explanation.residual,
    )


def _by_label(
    explanation: Explanation,
) -> tuple[list[int | str], NDArray[np.float64], NDArray[np.float64]]:
    """Parts summed by item (history) or by member; errors of one item's events are added, to be careful."""
    if explanation.game == "history":
        of_player: list[int | str] = [int(item) for item in explanation.items]
    else:
        of_player = list(explanation.players)
    labels = list(dict.fromkeys(of_player))
    place = np.array([labels.index(label) for label in of_player], dtype=np.int64)
    errors = explanation.standard_errors
    if errors is None:
        errors = np.zeros(len(of_player))
    amounts, spread = np.zeros(len(labels)), np.zeros(len(labels))
    np.add.at(amounts, place, explanation.contributions)
    np.add.at(spread, place, errors)
    return labels, amounts, spread
