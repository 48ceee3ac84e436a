"""Mean average precision, cut at k."""

import numpy as np

from core.arrays import Counts, Hits, PerUser
from core.metrics.base import Metric, share


def average_precision(hits: Hits, n_relevant: Counts) -> PerUser:
    """(n,) Σ precision at the rank of each hit / min(k, relevant); NaN for users with nothing to find."""
    k = hits.shape[1]
    at_rank = np.cumsum(hits, axis=1) / np.arange(1, k + 1)
    return share((at_rank * hits).sum(axis=1), np.minimum(n_relevant, k))


METRIC = Metric(
    name="map",
    label="MAP",
    plain="reading {k} shown down to each find, {value} were taken on average",
    definition="Σ over hits (hits so far / rank), divided by min(k, relevant items)",
    denominator="min(k, relevant items of the user); other tools divide by all relevant items",
    reference=average_precision,
)
