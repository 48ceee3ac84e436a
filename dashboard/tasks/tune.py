"""Search the settings of one model on validation; the best becomes a run, the study stands beside it."""

from __future__ import annotations

import secrets
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import Field

from core.device import Device
from core.evaluation import judged, list_metrics
from core.metrics import PER_USER
from core.models import MODELS, available_device
from core.models.base import Recommender
from core.models.search_ranges import ranges_of
from core.progress import Report, part_of, silent
from core.ranking import fallback_scores, recommend
from core.tuning import Choices, Dimension, Study, TrialStopped, Tried, space_of, tune
from dashboard.jobs.incident import Failure, attempt
from dashboard.tasks import train
from dashboard.tasks.base import Lane, Result, Task, TaskSpec, keep, tell_device
from dashboard.tasks.costs import PeakMemory, costs
from dashboard.tasks.judging import Conditions, judge, resolve
from dashboard.tasks.registering import register_runs
from dashboard.tasks.train import ModelChoice, make_model, store_run
from dashboard.text import t
from dashboard.versions import versions
from dashboard.workspace import DeviceMeta, RunMeta, Workspace
from dashboard.workspace.listed import as_seen_by
from dashboard.workspace.storage import results_folder
from data.artifacts import Home, write_folder
from data.errors import Cancelled, ConfigError, NotApplicable
from data.store import Store

KIND = "study"
SEARCH_SHARE = 0.95  # of the progress; the rest judges and saves the best
FIT_SHARE = 0.8  # of a trial


class Budget(TaskSpec):
    """What one model may use; every model of a comparison gets the same."""

    trials: int = Field(20, ge=1, le=1000, description="Settings tried, the usual ones included")
    seconds: float = Field(600, gt=0, le=86_400, description="No trial begins after so many seconds")
    patience: int = Field(0, ge=0, le=1000, description="End after so many trials without a gain; 0: never")


class Spec(TaskSpec):
    """Which model, where it starts, what is searched, by what it is judged, under which budget."""

    dataset: str
    model: str
    config: dict[str, Any] = Field({}, description="Where the search starts; held where it is not searched")
    fields: tuple[str, ...] = Field((), description="What is searched; empty: all that has a range")
    more: bool = Field(False, description='Also the fields under "More settings"')
    budget: Budget = Budget()
    metric: Literal["ndcg", "recall", "capped_recall", "precision", "map", "mrr", "hit_rate"] = "ndcg"
    k: Literal[5, 10, 20, 50] = 10
    protocol: str = "auto"
    split: dict[str, Any] = {}
    split_seed: int = 0
    policy: Literal["auto", "hide", "allow", "exclusive"] = "auto"
    limits: dict[str, Any] = {}
    seed: int = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"
    label: str = ""


@dataclass(eq=False)
class Trials:
    """Fits and judges settings on the known users of validation; holds the best model so far."""

    spec: Spec
    conditions: Conditions
    device: Device
    spent: float = 0.0
    value: float = float("-inf")
    model: Recommender | None = None
    fit_seconds: float = 0.0
    users: str = "known"
    _began: float = field(default=0.0, repr=False)

    def __post_init__(self) -> None:
        whole, _ = judged(self.conditions.split.validation, self.conditions.policy)
        self.users = "known" if whole.known.any() else "new"
        self._holdout = whole.rows(whole.known) if self.users == "known" else whole
        self._fallback = fallback_scores(self.conditions.split.train)
        self.memory = PeakMemory(self.device)

    @property
    def n_users(self) -> int:
        """Users that every trial is judged on."""
        return len(self._holdout)

    def __call__(self, settings: dict[str, Any], report: Report) -> Tried:
        """The metric of a model with these settings; test is never looked at."""
        self._began = time.perf_counter()
        try:
            outcome = attempt(lambda: self._judged(settings, report))
        finally:
            seconds = time.perf_counter() - self._began
            self.spent += seconds
        if isinstance(outcome, Failure):
            raise ConfigError(outcome.problem, outcome.hint)
        return Tried(outcome, round(seconds, 3))

    def _judged(self, settings: dict[str, Any], report: Report) -> float:
        spec, split = self.spec, self.conditions.split
        watched = self._within_time(report)
        model = make_model(ModelChoice(name=spec.model, config={**spec.config, **settings}))
        with PeakMemory(self.device) as memory:
            fitted = model.fit(
                split.train,
                validation=split.validation,
                seed=spec.seed,
                device=self.device,
                report=part_of(watched, 0.0, FIT_SHARE),
            )
        fit_seconds = time.perf_counter() - self._began
        value = self._value(fitted, part_of(watched, FIT_SHARE, 1.0))
        if value > self.value:
            self.value, self.model, self.fit_seconds, self.memory = value, fitted, fit_seconds, memory
        return value

    def _value(self, model: Recommender, report: Report) -> float:
        lists = recommend(
            model,
            as_seen_by(model, self._holdout),
            k=self.spec.k,
            policy=self.conditions.policy,
            candidates=self.conditions.candidates,
            fallback=self._fallback,
            report=report,
        )
        values = list_metrics(lists.items, self._holdout.targets, (self.spec.k,))
        return float(values[:, PER_USER.index(self.spec.metric), 0].astype("float64").mean())

    def _within_time(self, report: Report) -> Report:
        """Without the model's own curve; the first trial may take as long as it needs."""
        first = self.spent == 0.0

        def watched(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
            del curve
            used = self.spent + time.perf_counter() - self._began
            if not first and used > self.spec.budget.seconds:
                raise TrialStopped
            report(fraction, stage)

        return watched


def run(spec: Spec, home: Home, report: Report) -> Result:
    """Search, then judge both parts with the best model and save it.

    Returns:
        dataset, study (a dict: see `_study`), and `runs` with the one entry of the best settings.

    Raises:
        NotFound, ConfigError: no such data set, model or setting; nothing could be judged.
        NotApplicable: the model has nothing to search.
        Cancelled: asked to stop; the best so far is stored and kept before.
    """
    report(0.0, "preparing the split")
    space, start = searched(spec)
    conditions = resolve(
        Workspace(home), spec.dataset, spec.protocol, spec.split, spec.split_seed, spec.policy, spec.limits
    )
    device = available_device(spec.model, spec.device)
    tell_device(report, device.asked, device.used, device.reason)
    trials = Trials(spec, conditions, device)
    words = _words(spec, space, start, trials)
    result: Result = {"dataset": spec.dataset, "study": words, "runs": []}

    def tell(rows: list[dict[str, Any]]) -> None:
        words["trials"] = rows
        keep(report, result)

    study = tune(
        trials,
        space,
        start=start,
        trials=spec.budget.trials,
        seconds=spec.budget.seconds,
        seed=spec.seed,
        patience=spec.budget.patience,
        report=part_of(_plain(report), 0.0, SEARCH_SHARE),
        tell=tell,
    )
    return _end(spec, home, report, result, trials, study)


def _plain(report: Report) -> Report:
    """Without curves: the trials stand in the result that the job keeps."""

    def plain(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        del curve
        report(fraction, stage)

    return plain


def searched(spec: Spec) -> tuple[dict[str, Dimension], dict[str, Any]]:
    """(what is searched, where it starts), the start inside every range.

    Raises:
        NotFound, ConfigError, NotApplicable: as `run`.
    """
    start = make_model(ModelChoice(name=spec.model, config=spec.config)).config.model_dump(mode="json")
    kind = MODELS[spec.model]
    space = space_of(kind.Config, ranges_of(spec.model, kind), more=spec.more or bool(spec.fields))
    unknown = [name for name in spec.fields if name not in space]
    if unknown:
        raise ConfigError(
            f"{kind.label} has no range to search for {', '.join(unknown)}.",
            f"Choose among: {', '.join(space) or 'nothing'}.",
        )
    space = {name: dimension for name, dimension in space.items() if not spec.fields or name in spec.fields}
    if not space:
        raise NotApplicable(f"{kind.label} has no settings to search.", "Train it as it is.")
    return {
        name: dimension if isinstance(dimension, Choices) else dimension.holding(start[name])
        for name, dimension in space.items()
    }, start


def _words(spec: Spec, space: dict[str, Dimension], start: dict[str, Any], trials: Trials) -> dict[str, Any]:
    """The study as it is kept: what was asked, then (after the search) what was found."""
    conditions = trials.conditions
    return {
        "id": "s" + secrets.token_hex(5),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "dataset": spec.dataset,
        "model": spec.model,
        "metric": spec.metric,
        "k": spec.k,
        "users": trials.users,
        "n_users": trials.n_users,
        "budget": spec.budget.model_dump(),
        "seed": spec.seed,
        "space": {name: asdict(dimension) for name, dimension in space.items()},
        "start": start,
        "conditions": conditions.meta(),
        "trials": [],
        "best": {},
        "value": None,
        "gain": None,
        "importance": None,
        "ended": "",
        "seconds": 0.0,
        "run": "",
    }


def _end(spec: Spec, home: Home, report: Report, result: Result, trials: Trials, study: Study) -> Result:
    words, cancelled = result["study"], study.ended == "cancelled"
    if trials.model is None:
        if cancelled:
            raise Cancelled
        raise ConfigError("No trial could be judged.", str(study.trials["problem"].iloc[0]))
    first = study.trials["value"].iloc[0]
    words |= {
        "best": trials.model.config.model_dump(mode="json"),
        "value": study.value,
        "gain": None if first != first else study.gain,
        "importance": study.importance,
        "ended": study.ended,
        "seconds": round(trials.spent, 3),
    }
    keep(report, result)  # before the best is judged: a job that is stopped has little time
    quiet = silent if cancelled else part_of(report, SEARCH_SHARE, 1.0)
    result["runs"].append(_save(spec, home, quiet, trials, trials.model, len(study.trials)))
    words["run"] = result["runs"][0]["run"]
    write_folder(results_folder(home, KIND) / words["id"], {}, words, {})
    if cancelled:
        keep(report, result)
        raise Cancelled
    return result


def _save(
    spec: Spec, home: Home, report: Report, trials: Trials, model: Recommender, tried: int
) -> dict[str, Any]:
    device, conditions = trials.device, trials.conditions
    judgement = judge(model, conditions, report=report)
    words = t("tuning.run_label", label=MODELS[spec.model].label, trials=tried)
    meta = RunMeta(
        label=spec.label or words,
        model=spec.model,
        config=model.config.model_dump(mode="json"),
        seed=spec.seed,
        device=DeviceMeta(asked=device.asked, used=device.used, reason=device.reason),
        versions=versions(),
        seconds={
            "fit": round(trials.fit_seconds, 3),
            "score": round(judgement.seconds, 3),
            "tuning": round(trials.spent, 3),
        },
        costs=costs(model, conditions, trials.memory),
        **conditions.meta(),
    )
    return {
        "run": store_run(home, model, meta, judgement, []),
        "model": spec.model,
        "label": meta.label,
        "status": "done",
        "device": device.used,
        "seconds": meta.seconds["fit"],
    }


def register(result: Result, home: Home, store: Store) -> None:
    """Enter the best run and the study, also one that a lost job had only begun."""
    register_runs(result, home, store)
    study = result["study"]
    if study["trials"]:
        store.add_result(KIND, study["id"], result["dataset"], study)


def estimate(budget: Budget, one_trial: float) -> float:
    """About how many seconds a search takes: every trial like the first, within the budget."""
    return min(budget.trials * one_trial, budget.seconds + one_trial)


def lane(spec: Spec) -> Lane:
    """As training the model would."""
    choice = ModelChoice(name=spec.model)
    return train.lane(train.Spec(dataset=spec.dataset, models=(choice,), device=spec.device))


TASK = Task("tune", "Tune", Spec, run, register, lane=lane)
