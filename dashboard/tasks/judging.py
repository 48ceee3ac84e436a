"""What every run has in common: conditions, lists of both judged parts, evaluations, metrics table."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.evaluation import NO_TARGET, Evaluation, effective_rank, evaluate, fingerprint, judged
from core.models.base import Recommender
from core.progress import Report, part_of, silent
from core.ranking import Policy, Recommendations, fallback_scores, recommend
from dashboard.workspace import PARTS, Part, RunMeta, Workspace
from dashboard.workspace.listed import as_seen_by
from data.dataset import Dataset
from data.policy import PolicyLimits, candidate_mask, limit_targets, propose_policy
from data.split import Fingerprint, Split
from data.splits import make_splitter, recommend_split

K = 50  # length of the stored lists
OUTSIDE = "every target outside the limits of the policy"


@dataclass(frozen=True, eq=False)
class Conditions:
    """A data set, how it is split, and what may be listed."""

    dataset: Dataset
    protocol: str
    split_config: dict[str, Any]
    split_seed: int
    policy: Policy
    split: Split  # its targets are those within the limits
    limits: PolicyLimits = PolicyLimits()
    allowed: NDArray[np.bool_] | None = None  # (n_items,) items within the limits; None: all

    @property
    def candidates(self) -> NDArray[np.bool_]:
        """(n_items,) items that may be listed: those of train within the limits."""
        trained = self.split.train.trained_items
        return trained if self.allowed is None else trained & self.allowed

    def fingerprint(self, part: Part) -> Fingerprint:
        """The fingerprint that every run under these conditions bears."""
        return fingerprint(
            self.dataset,
            self.split,
            self.policy,
            part,
            candidates=None if self.allowed is None else self.candidates,
            limits=self.limits.describe(),
        )

    def meta(self) -> dict[str, Any]:
        """The fields of `RunMeta` that say under which conditions a run was made."""
        return {
            "dataset": self.dataset.id,
            "protocol": self.protocol,
            "split_config": self.split_config,
            "split_seed": self.split_seed,
            "policy": self.policy.seen,
            "limits": self.limits.chosen(),
        }


def resolve(
    workspace: Workspace,
    dataset_id: str,
    protocol: str = "auto",
    config: Mapping[str, Any] | None = None,
    seed: int = 0,
    policy: str = "auto",
    limits: Mapping[str, Any] | None = None,
) -> Conditions:
    """Conditions with every "auto" decided: the recommended split, the policy proposed from repeats.

    Raises:
        NotFound, ConfigError, DataError, NotApplicable: with what to do.
    """
    dataset = workspace.dataset(dataset_id)
    settings = dict(config or {})
    if protocol == "auto":
        advice = recommend_split(dataset)
        protocol, settings = advice.protocol, dict(advice.config)
    seen = propose_policy(dataset)[0] if policy == "auto" else policy
    settings = make_splitter(protocol, settings).config.model_dump(mode="json")
    split = workspace.split(dataset_id, protocol, settings, seed)
    bounds = PolicyLimits(**(limits or {}))
    allowed = candidate_mask(split.train, bounds) if bounds.chosen() else None
    if allowed is not None:
        split = limit_targets(split, allowed)
    return Conditions(dataset, protocol, settings, seed, Policy(seen), split, bounds, allowed)  # type: ignore[arg-type]


def conditions_of(workspace: Workspace, meta: RunMeta) -> Conditions:
    """The conditions under which a run was made."""
    return resolve(
        workspace,
        meta.dataset,
        meta.protocol,
        meta.split_config,
        meta.split_seed,
        meta.policy,
        meta.limits,
    )


@dataclass(frozen=True, eq=False)
class Judgement:
    """Lists and evaluations by part, and the seconds they took."""

    lists: dict[str, Recommendations]
    evaluations: dict[str, Evaluation]
    seconds: float


def judge(model: Recommender, conditions: Conditions, *, report: Report = silent) -> Judgement:
    """Rank and evaluate both held-out parts."""
    began = time.perf_counter()
    lists, evaluations = {}, {}
    fallback = fallback_scores(conditions.split.train)
    for number, part in enumerate(PARTS):
        stage = part_of(report, number / len(PARTS), (number + 1) / len(PARTS), f"{part}: ")
        holdout, left_out = judged(getattr(conditions.split, part), conditions.policy)
        if conditions.allowed is not None and NO_TARGET in left_out:
            left_out[OUTSIDE] = left_out.pop(NO_TARGET)
        histories = as_seen_by(model, holdout)
        lists[part] = recommend(
            model,
            histories,
            k=K,
            policy=conditions.policy,
            candidates=conditions.candidates,
            fallback=fallback,
            report=stage,
        )
        evaluations[part] = evaluate(
            lists[part],
            holdout,
            conditions.split.train,
            fingerprint=conditions.fingerprint(part),
            left_out=left_out,
            candidates=conditions.candidates,
            extra={"effective_rank": effective_rank(model, histories)},
        )
    return Judgement(lists, evaluations, time.perf_counter() - began)


def metrics_table(evaluations: Mapping[str, Evaluation]) -> pd.DataFrame:
    """[part, users, metric, k, mean, low, high, n_users] over both parts and the groups of users in them."""
    tables = []
    for part, evaluation in evaluations.items():
        for users in ("known", "new", "all"):
            if evaluation.n_users(users) > 0:
                tables.append(evaluation.summary(users).assign(part=part, users=users))
    columns = ["part", "users", "metric", "k", "mean", "low", "high", "n_users"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)
