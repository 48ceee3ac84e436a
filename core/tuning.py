"""Tuning: the settings that judge best, found by a seeded search under a budget.

The search is the tree-structured Parzen estimator (Bergstra, Bardenet, Bengio & Kégl, 2011) of Optuna. The
settings one starts from are always the first trial, so that nothing is called a gain that they had already.
Nothing here reads a clock or a file: whoever judges says how long it took.
"""

from __future__ import annotations

import json
import math
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from core.progress import Report, part_of, silent
from data.errors import Cancelled, RankscopeError

LOG_DECADES = 2  # a positive range wider than this is searched in its logarithm
OPEN_DECADES = 3  # an open end at 0, or no upper end, is searched this far around the default
ENOUGH_TRIALS = 15  # judged, before anything is said about which setting matters
REPEATS = 20  # proposals in a row that were tried before: the space is used up
COLUMNS = ("trial", "state", "value", "best", "seconds", "problem", "settings")
Ended = Literal["trials", "seconds", "patience", "space", "cancelled"]


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included."""

    low: float
    high: float
    log: bool = False
    integer: bool = False

    def holding(self, value: float) -> Range:
        """The range, made wide enough for `value`; no longer logarithmic where that is not positive."""
        low, high = min(self.low, value), max(self.high, value)
        return Range(low, high, self.log and low > 0, self.integer)


@dataclass(frozen=True)
class Choices:
    """One of a few values."""

    options: tuple[Any, ...]


Dimension = Range | Choices
Space = Mapping[str, Dimension]


class TrialStopped(Cancelled):
    """Raised by whoever judges when the time of the whole search is over in the middle of a trial."""


@dataclass(frozen=True)
class Tried:
    """What one trial was worth, larger is better, and the seconds it took."""

    value: float
    seconds: float


@dataclass(frozen=True, eq=False)
class Study:
    """What was tried.

    `trials` has one row per trial: trial (0 = the settings one starts from), state (done, failed, stopped),
    value, best (so far), seconds, problem, settings (a dict).
    """

    trials: pd.DataFrame
    best: dict[str, Any]
    value: float  # of the best; NaN when nothing could be judged
    importance: dict[str, float] | None  # share of each setting; None: too few trials to say
    ended: Ended

    @property
    def n_judged(self) -> int:
        """Trials that ended with a value."""
        return int(self.trials["state"].eq("done").sum())

    @property
    def gain(self) -> float:
        """The best value less that of the settings one started from."""
        return float(self.value - self.trials["value"].iloc[0]) if len(self.trials) else math.nan


def space_of(
    config: type[BaseModel], narrowed: Mapping[str, Dimension | None] | None = None, *, more: bool = False
) -> dict[str, Dimension]:
    """What may be searched of a config, by field.

    Args:
        narrowed: a model's own `tuning`: narrower ranges by field; None holds a field still.
        more: fields under "More settings" as well.

    A number is searched between its bounds, in the logarithm where they are positive and more than two
    decades apart; with an open end at 0 or no upper end three decades around the default. A choice is
    searched over all its words. Fields that may be None, texts and lists are held, unless
    `narrowed` has them.
    """
    own = dict(narrowed or {})
    space: dict[str, Dimension] = {}
    for name, info in config.model_fields.items():
        if name in own:
            dimension = own[name]
        elif _is_rare(info) and not more:
            continue
        else:
            dimension = _dimension(info)
        if dimension is None:
            continue
        holds = isinstance(dimension, Range) and isinstance(info.default, (int, float))
        space[name] = dimension.holding(info.default) if holds else dimension  # type: ignore[union-attr]
    return space


def _is_rare(info: FieldInfo) -> bool:
    return isinstance(info.json_schema_extra, dict) and bool(info.json_schema_extra.get("more"))


def _dimension(info: FieldInfo) -> Dimension | None:
    kind = info.annotation
    if typing.get_origin(kind) is Literal:
        return Choices(typing.get_args(kind))
    if kind is bool:
        return Choices((False, True))
    if kind not in (int, float) or isinstance(kind, types.UnionType):
        return None
    return _range(info, integer=kind is int)


def _range(info: FieldInfo, *, integer: bool) -> Range | None:
    low = high = None
    open_low = open_high = False
    for rule in info.metadata:
        if hasattr(rule, "ge") or hasattr(rule, "gt"):
            low, open_low = float(getattr(rule, "ge", getattr(rule, "gt", 0.0))), hasattr(rule, "gt")
        if hasattr(rule, "le") or hasattr(rule, "lt"):
            high, open_high = float(getattr(rule, "le", getattr(rule, "lt", 0.0))), hasattr(rule, "lt")
    default, around = float(info.default), 10.0**OPEN_DECADES
    if low is None or (high is None and default <= 0):
        return None
    if low == 0 and open_low and default > 0:
        low, high = default / around, min(default * around, math.inf if high is None else high)
    high = default * around if high is None else high
    if integer:
        low, high = float(math.floor(low) + 1 if open_low else math.ceil(low)), float(math.floor(high))
    elif open_high:
        high -= 1e-6 * (high - low)
    return Range(low, high, low > 0 and high / low > 10.0**LOG_DECADES, integer)


@dataclass
class _Search:
    """The state of one search."""

    study: Any
    space: dict[str, Any]  # Optuna's distributions
    rows: list[dict[str, Any]] = field(default_factory=list)
    spent: float = 0.0
    since_gain: int = 0
    known: dict[str, float | None] = field(default_factory=dict)  # settings as JSON -> value

    @property
    def best(self) -> dict[str, Any] | None:
        judged = [row for row in self.rows if row["state"] == "done"]
        return max(judged, key=lambda row: (row["value"], -row["trial"])) if judged else None


def tune(
    fit_and_judge: Callable[[dict[str, Any], Report], Tried],
    space: Space,
    *,
    start: Mapping[str, Any],
    trials: int,
    seconds: float = math.inf,
    seed: int = 0,
    patience: int = 0,
    report: Report = silent,
    tell: Callable[[list[dict[str, Any]]], None] | None = None,
) -> Study:
    """Search `space` for the settings of the largest value.

    Args:
        fit_and_judge: settings -> value. May raise `RankscopeError` (the trial failed, the search goes on),
            `TrialStopped` (no time is left: the search ends), `Cancelled` (ends with what there is).
        start: values of all fields of `space`, tried first.
        trials: settings tried at most, the start included; one proposed again is not tried again.
        seconds: no further trial begins once the trials so far took this long.
        patience: end after so many trials in a row without a gain; 0: never.
        report: told of each trial {"trial", "value", "best", "seconds"}; its `Cancelled` ends the search.
        tell: called with all rows after each trial.
    """
    search = _begin(space, start, trials, seed)
    ended: Ended = "trials"
    repeats = 0
    while len(search.rows) < trials:
        if search.rows and search.spent >= seconds:
            ended = "seconds"
            break
        if patience and search.since_gain >= patience:
            ended = "patience"
            break
        trial = search.study.ask(search.space)
        settings = _plain(trial.params, space) if search.rows else {name: start[name] for name in space}
        key = json.dumps(settings, sort_keys=True)
        if key in search.known:
            repeats += 1
            _answer(search, trial, search.known[key])
            if repeats >= REPEATS:
                ended = "space"
                break
            continue
        repeats = 0
        stopped = _try(search, trial, settings, key, fit_and_judge, trials, report)
        if tell is not None:
            tell(search.rows)
        if stopped is not None:
            ended = stopped
            break
    return _finish(search, space, seed, ended)


def _begin(space: Space, start: Mapping[str, Any], trials: int, seed: int) -> _Search:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    random_first = max(1, min(10, trials // 3))
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=random_first)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.enqueue_trial({name: start[name] for name in space})
    return _Search(study, {name: _distribution(dimension) for name, dimension in space.items()})


def _distribution(dimension: Dimension) -> Any:
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if isinstance(dimension, Choices):
        return CategoricalDistribution(dimension.options)
    if dimension.integer:
        return IntDistribution(int(dimension.low), int(dimension.high), log=dimension.log)
    return FloatDistribution(dimension.low, dimension.high, log=dimension.log)


def _plain(params: Mapping[str, Any], space: Space) -> dict[str, Any]:
    """Numbers to four digits: what is shown is what was tried, and can be typed in again."""

    def short(value: Any, dimension: Dimension) -> Any:
        if not isinstance(value, float) or isinstance(dimension, Choices):
            return value
        return min(max(float(f"{value:.4g}"), dimension.low), dimension.high)

    return {name: short(value, space[name]) for name, value in params.items()}


def _try(
    search: _Search,
    trial: Any,
    settings: dict[str, Any],
    key: str,
    fit_and_judge: Callable[[dict[str, Any], Report], Tried],
    trials: int,
    report: Report,
) -> Ended | None:
    """One trial into `search.rows`; why the search must end, if it must."""
    number = len(search.rows)
    stage = part_of(report, number / trials, (number + 1) / trials, f"trial {number + 1} of {trials}: ")
    row: dict[str, Any] = {"trial": number, "value": None, "seconds": 0.0, "problem": ""}
    row["settings"] = settings
    ended: Ended | None = None
    try:
        stage(0.0, "training")
        tried = fit_and_judge(settings, stage)
        row |= {"value": float(tried.value), "seconds": float(tried.seconds), "state": "done"}
        if math.isnan(tried.value):
            row |= {"state": "failed", "value": None, "problem": "The metric has no value."}
    except TrialStopped:
        row |= {"state": "stopped", "problem": "No time was left."}
        ended = "seconds"
    except Cancelled:
        _answer(search, trial, None)
        return "cancelled"
    except RankscopeError as error:
        row |= {"state": "failed", "problem": str(error)}
    before = search.best
    search.rows.append(row)
    search.spent += row["seconds"]
    search.known[key] = row["value"]
    _answer(search, trial, row["value"])
    gained = search.best is not None and search.best is not before
    search.since_gain = 0 if gained else search.since_gain + 1
    row["best"] = None if search.best is None else search.best["value"]
    if ended is None and row["value"] is not None:
        ended = _point(row, number, trials, report)
    return ended


def _point(row: Mapping[str, Any], number: int, trials: int, report: Report) -> Ended | None:
    """Tell the trial's value; a cancel that is noticed here ends the search, the trial counts."""
    point = {"trial": float(number), "value": row["value"], "best": row["best"], "seconds": row["seconds"]}
    try:
        report((number + 1) / trials, curve=point)
    except Cancelled:
        return "cancelled"
    return None


def _answer(search: _Search, trial: Any, value: float | None) -> None:
    from optuna.trial import TrialState

    if value is None:
        search.study.tell(trial, state=TrialState.FAIL)
    else:
        search.study.tell(trial, value)


def _finish(search: _Search, space: Space, seed: int, ended: Ended) -> Study:
    best = search.best
    table = pd.DataFrame([{"best": None, **row} for row in search.rows], columns=list(COLUMNS))
    for name in ("value", "best", "seconds"):
        table[name] = pd.to_numeric(table[name]).astype("float64")
    return Study(
        trials=table,
        best={} if best is None else dict(best["settings"]),
        value=math.nan if best is None else float(best["value"]),
        importance=_importance(search, space, seed),
        ended=ended,
    )


def _importance(search: _Search, space: Space, seed: int) -> dict[str, float] | None:
    """Share of the values' variance that each setting explains (fANOVA: Hutter, Hoos & Leyton-Brown, 2014).

    None below 15 judged trials, or where all are worth the same.
    """
    import optuna

    values = {row["value"] for row in search.rows if row["state"] == "done"}
    judged = sum(row["state"] == "done" for row in search.rows)
    if judged < ENOUGH_TRIALS or len(values) < 2:
        return None
    if len(space) == 1:
        return dict.fromkeys(space, 1.0)
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=seed)
    found = optuna.importance.get_param_importances(search.study, evaluator=evaluator)
    return {name: float(share) for name, share in found.items()}
