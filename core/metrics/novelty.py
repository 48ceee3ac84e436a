"""Mean self-information of the listed items (Zhou et al., 2010; Castells et al., 2011)."""

import numpy as np

from core.metrics.base import Catalogue, Lists, Metric, listed_counts


def novelty(items: Lists, catalogue: Catalogue) -> float:
    """Mean of −log₂(train users with the item / train users) over all filled list places, in bits.

    An item without a train user would be infinitely novel; it counts as if one user had it, the largest
    finite value, log₂(train users).
    """
    counts = listed_counts(items, len(catalogue.eligible))
    if counts.sum() == 0 or catalogue.n_users == 0:
        return float("nan")
    bits = -np.log2(np.maximum(catalogue.item_users, 1) / catalogue.n_users)
    return float(counts @ bits / counts.sum())


METRIC = Metric(
    name="novelty",
    label="Novelty",
    plain="the {k} shown carry {value} bits of surprise each (0 = everybody has it)",
    definition="mean over list places of −log₂(share of train users with the item)",
    denominator="filled list places; an item nobody has in train counts as if one user had it",
    shown="number",
    of_lists=novelty,
)
