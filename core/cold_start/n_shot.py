"""The n-shot curve: how good is each model when only n events of a user are known?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.cold_start.as_is import AsIs
from core.cold_start.base import Strategy
from core.cold_start.cohort import Cohort, cohort
from core.cold_start.curve import BASELINE, NShot, Shown
from core.cold_start.lists import Conditions, list_shown
from core.cold_start.popularity import Popularity
from core.evaluation_kernel import list_metrics
from core.metrics import PER_USER
from core.progress import Report, part_of, silent
from core.ranking import Policy, fallback_scores
from core.significance import column_intervals
from data.errors import ConfigError, NotApplicable
from data.histories import Histories
from data.split import Split

NS = (0, 1, 2, 3, 5, 10, 20)
_SHOWN = {"last": "latest", "first": "first", "random": "randomly chosen"}
Line = tuple[Any, Strategy]  # (model, strategy)


def n_shot(
    models: Mapping[str, Any],
    split: Split,
    *,
    ns: Sequence[int] = NS,
    shown: Shown = "last",
    k: int = 10,
    metric: str = "ndcg",
    policy: Policy = Policy(),  # noqa: B008 - frozen
    candidates: NDArray[np.bool_] | None = None,
    fallback: NDArray[np.float32] | None = None,
    strategies: Sequence[Strategy] = (),
    min_history: int | None = None,
    max_users: int = 2000,
    part: Literal["validation", "test"] = "validation",
    seed: int = 0,
    report: Report = silent,
) -> NShot:
    """Quality against the number of known events, for the same users, targets and candidates at every n.

    Every user is scored as an unknown one from n of the events before the cut. Items of the full history
    are treated as seen at every n: otherwise a model that is shown less could "find" what was taken before.

    Args:
        models: recommenders by line name. Popularity is added under the name "popularity" unless given.
        split: whose train fitted the models.
        ns: numbers of shown events.
        shown: the latest n before the cut, the first n, or n at random (nested: more events keep the fewer).
        k, metric: a metric with one value per user, such as ndcg.
        policy, candidates: what may be listed; None: the items of train.
        fallback: (n_items,) scores where a model has no answer; None: popularity in train.
        strategies: further lines, one per model and strategy.
        min_history: shortest full history of a user on the curve; None: chosen so that enough users stay.
        max_users: more are sampled down.
        part: of the split; the test part only where the caller records that it was opened.
        seed: of the sample, of the random choice of events and of ties.
        report: told after each point; may raise `Cancelled`.

    Raises:
        NotApplicable: fewer than 20 users have enough events.
        ConfigError: a setting is out of range.
    """
    asked = _checked(ns, metric, shown, max_users)
    people = cohort(split, part, policy, asked, min_history=min_history, max_users=max_users, seed=seed)
    full = people.holdout.histories.anonymous()
    conditions = Conditions(
        full=full,
        policy=policy,
        candidates=split.train.trained_items if candidates is None else np.asarray(candidates, dtype=bool),
        fallback=fallback_scores(split.train) if fallback is None else np.asarray(fallback, np.float32),
        k=k,
        seed=seed,
    )
    per_user: dict[str, NDArray[np.float32]] = {}
    answered: dict[str, NDArray[np.float64]] = {}
    refused: dict[str, str] = {}
    lines = _lines(models, strategies)
    for number, (name, line) in enumerate(lines.items()):
        step = part_of(report, number / len(lines), (number + 1) / len(lines), f"{name}: ")
        try:
            per_user[name], answered[name] = _measure(line, people, shown, metric, conditions, step)
        except NotApplicable as reason:
            refused[name] = str(reason)
    return NShot(
        points=_points(per_user, answered, people.ns, metric, k, seed),
        per_user=per_user,
        users=people.holdout.users,
        ns=people.ns,
        metric=metric,
        k=k,
        shown=shown,
        min_history=people.min_history,
        note=_note(people, split, shown, policy),
        refused=refused,
    )


def _checked(ns: Sequence[int], metric: str, shown: str, max_users: int) -> tuple[int, ...]:
    numbers = tuple(sorted({int(n) for n in ns}))
    if not numbers or numbers[0] < 0:
        raise ConfigError(f"The numbers of shown events are {list(ns)}.", "Give one or more, from 0 upwards.")
    if metric not in PER_USER:
        raise ConfigError(
            f"{metric!r} has no value per user.", f"Choose one of {', '.join(PER_USER)} for the curve."
        )
    if shown not in _SHOWN:
        raise ConfigError(f"Events to show: {shown!r}.", "Choose last, first or random.")
    if max_users < 1:
        raise ConfigError(f"At most {max_users} users were asked for.", "Ask for at least 20.")
    return numbers


def _lines(models: Mapping[str, Any], strategies: Sequence[Strategy]) -> dict[str, Line]:
    lines: dict[str, Line] = {name: (model, AsIs()) for name, model in models.items()}
    for strategy in strategies:
        if strategy.name in (AsIs.name, Popularity.name):
            continue  # already lines of the chart
        for name, model in models.items():
            if name != BASELINE:
                lines[f"{name} ({strategy.label.lower()})"] = (model, strategy)
    lines.setdefault(BASELINE, (None, Popularity()))
    return lines


def _show(full: Histories, n: int, shown: Shown, seed: int) -> Histories:
    if shown == "last":
        return full.last(n)
    return full.first(n) if shown == "first" else full.sample(n, seed)


def _measure(
    line: Line, people: Cohort, shown: Shown, metric: str, conditions: Conditions, report: Report
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """((n_users, len(ns)) metric, (len(ns),) share answered by the model itself)."""
    model, strategy = line
    values = np.empty((len(people.holdout), len(people.ns)), dtype=np.float32)
    share = np.empty(len(people.ns))
    for column, n in enumerate(people.ns):
        known = _show(conditions.full, n, shown, conditions.seed)
        step = part_of(report, column / len(people.ns), (column + 1) / len(people.ns), f"{n} known events")
        items, answered = list_shown(strategy, model, known, conditions, report=step)
        table = list_metrics(items, people.holdout.targets, (conditions.k,))
        values[:, column] = table[:, PER_USER.index(metric), 0]
        share[column] = answered.mean()
    return values, share


def _points(
    per_user: Mapping[str, NDArray[np.float32]],
    answered: Mapping[str, NDArray[np.float64]],
    ns: tuple[int, ...],
    metric: str,
    k: int,
    seed: int,
) -> pd.DataFrame:
    tables = []
    for name, values in per_user.items():
        mean, low, high = column_intervals(values, seed=seed)
        fixed = {"name": name, "n": list(ns), "metric": metric, "k": k}
        tables.append(
            pd.DataFrame(fixed | {"mean": mean, "low": low, "high": high, "answered_share": answered[name]})
        )
    return pd.concat(tables, ignore_index=True)


def _note(people: Cohort, split: Split, shown: Shown, policy: Policy) -> str:
    """The conditions of the curve in plain sentences."""
    n = len(people.holdout)
    sentences = [
        f"The same {_count(n)} users, targets and candidates at every point: judged users with at least "
        f"{people.min_history} earlier events ({_count(people.n_eligible)} of {_count(people.n_judged)}"
        + (f", {_count(n)} drawn)." if n < people.n_eligible else ")."),
        f"Each is scored as an unknown user from the {_SHOWN[shown]} n events.",
    ]
    if policy.seen == "hide":
        sentences.append("Items of the full history stay hidden at every n.")
    if policy.seen == "exclusive":
        sentences.append("Only items of the full history are candidates, at every n.")
    trained = int(people.holdout.known.sum())
    if trained == 0:
        sentences.append("None of these users was in the training data.")
    else:
        sentences.append(
            f"Earlier events of {_count(trained)} of them were in the training data, so their items may be "
            "known a little too well; a split by user avoids this."
        )
    if split.protocol == "random":
        sentences.append("The split is random: shown events need not be earlier than the targets.")
    if people.dropped:
        many = ", ".join(map(str, people.dropped))
        sentences.append(f"Left out: {many} events, too few users have that many.")
    return " ".join(sentences)


def _count(n: int) -> str:
    """A count with thin spaces, as the pages write it."""
    return f"{n:,}".replace(",", "\u2009")
