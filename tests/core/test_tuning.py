"""The search: its ranges, its budget, what it keeps, what it says."""

from __future__ import annotations

import math
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from core.models import MODELS
from core.models.search_ranges import ranges_of
from core.tuning import Choices, Range, TrialStopped, Tried, space_of, tune
from data.errors import Cancelled, ConfigError


class Settings(BaseModel):
    ridge: float = Field(default=10.0, gt=0, le=1e6)
    size: int = Field(default=8, ge=1, le=1000)
    share: float = Field(default=0.5, ge=0, lt=1)
    kind: Literal["a", "b"] = "a"
    when: float | None = Field(default=None, ge=1, le=9)
    rare: bool = Field(default=False, json_schema_extra={"more": True})


LINE = {"x": Range(0, 10)}


def parabola(settings: dict[str, Any], report: Any) -> Tried:
    return Tried(-((settings["x"] - 3) ** 2), 1.0)


def test_ranges_come_from_the_fields():
    """ridge: open at 0, so three decades around 10; size: 1 to 1000 is more than two decades."""
    space = space_of(Settings)
    assert space["ridge"] == Range(0.01, 10_000, log=True)
    assert space["size"] == Range(1, 1000, log=True, integer=True)
    assert space["share"] == Range(0, 1 - 1e-6)
    assert space["kind"] == Choices(("a", "b"))
    assert set(space) == {"ridge", "size", "share", "kind"}
    assert space_of(Settings, more=True)["rare"] == Choices((False, True))


def test_a_model_may_narrow_a_range_or_hold_a_field_but_the_default_stays_inside():
    space = space_of(Settings, {"ridge": Range(20, 50, log=True), "size": None, "rare": Choices((True,))})
    assert space["ridge"] == Range(10, 50, log=True)
    assert "size" not in space
    assert space["rare"] == Choices((True,))


@pytest.mark.parametrize("name", MODELS)
def test_every_model_is_searched_only_where_its_settings_allow(name: str):
    kind = MODELS[name]
    for field, dimension in space_of(kind.Config, ranges_of(name, kind), more=True).items():
        values = (
            dimension.options
            if isinstance(dimension, Choices)
            else [int(end) if dimension.integer else end for end in (dimension.low, dimension.high)]
        )
        for value in values:
            assert getattr(kind.Config(**{field: value}), field) == value


def test_the_settings_one_starts_from_are_the_first_trial_exactly():
    study = tune(parabola, LINE, start={"x": 1.23456789}, trials=3)
    assert study.trials["settings"].iloc[0] == {"x": 1.23456789}
    assert study.trials["value"].iloc[0] == pytest.approx(-((1.23456789 - 3) ** 2))


def test_the_search_finds_the_top_of_a_parabola_and_keeps_the_best_so_far():
    study = tune(parabola, LINE, start={"x": 9.0}, trials=40, seed=1)
    assert study.best["x"] == pytest.approx(3, abs=0.3)
    assert study.value == study.trials["value"].max() == study.trials["best"].iloc[-1]
    assert study.trials["best"].is_monotonic_increasing
    assert study.gain == pytest.approx(study.value + 36)
    assert (study.n_judged, study.ended) == (40, "trials")


def test_the_same_seed_tries_the_same_and_another_seed_does_not():
    first, again, other = (tune(parabola, LINE, start={"x": 9.0}, trials=8, seed=s) for s in (4, 4, 5))
    assert list(first.trials["settings"]) == list(again.trials["settings"]) != list(other.trials["settings"])


def test_no_trial_begins_when_the_seconds_are_used_up():
    """Each takes 1 s: after the third 2.5 s are over."""
    study = tune(parabola, LINE, start={"x": 9.0}, trials=40, seconds=2.5)
    assert (len(study.trials), study.ended) == (3, "seconds")


def test_the_search_ends_after_so_many_trials_without_a_gain():
    study = tune(lambda s, r: Tried(0.5, 1.0), LINE, start={"x": 9.0}, trials=40, patience=4)
    assert (len(study.trials), study.ended) == (5, "patience")
    assert study.best == {"x": 9.0}


def test_a_setting_that_was_tried_is_not_tried_again():
    tried = []

    def judge(settings: dict[str, Any], report: Any) -> Tried:
        tried.append(settings["kind"])
        return Tried(float(settings["kind"] == "b"), 1.0)

    study = tune(judge, {"kind": Choices(("a", "b", "c"))}, start={"kind": "a"}, trials=30)
    assert sorted(tried) == ["a", "b", "c"]
    assert (study.best, study.ended) == ({"kind": "b"}, "space")


def test_a_trial_that_fails_is_noted_and_the_search_goes_on():
    def judge(settings: dict[str, Any], report: Any) -> Tried:
        if settings["x"] > 5:
            raise ConfigError("Too large.", "Take less.")
        return parabola(settings, report)

    study = tune(judge, LINE, start={"x": 9.0}, trials=20, seed=2)
    failed = study.trials[study.trials["state"] == "failed"]
    assert failed["problem"].iloc[0].startswith("Too large.")
    assert failed["value"].isna().all()
    assert study.best["x"] <= 5
    assert math.isnan(study.gain)  # what one started from has no value


def test_a_value_that_is_no_number_is_a_failure():
    study = tune(lambda s, r: Tried(math.nan, 1.0), LINE, start={"x": 9.0}, trials=3)
    assert list(study.trials["state"]) == ["failed"] * 3
    assert study.best == {}
    assert math.isnan(study.value)


def test_a_cancel_keeps_what_was_found():
    def report(fraction: float, stage: str = "", *, curve: Any = None) -> None:
        if curve is not None and curve["trial"] == 2:
            raise Cancelled

    study = tune(parabola, LINE, start={"x": 9.0}, trials=40, report=report)
    assert (len(study.trials), study.ended) == (3, "cancelled")
    assert study.best in list(study.trials["settings"])


def test_a_trial_that_is_stopped_for_want_of_time_ends_the_search():
    def judge(settings: dict[str, Any], report: Any) -> Tried:
        if settings["x"] != 9.0:
            raise TrialStopped
        return Tried(1.0, 5.0)

    study = tune(judge, LINE, start={"x": 9.0}, trials=40, seconds=6)
    assert list(study.trials["state"]) == ["done", "stopped"]
    assert (study.best, study.ended) == ({"x": 9.0}, "seconds")


def test_what_matters_is_said_only_with_enough_trials():
    space = {"x": Range(0, 10), "idle": Range(0, 10)}
    start = {"x": 9.0, "idle": 1.0}
    assert tune(parabola, space, start=start, trials=14).importance is None
    importance = tune(parabola, space, start=start, trials=30).importance
    assert importance is not None
    assert importance["x"] > 0.8
    assert sum(importance.values()) == pytest.approx(1)


def test_the_rows_are_told_after_each_trial():
    told: list[int] = []
    tune(parabola, LINE, start={"x": 9.0}, trials=3, tell=lambda rows: told.append(len(rows)))
    assert told == [1, 2, 3]
