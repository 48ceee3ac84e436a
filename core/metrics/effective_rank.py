"""Effective rank of a model's scores (Roy & Vetterli, 2007): 1 = one order for everybody."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.metrics.base import Metric


def effective_rank(scores: NDArray[Any]) -> float:
    """exp of the entropy of the singular values of `scores` (rows users, columns items) over their sum.

    Values below the rounding of float32 scores (largest · max(shape) · ε, as in `matrix_rank`) count as
    zero, so a model of rank 1 gives exactly 1. Zero scores give 0. Items that are never listed (−inf for
    all rows) are left out; a single −inf counts as the lowest score of its row.
    """
    listed = np.isfinite(scores)
    kept = np.asarray(scores, dtype=np.float64)[:, listed.any(axis=0)]
    if kept.size == 0:
        return 0.0
    lowest = np.where(np.isfinite(kept), kept, np.inf).min(axis=1, keepdims=True)
    kept = np.where(np.isfinite(kept), kept, np.where(np.isfinite(lowest), lowest, 0.0))
    values = np.linalg.svd(kept, compute_uv=False)
    values = values[values > values[0] * max(kept.shape) * np.finfo(np.float32).eps]
    if len(values) == 0:
        return 0.0
    share = values / values.sum()
    return float(np.exp(-(share * np.log(share)).sum()))


METRIC = Metric(
    name="effective_rank",
    label="Effective rank",
    plain="the scores follow about {value} independent tastes (1 = one order for everybody)",
    definition="exp(−Σ p·ln p), p = singular values of a sample of the score matrix / their sum",
    denominator="the sum of the singular values",
    shown="number",
    of_scores=effective_rank,
)
