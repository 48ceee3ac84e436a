"""New users and new items at once: neither the person nor what is to be found was ever met."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from data.dataset import Dataset
from data.split import Split
from data.splits.base import TEST, TRAIN, UNUSED, VALIDATION, Assignment, SplitConfig, build_split
from data.splits.finishing import common_words, finish
from data.wording import percent


class UserItemColdConfig(SplitConfig):
    """How many users and items are held out, for each of validation and test."""

    user_share: float = Field(
        default=0.2,
        gt=0.0,
        le=0.4,
        title="Users held out",
        description="Share of users held out for test, at least one; as many for validation.",
    )
    item_share: float = Field(
        default=0.2,
        gt=0.0,
        le=0.4,
        title="Items held out",
        description="Share of items held out for test, at least one; as many for validation.",
    )


class UserItemCold:
    """A held-out user is shown with events on known items, and judged by events on held-out items.

    Events that would join a part with another (a training user with a held-out item, a test user with an item
    of validation) are in no part and are never shown.
    """

    name: ClassVar[str] = "user_item_cold"
    label: ClassVar[str] = "New users and new items"
    Config: ClassVar[type[UserItemColdConfig]] = UserItemColdConfig
    needs_times: ClassVar[bool] = False

    def __init__(self, config: UserItemColdConfig | None = None) -> None:
        self.config = config or UserItemColdConfig()

    def assign(self, dataset: Dataset, *, seed: int = 0) -> Assignment:
        """Draw users, then items; one seed, one answer."""
        rng = np.random.default_rng(seed)
        events = dataset.interactions
        by_user = _drawn(dataset.trained_users, self.config.user_share, rng)[events.user]
        by_item = _drawn(dataset.trained_items, self.config.item_share, rng)[events.item]
        shown = (by_user != TRAIN) & (by_item == TRAIN)
        part = np.where(shown | (by_user == by_item), by_user, UNUSED).astype(np.uint8)
        facts = {
            "test_items": len(np.unique(events.item[by_item == TEST])),
            "validation_items": len(np.unique(events.item[by_item == VALIDATION])),
            "events_unused": int((part == UNUSED).sum()),
            "seed": seed,
        }
        return finish(
            dataset,
            Assignment(part, facts, shown),
            self.config,
            seed=seed,
            hint="Too few events join a held-out user with a held-out item: raise both shares.",
        )

    def split(self, dataset: Dataset, *, seed: int = 0) -> Split:
        """The parts; facts count the events in no part."""
        return build_split(dataset, self.assign(dataset, seed=seed), self, self.describe())

    def describe(self) -> str:
        """ "20 % of users and 20 % of items held out for test, as many for validation"."""
        users, items = percent(self.config.user_share), percent(self.config.item_share)
        words = f"{users} of users and {items} of items held out for test, as many for validation"
        return words + common_words(self.config)


def _drawn(present: NDArray[np.bool_], share: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """(n,) part of each user or item: a share of those present for test, as many for validation."""
    order = rng.permutation(np.flatnonzero(present))
    n = max(1, int(share * len(order)))
    part = np.full(len(present), TRAIN, dtype=np.uint8)
    part[order[:n]] = TEST
    part[order[n : 2 * n]] = VALIDATION
    return part
