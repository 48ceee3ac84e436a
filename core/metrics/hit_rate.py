"""Share of users with at least one hit."""

import numpy as np

from core.arrays import Counts, Hits, PerUser
from core.metrics.base import Metric


def hit_rate(hits: Hits, n_relevant: Counts) -> PerUser:
    """(n,) 1 with a hit in the top k, else 0; NaN for users with nothing to find."""
    return np.where(n_relevant > 0, hits.any(axis=1).astype(np.float64), np.nan)


METRIC = Metric(
    name="hit_rate",
    label="Hit rate",
    plain="{value} of users took at least one of {k} shown",
    definition="1 if any of the top k is relevant, else 0",
    denominator="users with something to find",
    reference=hit_rate,
)
