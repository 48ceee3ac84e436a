"""Global time cut: learn from the past, be judged on the future. The honest default.

Ji, Sun, Zhang and Li (2023), A critical study on data leakage in recommender system offline evaluation.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from data.dataset import Dataset
from data.split import Split
from data.splits.base import Assignment, SplitConfig, build_split, event_times
from data.splits.finishing import common_words, finish
from data.wording import percent


class TimeConfig(SplitConfig):
    """Where the two cuts lie, as shares of all events in order of time."""

    validation_from: float = Field(
        default=0.8,
        ge=0.1,
        le=0.98,
        title="Validation starts",
        description="Share of all events before validation.",
    )
    test_from: float = Field(
        default=0.9,
        ge=0.15,
        le=0.99,
        title="Test starts",
        description="Share of all events before the test part.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.validation_from >= self.test_from:
            raise ValueError(
                f"validation starts at {self.validation_from:g} and the test part at {self.test_from:g}: "
                "validation must start first"
            )
        return self


class Time:
    """train < T1 ≤ validation < T2 ≤ test, with T1 and T2 at shares of all event times.

    Events of one moment are never on both sides of a cut. Validation histories hold all events before T1,
    test histories all before T2 (the model is not refitted); users without an earlier event keep an empty
    history.
    """

    name: ClassVar[str] = "time"
    label: ClassVar[str] = "Cut in time"
    Config: ClassVar[type[TimeConfig]] = TimeConfig
    needs_times: ClassVar[bool] = True

    def __init__(self, config: TimeConfig | None = None) -> None:
        self.config = config or TimeConfig()

    def assign(self, dataset: Dataset, *, seed: int = 0) -> Assignment:
        """Label events by the two cuts; `seed` decides nothing but item clusters."""
        times = event_times(dataset, self.label)
        first, second = _cuts(times, (self.config.validation_from, self.config.test_from))
        part = (times >= first).astype(np.uint8) + (times >= second).astype(np.uint8)
        return finish(
            dataset,
            Assignment(part.astype(np.uint8), {"validation_from": first, "test_from": second}),
            self.config,
            seed=seed,
            hint="Most events share one moment, or there are too few: use “Last events of each user” or "
            "“Random events of each user”.",
        )

    def split(self, dataset: Dataset, *, seed: int = 0) -> Split:
        """The parts around the two cuts; facts name them in epoch seconds."""
        assignment = self.assign(dataset, seed=seed)
        facts = assignment.facts
        first, second = _in_words(facts.get("validation_from", facts["test_from"]), facts["test_from"])
        words = f"time: train before {first}, validation to {second}, test after"
        if "validation_from" not in facts:  # validation lies among the events before the cut
            words = f"time: test from {second}"
        return build_split(dataset, assignment, self, words + common_words(self.config))

    def describe(self) -> str:
        """ "cut in time at 80 % and 90 % of the events"."""
        first, second = self.config.validation_from, self.config.test_from
        words = f"cut in time at {percent(first)} and {percent(second)} of the events"
        return words + common_words(self.config)


def _cuts(times: NDArray[np.int64], shares: tuple[float, float]) -> tuple[int, int]:
    """The time of the event at each share of all events in order of time."""
    if not len(times):
        return 0, 0
    places = [min(int(share * len(times)), len(times) - 1) for share in shares]
    ordered = np.partition(times, places)
    return int(ordered[places[0]]), int(ordered[places[1]])


def _in_words(first: int, second: int) -> tuple[str, str]:
    """Days where they differ, moments otherwise; plain numbers outside the calendar."""
    try:
        moments = [datetime.fromtimestamp(t, UTC) for t in (first, second)]
    except (ValueError, OverflowError, OSError):
        return str(first), str(second)
    form = "%Y-%m-%d" if moments[0].date() != moments[1].date() else "%Y-%m-%d %H:%M:%S"
    return moments[0].strftime(form), moments[1].strftime(form)
