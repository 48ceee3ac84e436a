"""What a rule over readable rows is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from data.cleaning.config import Cleaning
from data.coded import Coded

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Effect:
    """What a rule does to rows that no earlier rule set aside."""

    gone: Mask | None = None  # (n,) rows set aside; those set aside before may be marked again
    rows: Coded | None = None  # as many rows as were given, with other weights or ids
    changed: Mask | None = None  # (n,) rows that stay with another weight or id
    note: str = ""


NOTHING = Effect()


class Rule(Protocol):
    """One rule. `name` is the registry key and the file name; `label` names it in reports and on pages."""

    name: ClassVar[str]
    label: ClassVar[str]
    in_order: ClassVar[bool]  # needs the rows sorted by (user, time, file position)

    def applies(self, rows: Coded) -> str | None:
        """Why the rule has no meaning for these rows ("no times"), or None where it has."""
        ...

    def is_on(self, cleaning: Cleaning) -> bool:
        """Whether the choices ask for it."""
        ...

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """Fields of `Cleaning` that would switch it on sensibly; empty where nothing can be proposed."""
        ...

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Judge the rows that are still `alive`, which is (n,). Nothing given is changed."""
        ...


def among(alive: Mask) -> NDArray[np.intp] | slice:
    """Selects the rows that are alive; all of them without a copy."""
    return slice(None) if alive.all() else np.flatnonzero(alive)


def all_but(kept: NDArray[np.intp], selected: NDArray[np.intp] | slice, n: int) -> Mask:
    """(n,) mask of the rows that are `selected` and not `kept`, where `kept` counts inside the selection."""
    gone = np.zeros(n, dtype=bool)
    gone[selected] = True
    gone[kept if isinstance(selected, slice) else selected[kept]] = False
    return gone
