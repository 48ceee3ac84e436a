"""Quick models on every rolling cut in time: does what one cut says hold at other times?"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import Field

from core.evaluation import evaluate, fingerprint, judged
from core.models import available_device
from core.progress import Report, part_of
from core.ranking import Policy, fallback_scores, recommend
from dashboard.tasks.base import Result, Task, TaskSpec
from dashboard.tasks.train import ModelChoice, make_model
from dashboard.workspace import Workspace, save_result
from data.artifacts import Home
from data.dataset import Dataset
from data.policy import PolicyLimits, candidate_mask, limit_targets
from data.split import Split
from data.splits.rolling import RollingConfig, RollingFold
from data.store import Store

KIND = "folds"
METRIC, K = "ndcg", 10


class Spec(TaskSpec):
    """Which models, on how many folds, under which policy."""

    dataset: str
    n: int = Field(4, ge=3, le=6)
    models: tuple[str, ...] = Field(("popularity", "item_knn"), min_length=1)
    policy: Literal["hide", "allow", "exclusive"] = "hide"
    limits: dict[str, Any] = {}
    seed: int = 0


def run(spec: Spec, home: Home, report: Report) -> Result:
    """Fit and judge each model on each fold's validation window; test windows stay closed.

    Returns:
        kind, result (its id), dataset.

    Raises:
        NotFound, ConfigError: no such data set or model.
        NotApplicable, DataError: the data cannot be cut so often.
    """
    dataset = Workspace(home).dataset(spec.dataset)
    config = RollingConfig(n=spec.n)
    points = []
    for number in range(spec.n):
        stage = part_of(report, number / spec.n, (number + 1) / spec.n, f"fold {number + 1}: ")
        split = RollingFold(config, number).split(dataset)
        points += [{"fold": number + 1, **point} for point in _judged_models(spec, dataset, split, stage)]
    meta = {
        "dataset": spec.dataset,
        "n": spec.n,
        "policy": spec.policy,
        "limits": spec.limits,
        "metric": METRIC,
        "k": K,
        "points": points,
    }
    return {"kind": KIND, "result": save_result(home, KIND, meta), "dataset": spec.dataset}


def _judged_models(spec: Spec, dataset: Dataset, split: Split, report: Report) -> list[dict[str, Any]]:
    """model, mean, low, high, n_users of each model on one fold; missing where nobody known is judged."""
    allowed, candidates, words = None, split.train.trained_items, ""
    limits = PolicyLimits(**spec.limits)
    if limits.chosen():
        allowed, words = candidate_mask(split.train, limits), limits.describe()
        split, candidates = limit_targets(split, allowed), candidates & allowed
    policy = Policy(spec.policy)
    holdout, left_out = judged(split.validation, policy)
    conditions = fingerprint(
        dataset, split, policy, "validation", candidates=None if allowed is None else candidates, limits=words
    )
    points = []
    for place, name in enumerate(spec.models):
        stage = part_of(report, place / len(spec.models), (place + 1) / len(spec.models), f"{name}: ")
        model = make_model(ModelChoice(name=name)).fit(
            split.train,
            seed=spec.seed,
            device=available_device(name, "cpu"),
            report=part_of(stage, 0.0, 0.5),
        )
        lists = recommend(
            model,
            holdout.histories,
            k=K,
            policy=policy,
            candidates=candidates,
            fallback=fallback_scores(split.train),
            report=part_of(stage, 0.5, 1.0),
        )
        found = evaluate(
            lists, holdout, split.train, fingerprint=conditions, left_out=left_out, candidates=candidates
        )
        table = found.summary("known")
        row = table[(table["metric"] == METRIC) & (table["k"] == K)].iloc[0]
        numbers = {part: _plain(row[part]) for part in ("mean", "low", "high")}
        points.append({"model": name, **numbers, "n_users": found.n_users("known")})
    return points


def _plain(value: float) -> float | None:
    """JSON has no NaN."""
    return None if np.isnan(value) else float(value)


def register(result: Result, home: Home, store: Store) -> None:
    """Enter the figures under results of kind "folds"."""
    meta = Workspace(home).result(KIND, result["result"])
    store.add_result(KIND, result["result"], result["dataset"], meta)


TASK = Task("folds", "Rolling folds", Spec, run, register)
