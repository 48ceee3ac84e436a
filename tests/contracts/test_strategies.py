"""What holds for every cold-start strategy on every model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from core.cold_start import STRATEGIES
from core.models import MODELS
from data.dataset import Dataset, IdMap, Interactions
from data.histories import from_lists

N_ITEMS = 16
QUICK = {"epochs": 1, "iterations": 2, "factors": 4, "max_length": 8}
SHORT = [[], [3], [3, 5], [1, 2, 1, 4, 6, 7]]
every = pytest.mark.parametrize("name", list(STRATEGIES))


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(30), 6).astype(np.int32)
    items = np.concatenate([rng.permutation(N_ITEMS)[:6] for _ in range(30)]).astype(np.int32)
    train = Dataset(
        Interactions(users, items, np.tile([1, 2, 3], 60).astype(np.float32), np.tile(np.arange(6), 30)),
        IdMap(np.asarray([f"u{u}" for u in range(30)], dtype=object)),
        IdMap(np.asarray([f"i{i}" for i in range(N_ITEMS)], dtype=object)),
        item_features=pd.DataFrame({"title": [f"Tale {i % 3}" for i in range(N_ITEMS)]}),
    )
    models = {}
    for name, model in MODELS.items():
        quick = {key: value for key, value in QUICK.items() if key in model.Config.model_fields}
        models[name] = model(model.Config(**quick)).fit(train, seed=0)
    return models


@pytest.fixture
def fallback():
    return np.arange(N_ITEMS, dtype=np.float32)


@every
def test_the_key_is_the_name_and_words_are_there(name):
    strategy = STRATEGIES[name]
    assert strategy.name == name
    assert strategy.label
    assert strategy.definition.endswith(".")


@every
def test_settings_are_frozen_described_and_refuse_unknown_ones(name):
    config = STRATEGIES[name].Config()
    assert all(field.description for field in type(config).model_fields.values())
    with pytest.raises(ValidationError):
        STRATEGIES[name].Config(surprise=1)
    assert STRATEGIES[name]().config == config


@every
@pytest.mark.parametrize("model", list(MODELS))
def test_every_row_of_every_model_is_answered(name, model, fitted, fallback):
    answer = STRATEGIES[name]().answer(fitted[model], from_lists(SHORT, N_ITEMS), fallback)
    assert answer.scores.shape == (4, N_ITEMS)
    assert answer.scores.dtype == np.float32
    assert answer.answered.shape == (4,)
    assert not np.isnan(answer.scores).any()


@every
@pytest.mark.parametrize("model", list(MODELS))
def test_inputs_are_left_as_they_were(name, model, fitted, fallback):
    histories = from_lists(SHORT, N_ITEMS)
    before = histories.items.copy(), fallback.copy(), fitted[model].score(histories).copy()
    answer = STRATEGIES[name]().answer(fitted[model], histories, fallback)
    answer.scores[:] = -1
    np.testing.assert_array_equal(histories.items, before[0])
    np.testing.assert_array_equal(fallback, before[1])
    np.testing.assert_array_equal(fitted[model].score(histories), before[2])


@every
def test_no_rows_are_no_answer(name, fitted, fallback):
    answer = STRATEGIES[name]().answer(fitted["ease"], from_lists([], N_ITEMS), fallback)
    assert answer.scores.shape == (0, N_ITEMS)


@pytest.mark.parametrize("threshold", [0, 2, 3, 100])
def test_the_switch_changes_at_its_threshold(threshold, fitted, fallback):
    switch = STRATEGIES["switch"](STRATEGIES["switch"].Config(threshold=threshold))
    histories = from_lists(SHORT, N_ITEMS)
    answer = switch.answer(fitted["ease"], histories, fallback)
    model = fitted["ease"].score(histories)
    for row, length in enumerate((0, 1, 2, 6)):
        expected = model[row] if length >= threshold else fallback
        np.testing.assert_array_equal(answer.scores[row], expected)
        assert answer.answered[row] == (length >= threshold)
