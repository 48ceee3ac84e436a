"""How alike the lists of different users are: 1 = everybody gets the same."""

from core.metrics.base import Catalogue, Lists, Metric, listed_counts


def list_overlap(items: Lists, catalogue: Catalogue) -> float:
    """Mean over pairs of users of the number of items in both lists, / k.

    Exact without visiting pairs: an item in c lists is shared by c·(c − 1) ordered pairs.
    """
    filled = items[(items >= 0).any(axis=1)]
    n, k = filled.shape
    if n < 2:
        return float("nan")
    counts = listed_counts(filled, len(catalogue.eligible)).astype(float)
    return float((counts * (counts - 1)).sum() / (n * (n - 1) * k))


METRIC = Metric(
    name="list_overlap",
    label="List overlap",
    plain="two users share {value} of their {k} on average",
    definition="mean over pairs of users of (items in both top k) / k",
    denominator="k, over all pairs of users with a list",
    higher_is_better=False,
    of_lists=list_overlap,
)
