"""Reciprocal rank fusion (Cormack, Clarke & Büttcher, 2009)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from core.fusion.base import FuserConfig, Pool


class RRFConfig(FuserConfig):
    """Settings of reciprocal rank fusion."""

    k0: float = Field(
        default=60.0,
        ge=0,
        le=1000,
        title="Rank constant",
        description="Added to every rank. Small: the first places decide; large: all places count alike. "
        "10 resists a bad member, 60 is the value of the paper.",
    )


class RRF:
    """Value 1 / (k0 + rank): only ranks count, so members need no common scale."""

    name: ClassVar[str] = "rrf"
    label: ClassVar[str] = "Reciprocal rank fusion"
    definition: ClassVar[str] = "Σ over members weight / (k0 + rank) (Cormack et al., 2009)"
    floor: ClassVar[str] = "0: a member gives nothing to an item it does not list"
    Config: ClassVar[type[RRFConfig]] = RRFConfig

    def __init__(self, config: RRFConfig | None = None) -> None:
        self.config = config or RRFConfig()

    def values(self, pool: Pool) -> NDArray[np.float32]:
        """(n, n_members, width) 1 / (k0 + rank), 0 where the member does not list the item."""
        by_rank = np.zeros(pool.depth + 1, dtype=np.float32)
        by_rank[1:] = 1 / (self.config.k0 + np.arange(1, pool.depth + 1))
        return by_rank[pool.ranks]
