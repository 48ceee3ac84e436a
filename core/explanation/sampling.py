"""Antithetic permutation sampling: when to stop, and how sure each part is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

Marginals = Callable[[NDArray[np.int64]], NDArray[np.float64]]  # (m, n) orders → (m, n) growth per player

TOP = 5
TIE = 0.01  # bars closer than this share of the largest one need no order
FIRST_PAIRS = 8
NEXT_PAIRS = 4


@dataclass(frozen=True, eq=False)
class Sampled:
    """Mean over independent pairs (an order and its reverse), with standard errors."""

    parts: NDArray[np.float64]  # (n,)
    standard_errors: NDArray[np.float64]  # (n,)
    n_pairs: int
    stable: bool  # the order of the top 5 is settled at 95 %


def settled(pairs: NDArray[np.float64], top: int = TOP, confidence: float = 0.95) -> bool:
    """Is the order of the `top` largest parts (by size) settled?

    Neighbours in the order, and the last against the next, must differ by more than Student's bound of
    their paired difference, or be known to differ by less than `TIE` of the largest part.

    Args:
        pairs: (m, n) part of each player in each independent pair of permutations, m ≥ 2.
    """
    means = pairs.mean(0)
    order = np.argsort(-np.abs(means), kind="stable")[: top + 1]
    sized = pairs[:, order] * np.where(means[order] < 0, -1.0, 1.0)
    gaps = sized[:, :-1] - sized[:, 1:]
    bound = student.ppf(0.5 + confidence / 2, len(pairs) - 1) * gaps.std(0, ddof=1) / np.sqrt(len(pairs))
    tied = np.abs(gaps.mean(0)) + bound < TIE * np.abs(means[order[0]])
    return bool(np.all((gaps.mean(0) >= bound) | tied))


def sample_pairs(marginals: Marginals, n_players: int, *, max_pairs: int, seed: int) -> Sampled:
    """Shapley values by antithetic permutations (Mitchell, Cooper, Frank & Holmes, 2022).

    Every permutation's growths telescope to v(N) − v(∅), so additivity holds whatever the sample.

    Args:
        marginals: growth of the value as players join in each order.
        n_players: number of players, at least 1.
        max_pairs: stop here even when the top is not settled; at least 2 pairs are drawn.
        seed: of the permutations.
    """
    rng = np.random.default_rng(seed)
    pairs = np.empty((0, n_players))
    while True:
        count = FIRST_PAIRS if len(pairs) == 0 else NEXT_PAIRS
        count = max(min(count, max_pairs - len(pairs)), 2 - len(pairs))
        orders = np.array([rng.permutation(n_players) for _ in range(count)], dtype=np.int64)
        both = (marginals(orders) + marginals(np.ascontiguousarray(orders[:, ::-1]))) / 2
        pairs = np.concatenate([pairs, both])
        stable = settled(pairs)
        if stable or len(pairs) >= max_pairs:
            break
    return Sampled(pairs.mean(0), pairs.std(0, ddof=1) / np.sqrt(len(pairs)), len(pairs), stable)


def stop_reason(sampled: Sampled) -> str:
    """Why sampling stopped, in words."""
    if sampled.stable:
        return "the order of the top 5 is stable at 95 %"
    return "the largest number of evaluations was reached; the order of the top 5 is not settled"
