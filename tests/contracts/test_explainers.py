"""What holds for every explainer on every model that it applies to."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from core.explanation import EXPLAINERS, explain, methods_for, permutation
from core.fusion import FUSERS
from core.fusion.fused import Fused
from core.models import MODELS
from data.dataset import Dataset, IdMap, Interactions
from data.errors import NotApplicable
from data.histories import Histories, from_interactions, from_lists

N_ITEMS = 24
QUICK = {"epochs": 3, "iterations": 5, "factors": 8, "max_length": 16, "dim": 16, "hidden": 16}


@pytest.fixture(autouse=True)
def few_evaluations(monkeypatch):
    """The contract holds for any sample size; a small one keeps the sequence model quick."""
    monkeypatch.setattr(permutation, "MAX_EVALUATIONS", 300)


def marketplace_of(n_users: int = 80) -> Dataset:
    """Two tastes, eight events each, rated 1 to 5; item 23 has no event."""
    rng = np.random.default_rng(5)
    users = np.repeat(np.arange(n_users), 8).astype(np.int32)
    items = np.concatenate([rng.permutation(12)[:8] + 11 * (u % 2) for u in range(n_users)])
    times = np.tile(np.arange(8) * 86_400, n_users)
    ratings = (1 + np.arange(len(users)) * 7 % 5).astype(np.float32)
    return Dataset(
        Interactions(users, items.astype(np.int32), ratings, times),
        IdMap(np.asarray([f"u{u}" for u in range(n_users)], dtype=object)),
        IdMap(np.asarray([f"i{i}" for i in range(N_ITEMS)], dtype=object)),
        item_features=pd.DataFrame({"title": [f"Tale {i} of camp {i // 12}" for i in range(N_ITEMS)]}),
    )


@pytest.fixture(scope="module")
def fitted():
    """Every registered model, fitted quickly, and a fusion of two."""
    train = marketplace_of()
    models = {}
    for name, model in MODELS.items():
        quick = {key: value for key, value in QUICK.items() if key in model.Config.model_fields}
        models[name] = model(model.Config(**quick)).fit(train, seed=0)
    models["fused"] = Fused({"ease": models["ease"], "als": models["als"]}, FUSERS["rrf"](), depth=24)
    return models


@pytest.fixture
def histories() -> Histories:
    """A user of the training data, an unknown user, a repeat, one event, none, and a long history."""
    train = marketplace_of()
    known = from_interactions(train.interactions, np.array([3], dtype=np.int32), train)
    rows = [known.row(0).tolist(), [1, 4, 7, 9], [2, 5, 2], [6], [], list(range(11)) * 6]
    unknown = from_lists(rows, N_ITEMS)
    return Histories(**{f.name: getattr(unknown, f.name) for f in fields(Histories)} | {
        "users": np.array([3, -1, -1, -1, -1, -1], dtype=np.int32),
    })  # fmt: skip


ABILITY = {
    "additive": "history_contributions",
    "shapley_operator": "fold_in_system",
    "members": "member_parts",
}
CLASSES = MODELS | {"fused": Fused}
PAIRS = [
    (method, name)
    for method in EXPLAINERS
    for name, model in CLASSES.items()
    if hasattr(model, ABILITY.get(method, "score"))
]
each_pair = pytest.mark.parametrize(("method", "model"), PAIRS)


def explained(fitted, histories, method, model, row, **settings):
    """An explanation of an item of the model's answer."""
    assert method in methods_for(fitted[model], histories, row)
    scores = fitted[model].score(histories.rows([row]))[0].copy()
    scores[histories.row(row)] = -np.inf
    scores[23] = -np.inf
    item = int(np.argmax(scores))
    try:
        return explain(fitted[model], histories, row, item, method=method, **settings)
    except NotApplicable as reason:
        assert model == "fused", "only a fusion may have no score for shortened histories"
        pytest.skip(str(reason))


def test_the_key_is_the_name():
    assert all(name == explainer.name for name, explainer in EXPLAINERS.items())
    assert all(explainer.label for explainer in EXPLAINERS.values())


@pytest.mark.parametrize("model", [*MODELS, "fused"])
def test_every_model_has_an_explanation(fitted, histories, model):
    assert methods_for(fitted[model], histories, 0)


@each_pair
@pytest.mark.parametrize("row", [0, 1, 2, 3, 5])
def test_parts_add_up_to_the_score(fitted, histories, method, model, row):
    explanation = explained(fitted, histories, method, model, row)
    size = max(1.0, abs(explanation.score), np.abs(explanation.contributions).sum())
    assert abs(explanation.residual) < 1e-6 * size
    assert explanation.method == method
    assert explanation.exact == EXPLAINERS[method].exact


@each_pair
@pytest.mark.parametrize("row", [1, 5])
def test_the_explained_score_is_the_models(fitted, histories, method, model, row):
    explanation = explained(fitted, histories, method, model, row)
    score = fitted[model].score(histories.rows([row]), np.array([explanation.item], dtype=np.int32))[0, 0]
    assert explanation.score == pytest.approx(float(score), rel=1e-4, abs=1e-5)


@each_pair
def test_players_are_the_events_of_the_history(fitted, histories, method, model):
    for row in (2, 5):
        explanation = explained(fitted, histories, method, model, row)
        assert len(explanation.contributions) == len(explanation.players)
        assert np.isfinite(explanation.contributions).all()
        if explanation.game == "history":
            single = [p for p in explanation.players if isinstance(p, int)]
            named = explanation.items[explanation.items >= 0]
            assert named.tolist() == histories.row(row)[single].tolist()
        if explanation.standard_errors is not None:
            assert explanation.standard_errors.shape == explanation.contributions.shape


@each_pair
def test_the_same_seed_gives_the_same_parts(fitted, histories, method, model):
    once, twice = (explained(fitted, histories, method, model, 1, seed=3).contributions for _ in range(2))
    np.testing.assert_array_equal(once, twice)


@each_pair
def test_the_histories_are_left_as_they_were(fitted, histories, method, model):
    before = {
        name: getattr(histories, name).copy() for name in ("indptr", "items", "weights", "users", "keys")
    }
    explained(fitted, histories, method, model, 0)
    for name, values in before.items():
        np.testing.assert_array_equal(getattr(histories, name), values)


@pytest.mark.parametrize("method", [None, *EXPLAINERS])
@pytest.mark.parametrize("model", [*MODELS, "fused"])
def test_an_empty_history_is_refused_calmly(fitted, histories, method, model):
    with pytest.raises(NotApplicable):
        explain(fitted[model], histories, 4, 5, method=method)


@pytest.mark.parametrize(
    "model", [name for method, name in PAIRS if method in ("additive", "shapley_operator")]
)
def test_sampled_methods_agree_with_exact_ones(fitted, histories, model):
    methods = methods_for(fitted[model], histories, 1)
    assert EXPLAINERS[methods[0]].exact
    exact = explain(fitted[model], histories, 1, 10)
    for method in methods[1:]:
        sampled = explain(fitted[model], histories, 1, 10, method=method)
        gap = np.abs(sampled.contributions - exact.contributions)
        assert np.all(gap <= 3 * sampled.standard_errors + 1e-5)
