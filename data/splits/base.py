"""What every split protocol is: a label per event, from which the parts are built one way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy.sparse import csr_matrix

from data.dataset import Dataset, Index
from data.errors import DataError, NotApplicable
from data.histories import from_interactions
from data.split import Holdout, Split

TRAIN, VALIDATION, TEST = 0, 1, 2
UNUSED = 3  # in no part, and never shown
ValidationBy = Literal["same", "time", "item_clusters"]


class SplitConfig(BaseModel):
    """Settings of a split protocol: one field = type, range, description. These two are common to all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    validation: ValidationBy = Field(
        default="same",
        title="Validation part",
        description="Same: as the protocol makes it. Time: the latest events before test, so that settings "
        "are tuned for later events. Item clusters: some groups of items that occur together are held out "
        "more than others, as in test parts that are no random sample.",
        json_schema_extra={"more": True},
    )
    train_core: int = Field(
        default=0,
        ge=0,
        le=100,
        title="Least events in train",
        description="Users and items with fewer train events do not teach, again and again until all left "
        "have as many; what is to be found stays. 0: all teach.",
        json_schema_extra={"more": True},
    )


@dataclass(frozen=True, eq=False)
class Assignment:
    """Where each event goes.

    `part` (n_events,) uint8 is TRAIN, VALIDATION, TEST or UNUSED. `shown` marks events of a held-out user
    that are the history to judge from rather than targets (user-cold), or is None. `untaught` marks events of
    TRAIN that are shown in histories but not learnt from (outside the core), or is None. `facts` name the
    seed where it decided something.
    """

    part: NDArray[np.uint8]
    facts: dict[str, Any] = field(default_factory=dict)
    shown: NDArray[np.bool_] | None = None
    untaught: NDArray[np.bool_] | None = None

    @property
    def taught(self) -> NDArray[np.bool_]:
        """(n_events,) events that models learn from."""
        mask: NDArray[np.bool_] = self.part == TRAIN
        return mask if self.untaught is None else mask & ~self.untaught

    def target_rows(self, part: int) -> Index:
        """Rows of the events to be found in this part."""
        mask = self.part == part
        return np.flatnonzero(mask if self.shown is None else mask & ~self.shown)

    def history_mask(self, part: int) -> NDArray[np.bool_]:
        """Events that may be shown when this part is judged: all parts before it, and its `shown`."""
        mask = self.part < part
        return mask if self.shown is None else mask | (self.shown & (self.part == part))


class Splitter(Protocol):
    """A protocol: constructor stores the config, `assign` labels events, `split` builds the parts."""

    name: ClassVar[str]  # registry key; never renamed
    label: ClassVar[str]  # what the screen shows
    Config: ClassVar[type[Any]]
    needs_times: ClassVar[bool]
    config: Any

    def assign(self, dataset: Dataset, *, seed: int) -> Assignment:
        """Label every event; DataError when a part would be empty."""
        ...

    def split(self, dataset: Dataset, *, seed: int) -> Split:
        """Train, validation and test under one id map."""
        ...

    def describe(self) -> str:
        """The protocol and its settings in a few plain words."""
        ...


def event_times(dataset: Dataset, label: str) -> NDArray[np.int64]:
    """Times of the events, or a calm refusal.

    Raises:
        NotApplicable: the data has no times.
    """
    if dataset.interactions.time is None:
        raise NotApplicable(
            f"The split “{label}” needs the time of each event, and this data has none.",
            "Map a time column at import, or use “Random events of each user” or “New users”.",
        )
    return dataset.interactions.time


def user_starts(dataset: Dataset) -> Index:
    """(n_users + 1,) row at which the events of each user start; events are sorted by user."""
    return np.searchsorted(dataset.interactions.user, np.arange(dataset.n_users + 1)).astype(np.int64)


def place_in_user(starts: Index) -> tuple[Index, Index]:
    """(n_events,) position of each event from the start and from the end of its user, both from 0."""
    lengths = np.diff(starts)
    place = np.arange(starts[-1], dtype=np.int64) - np.repeat(starts[:-1], lengths)
    return place, np.repeat(lengths, lengths) - 1 - place


def held_back(lengths: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """Rounded down, at least one; none of users with fewer than three events."""
    return np.where(lengths < 3, 0, np.maximum(1, (share * lengths).astype(np.int64)))


def check_parts(assignment: Assignment, hint: str) -> Assignment:
    """The assignment, when no part is empty.

    Raises:
        DataError: a part holds no event, with the numbers seen and `hint`.
    """
    counts = [int(assignment.taught.sum())]
    counts += [len(assignment.target_rows(part)) for part in (VALIDATION, TEST)]
    if min(counts) == 0:
        raise DataError(
            f"This split leaves {counts[0]} events to learn from, {counts[1]} to find in validation and "
            f"{counts[2]} in test; each part needs at least one.",
            hint,
        )
    return assignment


def build_split(dataset: Dataset, assignment: Assignment, splitter: Splitter, description: str) -> Split:
    """The parts that follow from the labels.

    Users of a part are those with a target in it; they are known when they have an event in train. A row
    of targets holds 1 for each distinct item, whether the user had it before or not.
    """
    train_rows = np.flatnonzero(assignment.taught)
    train = dataset.with_interactions(dataset.interactions.take(train_rows))
    known = train.trained_users
    facts = {"protocol": splitter.name, "train_users": int(known.sum()), **assignment.facts}
    unused = (assignment.part == UNUSED) | ((assignment.part == TRAIN) & ~assignment.taught)
    return Split(
        train=train,
        validation=_holdout(dataset, assignment, VALIDATION, known),
        test=_holdout(dataset, assignment, TEST, known),
        protocol=splitter.name,
        description=description + (f", seed {facts['seed']}" if "seed" in facts else ""),
        facts=facts,
        train_rows=train_rows,
        validation_rows=np.flatnonzero(assignment.part == VALIDATION),
        test_rows=np.flatnonzero(assignment.part == TEST),
        unused_rows=np.flatnonzero(unused),
        shown_rows=np.empty(0, np.int64) if assignment.shown is None else np.flatnonzero(assignment.shown),
        config=splitter.config.model_dump(mode="json", exclude_defaults=True),
    )


def _holdout(dataset: Dataset, assignment: Assignment, part: int, known: NDArray[np.bool_]) -> Holdout:
    events = dataset.interactions
    targets = events.take(assignment.target_rows(part))
    judged = np.zeros(dataset.n_users, dtype=bool)
    judged[targets.user] = True
    users = np.flatnonzero(judged).astype(np.int32)
    history_rows = np.flatnonzero(assignment.history_mask(part) & judged[events.user])
    histories = from_interactions(events.take(history_rows), users, dataset, known=known)
    row_of = np.cumsum(judged) - 1
    found = csr_matrix(
        (np.ones(len(targets), dtype=np.float32), (row_of[targets.user], targets.item)),
        shape=(len(users), dataset.n_items),
    )
    found.sum_duplicates()
    found.data[:] = 1.0
    return Holdout(histories=histories, targets=found, users=users, known=known[users])
