"""When personalisation pays: the smallest number of known events from which a line stays ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.cold_start.curve import BASELINE, NShot
from core.significance import column_intervals
from data.errors import NotFound


@dataclass(frozen=True)
class Crossing:
    """One line against the baseline, for a sentence.

    `n` is the smallest number of shown events where the interval of the paired difference is above 0, there
    and at every larger n of the curve; None: not within the curve; equal to `smallest_n`: ahead from the
    start. `difference`, `low` and `high` are taken there, or at the largest n when there is no crossing.
    Areas are mean heights on the axis log2(n + 1).
    """

    name: str
    baseline: str
    n: int | None
    at: int  # number of shown events at which the difference is given
    difference: float
    low: float
    high: float
    ahead: tuple[int, ...]  # every n with the interval above 0
    behind: tuple[int, ...]  # every n with the interval below 0
    smallest_n: int
    largest_n: int
    area: float
    baseline_area: float


def area(ns: tuple[int, ...], means: NDArray[np.float64]) -> float:
    """Mean height of the curve over log2(n + 1), by trapezia."""
    x = np.log2(np.asarray(ns, dtype=np.float64) + 1)
    return float(means[0]) if len(ns) == 1 else float(np.trapezoid(means, x) / (x[-1] - x[0]))


def crossings(nshot: NShot, baseline: str = BASELINE) -> list[Crossing]:
    """Every other line against `baseline`, users paired.

    Raises:
        NotFound: the curve has no such line.
    """
    if baseline not in nshot.per_user:
        raise NotFound(f"The curve has no line {baseline!r}.", f"Choose {', '.join(nshot.per_user)}.")
    floor = nshot.per_user[baseline].astype(np.float64)
    return [
        _crossing(name, values.astype(np.float64), baseline, floor, nshot.ns)
        for name, values in nshot.per_user.items()
        if name != baseline
    ]


def _crossing(
    name: str, values: NDArray[np.float64], baseline: str, floor: NDArray[np.float64], ns: tuple[int, ...]
) -> Crossing:
    mean, low, high = column_intervals(values - floor)
    stays = np.logical_and.accumulate((low > 0)[::-1])[::-1]
    first = int(np.argmax(stays)) if stays.any() else None
    at = len(ns) - 1 if first is None else first
    return Crossing(
        name=name,
        baseline=baseline,
        n=None if first is None else ns[first],
        at=ns[at],
        difference=float(mean[at]),
        low=float(low[at]),
        high=float(high[at]),
        ahead=tuple(n for n, bound in zip(ns, low, strict=True) if bound > 0),
        behind=tuple(n for n, bound in zip(ns, high, strict=True) if bound < 0),
        smallest_n=ns[0],
        largest_n=ns[-1],
        area=area(ns, values.mean(0)),
        baseline_area=area(ns, floor.mean(0)),
    )
