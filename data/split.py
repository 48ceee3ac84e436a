"""A split: what models learn from, tune on and are judged by, with the fingerprint of the conditions."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from data.dataset import Dataset
from data.histories import Histories


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
    """Test conditions. Numbers under different fingerprints are not compared."""

    data: str
    filters: str
    split: str
    candidates: str
    users: str

    @cached_property
    def digest(self) -> str:
        """Ten hexadecimal digits naming these conditions."""
        text = json.dumps([self.data, self.filters, self.split, self.candidates, self.users])
        return hashlib.sha256(text.encode()).hexdigest()[:10]

    def differences(self, other: Fingerprint) -> tuple[str, ...]:
        """What differs, in words: `split: time 80/90 % ≠ last 1`. Empty when comparable."""
        names = ("data", "filters", "split", "candidates", "users")
        return tuple(
            f"{name}: {getattr(self, name)} ≠ {getattr(other, name)}"
            for name in names
            if getattr(self, name) != getattr(other, name)
        )


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
