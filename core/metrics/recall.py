"""Share of everything relevant that is listed."""

from core.arrays import Counts, Hits, PerUser
from core.metrics.base import Metric, share


def recall(hits: Hits, n_relevant: Counts) -> PerUser:
    """(n,) hits / relevant; NaN for users with nothing to find."""
    return share(hits.sum(axis=1), n_relevant)


METRIC = Metric(
    name="recall",
    label="Recall",
    plain="{value} of all that a user went on to take was among {k} shown",
    definition="hits in the top k / relevant items",
    denominator="all relevant items of the user, also those beyond k",
    reference=recall,
)
