"""Runs under limits: what they list, by what they are judged, and what may be joined."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.server import owner
from dashboard.tasks.judging import OUTSIDE
from dashboard.workspace import RunMeta, Workspace
from data.artifacts import Home
from data.policy import PolicyLimits, candidate_mask
from data.store import Store
from tests.dashboard.conftest import do

LIMITS = {"min_events": 45}


@pytest.fixture
def limited(seeded_home):
    """(workspace, runs under limits, runs without)."""
    owner.close()
    home = Home.current()
    with Store(home) as store:
        dataset = str(store.datasets()["id"].iloc[0])
        whole = [str(run) for run in store.runs(dataset)["run"]]
        order = {"dataset": dataset, "models": [{"name": "popularity"}, {"name": "ease"}], "limits": LIMITS}
        made = [entry["run"] for entry in do(home, store, "train", order)["runs"]]
        yield Workspace(home), made, whole, store


def test_lists_hold_only_items_within_the_limits(limited) -> None:
    desk, made, _, _ = limited
    split = desk.run_split(made[0])
    allowed = candidate_mask(split.train, PolicyLimits(**LIMITS))
    assert 0 < allowed.sum() < split.train.trained_items.sum()
    for run in made:
        for part in ("validation", "test"):
            items = desk.lists(run, part).items
            assert allowed[items[items >= 0]].all()
        np.testing.assert_array_equal(desk.candidates(run), allowed & split.train.trained_items)


def test_nobody_is_judged_by_what_may_not_be_listed(limited) -> None:
    desk, made, whole, _ = limited
    allowed = desk.candidates(made[0])
    holdout = desk.judged(made[0], "validation")
    assert allowed[holdout.targets.indices].all()
    evaluation = desk.evaluation(made[0], "validation")
    assert len(evaluation.users) == len(holdout)
    assert evaluation.left_out[OUTSIDE] > 0
    free = next(run for run in whole if desk.run(run).model == "popularity")
    assert len(desk.judged(free, "validation")) > len(holdout)


def test_runs_with_and_without_limits_are_not_compared(limited) -> None:
    desk, made, whole, _ = limited
    free = next(run for run in whole if desk.run(run).model == "popularity")
    one, other = (desk.evaluation(run, "validation").fingerprint for run in (made[0], free))
    assert one.digest != other.digest
    assert any("at least 45 train events" in words for words in one.differences(other))
    assert any(words.startswith("limits") for words in desk.run(made[0]).same_conditions(desk.run(free)))


def test_limited_runs_are_fused_and_shown_to_new_users_within_the_limits(limited) -> None:
    desk, made, _, store = limited
    fused = do(desk.home, store, "fuse", {"runs": made, "method": "rrf"})["runs"][0]["run"]
    assert desk.run(fused).limits == LIMITS
    items = desk.lists(fused, "validation").items
    assert desk.candidates(fused)[items[items >= 0]].all()
    assert (
        desk.evaluation(fused, "validation").fingerprint.differences(
            desk.evaluation(made[0], "validation").fingerprint
        )
        == ()
    )
    curves = do(desk.home, store, "cold_start", {"runs": made, "ns": [0, 2], "max_users": 60})
    assert desk.n_shot(curves["result"]).points["mean"].notna().all()


def test_a_run_from_before_a_setting_existed_may_be_joined_with_a_new_one() -> None:
    old = RunMeta(
        label="A", model="ease", dataset="d", protocol="last", split_config={"n": 1, "min_history": 1}
    )
    new = old.model_copy(update={"split_config": {**old.split_config, "validation": "same", "train_core": 0}})
    assert old.same_conditions(new) == ()
    other = old.model_copy(update={"split_config": {**old.split_config, "train_core": 5}})
    assert len(old.same_conditions(other)) == 1
