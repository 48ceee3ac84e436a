"""Share of the catalogue that anybody is shown."""

from core.metrics.base import Catalogue, Lists, Metric, listed_counts


def coverage(items: Lists, catalogue: Catalogue) -> float:
    """Eligible items in at least one list / eligible items."""
    if catalogue.n_eligible == 0:
        return float("nan")
    listed = listed_counts(items, len(catalogue.eligible)) > 0
    return float((listed & catalogue.eligible).sum() / catalogue.n_eligible)


METRIC = Metric(
    name="coverage",
    label="Coverage",
    plain="{value} of the catalogue is shown to somebody, {k} each",
    definition="items in at least one top k / items that may be listed",
    denominator="items that may be listed (those of train, or the chosen candidates)",
    of_lists=coverage,
)
