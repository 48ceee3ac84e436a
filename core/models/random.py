"""Random: the floor that every model must beat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from core.arrays import ItemIndices, Scores
from core.device import CPU, Device
from core.models.base import Arrays, ModelConfig
from core.parallel import kernel
from core.progress import Report, silent
from core.selection import tie_hash
from data.dataset import Dataset
from data.histories import Histories
from data.split import Holdout


class RandomConfig(ModelConfig):
    """Nothing to set."""


@kernel
def _hash_scores(keys: Any, items: Any, seed: int, out: Any) -> None:
    for row in range(len(keys)):
        for column in range(len(items)):
            value = tie_hash(keys[row], items[column], seed)
            out[row, column] = np.float32(value >> np.uint64(40)) / np.float32(2**24)


class Random:
    """A seeded random order per user: uniform scores in [0, 1) from a hash of (history key, item)."""

    name: ClassVar[str] = "random"
    label: ClassVar[str] = "Random"
    Config: ClassVar[type[RandomConfig]] = RandomConfig
    needs: ClassVar[tuple[str, ...]] = ()
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    stochastic: ClassVar[bool] = True

    def __init__(self, config: RandomConfig | None = None) -> None:
        self.config = config or RandomConfig()

    def fit(
        self,
        train: Dataset,
        *,
        validation: Holdout | None = None,  # noqa: ARG002
        seed: int = 0,
        device: Device = CPU,  # noqa: ARG002
        report: Report = silent,
        checkpoint: Callable[[Arrays], None] | None = None,  # noqa: ARG002
        resume: Arrays | None = None,  # noqa: ARG002
    ) -> Self:
        """Remember the seed and the size of the catalogue."""
        report(0.0, "drawing lots")
        self.seed_ = seed
        self.n_items_ = train.n_items
        report(1.0)
        return self

    def score(self, histories: Histories, items: ItemIndices | None = None) -> Scores:
        """(n, n_items or len(items)) uniform in [0, 1); the same for the same key."""
        wanted = np.arange(self.n_items_, dtype=np.int32) if items is None else np.asarray(items, np.int32)
        out = np.empty((len(histories), len(wanted)), dtype=np.float32)
        # another stream than the tie-break, which would otherwise repeat this order
        _hash_scores(histories.keys, wanted, self.seed_ + 0x5EED, out)
        return out

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Seed and number of items."""
        return {"seed": np.asarray(self.seed_), "n_items": np.asarray(self.n_items_)}

    @classmethod
    def restore(cls, config: RandomConfig, arrays: Arrays) -> Self:
        """The model whose `arrays` these are."""
        model = cls(config)
        model.seed_, model.n_items_ = int(arrays["seed"]), int(arrays["n_items"])
        return model
