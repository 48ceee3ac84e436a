"""Weighted sum of normalised scores (Fox & Shaw, 1994, CombSUM; convex combination of Bruch et al., 2023)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from core.fusion.base import FuserConfig, Pool
from core.parallel import kernel, map_blocks

Normalisation = Literal["min_max", "z_score", "rank"]
_MODE = {"min_max": 0, "z_score": 1, "rank": 2}
ROWS = 1024


class WeightedSumConfig(FuserConfig):
    """Settings of the weighted sum."""

    normalisation: Normalisation = Field(
        default="min_max",
        title="Common scale",
        description="How each member's scores are made comparable, per user over its list. min_max: "
        "0 (last listed) to 1 (first); z_score: standard deviations from its mean; rank: 1 (first) to "
        "1 / depth.",
    )


@kernel
def _normalise(scores: Any, ranks: Any, depth: int, mode: int, out: Any) -> None:
    """Values of one member for one user, over the items it lists; `out` starts as zeros."""
    n, low, high, total = 0, np.inf, -np.inf, 0.0
    for place in range(len(ranks)):
        if ranks[place] > 0:
            score = np.float64(scores[place])
            n += 1
            low, high, total = min(low, score), max(high, score), total + score
    if n == 0:
        return
    squares = 0.0
    mean = total / n
    for place in range(len(ranks)):
        if ranks[place] > 0:
            squares += (scores[place] - mean) ** 2
    deviation = np.sqrt(squares / n)
    flat = high == low
    for place in range(len(ranks)):
        listed = ranks[place] > 0
        if mode == 2:
            out[place] = (depth + 1 - ranks[place]) / depth if listed else 0.0
        elif mode == 0:
            if listed:
                out[place] = 1.0 if flat else (scores[place] - low) / (high - low)
        elif not flat:
            out[place] = ((scores[place] if listed else low) - mean) / deviation


@kernel
def _normalise_block(scores: Any, ranks: Any, items: Any, depth: int, mode: int, out: Any) -> None:
    for row in range(len(scores)):
        width = 0
        while width < items.shape[1] and items[row, width] >= 0:
            width += 1
        for member in range(scores.shape[1]):
            _normalise(
                scores[row, member, :width], ranks[row, member, :width], depth, mode, out[row, member, :width]
            )


class WeightedSum:
    """Value = the member's score brought to a common scale, per user over the items it lists."""

    name: ClassVar[str] = "weighted_sum"
    label: ClassVar[str] = "Weighted sum"
    definition: ClassVar[str] = (
        "Σ over members weight × normalised score; min_max: (s − min) / (max − min), 1 when all are equal; "
        "z_score: (s − mean) / standard deviation, 0 when all are equal; rank: (depth + 1 − rank) / depth"
    )
    floor: ClassVar[str] = (
        "an item a member does not list gets 0 (min_max, rank) or the lowest z-score of its list (z_score)"
    )
    Config: ClassVar[type[WeightedSumConfig]] = WeightedSumConfig

    def __init__(self, config: WeightedSumConfig | None = None) -> None:
        self.config = config or WeightedSumConfig()

    def values(self, pool: Pool) -> NDArray[np.float32]:
        """(n, n_members, width) normalised scores; a member without a list gives 0 to every item."""
        out = np.zeros(pool.scores.shape, dtype=np.float32)
        mode = _MODE[self.config.normalisation]

        def block(rows: slice) -> None:
            scores, ranks = pool.scores[rows], pool.ranks[rows]
            _normalise_block(scores, ranks, pool.items[rows], pool.depth, mode, out[rows])

        map_blocks(block, len(pool), ROWS)
        return out
