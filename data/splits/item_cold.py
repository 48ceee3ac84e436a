"""New items: whole items are held out of all training, so that only what describes them can find them."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from data.dataset import Dataset
from data.split import Split
from data.splits.base import (
    TEST,
    TRAIN,
    VALIDATION,
    Assignment,
    SplitConfig,
    build_split,
    event_times,
)
from data.splits.finishing import common_words, finish
from data.wording import percent


class ItemColdConfig(SplitConfig):
    """How many items are held out, and which."""

    validation_share: float = Field(
        default=0.1,
        gt=0.0,
        le=0.4,
        title="Validation items",
        description="Share of items held out for validation; at least one.",
    )
    test_share: float = Field(
        default=0.1,
        gt=0.0,
        le=0.4,
        title="Test items",
        description="Share of items held out for test; at least one.",
    )
    which: Literal["random", "newest"] = Field(
        default="random",
        title="Which items",
        description="Random: a seeded draw. Newest: those whose first event is latest, as in real use.",
    )


class ItemCold:
    """No event of a held-out item teaches; who took one of them is to be found by it.

    The targets are the held-out items alone. Models that know items by their events cannot list them: they
    score nothing here, which is the point of the protocol.
    """

    name: ClassVar[str] = "item_cold"
    label: ClassVar[str] = "New items"
    Config: ClassVar[type[ItemColdConfig]] = ItemColdConfig
    needs_times: ClassVar[bool] = False

    def __init__(self, config: ItemColdConfig | None = None) -> None:
        self.config = config or ItemColdConfig()

    def assign(self, dataset: Dataset, *, seed: int = 0) -> Assignment:
        """Hold the items out with all their events; one seed, one answer."""
        order = self._order(dataset, seed)
        n_test = max(1, int(self.config.test_share * len(order)))
        n_validation = max(1, int(self.config.validation_share * len(order)))
        part_of_item = np.full(dataset.n_items, TRAIN, dtype=np.uint8)
        part_of_item[order[:n_test]] = TEST
        part_of_item[order[n_test : n_test + n_validation]] = VALIDATION
        facts = {"test_items": n_test, "validation_items": n_validation}
        drawn = {"seed": seed} if self.config.which == "random" else {}
        return finish(
            dataset,
            Assignment(part_of_item[dataset.interactions.item], facts | drawn),
            self.config,
            seed=seed,
            hint="There are too few items: raise the shares of items held out, or use another split.",
        )

    def _order(self, dataset: Dataset, seed: int) -> NDArray[np.int64]:
        """Items with an event in the order in which they are held out."""
        taken = np.flatnonzero(dataset.trained_items)
        if self.config.which == "random":
            return np.asarray(np.random.default_rng(seed).permutation(taken))
        first = np.full(dataset.n_items, np.iinfo(np.int64).max)
        np.minimum.at(first, dataset.interactions.item, event_times(dataset, f"{self.label}, the newest"))
        return taken[np.argsort(-first[taken], kind="stable")]

    def split(self, dataset: Dataset, *, seed: int = 0) -> Split:
        """The parts; facts count the held-out items, the targets of each part name them."""
        return build_split(dataset, self.assign(dataset, seed=seed), self, self.describe())

    def describe(self) -> str:
        """ "random 10 % of items held out for test, 10 % for validation, with all their events"."""
        config = self.config
        words = (
            f"{config.which} {percent(config.test_share)} of items held out for test, "
            f"{percent(config.validation_share)} for validation, with all their events"
        )
        return words + common_words(config)
