"""Recall over what k places can hold: the "recall" of Liang et al. (2018, Mult-VAE)."""

import numpy as np

from core.arrays import Counts, Hits, PerUser
from core.metrics.base import Metric, share


def capped_recall(hits: Hits, n_relevant: Counts) -> PerUser:
    """(n,) hits / min(k, relevant); NaN for users with nothing to find."""
    return share(hits.sum(axis=1), np.minimum(n_relevant, hits.shape[1]))


METRIC = Metric(
    name="capped_recall",
    label="Capped recall",
    plain="{value} of what {k} places could have held was found",
    definition="hits in the top k / min(k, relevant items)",
    denominator="min(k, relevant items of the user)",
    reference=capped_recall,
)
