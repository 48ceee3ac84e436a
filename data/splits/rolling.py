"""Rolling time folds: the same test several times, each later than the one before.

One cut in time gives one figure; whether it holds in other months is told by the spread over folds (Tashman,
2000, rolling origin; Ji, Sun, Zhang and Li, 2023).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from data.dataset import Dataset
from data.errors import DataError
from data.split import Holdout, Split
from data.splits.base import (
    TEST,
    TRAIN,
    UNUSED,
    VALIDATION,
    Assignment,
    SplitConfig,
    build_split,
    event_times,
)
from data.splits.finishing import common_words, finish
from data.wording import percent

SPREAD = ("mean", "sd")  # rows under the folds


class RollingConfig(SplitConfig):
    """How many folds, and how much of the data only teaches."""

    n: int = Field(default=4, ge=3, le=6, title="Folds", description="Cuts in time, one after the other.")
    train_from: float = Field(
        default=0.5,
        ge=0.2,
        le=0.9,
        title="First fold learns from",
        description="Share of all events, in order of time, before the first fold's validation part.",
    )


class RollingFold:
    """One fold: train before a window of validation, which lies before a window of test; later events unused.

    The windows hold equal numbers of events: (1 − train_from) / (n + 1) of all. A fold's test window is the
    next fold's validation window; the last one ends with the data.
    """

    name: ClassVar[str] = "rolling"
    label: ClassVar[str] = "Rolling cut in time"
    Config: ClassVar[type[RollingConfig]] = RollingConfig
    needs_times: ClassVar[bool] = True

    def __init__(self, config: RollingConfig, number: int) -> None:
        self.config = config
        self.number = number  # from 0

    def assign(self, dataset: Dataset, *, seed: int = 0) -> Assignment:
        """Label events by the three cuts of this fold; one moment is never cut in two."""
        times = event_times(dataset, self.label)
        width = (1 - self.config.train_from) / (self.config.n + 1)
        shares = [self.config.train_from + (self.number + step) * width for step in range(3)]
        first, second, end = _moments(times, shares)
        part = np.full(len(times), TRAIN, dtype=np.uint8)
        part[times >= first] = VALIDATION
        part[times >= second] = TEST
        unused = np.zeros(len(times), bool) if end is None else times >= end
        part[unused] = UNUSED
        facts = {
            "fold": self.number + 1,
            "validation_from": first,
            "test_from": second,
            "test_until": int(times[part == TEST].max()) if (part == TEST).any() else None,
            "events_unused": int(unused.sum()),
        }
        hint = "Ask for fewer folds, or let the first one learn from more events."
        return finish(dataset, Assignment(part, facts), self.config, seed=seed, hint=hint)

    def split(self, dataset: Dataset, *, seed: int = 0) -> Split:
        """The parts of this fold."""
        return build_split(dataset, self.assign(dataset, seed=seed), self, self.describe())

    def describe(self) -> str:
        """ "fold 1 of 4: cut in time at 50 % of the events"."""
        width = (1 - self.config.train_from) / (self.config.n + 1)
        cut = percent(self.config.train_from + self.number * width)
        words = f"fold {self.number + 1} of {self.config.n}: cut in time at {cut} of the events"
        return words + common_words(self.config)


def _moments(times: NDArray[np.int64], shares: Sequence[float]) -> tuple[int, int, int | None]:
    """The times at the shares of all events; None where a share is all of them."""
    if not len(times):
        return 0, 0, None
    places = [round(share * len(times)) for share in shares]
    inside = [place for place in places if place < len(times)]
    ordered = np.partition(times, inside)
    found = [int(ordered[place]) if place < len(times) else None for place in places]
    return found[0] or 0, found[1] or 0, found[2]


def rolling_folds(dataset: Dataset, n: int = 4, *, seed: int = 0, **settings: Any) -> list[Split]:
    """`n` splits, each learning from more of the past and judged on what came next. See `each_fold`."""
    return list(each_fold(dataset, n, seed=seed, **settings))


def each_fold(dataset: Dataset, n: int = 4, *, seed: int = 0, **settings: Any) -> Iterator[Split]:
    """The splits of `rolling_folds` one after the other, so that only one need be held.

    Args:
        dataset: with times.
        n: number of folds, 3 to 6.
        seed: only of a validation part by item clusters.
        settings: `train_from` and the settings common to all splits.

    Raises:
        NotApplicable: the data has no times.
        DataError: a fold would have an empty part.
    """
    config = RollingConfig(n=n, **settings)
    for number in range(n):
        yield RollingFold(config, number).split(dataset, seed=seed)


def fold_table(folds: Iterable[Split]) -> pd.DataFrame:
    """Counts per fold, then their mean and standard deviation (rows "mean" and "sd" of `fold`).

    Columns: fold ("1", "2", …, "mean", "sd"), validation_from, test_from, test_until (epoch seconds; missing
    under the folds), train_events, train_users, validation_users, test_users, test_events, new_users (share
    of test users without an event in train), new_items (share of test targets whose item is not in train).

    Raises:
        DataError: no folds.
    """
    rows = pd.DataFrame([_counts(fold) for fold in folds])
    if rows.empty:
        raise DataError("There are no folds to count.", "Ask for at least three.")
    numbers = rows[list(_COUNTED)].astype(np.float64)
    spread = pd.DataFrame([numbers.mean(), numbers.std(ddof=1)]).assign(fold=list(SPREAD))
    return pd.concat([rows, spread], ignore_index=True)[list(rows.columns)]


_COUNTED = (
    "train_events",
    "train_users",
    "validation_users",
    "test_users",
    "test_events",
    "new_users",
    "new_items",
)


def _counts(fold: Split) -> dict[str, Any]:
    facts = fold.facts
    moments = {name: facts.get(name) for name in ("validation_from", "test_from", "test_until")}
    return {
        "fold": str(facts["fold"]),
        **moments,
        "train_events": len(fold.train_rows),
        "train_users": int(facts["train_users"]),
        "validation_users": len(fold.validation),
        "test_users": len(fold.test),
        "test_events": len(fold.test_rows),
        "new_users": float((~fold.test.known).mean()),
        "new_items": new_item_share(fold, fold.test),
    }


def new_item_share(split: Split, holdout: Holdout) -> float:
    """Share of the targets whose item has no event in train; 0 without targets."""
    wanted = holdout.targets.indices
    return float((~split.train.trained_items[wanted]).mean()) if len(wanted) else 0.0
