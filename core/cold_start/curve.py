"""The n-shot curve as a value: kept per user, so that lines can be compared in pairs, and stored as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.arrays import PerUser
from data.errors import NotFound

Shown = Literal["last", "first", "random"]
BASELINE = "popularity"


@dataclass(frozen=True, eq=False)
class NShot:
    """One value per user, line and number of shown events; users, targets and candidates are fixed.

    `points` has the columns name, n, metric, k, mean, low, high, answered_share; `answered_share` is the
    share of users whose list came from the line's own model and not from the stand-in.
    """

    points: pd.DataFrame
    per_user: dict[str, NDArray[np.float32]]  # (n_users, len(ns)) by line
    users: NDArray[np.int32]  # (n_users,) row numbers of the data set
    ns: tuple[int, ...]
    metric: str
    k: int
    shown: Shown
    min_history: int
    note: str
    refused: dict[str, str] = field(default_factory=dict)  # models without a line, with the reason

    @property
    def n_users(self) -> int:
        return len(self.users)

    @property
    def names(self) -> tuple[str, ...]:
        """The lines, in the order given; popularity last unless it was given."""
        return tuple(self.per_user)

    def values(self, name: str, n: int) -> PerUser:
        """(n_users,) the metric of each user when `n` events are shown."""
        if name not in self.per_user or n not in self.ns:
            raise NotFound(
                f"The curve has no point {name!r} at {n} events.",
                f"It has {', '.join(self.per_user)} at {', '.join(map(str, self.ns))}.",
            )
        return self.per_user[name][:, self.ns.index(n)].astype(np.float64)

    def to_json(self) -> str:
        """One JSON document; `from_json` gives an equal value."""
        shortest = {
            name: [[float(str(value)) for value in row] for row in values]
            for name, values in self.per_user.items()
        }
        rest = ("metric", "k", "shown", "min_history", "note", "refused")
        document = {name: getattr(self, name) for name in rest} | {
            "ns": list(self.ns),
            "users": self.users.tolist(),
            "per_user": shortest,
            "points": self.points.to_dict(orient="records"),
        }
        return json.dumps(document)

    @classmethod
    def from_json(cls, text: str) -> NShot:
        """The value that `to_json` wrote."""
        document = json.loads(text)
        per_user = {name: np.asarray(v, dtype=np.float32) for name, v in document.pop("per_user").items()}
        return cls(
            points=pd.DataFrame(document.pop("points")),
            per_user=per_user,
            users=np.asarray(document.pop("users"), dtype=np.int32),
            ns=tuple(document.pop("ns")),
            **document,
        )
