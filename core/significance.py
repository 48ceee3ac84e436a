"""How sure a number is: bootstrap intervals, paired differences, and when two numbers may be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from core.arrays import PerUser
from data.errors import ConfigError
from data.split import Fingerprint

MANY_USERS = 20_000  # above, the normal approximation replaces resampling (they agree to 1 % of a width)
BLOCK_BYTES = 32 * 2**20  # of resampling weights held at a time


@dataclass(frozen=True)
class Interval:
    """A mean over n users with its confidence interval; low and high are NaN below two users."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Difference:
    """Mean of a − b over the same users. A win is a user for whom a is the greater."""

    mean: float
    low: float
    high: float
    p_value: float
    wins: int
    ties: int
    losses: int
    n_users: int

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def _check(confidence: float, n_resamples: int) -> None:
    if not 0 < confidence < 1:
        raise ConfigError(f"The confidence is {confidence}.", "Choose a value between 0 and 1, such as 0.95.")
    if n_resamples < 100:
        raise ConfigError(f"{n_resamples} resamples were asked for.", "Use at least 100; 2000 is usual.")


def _resampled_means(values: NDArray[np.float64], n_resamples: int, seed: int) -> NDArray[np.float64]:
    """(n_resamples, n_columns) means of rows drawn with replacement; all columns share each draw."""
    n = len(values)
    rng = np.random.default_rng(seed)
    means = np.empty((n_resamples, values.shape[1]))
    step = max(1, BLOCK_BYTES // (8 * n))
    for start in range(0, n_resamples, step):
        rows = min(step, n_resamples - start)
        drawn = rng.integers(0, n, (rows, n), dtype=np.int32) + (np.arange(rows) * n)[:, None]
        times = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n)
        means[start : start + rows] = times @ values / n
    return means


def column_intervals(
    values: NDArray[Any], confidence: float = 0.95, n_resamples: int = 2000, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean, low and high of every column of `values` (n, c), without NaN.

    Percentile bootstrap over users (Efron, 1979), one draw for all columns; above `MANY_USERS` rows
    mean ± z · sd / √n. With few users it is a little narrow: of 400 simulated samples with seven in ten
    values zero, 95 % intervals held the true mean in 91 % at 28 users, 93 % at 100, 95 % at 600.
    """
    _check(confidence, n_resamples)
    table = np.asarray(values, dtype=np.float64)
    n, columns = table.shape
    if n < 2:
        unknown = np.full(columns, np.nan)
        return (table[0].copy() if n else unknown), unknown, unknown
    mean = table.mean(axis=0)
    if n > MANY_USERS:
        half = norm.ppf(0.5 + confidence / 2) * table.std(axis=0, ddof=1) / np.sqrt(n)
        return mean, mean - half, mean + half
    tail = (1 - confidence) / 2
    low, high = np.quantile(_resampled_means(table, n_resamples, seed), [tail, 1 - tail], axis=0)
    return mean, low, high


def interval(values: PerUser, confidence: float = 0.95, n_resamples: int = 2000, seed: int = 0) -> Interval:
    """Mean of one value per user with its interval; users with NaN were not judged and are left out."""
    kept = np.asarray(values, dtype=np.float64)
    kept = kept[~np.isnan(kept)]
    mean, low, high = column_intervals(kept[:, None], confidence, n_resamples, seed)
    return Interval(float(mean[0]), float(low[0]), float(high[0]), len(kept))


def _sign_flip_p(differences: NDArray[np.float64], n_resamples: int, seed: int) -> float:
    """Two-sided sign-flip permutation p-value of a zero mean (Fisher, 1935); exact up to 2ⁿ ≤ resamples."""
    moved = differences[differences != 0]
    n = len(moved)
    if n == 0:
        return 1.0
    if n > MANY_USERS:
        return float(2 * norm.sf(abs(moved.sum()) / np.sqrt((moved**2).sum())))
    seen = abs(moved.sum()) * (1 - 1e-12)
    if 2**n <= n_resamples:
        signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
        return float((np.abs(signs @ moved) >= seen).mean())
    rng = np.random.default_rng(seed)
    extreme = 0
    step = max(1, BLOCK_BYTES // (8 * n))
    for start in range(0, n_resamples, step):
        flips = rng.integers(0, 2, (min(step, n_resamples - start), n), dtype=np.int8).astype(np.float64)
        extreme += int((np.abs(moved.sum() - 2 * (flips @ moved)) >= seen).sum())
    return (1 + extreme) / (1 + n_resamples)


def paired_difference(
    a: PerUser, b: PerUser, confidence: float = 0.95, n_resamples: int = 2000, seed: int = 0
) -> Difference:
    """a − b over the same users: bootstrap interval of the mean and sign-flip permutation p-value.

    Args:
        a, b: (n,) one value per user, in the same order; NaN (not judged) must stand at the same users.
        confidence: of the interval.
        n_resamples: bootstrap draws and permutations.
        seed: of both.

    Raises:
        ConfigError: the users differ.
    """
    _check(confidence, n_resamples)
    left, right = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if left.shape != right.shape or (np.isnan(left) != np.isnan(right)).any():
        raise ConfigError(
            f"The two results judge different users ({len(left)} and {len(right)}).",
            "Compare runs judged on the same part of the same split.",
        )
    differences = (left - right)[~np.isnan(left)]
    found = interval(differences, confidence, n_resamples, seed)
    wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
    p_value = _sign_flip_p(differences, n_resamples, seed + 1) if len(differences) else float("nan")
    n = len(differences)
    return Difference(found.mean, found.low, found.high, p_value, wins, n - wins - losses, losses, n)


def comparable(a: Fingerprint, b: Fingerprint) -> None:
    """Nothing when numbers under `a` and `b` may be subtracted.

    Raises:
        ConfigError: the test conditions differ; the message lists how.
    """
    differences = a.differences(b)
    if differences:
        raise ConfigError(
            "These results were measured under different conditions: " + "; ".join(differences) + ".",
            "Judge both runs on the same split and policy, then compare.",
        )


def holm(p_values: Sequence[float]) -> NDArray[np.float64]:
    """p-values adjusted for testing all of them at once (Holm, 1979), in the given order; NaN stays NaN."""
    p = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return adjusted
