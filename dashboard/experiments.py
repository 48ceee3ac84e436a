"""Experiments as files: data, split, policy, models with presets, tuning and seeds, fusion, in one YAML."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from core.fusion import FUSERS
from core.models import MODELS
from dashboard.tasks import tune
from dashboard.tasks.experiment_parts import Experiment, FusionPart, ModelPart, SplitPart, TunePart, tune_spec
from dashboard.tasks.train import ModelChoice, make_model
from data.errors import ConfigError, RankscopeError
from data.policy import PolicyLimits
from data.splits import make_splitter

Place = tuple[str | int, ...]
SHOWN_PROBLEMS = 5


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Problem:
    """Where something is wrong, and what."""

    place: Place
    words: str


def read_experiment(text: str, name: str = "experiment") -> Experiment:
    """The experiment that a YAML text describes.

    Args:
        text: YAML (JSON is YAML too).
        name: of the file, for messages.

    Raises:
        ConfigError: not YAML, a key twice or unknown, a value out of range, a model or setting that does not
            exist; with the line and what is known.
    """
    lines, values = _parsed(text, name)
    try:
        found = Experiment.model_validate(values)
    except ValidationError as error:
        problems = [_told(one) for one in error.errors()]
        raise _refused(name, lines, problems) from error
    problems = list(_contradictions(found))
    if problems:
        raise _refused(name, lines, problems)
    return found


def load_experiment(path: Path) -> Experiment:
    """The experiment of a file; paths in it are taken from its folder.

    Raises:
        ConfigError: as `read_experiment`, or the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read as text ({error}).", "Give a YAML file.") from error
    found = read_experiment(text, path.name)
    if found.file is None:
        return found
    moved = {
        key: str((path.parent / value).resolve())
        for key in ("path", "recipe", "items")
        if (value := getattr(found.file, key))
    }
    return found.model_copy(update={"file": found.file.model_copy(update=moved)})


def _parsed(text: str, name: str) -> tuple[dict[Place, int], Any]:
    """(line of every key and entry, the values)."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        lines = dict(_lines(node, (), name))
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        what = getattr(error, "problem", None) or "not understood"
        raise ConfigError(
            f"{name}{where}: this is not YAML ({what}).", "Check indentation and colons."
        ) from error
    if not isinstance(values, dict):
        raise ConfigError(
            f"{name}: the file holds no experiment.",
            f"Write keys such as {', '.join(Experiment.model_fields)}.",
        )
    return lines, values


def _lines(node: Any, place: Place, name: str) -> Iterator[tuple[Place, int]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            word, line = str(key.value), key.start_mark.line + 1
            if word in seen:
                raise ConfigError(f"{name}, line {line}: {word} stands there twice.", "Keep one of them.")
            seen.add(word)
            yield (*place, word), line
            yield from _lines(value, (*place, word), name)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield (*place, number), value.start_mark.line + 1
            yield from _lines(value, (*place, number), name)


def _told(error: Mapping[str, Any]) -> _Problem:
    place = tuple(error["loc"])
    if error["type"] == "extra_forbidden":
        known = ", ".join(_known(place[:-1]))
        return _Problem(place, f"there is no {place[-1]!r} here; known are {known}")
    if error["type"] == "missing":
        return _Problem(place[:-1], f"{place[-1]!r} is missing")
    words = error["msg"].removeprefix("Value error, ")
    given = error["input"]
    return _Problem(place, words if isinstance(given, (dict, list)) else f"{words} (got {given!r})")


def _known(place: Place) -> list[str]:
    """The keys of the part at a place."""
    part: Any = Experiment
    for step in place:
        if isinstance(step, str):
            part = _part_of(part.model_fields[step].annotation)
    return list(part.model_fields)


def _part_of(annotation: Any) -> Any:
    """The part inside `Part`, `Part | None` and `tuple[Part, ...]`."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, tuple):
        return next(
            _part_of(one) for one in typing.get_args(annotation) if one not in (types.NoneType, Ellipsis)
        )
    return annotation


def _contradictions(found: Experiment) -> Iterator[_Problem]:
    """What pydantic cannot know: models, presets, settings, protocols, members."""
    if found.split.protocol != "auto":
        yield from _tried(("split",), lambda: make_splitter(found.split.protocol, found.split.settings))
    yield from _tried(("limits",), lambda: _limits(found.limits))
    for number, part in enumerate(found.models):
        yield from _tried(("models", number), lambda part=part: _checked(part))  # type: ignore[misc]
    names = [part.called for part in found.models]
    for number, name in enumerate(names):
        if name in names[:number]:
            yield _Problem(
                ("models", number), f"{name!r} is there twice; give one of them a label of its own"
            )
    for number, fusion in enumerate(found.fusion):
        yield from _of_fusion(fusion, ("fusion", number), names)


def _limits(limits: Mapping[str, Any]) -> None:
    try:
        PolicyLimits(**limits)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise ConfigError(
            f"{where}: {first['msg']}", f"Known are {', '.join(PolicyLimits.model_fields)}."
        ) from error


def _checked(part: ModelPart) -> None:
    make_model(
        ModelChoice(name=part.model, config=part.settings)
    )  # says what is wrong with a name or setting
    make_model(ModelChoice(name=part.model, config=part.config))
    if part.tune is not None:
        tune.searched(tune_spec(part, "", {}))


def _tried(place: Place, work: Any) -> Iterator[_Problem]:
    try:
        work()
    except RankscopeError as error:
        yield _Problem(place, f"{error.problem} {error.hint}".strip())


def _of_fusion(fusion: FusionPart, place: Place, names: Sequence[str]) -> Iterator[_Problem]:
    if fusion.method not in FUSERS:
        yield _Problem((*place, "method"), f"no fusion {fusion.method!r}; known are {', '.join(FUSERS)}")
    strange = [member for member in fusion.members if member not in names]
    if strange:
        yield _Problem((*place, "members"), f"no model {strange[0]!r} here; there are {', '.join(names)}")
    members = fusion.members or names
    if len(members) < 2:
        yield _Problem(place, "a fusion needs two models")
    if fusion.weights is not None and len(fusion.weights) != len(members):
        yield _Problem((*place, "weights"), f"{len(fusion.weights)} weights for {len(members)} members")


def _refused(name: str, lines: Mapping[Place, int], problems: Sequence[_Problem]) -> ConfigError:
    said = []
    for problem in problems[:SHOWN_PROBLEMS]:
        at = next(
            (
                lines[problem.place[:n]]
                for n in range(len(problem.place), 0, -1)
                if problem.place[:n] in lines
            ),
            1,
        )
        where = ".".join(str(step) for step in problem.place)
        said.append(f"{name}, line {at}{f' ({where})' if where else ''}: {problem.words.rstrip('.')}.")
    more = len(problems) - SHOWN_PROBLEMS
    hint = f"And {more} more." if more > 0 else "Correct this and run it again; nothing was started."
    return ConfigError("\n".join(said), hint)


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────


def experiment_of(
    dataset: str,
    models: Sequence[Mapping[str, Any]],
    conditions: Mapping[str, Any],
    *,
    seeds: int = 1,
    search: TunePart | None = None,
) -> Experiment:
    """The experiment of what was clicked together.

    Args:
        models: {"name", "config"} as a training's spec has them.
        conditions: protocol, split, split_seed, policy, limits, seed, device of that spec.
        seeds: of every model that rests on chance.
        search: of every model.
    """
    return Experiment(
        dataset=dataset,
        split=SplitPart(
            protocol=conditions["protocol"],
            settings=dict(conditions.get("split", {})),
            seed=conditions.get("split_seed", 0),
        ),
        policy=conditions.get("policy", "auto"),
        limits=dict(conditions.get("limits", {})),
        models=tuple(
            ModelPart(
                model=choice["name"],
                settings=dict(choice["config"]),
                tune=search,
                seeds=seeds if getattr(MODELS[choice["name"]], "stochastic", True) else 1,
            )
            for choice in models
        ),
        seed=conditions.get("seed", 0),
        device=conditions.get("device", "auto"),
    )


def as_yaml(experiment: Experiment) -> str:
    """The file of an experiment: what differs from the defaults, in the order of the schema."""
    return yaml.safe_dump(
        experiment.model_dump(mode="json", exclude_defaults=True), sort_keys=False, allow_unicode=True
    )
