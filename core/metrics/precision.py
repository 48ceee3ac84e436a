"""Share of the listed items that are relevant."""

import numpy as np

from core.arrays import Counts, Hits, PerUser
from core.metrics.base import Metric


def precision(hits: Hits, n_relevant: Counts) -> PerUser:
    """(n,) hits / k, short lists count as misses; NaN for users with nothing to find."""
    return np.where(n_relevant > 0, hits.mean(axis=1), np.nan)


METRIC = Metric(
    name="precision",
    label="Precision",
    plain="of {k} shown, {value} were taken",
    definition="hits in the top k / k",
    denominator="k, also when fewer are listed",
    shown="count",
    reference=precision,
)
