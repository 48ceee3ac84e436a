"""METRICS: every number on the leaderboard, by name. Key = file name = `name`.

Values per user first, in the order of the compiled pass (`core.evaluation_kernel`).
"""

from core.metrics import (
    capped_recall,
    coverage,
    effective_rank,
    gini,
    head_share,
    hit_rate,
    list_overlap,
    map,  # noqa: A004 - the field's name
    mrr,
    ndcg,
    novelty,
    precision,
    recall,
)
from core.metrics.base import Catalogue as Catalogue
from core.metrics.base import Metric as Metric

METRICS: dict[str, Metric] = {
    "ndcg": ndcg.METRIC,
    "recall": recall.METRIC,
    "capped_recall": capped_recall.METRIC,
    "precision": precision.METRIC,
    "map": map.METRIC,
    "mrr": mrr.METRIC,
    "hit_rate": hit_rate.METRIC,
    "coverage": coverage.METRIC,
    "novelty": novelty.METRIC,
    "gini": gini.METRIC,
    "head_share": head_share.METRIC,
    "list_overlap": list_overlap.METRIC,
    "effective_rank": effective_rank.METRIC,
}
PER_USER: tuple[str, ...] = tuple(name for name, metric in METRICS.items() if metric.per_user)
OF_LISTS: tuple[str, ...] = tuple(name for name, metric in METRICS.items() if metric.of_lists is not None)
