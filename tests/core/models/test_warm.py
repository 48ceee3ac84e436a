"""What `warm` compiles is what the first click uses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from core import models, ranking, selection
from core.models import (
    als,
    ease,
    graph_filter,
    ials_kernels,
    neighbours,
    products,
    random,
    rating_mf,
    user_knn,
)
from core.ranking import recommend
from data.histories import from_interactions
from tests.core.models.planted import planted_cause


def compiled() -> dict[str, int]:
    """Number of compiled variants of each kernel."""
    kernels: list[Any] = [
        selection.rank_block,
        selection.rank_of_item,
        neighbours._similar,
        ease._weighted_rows,
        als._fold_in,
        products._add_products,
        products._best_of_products,
        user_knn._votes,
        graph_filter.two_hops,
        ials_kernels.conjugate_rows,
        ials_kernels.exact_rows,
        ials_kernels.observed_loss,
        random._hash_scores,
        rating_mf._solve_rows,
    ]
    return {kernel.py_func.__name__: len(kernel.signatures) for kernel in kernels}


def test_after_warming_nothing_is_compiled_for_fitted_or_restored_models() -> None:
    ranking.warm()
    models.warm()
    before = compiled()
    assert min(before.values()) >= 1
    data = planted_cause(n_users=40)
    stars = (1 + np.arange(len(data.interactions)) % 5).astype(np.float32)
    data = data.with_interactions(replace(data.interactions, base_weight=stars))
    rows = from_interactions(data.interactions, np.arange(40, dtype=np.int32), data)
    for name in models.OWN - {"sasrec", "two_tower"}:  # networks have no kernels of ours
        fitted = models.MODELS[name]().fit(data)
        stored = {key: np.array(value) for key, value in fitted.arrays().items()}
        for array in stored.values():
            array.flags.writeable = False
        for model in (fitted, models.MODELS[name].restore(fitted.config, stored)):
            recommend(model, rows, k=5, fallback=ranking.fallback_scores(data))
    assert compiled() == before
