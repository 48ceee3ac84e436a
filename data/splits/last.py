"""Leave the last events of each user out: every user is judged, with everything before them shown."""

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
    place_in_user,
    user_starts,
)
from data.splits.finishing import common_words, finish
from data.wording import number


class LastConfig(SplitConfig):
    """How many events of each user are held back."""

    n: int = Field(
        default=1,
        ge=1,
        le=50,
        title="Events held back",
        description="Last events of each user for test, as many before.",
    )
    min_history: int = Field(
        default=1,
        ge=1,
        le=100,
        title="Events left to learn from",
        description="Users with fewer stay in train.",
    )


class Last:
    """The last n events of each user are the test part, the n before them validation.

    Users with fewer than 2n + min_history events stay in train and are counted. Other users' later events are
    in train, so this protocol sees a little of the future; events of one moment keep the order of the file.
    """

    name: ClassVar[str] = "last"
    label: ClassVar[str] = "Last events of each user"
    Config: ClassVar[type[LastConfig]] = LastConfig
    needs_times: ClassVar[bool] = True

    def __init__(self, config: LastConfig | None = None) -> None:
        self.config = config or LastConfig()

    def assign(self, dataset: Dataset, *, seed: int = 0) -> Assignment:
        """Label events by their place from the end of their user; `seed` decides only item clusters."""
        times, starts = event_times(dataset, self.label), user_starts(dataset)
        n, lengths = self.config.n, np.diff(starts)
        needed = 2 * n + self.config.min_history
        long_enough = np.repeat(lengths >= needed, lengths)
        _, from_end = place_in_user(starts)
        part = (from_end < 2 * n).astype(np.uint8) + (from_end < n).astype(np.uint8)
        part[~long_enough] = 0
        crossing = part[1:] > part[:-1]  # within a user parts only grow, and between users they fall
        tied = int((crossing & (times[1:] == times[:-1])).sum())
        facts = {
            "users_too_short": int(((lengths < needed) & (lengths > 0)).sum()),
            "events_needed": needed,
            "ties_at_a_cut": tied,
        }
        return finish(
            dataset,
            Assignment(part.astype(np.uint8), facts),
            self.config,
            seed=seed,
            hint=f"No user has {needed} events or more: hold fewer events back, or use “New users”.",
        )

    def split(self, dataset: Dataset, *, seed: int = 0) -> Split:
        """The parts; facts count the users that were too short."""
        assignment = self.assign(dataset, seed=seed)
        short = assignment.facts["users_too_short"]
        needed = assignment.facts["events_needed"]
        left = f"; {number(short)} users with fewer than {needed} events only teach"
        return build_split(dataset, assignment, self, self.describe() + (left if short else ""))

    def describe(self) -> str:
        """ "last 1 event of each user for test, the 1 before for validation"."""
        n = self.config.n
        words = f"last {n} event{'s'[: n > 1]} of each user for test, the {n} before for validation"
        return words + common_words(self.config)
