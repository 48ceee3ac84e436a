"""What models need, and the sentence where the data has it not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.models import missing_needs
from core.models.popularity import PopularityConfig
from data.dataset import Dataset
from tests.conftest import make_dataset


def weighing(*weights: float) -> Dataset:
    data = make_dataset(list(range(len(weights))), [0] * len(weights))
    return data.with_interactions(replace(data.interactions, base_weight=np.asarray(weights, np.float32)))


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ((1, 1, 1), "Rating MF needs ratings, and the weights of this data are only 1."),
        ((1, 5, 5), "Rating MF needs ratings, and the weights of this data are only 1 and 5."),
        ((0.5, 3, 4.5), None),
        ((1, 2, 3, 4, 5), None),
        ((10, 50, 100, 70), None),
        (
            (1, 2, 2000, 7),
            "Rating MF needs ratings, and the 4 different weights of this data, up to 2,000, look",
        ),
        (
            (1, 1, 1, 1, 1, 1, 1, 2, 3),
            "Rating MF needs ratings, and 78 % of the weights of this data are 1, the",
        ),
        (tuple(np.arange(150) / 10), "Rating MF needs ratings, and the 150 different weights"),
    ],
)
def test_ratings_are_told_from_counts_and_amounts(weights: tuple, said: str | None) -> None:
    sentences = missing_needs("rating_mf", weighing(*weights))
    assert (sentences == ()) if said is None else (len(sentences) == 1 and sentences[0].startswith(said))


def test_a_scale_shows_in_a_part_of_many_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.models.needs.LOOKED_AT", 50)
    assert missing_needs("rating_mf", weighing(*[1, 2, 3, 4, 5] * 21)) == ()


def test_items_known_by_id_or_picture_alone_are_not_enough_for_content() -> None:
    data = weighing(1, 2)
    assert missing_needs("content", data) == ()
    for features in (None, pd.DataFrame({"image": ["a.png"]}), pd.DataFrame({"title": [None]})):
        (sentence,) = missing_needs("content", replace(data, item_features=features))
        assert sentence == "Content needs what is known of items, and this data has only their ids."


def test_settings_may_need_more_than_the_model() -> None:
    data = weighing(1, 2)
    assert missing_needs("popularity", data) == ()
    assert missing_needs("popularity", data, PopularityConfig(kind="decayed")) == (
        "Popularity needs the time of each event, and this data has no times.",
    )
    (sentence,) = missing_needs("popularity", data, PopularityConfig(kind="segment"))
    assert "what is known of users" in sentence
