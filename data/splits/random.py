"""Random events of each user: the protocol for data without times."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from data.dataset import Dataset
from data.split import Split
from data.splits.base import Assignment, SplitConfig, build_split, check_parts, place_in_user, user_starts
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
        test = _held_back(lengths, self.config.test_share)
        both = test + _held_back(lengths, self.config.validation_share)
        part = (rank < both[user]).astype(np.uint8) + (rank < test[user]).astype(np.uint8)
        short = int(((lengths < 3) & (lengths > 0)).sum())
        return check_parts(
            Assignment(part.astype(np.uint8), {"users_too_short": short, "events_needed": 3}),
            "No user has three events or more: import more data, or use “New users”.",
        )

    def split(self, dataset: Dataset, *, seed: int = 0) -> Split:
        """The parts; facts count the users that were too short."""
        assignment = self.assign(dataset, seed=seed)
        return build_split(dataset, assignment, self.name, f"{self.describe()}, seed {seed}")

    def describe(self) -> str:
        """ "random 20 % of each user's events for test, 10 % for validation"."""
        test, validation = self.config.test_share, self.config.validation_share
        return f"random {percent(test)} of each user's events for test, {percent(validation)} for validation"


def _held_back(lengths: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """Rounded down, at least one; none of users with fewer than three events."""
    return np.where(lengths < 3, 0, np.maximum(1, (share * lengths).astype(np.int64)))
