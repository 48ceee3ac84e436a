"""Exact parts of models whose score is a sum over events: item-kNN, EASE."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from core.explanation.base import Explanation
from core.explanation.history_game import EMPTY, VALUE, listed_score
from core.models.base import ExplainsByHistory
from data.histories import Histories


class Additive:
    """Reads the parts off: an additive game's Shapley value is each player's own term."""

    name: ClassVar[str] = "additive"
    label: ClassVar[str] = "Exact parts (the score is a sum over events)"
    exact: ClassVar[bool] = True

    def applies_to(self, model: Any, histories: Histories, row: int) -> bool:
        return isinstance(model, ExplainsByHistory) and bool(histories.lengths[row] > 0)

    def explain(self, model: Any, histories: Histories, row: int, item: int, *, seed: int = 0) -> Explanation:
        del seed
        score = listed_score(model, histories, row, item)
        base, parts = model.history_contributions(histories, row, item)
        return Explanation(
            game="history",
            method=self.name,
            exact=True,
            item=item,
            players=tuple(range(len(parts))),
            items=histories.row(row).copy(),
            base=float(base),
            score=score,
            contributions=np.asarray(parts, dtype=np.float64),
            evaluations=1,
            value_function=VALUE,
            background=EMPTY,
        )
