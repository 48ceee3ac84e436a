"""Run an experiment: data, split, models with tuning and seeds, fusions, all judged alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from core.progress import Report, part_of
from dashboard.jobs.incident import Failure, attempt
from dashboard.tasks import fuse, import_file, seeds, train, tune
from dashboard.tasks.base import Lane, Result, Task, keep
from dashboard.tasks.experiment_parts import Experiment, ModelPart, tune_spec
from dashboard.tasks.judging import resolve
from dashboard.tasks.registering import register_dataset, register_runs
from dashboard.tasks.train import ModelChoice
from dashboard.workspace import Workspace
from data.artifacts import Home
from data.errors import ConfigError
from data.recipe import read_recipe
from data.store import Store

Entry = dict[str, Any]
FIRST = 0.1  # of the progress: data and split


def run(spec: Experiment, home: Home, report: Report) -> Result:
    """Everything in the order of the file; a model that fails is noted, and fusions with it as well.

    Returns:
        dataset, protocol, policy, fingerprint (digest of validation), imported, studies, and `runs`: one
        entry per run with run, model, label, status, seconds, `of` (the part's name), seed.

    Raises:
        ConfigError: no model could be trained.
        NotFound, DataError: the data or the split is not there.
    """
    dataset, imported = _data(spec, home, part_of(report, 0.0, FIRST / 2))
    report(FIRST / 2, "preparing the split")
    conditions = resolve(
        Workspace(home),
        dataset,
        spec.split.protocol,
        spec.split.settings,
        spec.split.seed,
        spec.policy,
        spec.limits,
    )
    meta = conditions.meta()
    shared = {name: meta[name] for name in ("protocol", "split_seed", "policy", "limits")}
    shared |= {"split": meta["split_config"], "device": spec.device}
    result: Result = {
        "dataset": dataset,
        "protocol": conditions.protocol,
        "policy": conditions.policy.seen,
        "fingerprint": conditions.fingerprint("validation").digest,
        "imported": imported,
        "studies": [],
        "runs": [],
    }
    work = [*_training(spec, dataset, shared), *_fusing(spec)]
    for number, step in enumerate(work):
        start, end = (FIRST + (1 - FIRST) * n / len(work) for n in (number, number + 1))
        step(result, home, part_of(report, start, end))
        keep(report, result)
    if all(entry["status"] == "failed" for entry in result["runs"]):
        raise ConfigError(result["runs"][0]["problem"], result["runs"][0]["hint"])
    return result


Step = Callable[[Result, Home, Report], None]


def _data(spec: Experiment, home: Home, report: Report) -> tuple[str, bool]:
    """(id of the data set, was it imported here)."""
    if spec.file is None:
        return spec.dataset, False
    recipe = None
    if spec.file.recipe:
        recipe = read_recipe(Path(spec.file.recipe).read_bytes()).model_dump(mode="json")
    asked = import_file.Spec(
        file=spec.file.path, items_file=spec.file.items, recipe=recipe, name=spec.file.name
    )
    return str(import_file.run(asked, home, report)["dataset"]), True


def _training(spec: Experiment, dataset: str, shared: dict[str, Any]) -> list[Step]:
    """One step for all models that are trained as they are, then one per model with a search or seeds."""
    plain = [part for part in spec.models if part.tune is None and part.seeds == 1]
    others = [part for part in spec.models if part not in plain]
    steps: list[Step] = []
    if plain:
        asked = train.Spec(
            dataset=dataset, models=tuple(_choice(part) for part in plain), seed=spec.seed, **shared
        )
        steps.append(lambda result, home, report: _train(result, home, report, plain, asked))
    for part in others:
        steps.append(
            lambda result, home, report, part=part: _search_and_seeds(  # type: ignore[misc]
                result, home, report, part, spec.seed, dataset, shared
            )
        )
    return steps


def _choice(part: ModelPart) -> ModelChoice:
    return ModelChoice(name=part.model, config=part.config, label=part.label)


def _train(result: Result, home: Home, report: Report, parts: Sequence[ModelPart], asked: train.Spec) -> None:
    done = attempt(lambda: train.run(asked, home, report))
    if isinstance(done, Failure):
        result["runs"] += [_failed(part, done, asked.seed) for part in parts]
        return
    for part, entry in zip(parts, done["runs"], strict=True):
        result["runs"].append({**entry, "of": part.called, "seed": asked.seed})


def _search_and_seeds(
    result: Result,
    home: Home,
    report: Report,
    part: ModelPart,
    seed: int,
    dataset: str,
    shared: dict[str, Any],
) -> None:
    """The best of the search counts as the first seed; further seeds train its settings."""
    choice, begun = _choice(part), 0
    if part.tune is not None:
        found = attempt(
            lambda: tune.run(
                tune_spec(part, dataset, {**shared, "seed": seed}), home, part_of(report, 0, 0.8)
            )
        )
        if isinstance(found, Failure):
            result["runs"].append(_failed(part, found, seed))
            return
        entry, begun = found["runs"][0], 1
        result["studies"].append(found["study"])
        result["runs"].append({**entry, "of": part.called, "seed": seed, "study": found["study"]["id"]})
        choice = ModelChoice(name=part.model, config=found["study"]["best"], label=entry["label"])
    if part.seeds == begun or (begun and not seeds.by_chance(choice)):
        return
    asked = seeds.Spec(
        dataset=dataset, models=(choice,), seed=seed + begun, seeds=part.seeds - begun, **shared
    )
    done = attempt(lambda: seeds.run(asked, home, part_of(report, 0.8 if begun else 0.0, 1.0)))
    if isinstance(done, Failure):
        result["runs"].append(_failed(part, done, seed + begun))
        return
    for number, entry in enumerate(done["runs"]):
        result["runs"].append({**entry, "of": part.called, "seed": seed + begun + number})


def _failed(part: ModelPart, failure: Failure, seed: int) -> Entry:
    return {
        "run": None,
        "model": part.model,
        "label": part.called,
        "status": "failed",
        "device": None,
        "seconds": None,
        "problem": failure.problem,
        "hint": failure.hint,
        "incident": failure.incident,
        "of": part.called,
        "seed": seed,
    }


def _fusing(spec: Experiment) -> list[Step]:
    """One step per fusion, of the first run of each member."""

    def step(number: int) -> Step:
        asked = spec.fusion[number]
        names = asked.members or tuple(part.called for part in spec.models)

        def fuse_them(result: Result, home: Home, report: Report) -> None:
            called = asked.label or f"{asked.method} {number + 1}"
            part = ModelPart(model="fused", label=called)
            first = {entry["of"]: entry["run"] for entry in reversed(result["runs"]) if entry["run"]}
            missing = [name for name in names if name not in first]
            if missing:
                why = Failure(f"{', '.join(missing)} could not be trained.", "See its own problem.")
                result["runs"].append(_failed(part, why, spec.seed))
                return
            wanted = asked.model_dump(exclude={"members", "label"})
            runs = tuple(first[name] for name in names)
            done = attempt(lambda: fuse.run(fuse.Spec(runs=runs, label=asked.label, **wanted), home, report))
            if isinstance(done, Failure):
                result["runs"].append(_failed(part, done, spec.seed))
            else:
                result["runs"].append({**done["runs"][0], "of": called, "seed": spec.seed})

        return fuse_them

    return [step(number) for number in range(len(spec.fusion))]


def register(result: Result, home: Home, store: Store) -> None:
    """Enter the data set, the runs and the studies."""
    if result["imported"]:
        register_dataset(result, home, store)
    register_runs(result, home, store)
    for study in result["studies"]:
        store.add_result(tune.KIND, study["id"], result["dataset"], study)


def lane(spec: Experiment) -> Lane:
    """As the training of its models."""
    choices = tuple(ModelChoice(name=part.model) for part in spec.models)
    return train.lane(train.Spec(dataset=spec.dataset, models=choices, device=spec.device))


TASK = Task("experiment", "Experiment", Experiment, run, register, lane=lane)
