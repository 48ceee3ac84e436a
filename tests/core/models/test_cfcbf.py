"""Item-kNN with content: the cosine of stacked vectors, written out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.models.cfcbf import CFCBF, CFCBFConfig
from core.models.item_knn import ItemKNN
from data.histories import from_interactions, from_lists
from tests.conftest import make_dataset
from tests.core.models.planted import planted_content


def test_similarity_is_the_shrunk_cosine_of_users_and_weighted_content() -> None:
    # users of the items: 0 {u0, u1}, 1 {u0}, 2 {u1}; genres: 0 and 2 "a", 1 none that is shared
    data = make_dataset([0, 0, 1, 1], [0, 1, 0, 2], n_items=3)
    data = replace(data, item_features=pd.DataFrame({"categories": ["a", "z", "a"]}))
    model = CFCBF(CFCBFConfig(shrinkage=1, content_weight=2)).fit(data)
    # <0, 1> = 1 user; |0|² = 2 + 2² = 6, |1|² = 1; <0, 2> = 1 user + 2² · 1; |2|² = 1 + 4
    expected = [[0, 1 / (6**0.5 + 1), 5 / (30**0.5 + 1)], [1 / (6**0.5 + 1), 0, 0], [5 / (30**0.5 + 1), 0, 0]]
    np.testing.assert_allclose(model.similarity_.toarray(), expected, rtol=1e-6)
    np.testing.assert_allclose(model.score(from_lists([[1, 2]], 3))[0], [sum(expected[0]), 0, 0], rtol=1e-6)


def test_without_weight_for_content_it_is_item_knn() -> None:
    data = planted_content()
    rows = from_interactions(data.interactions, np.arange(9, dtype=np.int32), data)
    mine = CFCBF(CFCBFConfig(content_weight=0)).fit(data).score(rows)
    np.testing.assert_allclose(mine, ItemKNN().fit(data).score(rows), rtol=1e-6)


def test_an_item_without_events_has_neighbours_by_content_alone() -> None:
    data = planted_content()
    scores = CFCBF().fit(data).score(from_lists([[0, 4, 8]], 60))[0]
    assert ItemKNN().fit(data).score(from_lists([[0, 4, 8]], 60))[0, 48:].max() == 0
    assert scores[[48, 52, 56]].min() > scores[[49, 50, 51]].max()  # 48 = 0 modulo 4: the same subject


def test_each_event_has_its_own_part() -> None:
    data = planted_content()
    model, rows = CFCBF().fit(data), from_lists([[0, 4, 4, 9]], 60)
    base, parts = model.history_contributions(rows, 0, 8)
    assert base == 0
    assert parts[1] == parts[2]  # one item twice: each event half
    assert parts.sum() == pytest.approx(model.score(rows)[0, 8], rel=1e-6)
