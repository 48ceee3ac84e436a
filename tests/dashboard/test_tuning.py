"""Tuning as a job: same judge as the leaderboard, never the test part, the best kept whatever happens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.progress import silent
from dashboard.tasks import TASKS, read_spec, tune
from dashboard.workspace import Workspace
from dashboard.workspace.storage import read_metrics
from data.artifacts import Home, save_dataset
from data.dataset import Dataset
from data.errors import Cancelled, ConfigError, NotApplicable
from data.store import Store


@pytest.fixture
def home() -> Home:
    return Home.current()


@pytest.fixture
def dataset_id(home: Home, toy: Dataset) -> str:
    return save_dataset(home, toy)


def tuned(dataset: str, report: Any = silent, model: str = "ease", **more: Any) -> dict[str, Any]:
    spec = {"dataset": dataset, "model": model, "protocol": "last", "budget": {"trials": 4}, **more}
    return TASKS["tune"].run(read_spec("tune", spec), Home.current(), report)


class Watcher:
    """A report that cancels after so many trials, and keeps what the job is told."""

    def __init__(self, after: int = 99) -> None:
        self.after, self.points, self.kept = after, [], []

    def __call__(self, fraction: float, stage: str = "", *, curve: Any = None) -> None:
        self.points += [curve] if curve else []
        if len(self.points) >= self.after:
            raise Cancelled

    def keep(self, result: Any) -> None:
        self.kept.append((len(result["study"]["trials"]), len(result["runs"])))
        self.result = result

    def device(self, *words: str) -> None:
        self.used = words


def test_the_best_value_is_what_the_leaderboard_shows_for_the_run(home: Home, dataset_id: str) -> None:
    result = tuned(dataset_id, metric="recall", k=5)
    study, run = result["study"], result["runs"][0]["run"]
    assert len(study["trials"]) == 4
    assert study["value"] == max(row["value"] for row in study["trials"])
    metrics = read_metrics(home, run)
    chosen = metrics.query("part == 'validation' and users == 'known' and metric == 'recall' and k == 5")
    assert study["value"] == pytest.approx(chosen["mean"].iloc[0])
    assert study["n_users"] == chosen["n_users"].iloc[0]
    meta = Workspace(home).run(run)
    assert meta.config == study["best"]
    assert meta.label == "EASE tuned (4 trials)"
    assert meta.seconds["tuning"] >= meta.seconds["fit"]


def test_the_search_never_looks_at_test(home: Home, dataset_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the targets of test replaced by others the same settings are tried and chosen."""
    first = tuned(dataset_id)["study"]
    resolve = tune.resolve

    def turned(*args: Any) -> Any:
        conditions = resolve(*args)
        test = conditions.split.test
        other = replace(test, targets=test.targets[::-1].tocsr())
        return replace(conditions, split=replace(conditions.split, test=other))

    monkeypatch.setattr(tune, "resolve", turned)
    second = tuned(dataset_id)["study"]
    strip = [{"settings": row["settings"], "value": row["value"]} for row in first["trials"]]
    assert strip == [{"settings": row["settings"], "value": row["value"]} for row in second["trials"]]
    assert first["best"] == second["best"]


def test_a_cancel_keeps_the_best_so_far_as_a_run(home: Home, dataset_id: str) -> None:
    watcher = Watcher(after=2)
    with pytest.raises(Cancelled):
        tuned(dataset_id, watcher)
    assert watcher.kept == [(1, 0), (2, 0), (2, 0), (2, 1)]
    with Store(home) as store:
        for _ in range(2):
            TASKS["tune"].register(watcher.result, home, store)
        assert list(store.runs(dataset_id)["label"]) == ["EASE tuned (2 trials)"]
        study = store.results("study", dataset_id)["meta"].iloc[0]
    assert (study["ended"], len(study["trials"])) == ("cancelled", 2)
    assert study["run"] == watcher.result["runs"][0]["run"]


def test_what_a_lost_job_had_tried_is_still_a_study(home: Home, dataset_id: str) -> None:
    rows = [{"trial": 0, "state": "done", "value": 0.5, "settings": {"regularization": 1.0}}]
    part = {"dataset": dataset_id, "runs": [], "study": {"id": "s1", "trials": rows, "ended": ""}}
    with Store(home) as store:
        TASKS["tune"].register(part, home, store)
        assert len(store.results("study", dataset_id)) == 1


def test_the_points_of_the_job_are_the_trials(dataset_id: str) -> None:
    watcher = Watcher()
    study = tuned(dataset_id, watcher, model="als", budget={"trials": 3})["study"]
    assert [point["trial"] for point in watcher.points] == [0, 1, 2]
    assert [point["value"] for point in watcher.points] == [row["value"] for row in study["trials"]]
    assert study["trials"][0]["settings"].items() <= study["start"].items()


def test_the_seconds_end_the_search_but_the_first_trial_is_always_judged(dataset_id: str) -> None:
    study = tuned(dataset_id, budget={"trials": 50, "seconds": 1e-6})["study"]
    assert (len(study["trials"]), study["ended"]) == (1, "seconds")
    assert study["trials"][0]["state"] == "done"


def test_settings_that_are_not_searched_are_held(dataset_id: str) -> None:
    study = tuned(dataset_id, model="item_knn", config={"shrinkage": 7}, fields=("n_neighbors",))["study"]
    assert list(study["space"]) == ["n_neighbors"]
    assert study["best"]["shrinkage"] == 7
    assert all(list(row["settings"]) == ["n_neighbors"] for row in study["trials"])


def test_a_start_outside_the_usual_range_widens_it(dataset_id: str) -> None:
    study = tuned(dataset_id, config={"regularization": 50_000})["study"]
    assert study["space"]["regularization"]["high"] == 50_000
    assert study["trials"][0]["settings"] == {"regularization": 50_000}


def test_what_cannot_be_searched_is_said(dataset_id: str) -> None:
    with pytest.raises(NotApplicable, match="Random has no settings to search"):
        tuned(dataset_id, model="random")
    with pytest.raises(ConfigError, match="no range to search for colour"):
        tuned(dataset_id, fields=("colour",))


def test_a_search_without_a_known_user_is_judged_on_new_ones(dataset_id: str) -> None:
    study = tuned(dataset_id, protocol="user_cold")["study"]
    assert study["users"] == "new"
    assert np.isfinite(study["value"])
