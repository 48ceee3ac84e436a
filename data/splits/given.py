"""A given split: the part of each event as the files said it."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from data.dataset import Dataset
from data.errors import NotApplicable
from data.split import Split
from data.splits.base import (
    TEST,
    TRAIN,
    UNUSED,
    VALIDATION,
    Assignment,
    SplitConfig,
    build_split,
    held_back,
    place_in_user,
    user_starts,
)
from data.splits.finishing import common_words, finish
from data.wording import percent


class GivenConfig(SplitConfig):
    """Where validation comes from when the files give none."""

    if_none: Literal["random", "last"] = Field(
        default="random",
        title="Without a validation file",
        description="Validation is carved from train: random events of each user, or their last ones.",
    )
    validation_share: float = Field(
        default=0.1,
        gt=0.0,
        le=0.4,
        title="Validation",
        description="Share of each user's train events, at least one; only without a validation file.",
    )


class Given:
    """Train, validation and test as the files gave them; test is never touched.

    Without a validation file a share of each user's train events is held back; users with fewer than three
    train events keep all of them.
    """

    name: ClassVar[str] = "given"
    label: ClassVar[str] = "As the files give it"
    Config: ClassVar[type[GivenConfig]] = GivenConfig
    needs_times: ClassVar[bool] = False

    def __init__(self, config: GivenConfig | None = None) -> None:
        self.config = config or GivenConfig()

    def assign(self, dataset: Dataset, *, seed: int = 0) -> Assignment:
        """The given parts; one seed, one carved validation part."""
        given = dataset.interactions.part
        if given is None:
            raise NotApplicable(
                f"The split “{self.label}” needs separate files for train and test, and this data came "
                "without.",
                "Import train and test files together as a given split, or choose another protocol.",
            )
        part = np.where(given <= TEST, given, UNUSED).astype(np.uint8)
        unused = int((part == UNUSED).sum())
        facts = {"validation_given": bool((part == VALIDATION).any()), "events_unused": unused}
        if not facts["validation_given"]:
            part[self._carved(dataset, part, seed)] = VALIDATION
            facts |= {"seed": seed} if self.config.if_none == "random" else {}
        return finish(
            dataset,
            Assignment(part, facts),
            self.config,
            seed=seed,
            hint="Import a train file and a test file; a validation file may be missing when some user has "
            "three train events.",
        )

    def _carved(self, dataset: Dataset, part: NDArray[np.uint8], seed: int) -> NDArray[np.int64]:
        """Rows of train that become validation."""
        train = np.flatnonzero(part == TRAIN)
        mine = dataset.with_interactions(dataset.interactions.take(train))
        starts = user_starts(mine)
        lengths = np.diff(starts)
        _, from_end = place_in_user(starts)
        if self.config.if_none == "random":
            user = np.repeat(np.arange(len(lengths)), lengths)
            drawn = np.argsort(user + np.random.default_rng(seed).random(len(user)), kind="stable")
            train = train[drawn]
        return train[from_end < np.repeat(held_back(lengths, self.config.validation_share), lengths)]

    def split(self, dataset: Dataset, *, seed: int = 0) -> Split:
        """The parts; facts say whether validation was given."""
        assignment = self.assign(dataset, seed=seed)
        given = assignment.facts["validation_given"] or self.config.validation != "same"
        words = "train, validation and test as given" if given else self._words()
        return build_split(dataset, assignment, self, words + common_words(self.config))

    def describe(self) -> str:
        """ "train and test as given; without a validation file random 10 % of each user's train events"."""
        return self._words() + common_words(self.config)

    def _words(self) -> str:
        share = percent(self.config.validation_share)
        return (
            f"train and test as given; without a validation file {self.config.if_none} {share} of each "
            "user's train events"
        )
