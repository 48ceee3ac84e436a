"""Events per item (or user) in two parts of a split, as two checks see them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.dataset import Dataset


def of_rows(dataset: Dataset, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n_items,) events among the given rows."""
    return np.bincount(dataset.interactions.item[rows], minlength=dataset.n_items)


def of_users(dataset: Dataset, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n_users,) events among the given rows."""
    return np.bincount(dataset.interactions.user[rows], minlength=dataset.n_users)


def dispersion(train: NDArray[np.int64], held: NDArray[np.int64]) -> tuple[float, int]:
    """χ² per degree of freedom of the items' held-out share against binomial sampling, and the degrees.

    χ² = Σ (t − n p)² / (n p (1 − p)) over items with n = t + train > 0 events of which t are held out, p the
    held-out share of all events; degrees of freedom = items − 1 (Pearson's test of homogeneity). A random
    hold-out has 1.00 whatever the popularity of the items.
    """
    total = train + held
    seen = total > 0
    n, t = total[seen].astype(np.float64), held[seen].astype(np.float64)
    freedom = len(n) - 1
    p = t.sum() / n.sum() if len(n) else 0.0
    if freedom < 1 or p in (0.0, 1.0):
        return float("nan"), max(freedom, 0)
    return float(((t - n * p) ** 2 / (n * p * (1 - p))).sum() / freedom), freedom
