"""How much of the lists goes to what is popular anyway."""

from core.metrics.base import Catalogue, Lists, Metric, listed_counts


def head_share(items: Lists, catalogue: Catalogue) -> float:
    """Share of filled list places on the most popular 10 % of eligible items (by train users)."""
    counts = listed_counts(items, len(catalogue.eligible))
    return float(counts @ catalogue.head / counts.sum()) if counts.sum() else float("nan")


METRIC = Metric(
    name="head_share",
    label="Head share",
    plain="{value} of the {k} places go to the most popular tenth of the catalogue",
    definition="list places on the 10 % of items with most train users / list places",
    denominator="filled list places; items that tie at the border count by the fraction that fits",
    higher_is_better=False,
    of_lists=head_share,
)
