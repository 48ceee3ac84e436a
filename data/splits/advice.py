"""Which split to use: count first, then say why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.dataset import Dataset
from data.errors import DataError, NotApplicable
from data.splits.base import TEST, VALIDATION, Assignment, Splitter
from data.splits.given import Given
from data.splits.last import Last, LastConfig
from data.splits.random import Random
from data.splits.time import Time
from data.splits.user_cold import UserCold
from data.wording import number

ENOUGH_USERS = 200  # under this, intervals are too wide to tell good models apart
MOST_HELD_BACK = 5  # events of one user held back by the proposed leave-last-n


@dataclass(frozen=True)
class SplitCounts:
    """How many users and events each part holds, before anything is trained.

    Known users have an event in train, new ones have none. Events are those to be found.
    """

    protocol: str
    train_users: int
    train_events: int
    validation_known: int
    validation_new: int
    validation_events: int
    test_known: int
    test_new: int
    test_events: int

    @property
    def validation_users(self) -> int:
        return self.validation_known + self.validation_new

    @property
    def test_users(self) -> int:
        return self.test_known + self.test_new


@dataclass(frozen=True, eq=False)
class SplitAdvice:
    """The proposed protocol with its settings, why, and the counts of every protocol side by side.

    `counts` has one row per protocol that competes: protocol, label, settings, the fields of `SplitCounts`,
    and `note` where the protocol cannot be used (its counts are then missing). `count_all` has one of each.
    """

    protocol: str
    config: dict[str, Any]
    reason: str
    counts: pd.DataFrame


def count(dataset: Dataset, splitter: Splitter, seed: int = 0) -> SplitCounts:
    """Known and new users and events in each part, without building the split.

    Raises:
        NotApplicable: the protocol needs times that the data has not.
        DataError: a part would be empty.
    """
    assignment = splitter.assign(dataset, seed=seed)
    train = assignment.taught
    known = np.zeros(dataset.n_users, dtype=bool)
    known[dataset.interactions.user[train]] = True
    validation, test = (_part_counts(dataset, assignment, part, known) for part in (VALIDATION, TEST))
    return SplitCounts(splitter.name, int(known.sum()), int(train.sum()), *validation, *test)


def _part_counts(
    dataset: Dataset, assignment: Assignment, part: int, known: NDArray[np.bool_]
) -> tuple[int, int, int]:
    """(known users, new users, events to be found)."""
    rows = assignment.target_rows(part)
    judged = np.zeros(dataset.n_users, dtype=bool)
    judged[dataset.interactions.user[rows]] = True
    return int((judged & known).sum()), int((judged & ~known).sum()), len(rows)


def recommend_split(dataset: Dataset) -> SplitAdvice:
    """The best protocol that leaves enough users: time, last events, new users; random without times.

    A split that the files give goes before all of them: figures made elsewhere were measured on it.

    Raises:
        DataError: no protocol leaves an event in each part.
    """
    splitters: tuple[Splitter, ...] = (
        *([] if dataset.interactions.part is None else [Given()]),
        Time(),
        Last(LastConfig(n=_events_held_back(dataset))),
        UserCold(),
        Random(),
    )
    tried = [_try(dataset, splitter) for splitter in splitters]
    counts = {splitter.name: made for splitter, (made, _) in zip(splitters, tried, strict=True) if made}
    protocol, reason = _choose(counts, splitters, dataset.has_times)
    chosen = next(s for s in splitters if s.name == protocol)
    return SplitAdvice(protocol, chosen.config.model_dump(), reason, _table(splitters, tried))


def count_all(dataset: Dataset, splitters: Sequence[Splitter], seed: int = 0) -> pd.DataFrame:
    """The table of `SplitAdvice.counts` for any protocols, in their order."""
    return _table(splitters, [_try(dataset, splitter, seed) for splitter in splitters])


def _table(splitters: Sequence[Splitter], tried: Sequence[tuple[SplitCounts | None, str]]) -> pd.DataFrame:
    return pd.DataFrame(
        [_row(splitter, made, note) for splitter, (made, note) in zip(splitters, tried, strict=True)]
    )


def _events_held_back(dataset: Dataset) -> int:
    """A tenth of what the median user did, between 1 and 5."""
    activity = np.bincount(dataset.interactions.user)
    median = float(np.median(activity[activity > 0])) if len(dataset.interactions) else 0.0
    return int(np.clip(median / 10, 1, MOST_HELD_BACK))


def _try(dataset: Dataset, splitter: Splitter, seed: int = 0) -> tuple[SplitCounts | None, str]:
    try:
        return count(dataset, splitter, seed), ""
    except (DataError, NotApplicable) as error:
        return None, str(error)


def _row(splitter: Splitter, made: SplitCounts | None, note: str) -> dict[str, Any]:
    numbers = {k: v for k, v in vars(made).items() if k != "protocol"} if made else {}
    row = {"protocol": splitter.name, "label": splitter.label, "settings": splitter.describe()}
    return {**row, **numbers, "note": note}


def _fewest(counts: SplitCounts) -> int:
    """Users whose figures are the headline: known ones, or the new ones that this protocol is about."""
    if counts.protocol == UserCold.name:
        return min(counts.validation_new, counts.test_new)
    return min(counts.validation_known, counts.test_known)


def _choose(
    counts: dict[str, SplitCounts], splitters: tuple[Splitter, ...], has_times: bool
) -> tuple[str, str]:
    """(protocol, the reason in one sentence with numbers)."""
    if not counts:
        raise DataError(
            "This data is too small to be split: no protocol leaves an event in train, validation and test.",
            "Import more events; at least one user needs three.",
        )
    words = {s.name: s.describe() for s in splitters}
    if Given.name in counts:
        judged = _users_in_words(counts[Given.name])
        return (
            Given.name,
            f"The files give a split, and figures made elsewhere are measured on it ({judged}).",
        )
    if not has_times:
        name = "random" if "random" in counts else "user_cold"
        return name, f"The events have no times, so {words[name]} ({_users_in_words(counts[name])})."
    for name in ("time", "last", "user_cold"):
        if name in counts and _fewest(counts[name]) >= ENOUGH_USERS:
            return name, _reason(name, counts, words[name])
    name = max(counts, key=lambda key: _fewest(counts[key]))
    return name, (
        f"No protocol leaves {ENOUGH_USERS} users to judge by, so read differences with care; the most are "
        f"left by: {words[name]} ({_users_in_words(counts[name])})."
    )


def _reason(name: str, counts: dict[str, SplitCounts], words: str) -> str:
    judged = _users_in_words(counts[name])
    if name == "time":
        return f"A {words} is closest to real use and leaves enough users: {judged}."
    if "time" not in counts:
        return f"The times do not allow a cut with events on each side, so {words} ({judged})."
    cut = counts["time"]
    return (
        f"A cut in time leaves only {number(cut.validation_known)} known of "
        f"{number(cut.validation_users)} users in validation and {number(cut.test_known)} of "
        f"{number(cut.test_users)} in test, so {words} ({judged})."
    )


def _users_in_words(counts: SplitCounts) -> str:
    kind = "new" if counts.protocol == UserCold.name else "known"
    validation, test = (
        (counts.validation_new, counts.test_new)
        if kind == "new"
        else (counts.validation_known, counts.test_known)
    )
    return f"{number(validation)} {kind} users in validation and {number(test)} in test"
