"""Ties by item number would make a model that knows nothing look good: popular items have low numbers."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from core.models import MODELS, available_device, model_class
from core.models.random import Random
from core.ranking import recommend
from data.errors import NotFound
from data.histories import Histories
from tests.conftest import make_dataset


class Zero:
    """A model that knows nothing and says so."""

    name: ClassVar[str] = "zero"

    def score(self, histories: Histories, items: Any = None) -> NDArray[np.float32]:
        return np.zeros((len(histories), histories.n_items), dtype=np.float32)


def ndcg(items: NDArray[np.int32], target: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,) one target each: 1 / log2(rank + 1)."""
    hit = items == target[:, None]
    return (hit / np.log2(np.arange(2, items.shape[1] + 2))).sum(axis=1)


def test_an_all_zero_model_scores_like_random_where_popular_items_have_low_numbers() -> None:
    rng = np.random.default_rng(1)
    n_users, n_items = 3000, 100
    target = np.minimum(rng.geometric(0.1, n_users) - 1, n_items - 1)  # item 0 is the most wanted
    rows = Histories(
        indptr=np.zeros(n_users + 1, dtype=np.int64),
        items=np.empty(0, np.int32),
        weights=np.empty(0, np.float32),
        n_items=n_items,
        users=np.full(n_users, -1, np.int32),
        keys=np.arange(n_users, dtype=np.uint64),
    )
    zero = ndcg(recommend(Zero(), rows, k=10).items, target)
    chance = Random().fit(make_dataset([0], [0], n_items=n_items))
    random = ndcg(recommend(chance, rows, k=10).items, target)
    by_number = ndcg(np.tile(np.arange(10, dtype=np.int32), (n_users, 1)), target)
    half_width = 1.96 * np.hypot(zero.std(), random.std()) / n_users**0.5
    assert abs(zero.mean() - random.mean()) < half_width
    assert by_number.mean() > 5 * zero.mean()


def test_an_unknown_model_is_refused_with_the_names_of_those_that_exist() -> None:
    with pytest.raises(NotFound, match="'magic'.*random, popularity, item_knn, .*ease, .*als, .*sasrec"):
        model_class("magic")
    with pytest.raises(NotFound):
        available_device("magic", "cpu")
    assert {"random", "popularity", "item_knn", "ease", "als", "sasrec"} <= set(MODELS)
