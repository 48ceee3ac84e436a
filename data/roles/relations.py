"""How far one column follows from another.

Measured by leave-one-out agreement: how often an id's most frequent value is also the value of another row of
that id, set against guessing the most frequent value of the whole column (the idea of lambda, Goodman and
Kruskal 1954).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

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


def dependence_of(ids: pd.Series, values: pd.Series, visits: pd.Series | None = None) -> Dependence:
    """Measure over rows of text; empty cells (None or blank) are left out.

    Args:
        visits: session or moment; rows of one id that share it and the value count once.
    """
    table = pd.DataFrame({"i": ids.to_numpy(), "v": values.to_numpy()})
    if visits is not None:
        table["visit"] = visits.to_numpy()
    table = table[table["i"].notna() & table["v"].notna()]
    table = table[table["v"].astype(str).str.strip() != ""]
    if visits is not None:
        table = table.drop_duplicates()
    if table.empty:
        return Dependence(0, 0.0, 0.0)
    counts = table.groupby(["i", "v"], sort=False).size()
    per_id = counts.groupby(level=0, sort=False)
    compared = int((per_id.sum() - 1).sum())
    agree = float((per_id.max() - 1).sum())
    guess = float(counts.groupby(level=1).sum().max() / len(table))
    return Dependence(compared, agree / max(compared, 1), guess)


def names_visits(column: pd.Series, users: pd.Series, *, named: bool = False) -> bool:
    """Whether the values seem to name visits: many rows share one, of one user, and users have several.

    Args:
        named: the column is named so; then it is enough that some rows share a value, of one user.
    """
    table = pd.DataFrame({"visit": column.to_numpy(), "user": users.to_numpy()}).dropna()
    table = table[(table["visit"].astype(str).str.strip() != "") & (table["user"].astype(str) != "")]
    if len(table) < FEW_PAIRS:
        return False
    rows = table.groupby("visit", sort=False).size()
    shared = rows[rows > 1]
    owners = table.groupby("visit", sort=False)["user"].nunique()
    of_users = table.groupby("user", sort=False)["visit"].agg(["nunique", "size"])
    again = of_users[of_users["size"] > 1]
    if not len(shared) or np.mean(owners[rows > 1] == 1) < ONE_USER:
        return False
    if named:
        return bool(shared.sum() >= SOME * len(table))
    several = float(np.mean(again["nunique"] > 1)) if len(again) else 0.0
    return bool(shared.sum() >= SHARED * len(table)) and several >= SEVERAL
