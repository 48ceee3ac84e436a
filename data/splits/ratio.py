"""A random share of all events: the oldest protocol, kept to compare with published figures."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from data.dataset import Dataset
from data.split import Split
from data.splits.base import TEST, TRAIN, VALIDATION, Assignment, SplitConfig, build_split
from data.splits.finishing import common_words, finish
from data.wording import percent


class RatioConfig(SplitConfig):
    """Shares of all events that are held back."""

    validation_share: float = Field(
        default=0.1, gt=0.0, le=0.4, title="Validation", description="Share of all events."
    )
    test_share: float = Field(
        default=0.2, gt=0.0, le=0.4, title="Test", description="Share of all events, whoever's they are."
    )


class Ratio:
    """A seeded share of all events is held back, whoever's they are.

    Active users weigh more than in “Random events of each user”, users with few events may lose all of them
    and become new ones; with times, models learn from events after the targets.
    """

    name: ClassVar[str] = "ratio"
    label: ClassVar[str] = "Random share of all events"
    Config: ClassVar[type[RatioConfig]] = RatioConfig
    needs_times: ClassVar[bool] = False

    def __init__(self, config: RatioConfig | None = None) -> None:
        self.config = config or RatioConfig()

    def assign(self, dataset: Dataset, *, seed: int = 0) -> Assignment:
        """Draw the held-out events; one seed, one answer."""
        n_events = len(dataset.interactions)
        drawn = np.random.default_rng(seed).permutation(n_events)
        n_test = int(self.config.test_share * n_events)
        n_validation = int(self.config.validation_share * n_events)
        part = np.full(n_events, TRAIN, dtype=np.uint8)
        part[drawn[:n_test]] = TEST
        part[drawn[n_test : n_test + n_validation]] = VALIDATION
        return finish(
            dataset,
            Assignment(part, {"seed": seed}),
            self.config,
            seed=seed,
            hint="Raise the shares, or import more events.",
        )

    def split(self, dataset: Dataset, *, seed: int = 0) -> Split:
        """The parts; users whose events are all held out are new."""
        return build_split(dataset, self.assign(dataset, seed=seed), self, self.describe())

    def describe(self) -> str:
        """ "random 20 % of all events for test, 10 % for validation"."""
        test, validation = self.config.test_share, self.config.validation_share
        words = f"random {percent(test)} of all events for test, {percent(validation)} for validation"
        return words + common_words(self.config)
