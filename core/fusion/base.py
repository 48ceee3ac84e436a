"""What a fuser is: per-member values on a pool of candidates, weighted and summed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict


class FuserConfig(BaseModel):
    """Settings of a fuser, frozen; `weights` None means equal weights."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    weights: tuple[float, ...] | None = None


@dataclass(frozen=True, eq=False)
class Pool:
    """The union of every member's top list, per user.

    `items` is ascending within a row and padded with −1; `ranks` starts at 1, 0 = the member does not
    list the item; `scores` is NaN there. `depth` is the length of the members' lists. Lists that a
    fallback gave are in the pool too, but `answered` is false for them: they count only for a row in
    which no weighted member has an answer of its own.
    """

    items: NDArray[np.int32]  # (n, width)
    ranks: NDArray[np.int32]  # (n, n_members, width)
    scores: NDArray[np.float32]  # (n, n_members, width)
    keys: NDArray[np.uint64]  # (n,) tie-break seeds, those of the histories
    depth: int
    users: NDArray[np.int32]  # (n,) as in the lists
    answered: NDArray[np.bool_]  # (n, n_members) the member itself answered, with a list that is not empty
    sources: tuple[str, ...]  # (n_members,) who gave each list

    def __len__(self) -> int:
        return len(self.items)


class Fuser(Protocol):
    """An additive fusion rule: fused score = Σ_m weight_m · value_m, so the parts add up."""

    name: ClassVar[str]
    label: ClassVar[str]
    definition: ClassVar[str]  # the formula in words, with its source
    floor: ClassVar[str]  # what an absent item is worth, in words
    Config: ClassVar[type[FuserConfig]]
    config: Any

    def values(self, pool: Pool) -> NDArray[np.float32]:
        """(n, n_members, width) unweighted value of each item for each member; padding is 0."""
        ...
