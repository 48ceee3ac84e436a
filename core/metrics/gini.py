"""Gini index of how often items are listed: 0 = all equally often, 1 = one item only."""

import numpy as np

from core.metrics.base import Catalogue, Lists, Metric, listed_counts


def gini(items: Lists, catalogue: Catalogue) -> float:
    """Σ (2i − n − 1) x_i / (n Σ x), x ascending, over all n eligible items, those never listed included."""
    counts = np.sort(listed_counts(items, len(catalogue.eligible))[catalogue.eligible])
    n = len(counts)
    if counts.sum() == 0:
        return float("nan")
    return float((2 * np.arange(1, n + 1) - n - 1) @ counts / (n * counts.sum()))


METRIC = Metric(
    name="gini",
    label="Gini",
    plain="with {k} shown each, exposure is {value} unequal (0 = every item equally often)",
    definition="Σ (2i − n − 1)·xᵢ / (n·Σ x), x = how often each item is listed, ascending",
    denominator="all n items that may be listed, those never listed included",
    higher_is_better=False,
    shown="number",
    of_lists=gini,
)
