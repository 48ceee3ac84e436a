"""Two towers: histories before the target, corrected negatives, planted tastes, order, features, new ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from torch.nn import functional as F  # noqa: N812 - its customary name

from core.device import CPU
from core.models.popularity import Popularity
from core.models.two_tower import TwoTower, TwoTowerConfig
from core.models.two_tower_network import TwoTowerNetwork, in_batch_loss
from core.models.two_tower_training import TowerLesson
from data.dataset import Dataset
from data.histories import from_interactions, from_lists
from tests.conftest import make_dataset
from tests.core.models.planted import planted_chain

SMALL: dict[str, Any] = {
    "dim": 16, "max_length": 12, "batch_size": 64, "negatives": 64, "learning_rate": 0.01, "dropout": 0.0,
}  # fmt: skip


@pytest.fixture(autouse=True)
def one_torch_thread() -> Iterator[None]:
    """Tiny networks on busy cores: threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def camps(n_users: int = 60, seed: int = 0) -> Dataset:
    """Users of one camp take items 0 to 9, those of the other 10 to 19; genres and regions say which."""
    rng = np.random.default_rng(seed)
    users = np.repeat(np.arange(n_users), 6)
    items = np.concatenate([rng.permutation(9)[:6] + 10 * (user % 2) for user in range(n_users)])
    data = make_dataset(users.tolist(), items.tolist(), times=list(range(len(users))), n_items=20)
    genres = pd.DataFrame({"categories": ["Drama" if item < 10 else "Comedy" for item in range(20)]})
    regions = pd.DataFrame({"region": ["west" if user % 2 == 0 else "east" for user in range(n_users)]})
    return replace(data, item_features=genres, user_features=regions)


def lesson_of(data: Dataset, **settings: Any) -> TowerLesson:
    model = TwoTower(TwoTowerConfig(**(SMALL | settings)))
    model.item_known_ = model.user_known_ = None
    model.item_content_ = np.zeros((data.n_items, 0), np.float32)
    model.items_ = np.flatnonzero(data.trained_items).astype(np.int32)
    model._set_network(model._new_network())
    return TowerLesson(model, data, seed=0, device=CPU)


def test_a_history_holds_the_events_before_the_target_latest_first() -> None:
    data = make_dataset([0, 0, 0, 1, 1], [4, 2, 3, 1, 0], times=[1, 2, 3, 4, 5], n_items=5)
    lesson = lesson_of(data, max_length=2, history_dropout=0, empty_share=0)
    found = {
        (int(user), int(target)): history.tolist()
        for batch in lesson.batches(np.random.default_rng(0))
        for history, target, user in zip(*batch, strict=True)
    }
    assert found == {(0, 4): [-1, -1], (0, 2): [4, -1], (0, 3): [2, 4], (1, 1): [-1, -1], (1, 0): [1, -1]}


def test_without_times_a_history_holds_the_other_events_of_the_user_and_never_the_target() -> None:
    data = make_dataset([0, 0, 0, 0, 1], [4, 2, 3, 1, 0], times=None, n_items=5)
    lesson = lesson_of(data, max_length=6, history_dropout=0, empty_share=0)
    for history, target, user in zip(*next(lesson.batches(np.random.default_rng(0))), strict=True):
        others = {4, 2, 3, 1} - {int(target)} if user == 0 else set()
        assert sorted(history[history >= 0].tolist()) == sorted(others)
    assert not lesson.network.ages.requires_grad


def test_history_dropout_and_empty_histories_are_as_frequent_as_said() -> None:
    data = make_dataset([0] * 500, list(range(500)), times=list(range(500)), n_items=500)
    lesson = lesson_of(data, max_length=10, history_dropout=0.3, empty_share=0.2, batch_size=1000)
    rng = np.random.default_rng(0)
    late = lesson._history(np.tile(np.arange(10, 500), 8), rng) >= 0
    assert late.any(axis=1).mean() == pytest.approx(0.8, abs=0.03)
    assert late[late.any(axis=1)].mean() == pytest.approx(0.7, abs=0.02)


def test_the_in_batch_loss_estimates_the_full_softmax_although_targets_are_popular_items() -> None:
    torch.manual_seed(0)
    items, bias = torch.randn(8, 5), torch.randn(8)
    share = torch.arange(1.0, 9.0) / 36
    targets = torch.multinomial(share, 30_000, replacement=True)
    users = torch.randn(1, 5).expand(len(targets), -1)
    negatives = torch.randint(8, (2_000,))
    expected = torch.log(len(targets) * share + len(negatives) / 8)
    sampled = in_batch_loss(users[:500], items, bias, targets[:500], targets[500:], expected)
    counted = torch.log(len(targets) * share)
    drawn = in_batch_loss(
        users[:500], items, bias, targets[:500], torch.cat([targets[500:], negatives]), expected
    )
    full = F.cross_entropy(F.linear(users[:500], items, bias), targets[:500], reduction="sum")
    assert float(drawn) == pytest.approx(float(full), rel=0.02)
    exact = in_batch_loss(users[:500], items, bias, targets[:500], targets[500:], counted)
    assert float(exact) == pytest.approx(float(full), rel=0.02)
    assert float(sampled) < float(exact)  # an expectation that counts absent draws makes negatives too light


def test_the_pooled_history_does_not_see_events_that_are_not_there() -> None:
    torch.manual_seed(0)
    network = TwoTowerNetwork(
        5, dim=8, length=4, item_content=0, user_content=0, attention=True, dropout=0.0, temperature=0.1
    ).eval()
    network.initialise(torch.zeros(6))
    events, present = torch.randn(2, 4, 8), torch.tensor([[True, True, False, False]] * 2)
    events[1, :2] = events[0, :2]
    users = network.users(events, present, None)
    torch.testing.assert_close(users[0], users[1])
    torch.testing.assert_close(users.norm(dim=1), torch.ones(2))


@pytest.mark.parametrize("pooling", ["attention", "mean"])
def test_camps_are_learnt_and_unknown_users_answered_from_their_history(pooling: str) -> None:
    model = TwoTower(TwoTowerConfig(**SMALL, epochs=10, pooling=pooling)).fit(camps(), seed=0)
    scores = model.score(from_lists([[0, 1], [10, 11]], 20))
    trained = np.r_[0:9, 10:19]
    own = [scores[0, :9], scores[1, 10:19]]
    other = [scores[0, 10:19], scores[1, :9]]
    assert np.isfinite(scores[:, trained]).all()
    assert all(mine.min() > theirs.max() for mine, theirs in zip(own, other, strict=True))


def test_newer_events_may_count_more_where_there_are_times() -> None:
    """The chain is told by the last event alone: the mean over all of them would not know it."""
    data = planted_chain()
    model = TwoTower(TwoTowerConfig(**SMALL, epochs=8)).fit(data, seed=0)
    rows = from_lists([[(i + j) % 20 for j in range(4)] for i in range(20)], 20)
    wanted = (np.arange(20) + 4) % 20
    found = model.score(rows).argmax(axis=1) == wanted
    popular = Popularity().fit(data).score(rows).argmax(axis=1) == wanted
    assert found.mean() > 0.8
    assert popular.mean() < 0.3


def test_twenty_users_are_learnt_by_heart() -> None:
    rng = np.random.default_rng(0)
    items = np.stack([rng.permutation(40)[:8] for _ in range(20)])
    users = np.repeat(np.arange(20), 8).tolist()
    data = make_dataset(users, items.ravel().tolist(), times=list(range(160)), n_items=40)
    off = {"history_dropout": 0, "empty_share": 0, "item_dropout": 0, "batch_size": 32, "dim": 32}
    config = TwoTowerConfig(**(SMALL | off), epochs=40, patience=40, decay="cosine")
    model = TwoTower(config).fit(data)
    for shown in (2, 5, 7):  # what comes next after so many events
        scores = torch.from_numpy(model.score(from_lists(items[:, :shown].tolist(), 40)))
        assert float(F.cross_entropy(scores, torch.from_numpy(items[:, shown]))) < 0.1


def test_what_is_known_of_a_user_answers_where_there_is_no_history() -> None:
    data = camps(n_users=120)
    model = TwoTower(TwoTowerConfig(**SMALL, epochs=10, empty_share=0.5)).fit(data, seed=0)
    bare = from_lists([[], []], 20)
    told = replace(bare, user_features=pd.DataFrame({"region": ["west", "east"]}))
    scores = model.score(told)
    assert scores[0, :9].mean() > scores[0, 10:19].mean() + 1
    assert scores[1, 10:19].mean() > scores[1, :9].mean() + 1
    assert np.ptp(model.score(bare), axis=0).max() < 1e-5


def test_items_that_come_later_are_scored_by_their_features() -> None:
    model = TwoTower(TwoTowerConfig(**SMALL, epochs=10, item_dropout=0.3)).fit(camps(120), seed=0)
    wide = model.with_items(pd.DataFrame({"categories": ["Drama", "Comedy"]}))
    rows = from_lists([[0, 1, 2], [10, 11, 12]], 20)
    scores = wide.score(rows)
    assert scores[0, 20] > scores[0, 21] + 0.5
    assert scores[1, 21] > scores[1, 20] + 0.5
    np.testing.assert_allclose(scores[:, :20], model.score(rows), atol=1e-5)


def test_who_comes_without_features_is_answered_from_the_history_all_the_same() -> None:
    model = TwoTower(TwoTowerConfig(**SMALL, epochs=10)).fit(camps(120), seed=0)
    scores = model.score(from_lists([[0, 1, 2], [10, 11, 12]], 20))
    assert scores[0, :9].min() > scores[0, 10:19].max() + 0.5
    assert scores[1, 10:19].min() > scores[1, :9].max() + 0.5


def test_without_features_new_items_are_scored_alike() -> None:
    data = replace(camps(), item_features=None, user_features=None)
    model = TwoTower(TwoTowerConfig(**SMALL, epochs=1)).fit(data)
    scores = model.with_items(pd.DataFrame({"categories": ["Drama", "Comedy"]})).score(from_lists([[0]], 20))
    assert scores.shape == (1, 22)
    assert scores[0, 20] == pytest.approx(scores[0, 21])


def test_a_resumed_training_ends_like_one_that_was_never_stopped() -> None:
    data = camps()
    config = TwoTowerConfig(**(SMALL | {"dropout": 0.2}), epochs=3)
    saved: list[dict[str, Any]] = []
    whole = TwoTower(config).fit(data, seed=4, checkpoint=saved.append)
    resumed = TwoTower(config).fit(data, seed=4, resume=saved[0])
    rows = from_interactions(data.interactions, np.arange(60, dtype=np.int32), data)
    np.testing.assert_array_equal(resumed.score(rows), whole.score(rows))


def test_only_the_latest_events_are_looked_at() -> None:
    model = TwoTower(TwoTowerConfig(**(SMALL | {"max_length": 2}), epochs=1)).fit(camps())
    scores = model.score(from_lists([[5, 6, 1, 2], [1, 2], [2, 1]], 20))
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-6)
