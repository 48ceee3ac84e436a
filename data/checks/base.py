"""What a check of the data doctor is: one question to the data, answered with numbers in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from data.dataset import Dataset
from data.split import Split

Severity = Literal["look", "know"]  # look at first; good to know
LOOK: Severity = "look"
KNOW: Severity = "know"


@dataclass(frozen=True)
class Finding:
    """Something is there: how grave, the sentence with its numbers, the numbers, a few examples."""

    severity: Severity
    sentence: str
    values: dict[str, float] = field(default_factory=dict)
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class NothingFound:
    """It was looked for and is not there; the sentence says what was measured."""

    sentence: str
    values: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class DoesNotApply:
    """The data cannot have it, or it cannot be measured here."""

    reason: str


Answer = Finding | NothingFound | DoesNotApply


class Check(Protocol):
    """One question. `name` is the registry key and the file name; `code` is never given to another check."""

    code: ClassVar[str]
    name: ClassVar[str]
    title: ClassVar[str]
    why: ClassVar[str]  # why it matters for recommenders
    fix: ClassVar[str]  # what to do about it
    needs_split: ClassVar[bool]
    slow: ClassVar[bool]  # over a second for a million events

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Look at the data, and where it is asked for at the split. Nothing given is changed."""
        ...


NO_TIMES = DoesNotApply("The events have no times.")
NO_EVENTS = DoesNotApply("There are no events.")
NO_SPLIT = DoesNotApply("No split was given.")


def grade(value: float, look: float, know: float) -> Severity | None:
    """LOOK from `look` on, KNOW from `know` on, None below."""
    return LOOK if value >= look else KNOW if value >= know else None


def answer(
    severity: Severity | None, sentence: str, values: Mapping[str, float], examples: tuple[str, ...] = ()
) -> Finding | NothingFound:
    """A finding, or without a severity the same sentence as nothing found."""
    if severity is None:
        return NothingFound(sentence, dict(values))
    return Finding(severity, sentence, dict(values), examples)


def events_per_user(dataset: Dataset) -> NDArray[np.int64]:
    """(n_users,) number of events."""
    return np.bincount(dataset.interactions.user, minlength=dataset.n_users)


def events_per_item(dataset: Dataset) -> NDArray[np.int64]:
    """(n_items,) number of events."""
    return np.bincount(dataset.interactions.item, minlength=dataset.n_items)
