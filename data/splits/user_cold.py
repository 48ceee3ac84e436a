"""New users: whole users are held out, so every model must answer people it never met.

The strong generalisation of Marlin (2004) and Liang, Krishnan, Hoffman and Jebara (2018), in time order.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
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
    place_in_user,
    user_starts,
)
from data.splits.finishing import common_words, finish
from data.wording import percent


class UserColdConfig(SplitConfig):
    """How many users are held out, and how much of each is to be found."""

    validation_share: float = Field(
        default=0.1,
        gt=0.0,
        le=0.4,
        title="Validation users",
        description="Share of users held out for validation.",
    )
    test_share: float = Field(
        default=0.1, gt=0.0, le=0.4, title="Test users", description="Share of users held out for test."
    )
    target_share: float = Field(
        default=0.2,
        gt=0.0,
        le=0.9,
        title="To be found",
        description="Share of a held-out user's last events; at least one.",
    )


class UserCold:
    """A seeded share of users is out of train; of each, the last events are to be found, the rest is shown.

    `validation_rows` and `test_rows` hold all events of the held-out users, shown and to be found. Users with
    one event stay in train.
    """

    name: ClassVar[str] = "user_cold"
    label: ClassVar[str] = "New users"
    Config: ClassVar[type[UserColdConfig]] = UserColdConfig
    needs_times: ClassVar[bool] = False

    def __init__(self, config: UserColdConfig | None = None) -> None:
        self.config = config or UserColdConfig()

    def assign(self, dataset: Dataset, *, seed: int = 0) -> Assignment:
        """Draw the users and mark the shown events of each; one seed, one answer."""
        starts = user_starts(dataset)
        lengths = np.diff(starts)
        drawn = np.random.default_rng(seed).permutation(np.flatnonzero(lengths >= 2))
        n_test = int(self.config.test_share * len(drawn))
        n_validation = int(self.config.validation_share * len(drawn))
        part_of_user = np.full(len(lengths), TRAIN, dtype=np.uint8)
        part_of_user[drawn[:n_test]] = TEST
        part_of_user[drawn[n_test : n_test + n_validation]] = VALIDATION
        part = np.repeat(part_of_user, lengths)
        n_targets = np.maximum(1, (self.config.target_share * lengths).astype(np.int64))
        _, from_end = place_in_user(starts)
        shown = (part != TRAIN) & (from_end >= np.repeat(n_targets, lengths))
        facts = {
            "users_held_out": n_test + n_validation,
            "users_too_short": int((lengths == 1).sum()),
            "seed": seed,
        }
        return finish(
            dataset,
            Assignment(part, facts, shown),
            self.config,
            seed=seed,
            hint="There are too few users with two events or more: raise the shares of users held out, or "
            "use another split.",
        )

    def split(self, dataset: Dataset, *, seed: int = 0) -> Split:
        """The parts; no held-out user is known."""
        assignment = self.assign(dataset, seed=seed)
        return build_split(dataset, assignment, self, self.describe())

    def describe(self) -> str:
        """ "10 % of users held out for test, 10 % for validation; their last 20 % of events to be found"."""
        config = self.config
        return (
            f"{percent(config.test_share)} of users held out for test, "
            f"{percent(config.validation_share)} for validation; "
            f"their last {percent(config.target_share)} of events to be found" + common_words(config)
        )
