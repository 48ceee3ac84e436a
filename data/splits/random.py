"""Random events of each user: the protocol for data without times."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from data.dataset import Dataset
from data.split import Split
from data.splits.base import Assignment, SplitConfig, build_split, held_back, place_in_user, user_starts
from data.splits.finishing import common_words, finish
from data.wording import percent


class RandomConfig(SplitConfig):
    """Shares of each user's events that are held back."""

    validation_share: float = Field(
        default=0.1,
        gt=0.0,
        le=0.4,
        title="Validation",
        description="Share of each user's events; at least one.",
    )
    test_share: float = Field(
        default=0.2, gt=0.0, le=0.4, title="Test", description="Share of each user's events; at least one."
    )


class Random:
    """A seeded share of each user's events is held back; users with fewer than three stay in train.

    With times, histories may hold events after the targets: read the figures as a comparison, not a forecast.
    """

    name: ClassVar[str] = "random"
    label: ClassVar[str] = "Random events of each user"
    Config: ClassVar[type[RandomConfig]] = RandomConfig
    needs_times: ClassVar[bool] = False

    def __init__(self, config: RandomConfig | None = None) -> None:
        self.config = config or RandomConfig()

    def assign(self, dataset: Dataset, *, seed: int = 0) -> Assignment:
        """Draw the held-out events of each user; one seed, one answer."""
        starts = user_starts(dataset)
        lengths = np.diff(starts)
        user = np.repeat(np.arange(len(lengths)), lengths)
        drawn = np.argsort(user + np.random.default_rng(seed).random(len(user)), kind="stable")
        place, _ = place_in_user(starts)
        rank = np.empty(len(user), dtype=np.int64)
        rank[drawn] = place
        test = held_back(lengths, self.config.test_share)
        both = test + held_back(lengths, self.config.validation_share)
        part = (rank < both[user]).astype(np.uint8) + (rank < test[user]).astype(np.uint8)
        short = int(((lengths < 3) & (lengths > 0)).sum())
        return finish(
            dataset,
            Assignment(part.astype(np.uint8), {"users_too_short": short, "events_needed": 3, "seed": seed}),
            self.config,
            seed=seed,
            hint="No user has three events or more: import more data, or use “New users”.",
        )

    def split(self, dataset: Dataset, *, seed: int = 0) -> Split:
        """The parts; facts count the users that were too short."""
        assignment = self.assign(dataset, seed=seed)
        return build_split(dataset, assignment, self, self.describe())

    def describe(self) -> str:
        """ "random 20 % of each user's events for test, 10 % for validation"."""
        test, validation = self.config.test_share, self.config.validation_share
        words = f"random {percent(test)} of each user's events for test, {percent(validation)} for validation"
        return words + common_words(self.config)
