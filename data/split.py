"""A split: what models learn from, tune on and are judged by, with the fingerprint of the conditions."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from data.dataset import Dataset
from data.histories import Histories

CONDITIONS = ("data", "filters", "split", "candidates", "users")
CUTS = ("validation_from", "test_from", "seed")  # facts of a split that say where it was cut


@dataclass(frozen=True, eq=False)
class Holdout:
    """What is shown of each judged user, and what must be found.

    Row r of `histories` and of `targets` (n, n_items) is the user `users[r]` of the data set. `known[r]`
    says whether that user has an event in train.
    """

    histories: Histories
    targets: csr_matrix
    users: NDArray[np.int32]
    known: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.users)

    def rows(self, index: NDArray[Any]) -> Holdout:
        """The chosen rows, in the given order (row numbers or a mask)."""
        index = np.flatnonzero(index) if index.dtype == bool else index
        return Holdout(self.histories.rows(index), self.targets[index], self.users[index], self.known[index])


@dataclass(frozen=True)
class Fingerprint:
    """Test conditions: words for people and, apart from them, what is compared.

    `keys` names the five conditions by short hashes of what they are made of (protocol, settings, seed and
    cuts, not the sentence about them), in the order of the fields. Numbers under different fingerprints are
    not compared. Records of earlier versions have no keys: their words are compared.
    """

    data: str
    filters: str
    split: str
    candidates: str
    users: str
    keys: str = ""

    @cached_property
    def digest(self) -> str:
        """Ten hexadecimal digits naming these conditions."""
        text = self.keys or json.dumps([getattr(self, name) for name in CONDITIONS])
        return hashlib.sha256(text.encode()).hexdigest()[:10]

    def differences(self, other: Fingerprint) -> tuple[str, ...]:
        """What differs, in words: `split: time 80/90 % ≠ last 1`. Empty when comparable."""
        if self.digest == other.digest:
            return ()
        if self.keys and other.keys:
            pairs = zip(CONDITIONS, self.keys.split(), other.keys.split(), strict=True)
            differing = [name for name, mine, theirs in pairs if mine != theirs]
        else:
            differing = [name for name in CONDITIONS if getattr(self, name) != getattr(other, name)]
        return tuple(self._difference(other, name) for name in differing) or (
            "record: one was made by an earlier version",
        )

    def _difference(self, other: Fingerprint, name: str) -> str:
        mine, theirs = getattr(self, name), getattr(other, name)
        return f"{name}: {mine} ≠ {theirs}" if mine != theirs else f"{name}: other settings of {mine}"


@dataclass(frozen=True, eq=False)
class Split:
    """Train, tune (validation), judge (test) under one id map."""

    train: Dataset
    validation: Holdout
    test: Holdout
    protocol: str  # key of the splitter
    description: str  # "time: train before 2026-03-01, validation to 2026-04-01, test after"
    facts: dict[str, Any]  # cut times, number of users, left out and why
    train_rows: NDArray[np.int64]  # rows of the data set's interactions
    validation_rows: NDArray[np.int64]
    test_rows: NDArray[np.int64]
    unused_rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))  # in no part
    config: dict[str, Any] = field(default_factory=dict)  # settings that differ from the protocol's defaults
    # rows of held-out parts that are shown, not to be found
    shown_rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def target_rows(self, part: Literal["validation", "test"]) -> NDArray[np.int64]:
        """Rows of the events of a part that are to be found."""
        rows = self.test_rows if part == "test" else self.validation_rows
        return np.setdiff1d(rows, self.shown_rows, assume_unique=True) if len(self.shown_rows) else rows

    @property
    def identity(self) -> str:
        """Protocol, settings and cuts as text that does not change with the words about them."""
        cuts = {name: self.facts[name] for name in CUTS if name in self.facts}
        return json.dumps([self.protocol, self.config, cuts], sort_keys=True)
