"""Mean reciprocal rank of the first hit, cut at k."""

import numpy as np

from core.arrays import Counts, Hits, PerUser
from core.metrics.base import Metric


def reciprocal_rank(hits: Hits, n_relevant: Counts) -> PerUser:
    """(n,) 1 / rank of the first hit, 0 without a hit; NaN for users with nothing to find."""
    first = np.where(hits.any(axis=1), 1 / (hits.argmax(axis=1) + 1), 0.0)
    return np.where(n_relevant > 0, first, np.nan)


METRIC = Metric(
    name="mrr",
    label="MRR",
    plain="among {k} shown, the first find scores {value} (1 = always first, 0.5 = second)",
    definition="1 / rank of the first hit in the top k, 0 without one",
    denominator="the rank of the first hit",
    shown="number",
    reference=reciprocal_rank,
)
