"""Normalised discounted cumulative gain with binary gain (Järvelin & Kekäläinen, 2002)."""

import numpy as np

from core.arrays import Counts, Hits, PerUser
from core.metrics.base import Metric, share


def ndcg(hits: Hits, n_relevant: Counts) -> PerUser:
    """(n,) DCG over the DCG of the best possible list; NaN for users with nothing to find."""
    k = hits.shape[1]
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discount)])
    return share(hits @ discount, ideal[np.minimum(n_relevant, k)])


METRIC = Metric(
    name="ndcg",
    label="NDCG",
    plain="the order of {k} shown reached {value} of the best possible order",
    definition="Σ over hits 1 / log₂(rank + 1), divided by the same sum for the best possible list",
    denominator="Σ of 1 / log₂(rank + 1) over the first min(k, relevant) ranks",
    reference=ndcg,
)
