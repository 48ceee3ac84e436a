"""Content to factors: the ridge solution written out, own vectors where events speak, the same folding in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from core.models.content_to_factors import ContentToFactors, ContentToFactorsConfig, _ridge
from core.models.ials import IALS, IALSConfig
from data.histories import from_interactions, from_lists
from tests.core.models.planted import planted_content

SMALL = {"factors": 6, "iterations": 6}


def fitted(**settings: float) -> ContentToFactors:
    return ContentToFactors(ContentToFactorsConfig(**SMALL, **settings)).fit(planted_content(), seed=1)


def test_the_regression_is_the_weighted_ridge_solution() -> None:
    # one column, two items: W = (a1 e1² + a2 e2² + ridge)⁻¹ (a1 e1 y1 + a2 e2 y2)
    found = _ridge(np.array([[1.0], [2.0]]), np.array([[3.0], [4.0]]), np.array([1.0, 0.5]), 2.0)
    np.testing.assert_allclose(found, [[(1 * 1 * 3 + 0.5 * 2 * 4) / (1 + 0.5 * 4 + 2)]])


def test_items_with_events_keep_a_share_of_their_own_vector_that_grows_with_them() -> None:
    data, model = planted_content(), fitted(own_events=5)
    own = IALS(IALSConfig(**SMALL)).fit(data, seed=1).item_factors_
    profiles = model.space_.profiles(data.item_features, data.n_items)
    n = np.bincount(data.interactions.item, minlength=60)
    share = (n / (n + 5))[:, None]
    expected = share * own + (1 - share) * model._foretold(profiles)
    np.testing.assert_allclose(model.item_factors_, expected, atol=1e-5)
    assert np.abs(model.item_factors_[n == 0]).max() > 0.01  # iALS has zeros there


def test_without_a_share_for_content_known_items_score_as_by_ials() -> None:
    data = planted_content()
    rows = from_interactions(data.interactions, np.arange(20, dtype=np.int32), data)
    mine = fitted(own_events=0).score(rows)
    ials = IALS(IALSConfig(**SMALL)).fit(data, seed=1).score(rows)
    np.testing.assert_allclose(mine[:, :48], ials[:, :48], atol=1e-5)


def test_a_new_item_has_the_vector_that_its_words_foretell_and_can_be_part_of_a_history() -> None:
    model = fitted()
    wide = model.with_items(pd.DataFrame({"title": ["orchard", "desert", None]}))
    (scores,) = wide.score(from_lists([[3, 7, 11]], 60))  # orchard
    assert scores[60] > scores[61]
    assert scores[62] == 0  # nothing is known of it
    (after,) = wide.score(from_lists([[60]], 63))
    assert after[3::4][:12].mean() > after[0:48:4].mean()  # other orchards gain more than deserts


def test_an_item_of_which_nothing_is_known_keeps_its_own_vector() -> None:
    data = planted_content()
    features = data.item_features.assign(title=[None, *data.item_features["title"][1:]])
    model = ContentToFactors(ContentToFactorsConfig(**SMALL)).fit(
        replace(data, item_features=features), seed=1
    )
    own = IALS(IALSConfig(**SMALL)).fit(data, seed=1).item_factors_
    np.testing.assert_allclose(model.item_factors_[0], own[0], atol=1e-6)
