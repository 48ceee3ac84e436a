"""Each user's own time: the first 80 % of a user's events teach, the last are to be found."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from data.dataset import Dataset
from data.split import Split
from data.splits.base import (
    Assignment,
    SplitConfig,
    build_split,
    event_times,
    held_back,
    place_in_user,
    user_starts,
)
from data.splits.finishing import common_words, finish
from data.wording import percent


class UserTimeConfig(SplitConfig):
    """Shares of each user's events, counted from the last."""

    validation_share: float = Field(
        default=0.1,
        gt=0.0,
        le=0.4,
        title="Validation",
        description="Share of each user's events, those before test; at least one.",
    )
    test_share: float = Field(
        default=0.1,
        gt=0.0,
        le=0.4,
        title="Test",
        description="Share of each user's events, the last ones; at least one.",
    )


class UserTime:
    """The last share of each user's events is test, the share before it validation, the first ones teach.

    Users with fewer than three events stay in train. Other users' later events are in train, so this protocol
    sees a little of the future, as “Last events of each user” does.
    """

    name: ClassVar[str] = "user_time"
    label: ClassVar[str] = "Each user's last share"
    Config: ClassVar[type[UserTimeConfig]] = UserTimeConfig
    needs_times: ClassVar[bool] = True

    def __init__(self, config: UserTimeConfig | None = None) -> None:
        self.config = config or UserTimeConfig()

    def assign(self, dataset: Dataset, *, seed: int = 0) -> Assignment:
        """Label events by their place from the end of their user; `seed` decides only item clusters."""
        event_times(dataset, self.label)
        starts = user_starts(dataset)
        lengths = np.diff(starts)
        test = held_back(lengths, self.config.test_share)
        both = test + held_back(lengths, self.config.validation_share)
        _, from_end = place_in_user(starts)
        part = (from_end < np.repeat(both, lengths)).astype(np.uint8)
        part += (from_end < np.repeat(test, lengths)).astype(np.uint8)
        short = int(((lengths < 3) & (lengths > 0)).sum())
        return finish(
            dataset,
            Assignment(part, {"users_too_short": short, "events_needed": 3}),
            self.config,
            seed=seed,
            hint="No user has three events or more: import more data, or use “New users”.",
        )

    def split(self, dataset: Dataset, *, seed: int = 0) -> Split:
        """The parts; facts count the users that were too short."""
        return build_split(dataset, self.assign(dataset, seed=seed), self, self.describe())

    def describe(self) -> str:
        """ "first 80 % of each user's events teach, the next 10 % for validation, the last 10 % for test"."""
        test, validation = self.config.test_share, self.config.validation_share
        words = (
            f"first {percent(1 - test - validation)} of each user's events teach, the next "
            f"{percent(validation)} for validation, the last {percent(test)} for test"
        )
        return words + common_words(self.config)
