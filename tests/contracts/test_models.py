"""What every registered model promises; a new model is tested the day it is registered.

`rankscope check-model` runs these tests on one model, named by RANKSCOPE_CHECK_MODEL: a registered name, or
`module:Class` of a class of one's own.
"""

from __future__ import annotations

import inspect
import itertools
import os
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray

from core.device import CPU
from core.models import MODELS, OWN, available_device, estimate_seconds, missing_needs, model_class
from core.models.base import ExplainsByHistory, FoldsIn, PredictsLabels, Recommender, ScoresNewItems
from core.models.installed import structural_problem
from core.models.needs import NEEDS
from core.progress import Cancelled
from data.dataset import Dataset, Interactions
from data.errors import NotApplicable
from data.histories import Histories, from_interactions, from_lists
from tests.conftest import make_dataset

QUICK: dict[str, dict[str, Any]] = {
    "sasrec": {"epochs": 2, "dim": 16, "max_length": 8, "batch_size": 16},
    "two_tower": {"epochs": 2, "dim": 16, "max_length": 8, "batch_size": 16, "content_dims": 8},
    "als": {"factors": 8, "iterations": 5},
    "content_to_factors": {"factors": 8, "dims": 8},
    "rating_mf": {"factors": 4, "regularization": 1},
}
SAID_OF = {"times": "times", "item_features": "items", "user_features": "users", "ratings": "ratings"}
ORDERED = {"sasrec", "transitions", "two_tower"}  # models that look at the order of events


def names_to_check(asked: str | None) -> list[str]:
    """All registered models, or the one asked for; a class of one's own is registered by its name."""
    if asked is None:
        return list(MODELS)
    if ":" not in asked:
        return [model_class(asked).name]
    model = pkgutil.resolve_name(asked)
    name = str(getattr(model, "name", asked))
    if problem := structural_problem(name, model):
        raise pytest.UsageError(f"{asked} is not a model: {problem}.")
    MODELS[name] = model
    return [name]


NAMES = names_to_check(os.environ.get("RANKSCOPE_CHECK_MODEL"))


@pytest.fixture(autouse=True)
def one_torch_thread() -> Iterator[None]:
    """Tiny networks on busy cores: threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@cache
def world() -> Dataset:
    """40 users × 16 items in two camps with times, ratings and features; item 15 has no event, user 3 repeats
    an item."""
    rng = np.random.default_rng(3)
    users, items, times = [], [], []
    for user in range(40):
        chosen = [*rng.permutation(7)[:5], 14] if user % 3 == 0 else rng.permutation(7)[:5]
        for day, item in enumerate(chosen):
            users.append(user)
            items.append(int(item) + (0 if user % 2 == 0 or item == 14 else 7))
            times.append(day * 86_400 + user)
    users.append(3)
    items.append(items[-1])
    times.append(10**6)
    data = make_dataset(users, items, times=times, n_items=16)
    events = replace(data.interactions, base_weight=(1 + np.arange(len(users)) * 7 % 5).astype(np.float32))
    genres = ["Comedy|Short" if item % 2 else "Drama" for item in range(16)]
    genres[15] = "Short|Drama"
    features = pd.DataFrame({"title": [f"Tale {item} of camp {item // 7}" for item in range(16)]})
    features = features.assign(categories=genres, price=np.arange(16) / 2)
    regions = pd.DataFrame({"region": ["east" if user % 2 else "west" for user in range(40)]})
    return replace(data, interactions=events, item_features=features, user_features=regions)


def without(need: str) -> Dataset:
    """The world without what a model may need."""
    data, events = world(), world().interactions
    if need == "times":
        return data.with_interactions(
            Interactions(events.base_user, events.base_item, events.base_weight, None)
        )
    if need == "ratings":
        return data.with_interactions(replace(events, base_weight=np.ones(len(events), dtype=np.float32)))
    return replace(data, **{need: None})


def build(name: str) -> Recommender:
    model = MODELS[name]
    return model(model.Config(**QUICK.get(name, {})))


@cache
def fitted(name: str) -> Recommender:
    return build(name).fit(world(), validation=None, seed=5, device=CPU)


def histories() -> Histories:
    data = world()
    return from_interactions(data.interactions, np.arange(data.n_users, dtype=np.int32), data)


def same(a: NDArray[np.float32], b: NDArray[np.float32]) -> None:
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_registered_under_its_own_name_with_label_and_paper(name: str) -> None:
    model = MODELS[name]
    assert model.name == name
    if name in OWN:
        assert inspect.getmodule(model).__name__ == f"core.models.{name}"
    assert structural_problem(name, model) == ""
    assert model.label
    assert model.__doc__
    assert set(model.needs) <= set(NEEDS)
    assert set(model.devices) <= {"cpu", "cuda"}
    assert isinstance(model.stochastic, bool)


@pytest.mark.parametrize("name", NAMES)
def test_a_model_honours_the_protocol_and_fit_returns_it(name: str) -> None:
    model = build(name)
    assert isinstance(model, Recommender)
    assert model.fit(world()) is model


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_described_and_bounded_and_survives_json(name: str) -> None:
    Config = MODELS[name].Config
    config = Config(**QUICK.get(name, {}))
    assert Config.model_validate_json(config.model_dump_json()) == config
    for field, info in Config.model_fields.items():
        assert info.description, field
        if info.annotation in (int, float, int | None, float | None):
            bounds = {type(bound).__name__ for bound in info.metadata}
            assert bounds & {"Ge", "Gt"}, field
            assert bounds & {"Le", "Lt"}, field
    with pytest.raises(ValueError, match="frozen"):
        config.anything = 1


@pytest.mark.parametrize("name", NAMES)
def test_scores_are_finite_float32_with_a_column_for_every_item(name: str) -> None:
    scores = fitted(name).score(histories())
    assert scores.shape == (40, 16)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_subset_of_items_gives_the_columns_of_the_whole_row(name: str) -> None:
    whole = fitted(name).score(histories())
    for items in ([3, 0, 11], [15, 2], [15], []):
        wanted = np.array(items, dtype=np.int32)
        part = fitted(name).score(histories(), wanted)
        assert part.shape == (40, len(items))
        assert part.dtype == np.float32
        same(part, whole[:, wanted])


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_scores(name: str) -> None:
    again = build(name).fit(world(), seed=5)
    np.testing.assert_array_equal(again.score(histories()), fitted(name).score(histories()))


@pytest.mark.parametrize("name", NAMES)
def test_stochastic_says_whether_the_seed_matters(name: str) -> None:
    other = build(name).fit(world(), seed=6).score(histories())
    assert (not np.array_equal(other, fitted(name).score(histories()))) == MODELS[name].stochastic


@pytest.mark.parametrize("name", NAMES)
def test_fit_and_score_leave_their_input_unchanged(name: str) -> None:
    data, rows = world(), histories()
    events = data.interactions
    before = [column.copy() for column in (events.user, events.item, events.weight, events.time)]
    rows_before = (rows.items.copy(), rows.weights.copy(), rows.indptr.copy())
    matrix = data.matrix.copy()
    build(name).fit(data).score(rows)
    for old, new in zip(before, (events.user, events.item, events.weight, events.time), strict=True):
        np.testing.assert_array_equal(old, new)
    for old, new in zip(rows_before, (rows.items, rows.weights, rows.indptr), strict=True):
        np.testing.assert_array_equal(old, new)
    assert (matrix != data.matrix).nnz == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_restored_model_gives_equal_scores_from_read_only_arrays(name: str) -> None:
    model = fitted(name)
    arrays = {key: np.array(value) for key, value in model.arrays().items()}
    for array in arrays.values():
        assert array.dtype != object
        array.flags.writeable = False
    again = MODELS[name].restore(model.config, arrays)
    np.testing.assert_array_equal(again.score(histories()), model.score(histories()))


@pytest.mark.parametrize("name", NAMES)
def test_unknown_users_are_answered_like_known_ones_with_the_same_history(name: str) -> None:
    rows = histories()
    np.testing.assert_array_equal(fitted(name).score(rows.anonymous()), fitted(name).score(rows))


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_a_history_matters_only_to_models_of_order(name: str) -> None:
    if name not in OWN:
        pytest.skip("whether order matters is not said by a class from elsewhere")
    one = from_lists([[0, 1, 2, 3]], 16)
    turned = from_lists([[3, 2, 1, 0]], 16)
    change = np.abs(fitted(name).score(one) - fitted(name).score(turned)).max()
    assert (change > 1e-5) == (name in ORDERED)


@pytest.mark.parametrize("name", NAMES)
def test_empty_and_never_trained_histories_are_answered_finitely(name: str) -> None:
    rows = from_lists([[], [15], [0, 15, 0]], 16)
    scores = fitted(name).score(rows)
    assert scores.shape == (3, 16)
    assert np.isfinite(scores).all()
    same(scores[2], fitted(name).score(rows.rows([2]))[0])
    assert fitted(name).score(rows.rows([])).shape == (0, 16)


@pytest.mark.parametrize("name", NAMES)
def test_a_report_that_raises_cancels_the_fit(name: str) -> None:
    if "report" not in inspect.signature(MODELS[name].fit).parameters:
        pytest.skip("it takes no `report`: it cannot be stopped while it trains")
    for stop_at in (1, 2):
        calls = itertools.count(1)

        def report(
            fraction: float,
            stage: str = "",
            *,
            curve: dict[str, float] | None = None,
            calls: Any = calls,
            stop_at: int = stop_at,
        ) -> None:
            assert 0 <= fraction <= 1
            if next(calls) == stop_at:
                raise Cancelled

        with pytest.raises(Cancelled):
            build(name).fit(world(), report=report)


@pytest.mark.parametrize("name", NAMES)
def test_a_data_set_without_events_is_fitted_or_refused_in_words(name: str) -> None:
    data = world()
    none = np.empty(0, dtype=np.int64)
    empty = data.with_interactions(data.interactions.take(none))
    model = build(name).fit(empty)
    assert np.isfinite(model.score(from_lists([[0], []], 16))).all()


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_offered_where_the_data_has_what_it_needs_and_says_so_elsewhere(
    name: str, need: str
) -> None:
    assert missing_needs(name, world()) == ()
    lacking = without(need)
    if need in MODELS[name].needs:
        (sentence,) = missing_needs(name, lacking)
        assert sentence.startswith(f"{MODELS[name].label} needs ")
        assert sentence.endswith(".")
        with pytest.raises(NotApplicable, match=SAID_OF[need]):
            build(name).fit(lacking)
    else:
        assert missing_needs(name, lacking) == ()
        assert build(name).fit(lacking).score(histories()).shape == (40, 16)


@pytest.mark.parametrize("name", NAMES)
def test_a_widened_catalogue_scores_new_items_and_leaves_the_others_alone(name: str) -> None:
    model, rows = fitted(name), histories()
    if not isinstance(model, ScoresNewItems):
        pytest.skip(f"{name} knows items by their events only")
    new = world().item_features.iloc[[3, 8]].reset_index(drop=True)
    wide = model.with_items(new)
    scores = wide.score(rows)
    assert scores.shape == (40, 18)
    assert np.isfinite(scores).all()
    same(scores[:, :16], model.score(rows))
    assert np.abs(scores[:, 16] - scores[:, 17]).max() > 1e-3
    same(wide.score(rows, np.array([17, 2], dtype=np.int32)), scores[:, [17, 2]])
    same(wide.score(replace(rows, n_items=18)), scores)
    again = MODELS[name].restore(wide.config, wide.arrays())
    np.testing.assert_array_equal(again.score(rows), scores)
    assert wide.score(from_lists([[17]], 18)).shape == (1, 18)


@pytest.mark.parametrize("name", NAMES)
def test_foretold_labels_keep_to_the_scale_of_train(name: str) -> None:
    model, rows = fitted(name), histories()
    if not isinstance(model, PredictsLabels):
        pytest.skip(f"{name} foretells no labels")
    foretold = model.predict(rows)
    assert foretold.shape == (40, 16)
    assert foretold.dtype == np.float32
    assert foretold.min() >= 1
    assert foretold.max() <= 5
    same(model.predict(rows, np.array([15, 2], dtype=np.int32)), foretold[:, [15, 2]])


@pytest.mark.parametrize("name", NAMES)
def test_parts_of_the_history_sum_to_the_score(name: str) -> None:
    model, rows = fitted(name), histories()
    if not isinstance(model, ExplainsByHistory):
        pytest.skip(f"{name} is not a sum over events")
    scores = model.score(rows)
    for row, item in ((0, 1), (3, 9), (5, 15)):
        base, parts = model.history_contributions(rows, row, item)
        assert parts.shape == (rows.lengths[row],)
        assert base + parts.sum() == pytest.approx(scores[row, item], abs=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_the_fold_in_system_solves_to_the_score(name: str) -> None:
    model, rows = fitted(name), histories()
    if not isinstance(model, FoldsIn):
        pytest.skip(f"{name} has no fold-in")
    scores = model.score(rows)
    for row in (0, 3, 39):
        factors, a0, items, c = model.fold_in_system(rows, row)
        taken = factors[items]
        x = np.linalg.solve(a0 + (taken.T * (c - 1)) @ taken, taken.T @ c)
        np.testing.assert_allclose(factors @ x, scores[row], atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_the_device_used_has_a_reason_when_it_is_not_the_one_asked_for(name: str) -> None:
    assert available_device(name, "cpu") == CPU
    device = available_device(name, "cuda")
    assert device.used in MODELS[name].devices
    assert bool(device.reason) == (device.used != "cuda")


@pytest.mark.parametrize("name", NAMES)
def test_the_time_estimate_is_positive_and_grows_with_the_data(name: str) -> None:
    config = MODELS[name].Config()
    small = estimate_seconds(name, config, 1000, 500, 30_000)
    large = estimate_seconds(name, config, 100_000, 5000, 3_000_000)
    assert 0 < small < large
