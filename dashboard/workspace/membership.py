"""What one member contributes to a fusion: the same lists for the slider and for the saved run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.models.base import Recommender
from core.ranking import Policy, Recommendations, recommend
from data.histories import Histories


def member_lists(
    model: Recommender, histories: Histories, depth: int, policy: Policy, candidates: NDArray[np.bool_]
) -> Recommendations:
    """The model's top `depth` of every row; rows that it has no answer for are marked in `answered_by`."""
    nothing = np.zeros(histories.n_items, dtype=np.float32)
    return recommend(
        model,
        histories,
        k=min(depth, histories.n_items),
        policy=policy,
        candidates=candidates,
        fallback=nothing,
    )
