"""Train the same models with several seeds as one job: how much of a result is chance?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from core.models import MODELS
from core.progress import Report, part_of
from dashboard.jobs.incident import Failure, attempt
from dashboard.tasks import train
from dashboard.tasks.base import Lane, Result, Task, keep, tell_device
from dashboard.tasks.registering import register_runs
from dashboard.tasks.train import ModelChoice, label_of, make_model
from dashboard.text import t
from data.artifacts import Home


class Spec(train.Spec):
    """A training, and how many seeds: seed, seed + 1, …"""

    seeds: int = Field(3, ge=1, le=20)


class _Part:
    """The report of one seed: what it keeps is added to what the seeds before stored."""

    def __init__(self, report: Report, outer: Report, before: Result) -> None:
        self._report, self._outer, self._before = report, outer, before

    def __call__(self, fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        self._report(fraction, stage, curve=curve)

    def keep(self, result: Mapping[str, Any]) -> None:
        keep(self._outer, merged(self._before, result))

    def device(self, asked: str, used: str, reason: str) -> None:
        tell_device(self._outer, asked, used, reason)


def merged(before: Mapping[str, Any], result: Mapping[str, Any]) -> Result:
    """Both with the runs of both."""
    return {**result, "runs": [*before.get("runs", []), *result["runs"]]}


def run(spec: Spec, home: Home, report: Report) -> Result:
    """One seed after the other; a model without chance is trained once.

    Returns:
        As the training, with the runs of every seed; their labels name the seed.

    Raises:
        As the training.
    """
    result: Result = {}
    for number in range(spec.seeds):
        seed = spec.seed + number
        choices = [choice for choice in spec.models if number == 0 or by_chance(choice)]
        if not choices:
            break
        stage = part_of(report, number / spec.seeds, (number + 1) / spec.seeds, f"seed {seed}: ")
        asked = {**spec.model_dump(exclude={"seeds"}), "seed": seed, "tour": False}
        asked["models"] = [_labelled(choice, seed) for choice in choices]
        done = train.run(train.Spec.model_validate(asked), home, _Part(stage, report, result))
        result = merged(result, done)
    return result


def by_chance(choice: ModelChoice) -> bool:
    """Does the seed change the model?"""
    return bool(getattr(MODELS.get(choice.name), "stochastic", True))


def _labelled(choice: ModelChoice, seed: int) -> dict[str, Any]:
    """The choice with the seed in its label; one that cannot be made keeps its own, training says why."""
    model = attempt(lambda: make_model(choice))
    if isinstance(model, Failure) or not by_chance(choice):
        return choice.model_dump()
    words = t("train.seed_label", label=label_of(model, choice), seed=seed)
    return {**choice.model_dump(), "label": words}


def lane(spec: Spec) -> Lane:
    """As the training."""
    return train.lane(spec)


TASK = Task("seeds", "Train with several seeds", Spec, run, register_runs, lane=lane)
