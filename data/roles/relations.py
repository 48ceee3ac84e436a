"""How far one column follows from another.

Measured by leave-one-out agreement: how often an id's most frequent value is also the value of another row of
that id, set against guessing the most frequent value of the whole column (the idea of lambda, Goodman and
Kruskal 1954).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

AGREEMENT = 0.9  # share of rows that must agree with their id
GAIN = 0.75  # and of the disagreement left by guessing, the share that knowing the id removes
FEW_PAIRS = 20  # fewer comparisons decide nothing
ONE_USER = 0.98  # share of visits with one user
SHARED = 0.3  # share of rows that share their visit with another
SOME = 0.01  # the same where the column is named like visits
SEVERAL = 0.2  # share of the users seen twice that have several visits


@dataclass(frozen=True)
class Dependence:
    """How far a column follows from an id."""

    compared: int  # pairs of rows of one id
    agreement: float  # share of them that agree with the most frequent value
    guess: float  # share of all rows with the most frequent value of the column

    @property
    def gain(self) -> float:
        """Of the disagreement left by guessing, the share that knowing the id removes."""
        return (self.agreement - self.guess) / (1 - self.guess) if self.guess < 1 else 0.0

    @property
    def holds(self) -> bool:
        """Whether there is enough to tell, and it says that the column follows."""
        return self.compared >= FEW_PAIRS and self.agreement >= AGREEMENT and self.gain >= GAIN


Codes = NDArray[np.int64]  # (n,) which of the different values a row has; -1 where it has none


def codes_of(values: pd.Series) -> Codes:
    """Codes of text, blanks around it left out; empty cells (None or blank) have none."""
    texts = values.astype("str").str.strip()
    return np.asarray(pd.factorize(texts.mask(texts == ""))[0], dtype=np.int64)


def dependence_of(ids: Codes, values: Codes, visits: Codes | None = None) -> Dependence:
    """Measure over rows; those without id or value are left out.

    Args:
        visits: session or moment; rows of one id that share it and the value count once.
    """
    there = (ids >= 0) & (values >= 0)
    if not there.any():
        return Dependence(0, 0.0, 0.0)
    n_values = int(values.max()) + 1
    pairs = ids[there] * n_values + values[there]
    if visits is not None:
        n_visits = int(visits.max()) + 2
        pairs = np.unique(pairs * n_visits + visits[there] + 1) // n_visits
    different, times = np.unique(pairs, return_counts=True)
    begins = np.flatnonzero(np.diff(different // n_values, prepend=-1))
    most = np.maximum.reduceat(times, begins)
    compared = int(times.sum() - len(begins))
    guess = np.bincount(different % n_values, weights=times).max() / times.sum()
    return Dependence(compared, float((most - 1).sum()) / max(compared, 1), float(guess))


def names_visits(visits: Codes, users: Codes, *, named: bool = False) -> bool:
    """Whether the values seem to name visits: many rows share one, of one user, and users have several.

    Args:
        named: the column is named so; then it is enough that some rows share a value, of one user.
    """
    there = (visits >= 0) & (users >= 0)
    n_rows = int(there.sum())
    if n_rows < FEW_PAIRS:
        return False
    n_users = int(users.max()) + 1
    pairs = np.unique(visits[there] * n_users + users[there])
    rows, owners = np.bincount(visits[there]), np.bincount(pairs // n_users)
    shared = rows > 1
    if not shared.any() or float(np.mean(owners[shared] == 1)) < ONE_USER:
        return False
    if named:
        return bool(rows[shared].sum() >= SOME * n_rows)
    of_users, seen = np.bincount(pairs % n_users), np.bincount(users[there])
    again = seen > 1
    several = float(np.mean(of_users[again] > 1)) if again.any() else 0.0
    return bool(rows[shared].sum() >= SHARED * n_rows) and several >= SEVERAL
