"""Tuning as a job: same judge as the leaderboard, never the test part, the best kept whatever happens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.progress import silent
from dashboard import loaders
from dashboard.charts.tuning import parallel_settings, search_history
from dashboard.server import owner
from dashboard.tasks import TASKS, read_spec, tune
from dashboard.views.tuning import finding, trial_table
from dashboard.workspace import Workspace
from dashboard.workspace.storage import read_metrics
from data.artifacts import Home, save_dataset
from data.dataset import Dataset
from data.errors import Cancelled, ConfigError, NotApplicable
from data.store import Store
from tests.dashboard.conftest import open_page


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
        self.after, self.kept = after, []

    def __call__(self, fraction: float, stage: str = "", *, curve: Any = None) -> None:
        assert curve is None  # the card of the job would take it for a training curve
        if len(self.kept) >= self.after:
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
    assert watcher.kept[0] == (1, 0)
    assert watcher.kept[-2:] == [(2, 0), (2, 1)]  # the study first: a job that is stopped has little time
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


def test_the_job_keeps_its_trials_as_they_end(dataset_id: str) -> None:
    watcher = Watcher()
    study = tuned(dataset_id, watcher, model="als", budget={"trials": 3})["study"]
    assert [trials for trials, _ in watcher.kept[:3]] == [1, 2, 3]
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


# ── several seeds ─────────────────────────────────────────────────────────────────────────────────────────


def test_every_seed_is_a_run_under_the_same_conditions_and_models_without_chance_run_once(
    home: Home, dataset_id: str
) -> None:
    models = [{"name": "als", "config": {"factors": 4, "iterations": 2}}, {"name": "ease"}]
    spec = {"dataset": dataset_id, "models": models, "protocol": "last", "seed": 5, "seeds": 3}
    kept: list[int] = []

    class Record:
        def __call__(self, fraction: float, stage: str = "", *, curve: Any = None) -> None: ...

        def keep(self, result: Any) -> None:
            kept.append(len(result["runs"]))

        def device(self, *words: str) -> None: ...

    result = TASKS["seeds"].run(read_spec("seeds", spec), home, Record())
    metas = [Workspace(home).run(entry["run"]) for entry in result["runs"]]
    assert [meta.model for meta in metas] == ["als", "ease", "als", "als"]
    assert [meta.seed for meta in metas if meta.model == "als"] == [5, 6, 7]
    assert len({meta.fingerprint["digest"] for meta in metas}) == 1
    assert metas[0].label == "Implicit ALS (factors 4, iterations 2) · seed 5"
    assert metas[1].label == "EASE"
    assert kept == [1, 2, 3, 4]


def test_a_seed_gives_what_a_training_with_that_seed_gives(home: Home, dataset_id: str) -> None:
    models = [{"name": "als", "config": {"factors": 4}}]
    shared = {"dataset": dataset_id, "models": models, "protocol": "last"}
    several = TASKS["seeds"].run(read_spec("seeds", {**shared, "seeds": 2}), home, silent)
    alone = TASKS["train"].run(read_spec("train", {**shared, "seed": 1}), home, silent)
    one, two = (Workspace(home).lists(r["runs"][-1]["run"], "validation") for r in (several, alone))
    assert np.array_equal(one.items, two.items)


# ── the page ──────────────────────────────────────────────────────────────────────────────────────────────


def press(app: Any, key: str) -> Any:
    return next(button for button in app.button if button.key == key).click().run()


def studied(model: str = "ease", **more: Any) -> dict[str, Any]:
    """A study of the seeded dataset in its warehouse."""
    dataset = loaders.datasets()["id"].iloc[0]
    result = tuned(dataset, model=model, protocol="auto", **more)
    TASKS["tune"].register(result, Home.current(), owner.store())
    return result["study"]


def test_the_order_goes_out_once_per_model_with_the_same_budget(seeded_home: Any) -> None:
    app = open_page("train", train_tab="Tuning")
    assert app.title[0].value == "Train"
    app.multiselect(key="tuning_models").set_value(["ease", "als"]).run()
    app.number_input(key="tuning_trials").set_value(7).run()
    assert any("at most 7 trials or 10 min" in caption.value for caption in app.caption)
    press(app, "tuning_start")
    assert not app.exception
    jobs = loaders.active_jobs(("tune",))
    assert [job.spec["model"] for job in jobs] == ["ease", "als"]
    assert jobs[0].spec["budget"] == jobs[1].spec["budget"] == {"trials": 7, "seconds": 600, "patience": 0}
    assert [job.title for job in jobs] == ["Tune EASE · 7 trials", "Tune Implicit ALS · 7 trials"]
    for job in jobs:
        read_spec("tune", job.spec)


def test_a_study_is_told_and_its_best_settings_fill_the_form(seeded_home: Any) -> None:
    study = studied(budget={"trials": 6})
    app = open_page("train", train_tab="Tuning")
    assert not app.exception
    assert any(text.value.startswith("**EASE: ") for text in app.markdown)
    assert any("there are 6" in caption.value for caption in app.caption)
    press(app, f"tuning_use_{study['id']}")
    assert not app.exception
    assert app.multiselect(key="train_models").value == ["ease"]
    field = app.number_input(key="train_ease_regularization")
    assert field.value == pytest.approx(study["best"]["regularization"])
    assert app.segmented_control(key="train_preset_ease").value is None


def test_a_preset_fills_the_fields_of_its_model(seeded_home: Any) -> None:
    app = open_page("train")
    app.segmented_control(key="train_preset_item_knn").set_value("paper").run()
    assert not app.exception
    assert app.number_input(key="train_item_knn_n_neighbors").value == 312
    app.segmented_control(key="train_preset_item_knn").set_value("balanced").run()
    assert app.number_input(key="train_item_knn_n_neighbors").value == 100


def test_several_seeds_are_one_job(seeded_home: Any) -> None:
    app = open_page("train")
    app.multiselect(key="train_models").set_value(["als", "ease"]).run()
    app.number_input(key="train_seeds").set_value(3).run()
    assert any("EASE: the same for every seed" in caption.value for caption in app.caption)
    press(app, "train_start")
    (job,) = loaders.active_jobs()
    assert (job.kind, job.spec["seeds"], job.title) == ("seeds", 3, "Train Implicit ALS, EASE · 3 seeds")
    read_spec("seeds", job.spec)


# ── words and figures ─────────────────────────────────────────────────────────────────────────────────────

ROWS = [
    {"trial": 0, "state": "done", "value": 0.2, "best": 0.2, "seconds": 1.0, "settings": {"ridge": 10.0}},
    {"trial": 1, "state": "failed", "value": None, "best": 0.2, "seconds": 0.0, "settings": {"ridge": 9.0}},
    {"trial": 2, "state": "done", "value": 0.3, "best": 0.3, "seconds": 1.0, "settings": {"ridge": 100.0}},
]
STUDY = {"trials": ROWS, "start": {"ridge": 10.0, "kind": "a"}}


def test_the_finding_says_from_what_to_what_by_which_settings() -> None:
    said = finding(STUDY, "EASE", "NDCG@10")
    assert "NDCG@10 0.200 → 0.300 (+0.100) with ridge 100**, found in trial 3 of 3" in said
    assert "none of 1 trials beat" in finding({**STUDY, "trials": ROWS[:1]}, "EASE", "NDCG@10")
    assert "no trial could be judged" in finding({**STUDY, "trials": ROWS[1:2]}, "EASE", "NDCG@10")


def test_the_history_shows_judged_trials_and_a_line_that_never_falls() -> None:
    words = {"best": "best", "start": "start", "trial": "Trial"}
    points, line, first = search_history(trial_table(ROWS), x="Trial", y="NDCG", words=words).data
    assert (list(points.x), list(points.y)) == ([1, 3], [0.2, 0.3])
    assert list(line.y) == [0.2, 0.3]
    assert list(first.x) == [1]


def test_a_logarithmic_axis_is_crossed_at_the_logarithm() -> None:
    """1 to 10 000: 10 lies at a quarter, 100 at a half; the values at 0 and 1."""
    space = {"ridge": {"low": 1.0, "high": 10_000.0, "log": True}}
    table = trial_table(ROWS)[["ridge", "value"]]
    figure = parallel_settings(table, space, names={"ridge": "ridge"}, value="NDCG")
    rest, top, best = figure.data
    assert list(best.y)[:2] == pytest.approx([0.5, 1.0])
    assert list(rest.y)[:2] == pytest.approx([0.25, 0.0])
    assert len(top.y) == 0
