"""Stored values come back equal, once per process, within the bounds of the caches."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.fusion.pool import fuse_top_k
from core.models import MODELS
from core.progress import silent
from core.ranking import fallback_scores, recommend
from dashboard.tasks import TASKS, read_spec
from dashboard.workspace import Workspace
from dashboard.workspace.byte_cache import ByteCache, bytes_of
from dashboard.workspace.listed import ListedRecommender
from dashboard.workspace.lookup import current_history, item_number, user_number
from data.artifacts import Home, save_dataset
from data.dataset import Dataset
from data.errors import ConfigError, NotApplicable, NotFound
from data.histories import from_lists


@pytest.fixture
def home(toy: Dataset) -> Home:
    save_dataset(Home.current(), toy)
    return Home.current()


@pytest.fixture
def dataset_id(home: Home) -> str:
    return next(path.name for path in home.datasets.iterdir())


def train(home: Home, dataset_id: str, *models: str, **more: Any) -> list[str]:
    spec = {"dataset": dataset_id, "models": [{"name": name} for name in models], "protocol": "last", **more}
    result = TASKS["train"].run(read_spec("train", spec), home, silent)
    return [entry["run"] for entry in result["runs"]]


def test_values_are_loaded_once_and_shared(home: Home, dataset_id: str) -> None:
    workspace = Workspace(home)
    assert workspace.dataset(dataset_id) is workspace.dataset(dataset_id)
    assert workspace.split(dataset_id, "last", {"n": 1}) is workspace.split(dataset_id, "last", {"n": 1})
    assert workspace.split(dataset_id, "last", {"n": 1}) is not workspace.split(dataset_id, "last", {"n": 2})


def test_a_split_is_the_same_in_every_process(home: Home, dataset_id: str) -> None:
    one, two = (Workspace(home).split(dataset_id, "random", seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.test_rows, two.test_rows)


@pytest.mark.parametrize("name", ["random", "popularity", "item_knn", "ease", "als"])
def test_a_stored_model_scores_like_the_fitted_one(home: Home, dataset_id: str, name: str) -> None:
    (run,) = train(home, dataset_id, name, seed=5)
    workspace = Workspace(home)
    split = workspace.run_split(run)
    fitted = MODELS[name]().fit(split.train, validation=split.validation, seed=5)
    histories = from_lists([[0, 1], [], [7]], split.train.n_items)
    np.testing.assert_allclose(workspace.model(run).score(histories), fitted.score(histories), atol=1e-5)


def test_stored_lists_are_those_of_the_judged_users(home: Home, dataset_id: str) -> None:
    (run,) = train(home, dataset_id, "ease")
    workspace = Workspace(home)
    split = workspace.run_split(run)
    for part in ("validation", "test"):
        lists, evaluation = workspace.lists(run, part), workspace.evaluation(run, part)
        again = recommend(
            workspace.model(run),
            workspace.judged(run, part).histories,
            k=50,
            policy=workspace.policy(run),
            candidates=split.train.trained_items,
            fallback=fallback_scores(split.train),
        )
        np.testing.assert_array_equal(lists.items, again.items)
        assert len(lists) == len(evaluation.users) == len(workspace.judged(run, part))
        assert evaluation.fingerprint.users.startswith(part)


def test_a_run_keeps_what_made_it(home: Home, dataset_id: str) -> None:
    (run,) = train(home, dataset_id, "ease", seed=4)
    meta = Workspace(home).run(run)
    assert (meta.run, meta.model, meta.seed, meta.dataset, meta.protocol) == (
        run,
        "ease",
        4,
        dataset_id,
        "last",
    )
    assert meta.device.used == "cpu"
    assert meta.versions["numpy"] == np.__version__
    assert set(meta.seconds) == {"fit", "score"}
    assert meta.fingerprint["digest"] == Workspace(home).evaluation(run, "validation").fingerprint.digest


def test_slider_and_saved_fusion_give_the_same_lists(home: Home, dataset_id: str) -> None:
    runs = train(home, dataset_id, "item_knn", "ease", "random")
    weights = (2.0, 1.0, 0.5)
    workspace = Workspace(home)
    spec = {"runs": runs, "method": "rrf", "weights": weights}
    saved = TASKS["fuse"].run(read_spec("fuse", spec), home, silent)["runs"][0]["run"]
    fused = workspace.model(saved)
    for part in ("validation", "test"):
        pool = workspace.pool(runs, part)
        slider = fuse_top_k(pool, fused.fuser.values(pool), weights, 5)
        np.testing.assert_array_equal(slider.items, workspace.lists(saved, part).items[:, :5])
    assert workspace.run(saved).members == tuple(runs)


def test_runs_of_different_splits_are_not_joined(home: Home, dataset_id: str) -> None:
    (one,) = train(home, dataset_id, "ease")
    (other,) = train(home, dataset_id, "item_knn", protocol="random")
    workspace = Workspace(home)
    with pytest.raises(ConfigError, match="split: last ≠ random"):
        workspace.fuse([one, other], "rrf")
    with pytest.raises(ConfigError, match="two or more different runs"):
        workspace.fuse([one, one], "rrf")
    with pytest.raises(ConfigError, match="no fusion rule 'magic'"):
        workspace.fuse([one, *train(home, dataset_id, "random")], "magic")


@pytest.mark.parametrize("run", ["r0000000000", "nothing", "../datasets", ""])
def test_a_run_that_is_not_there_is_said(home: Home, run: str) -> None:
    with pytest.raises(NotFound, match="There is no run"):
        Workspace(home).model(run)


def test_the_present_history_is_everything_known_of_a_user(home: Home, dataset_id: str, toy: Dataset) -> None:
    (run,) = train(home, dataset_id, "ease")
    workspace = Workspace(home)
    history = current_history(workspace, run, user_number(toy, "u4"))
    own = toy.interactions.item[toy.interactions.user == 4]
    np.testing.assert_array_equal(history.row(0), own)
    assert history.users.tolist() == [4]
    with pytest.raises(NotFound, match="Ids look like: u0"):
        user_number(toy, "nobody")
    with pytest.raises(NotFound, match="no item 'x'"):
        item_number(toy, "x")


# ── lists made elsewhere ──────────────────────────────────────────────────────────────────────────────


def test_listed_scores_are_those_of_the_lists_and_others_are_no_answer(toy: Dataset) -> None:
    table = pd.DataFrame({"user": ["u1", "u1", "u1"], "item": ["i3", "i5", "zzz"], "score": [0.9, 0.1, 1.0]})
    model = ListedRecommender.from_table(table, toy)
    histories = replace(from_lists([[], []], toy.n_items), users=np.asarray([1, 2], dtype=np.int32))
    scores = model.score(histories)
    assert scores[0, 3] == np.float32(0.9)
    assert scores[0, 5] == np.float32(0.1)
    assert np.isneginf(np.delete(scores[0], [3, 5])).all()
    assert (scores[1] == 0).all()
    restored = ListedRecommender.restore(model.config, model.arrays())
    np.testing.assert_array_equal(restored.score(histories), scores)
    with pytest.raises(NotApplicable, match="not trained here"):
        model.fit(toy)


# ── the cache ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_least_recently_used_value_gives_way() -> None:
    cache: ByteCache[np.ndarray] = ByteCache(2500)
    loads: list[str] = []

    def value(name: str) -> np.ndarray:
        return cache.get(name, lambda: loads.append(name) or np.zeros(1000, dtype=np.uint8))  # type: ignore[func-returns-value]

    for name in ("a", "b", "a", "c", "a", "b"):
        value(name)
    assert loads == ["a", "b", "c", "b"]
    assert cache.held == 2000


def test_a_value_larger_than_the_budget_is_given_but_not_kept() -> None:
    cache: ByteCache[np.ndarray] = ByteCache(10)
    assert len(cache.get("a", lambda: np.zeros(100))) == 100
    assert (len(cache), cache.held) == (0, 0)


def test_threads_that_want_the_same_value_load_it_once() -> None:
    cache: ByteCache[np.ndarray] = ByteCache(10_000)
    loads, barrier = [], threading.Barrier(8)

    def load() -> np.ndarray:
        loads.append(1)
        return np.zeros(10)

    def ask() -> None:
        barrier.wait()
        cache.get("a", load)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1


def test_a_value_that_was_loaded_twice_is_counted_once() -> None:
    cache: ByteCache[np.ndarray] = ByteCache(10_000)

    def load() -> np.ndarray:  # as when the value was evicted while another thread waited to load it
        cache._keep("a", np.zeros(10), 80)
        return np.zeros(10)

    cache.get("a", load)
    assert (len(cache), cache.held) == (1, 80)


def test_a_failed_load_can_be_tried_again() -> None:
    cache: ByteCache[int] = ByteCache(10_000)
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 // 0)
    assert cache.get("a", lambda: 7) == 7


def test_bytes_are_counted_inside_values(toy: Dataset) -> None:
    assert bytes_of({"a": np.zeros(100), "b": [np.zeros(50)]}) >= 1200
    assert bytes_of(toy) > toy.interactions.base_user.nbytes
