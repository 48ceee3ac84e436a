"""Who knows whom: degrees, reciprocity, and whether friends share a taste."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from data.dataset import Dataset
from data.profile.base import Number, share

SAMPLED = 20_000  # edges compared at most
DEFINITIONS: dict[str, str] = {
    "edges": "Pairs of users in the social list, each direction counted.",
    "connected": "Share of users with at least one pair.",
    "median_degree": "Half of the connected users name this many others or fewer.",
    "reciprocity": "Share of pairs whose reverse is listed, too.",
    "friend_cosine": "Mean cosine of the item sets of a pair's users: 1 the same items, 0 none in common.",
    "stranger_cosine": "The same with shuffled second users: what activity and popularity alone give.",
    "homophily": "Likeness of friends divided by that of shuffled pairs: above 1, friends share a taste.",
}


@dataclass(frozen=True)
class Social:
    """Numbers by name with their definitions, and the 95 % interval of the homophily."""

    numbers: dict[str, Number]
    definitions: dict[str, str]
    low: float
    high: float


def social(dataset: Dataset, seed: int = 0) -> Social | None:
    """Measure the social list; None where the data has none.

    Homophily compares each pair with one whose second user is drawn from the other pairs (degrees are kept);
    the interval is a bootstrap over pairs (Efron 1979), 1,000 draws.
    """
    edges = dataset.social
    if edges is None or not len(edges):
        return None
    source, target = np.asarray(edges[:, 0], np.int64), np.asarray(edges[:, 1], np.int64)
    degree = np.bincount(source, minlength=dataset.n_users)
    touched = np.zeros(dataset.n_users, dtype=bool)
    touched[source] = touched[target] = True
    forward = source * dataset.n_users + target
    friend, stranger = _cosines(dataset, source, target, seed)
    low, high = _ratio_interval(friend, stranger, seed)
    numbers: dict[str, Number] = {
        "edges": len(edges),
        "connected": float(touched.mean()),
        "median_degree": float(np.median(degree[degree > 0])),
        "reciprocity": float(np.isin(target * dataset.n_users + source, forward).mean()),
        "friend_cosine": float(friend.mean()),
        "stranger_cosine": float(stranger.mean()),
        "homophily": share(float(friend.mean()), float(stranger.mean())),
    }
    return Social(numbers, DEFINITIONS, low, high)


def _cosines(
    dataset: Dataset, source: NDArray[np.int64], target: NDArray[np.int64], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cosine of the item sets of (a sample of) the pairs, and of pairs with shuffled second users."""
    rng = np.random.default_rng(seed)
    rows = np.arange(len(source))
    if len(rows) > SAMPLED:
        rows = np.sort(rng.choice(rows, SAMPLED, replace=False))
    taken = dataset.matrix.astype(bool).astype(np.float32)
    length = np.sqrt(np.maximum(np.diff(taken.indptr), 1))
    shuffled = rng.permutation(target)[rows]
    return (
        _pair_cosine(taken, length, source[rows], target[rows]),
        _pair_cosine(taken, length, source[rows], shuffled),
    )


def _pair_cosine(
    taken: csr_matrix, length: NDArray[np.float64], left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.float64]:
    common = np.asarray(taken[left].multiply(taken[right]).sum(axis=1)).ravel()
    return np.asarray(common / (length[left] * length[right]), dtype=np.float64)


def _ratio_interval(
    friend: NDArray[np.float64], stranger: NDArray[np.float64], seed: int
) -> tuple[float, float]:
    rng = np.random.default_rng(seed + 1)
    n = len(friend)
    ratios = []
    for _ in range(1_000):
        drawn = rng.integers(0, n, n)
        below = stranger[drawn].mean()
        ratios.append(friend[drawn].mean() / below if below > 0 else np.inf)
    low, high = np.quantile(ratios, [0.025, 0.975], method="nearest")  # a ratio over nothing is infinite
    return float(low), float(high)
