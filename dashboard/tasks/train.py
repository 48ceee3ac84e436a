"""Train models on one split, judge them, save each as a run of its own as it finishes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, ValidationError

from core.device import Device, implicit_cuda, torch_cuda
from core.models import MODELS, available_device, estimate_seconds
from core.models.base import Recommender
from core.progress import Report, part_of
from dashboard.jobs.incident import Failure, attempt
from dashboard.tasks import tour
from dashboard.tasks.base import FollowUp, Lane, Result, Task, TaskSpec, keep, tell_device
from dashboard.tasks.costs import PeakMemory, costs
from dashboard.tasks.judging import Conditions, Judgement, judge, metrics_table, resolve
from dashboard.tasks.registering import register_runs
from dashboard.versions import versions
from dashboard.workspace import DeviceMeta, RunMeta, Workspace, save_run
from data.artifacts import Home
from data.errors import ConfigError, NotFound

FIT_SHARE = 0.8  # of a model's progress; the rest is ranking and judging


class ModelChoice(TaskSpec):
    """A model and the settings that differ from its defaults."""

    name: str
    config: dict[str, Any] = {}
    label: str = Field("", description="Name on the screen; empty: the model's own")


class Spec(TaskSpec):
    """What to train, on what, and how it is judged."""

    dataset: str
    models: tuple[ModelChoice, ...] = Field(min_length=1)
    protocol: str = Field("auto", description="Split protocol; auto: the recommended one")
    split: dict[str, Any] = {}
    split_seed: int = 0
    policy: Literal["auto", "hide", "allow", "exclusive"] = "auto"
    limits: dict[str, Any] = Field({}, description="Limits on the candidates (data.policy.PolicyLimits)")
    seed: int = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"
    tour: bool = False


def run(spec: Spec, home: Home, report: Report) -> Result:
    """Train one model after the other; a model that fails is noted and the next one goes on.

    Returns:
        dataset, protocol, policy, tour, and `runs`: one entry per model with run, model, label, status
        ("done" or "failed"), device, seconds, and problem, hint, incident where it failed.

    Raises:
        ConfigError: every model failed, with the first reason.
    """
    report(0.0, "preparing the split")
    workspace = Workspace(home)
    conditions = resolve(
        workspace, spec.dataset, spec.protocol, spec.split, spec.split_seed, spec.policy, spec.limits
    )
    shares = _shares(spec, conditions)
    entries: list[dict[str, Any]] = []
    result = {
        "dataset": spec.dataset,
        "protocol": conditions.protocol,
        "policy": conditions.policy.seen,
        "tour": spec.tour,
        "runs": entries,
    }
    start = 0.0
    for number, (choice, share) in enumerate(zip(spec.models, shares, strict=True)):
        stage = part_of(report, start, start + share, f"{_title(choice)}: ")
        entries.append(_train_one(number, choice, spec, conditions, home, report, stage))
        keep(report, result)
        start += share
    if all(entry["status"] == "failed" for entry in entries):
        raise ConfigError(entries[0]["problem"], entries[0]["hint"])
    return result


def _title(choice: ModelChoice) -> str:
    return choice.label or str(getattr(MODELS.get(choice.name), "label", choice.name))


def _shares(spec: Spec, conditions: Conditions) -> list[float]:
    """Each model's share of the progress bar, from the time it is estimated to take."""
    train = conditions.split.train
    size = (train.n_users, train.n_items, len(train.interactions))

    def seconds(choice: ModelChoice) -> float:
        model = attempt(lambda: make_model(choice))
        return 0.0 if isinstance(model, Failure) else estimate_seconds(choice.name, model.config, *size)

    weights = [1.0 + seconds(choice) for choice in spec.models]
    return [weight / sum(weights) for weight in weights]


def make_model(choice: ModelChoice) -> Recommender:
    """The untrained model.

    Raises:
        NotFound: no such model.
        ConfigError: a setting is unknown or out of range.
    """
    if choice.name not in MODELS:
        raise NotFound(f"There is no model {choice.name!r}.", f"Use one of: {', '.join(MODELS)}.")
    kind = MODELS[choice.name]
    try:
        return kind(kind.Config(**choice.config))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "settings"
        raise ConfigError(
            f"{kind.label}: {where}: {first['msg']}.",
            f"The settings are: {', '.join(kind.Config.model_fields)}.",
        ) from error


def label_of(model: Recommender, choice: ModelChoice) -> str:
    """The model's label with the settings that differ from the defaults: "ALS (factors 128)"."""
    if choice.label:
        return choice.label
    defaults, config = type(model.config)().model_dump(), model.config.model_dump()
    changed = [
        f"{name.replace('_', ' ')} {value}" for name, value in config.items() if value != defaults[name]
    ]
    return f"{model.label} ({', '.join(changed)})" if changed else str(model.label)


def _train_one(
    number: int,
    choice: ModelChoice,
    spec: Spec,
    conditions: Conditions,
    home: Home,
    report: Report,
    stage: Report,
) -> dict[str, Any]:
    done = attempt(lambda: _fit_and_save(number, choice, spec, conditions, home, report, stage))
    if not isinstance(done, Failure):
        return done
    return {
        "run": None,
        "model": choice.name,
        "label": _title(choice),
        "status": "failed",
        "device": None,
        "seconds": None,
        "problem": done.problem,
        "hint": done.hint,
        "incident": done.incident,
    }


def _fit_and_save(
    number: int,
    choice: ModelChoice,
    spec: Spec,
    conditions: Conditions,
    home: Home,
    report: Report,
    stage: Report,
) -> dict[str, Any]:
    model = make_model(choice)
    device = available_device(choice.name, spec.device)
    tell_device(report, device.asked, device.used, device.reason)
    fitted = _fit(number, model, spec, conditions, device, part_of(stage, 0.0, FIT_SHARE))
    judgement = judge(fitted.model, conditions, report=part_of(stage, FIT_SHARE, 1.0))
    meta = RunMeta(
        label=label_of(model, choice),
        model=choice.name,
        config=model.config.model_dump(mode="json"),
        seed=spec.seed,
        device=DeviceMeta(asked=device.asked, used=device.used, reason=device.reason),
        versions=versions(),
        seconds={"fit": round(fitted.seconds, 3), "score": round(judgement.seconds, 3)},
        costs=costs(fitted.model, conditions, fitted.memory),
        **conditions.meta(),
    )
    run_id = store_run(home, fitted.model, meta, judgement, fitted.curve)
    return {
        "run": run_id,
        "model": choice.name,
        "label": meta.label,
        "status": "done",
        "device": device.used,
        "seconds": meta.seconds["fit"],
    }


@dataclass(frozen=True, eq=False)
class Fitted:
    """A trained model, the seconds and the memory it took, its training curve."""

    model: Recommender
    seconds: float
    curve: list[dict[str, float]]
    memory: PeakMemory


def _fit(
    number: int, model: Recommender, spec: Spec, conditions: Conditions, device: Device, report: Report
) -> Fitted:
    """Fit, keeping the curve; "model" tells the job to which one (its place in the order) a point belongs."""
    points: list[dict[str, float]] = []

    def fit_report(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        if curve is not None:
            points.append(dict(curve))
        report(fraction, stage or "training", curve=curve and {"model": float(number), **curve})

    began = time.perf_counter()
    split = conditions.split
    fit_report(0.0)
    with PeakMemory(device) as memory:
        fitted = model.fit(
            split.train, validation=split.validation, seed=spec.seed, device=device, report=fit_report
        )
    return Fitted(fitted, time.perf_counter() - began, points, memory)


def store_run(
    home: Home, model: Recommender, meta: RunMeta, judgement: Judgement, curve: list[dict[str, float]]
) -> str:
    """Save a judged model as a run with its table of metrics."""
    return save_run(
        home,
        model=model,
        meta=meta,
        lists=judgement.lists,
        evaluations=judgement.evaluations,
        curve=curve,
        metrics=metrics_table(judgement.evaluations),
    )


def follow_ups(result: Result) -> list[FollowUp]:
    return tour.after_train(result) if result.get("tour") else []


def lane(spec: Spec) -> Lane:
    """The GPU's lane when one of the models would use it, else the processor's."""
    wants = spec.device != "cpu" and any(
        "cuda" in getattr(MODELS.get(choice.name), "devices", ()) for choice in spec.models
    )
    return "gpu" if wants and (torch_cuda()[0] or implicit_cuda()[0]) else "cpu"


TASK = Task("train", "Train", Spec, run, register_runs, follow_ups, lane)
