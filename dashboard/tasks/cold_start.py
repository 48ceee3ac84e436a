"""The n-shot curves of stored runs, kept as a result."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Literal

from pydantic import Field

from core.cold_start.crossing import crossings
from core.cold_start.n_shot import BASELINE, NS, NShot, n_shot
from core.progress import Report
from dashboard.tasks.base import Result, Task, TaskSpec
from dashboard.workspace import RunMeta, Workspace, save_result
from data.artifacts import Home
from data.errors import ConfigError
from data.store import Store

KIND = "cold_start"


class Spec(TaskSpec):
    """Which runs, how many events are shown and which, and what is measured."""

    runs: tuple[str, ...] = Field(min_length=1)
    ns: tuple[int, ...] = NS
    shown: Literal["last", "first", "random"] = "last"
    k: int = Field(10, ge=1, le=50)
    metric: str = "ndcg"
    part: Literal["validation", "test"] = "validation"
    max_users: int = Field(2000, ge=20)
    seed: int = 0


def run(spec: Spec, home: Home, report: Report) -> Result:
    """Measure and store the curves. The popularity line is always there, named "popularity".

    Returns:
        kind, result (its id), dataset.

    Raises:
        NotFound, ConfigError: a run is missing, or the runs were trained under different conditions.
        NotApplicable: too few users have enough events.
    """
    report(0.0, "loading the runs")
    workspace = Workspace(home)
    metas = [workspace.run(run_id) for run_id in spec.runs]
    _check_same(metas)
    first = spec.runs[0]
    lines = {_line(meta): {"run": meta.run, "label": meta.label, "model": meta.model} for meta in metas}
    lines.setdefault(BASELINE, {"run": None, "label": "Popularity", "model": BASELINE})
    curves = n_shot(
        {line: workspace.model(str(own["run"])) for line, own in lines.items() if line != BASELINE},
        workspace.run_split(first),
        ns=spec.ns,
        shown=spec.shown,
        k=spec.k,
        metric=spec.metric,
        policy=workspace.policy(first),
        candidates=workspace.candidates(first),
        fallback=workspace.fallback(first),
        max_users=spec.max_users,
        part=spec.part,
        seed=spec.seed,
        report=_named(report, lines),
    )
    result_id = save_result(
        home, KIND, _meta(spec, metas[0], lines, curves), files={"nshot.json": curves.to_json()}
    )
    return {"kind": KIND, "result": result_id, "dataset": metas[0].dataset}


def _named(report: Report, lines: dict[str, Any]) -> Report:
    """The same report with labels in place of run ids."""

    def inner(fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        line, colon, rest = stage.partition(": ")
        label = lines[line]["label"] if line in lines else line
        report(fraction, f"{label}{colon}{rest}", curve=curve)

    return inner


def _line(meta: RunMeta) -> str:
    """The name of a run's line: its id, or "popularity" for the all-time popularity run."""
    plain = meta.model == BASELINE and meta.config.get("kind", "all_time") == "all_time"
    return BASELINE if plain else meta.run


def _check_same(metas: list[RunMeta]) -> None:
    for meta in metas[1:]:
        if differences := metas[0].same_conditions(meta):
            raise ConfigError(
                f"{metas[0].label} and {meta.label} cannot share a chart: {'; '.join(differences)}.",
                "Choose runs of the same data set, split and policy.",
            )


def _meta(spec: Spec, first: RunMeta, lines: dict[str, Any], curves: NShot) -> dict[str, Any]:
    return {
        "dataset": first.dataset,
        "protocol": first.protocol,
        "runs": list(spec.runs),
        "lines": lines,
        "part": spec.part,
        "metric": curves.metric,
        "k": curves.k,
        "shown": curves.shown,
        "ns": list(curves.ns),
        "n_users": curves.n_users,
        "note": curves.note,
        "refused": curves.refused,
        "points": json.loads(curves.points.to_json(orient="records")),
        "crossings": [asdict(crossing) for crossing in crossings(curves)],
    }


def register(result: Result, home: Home, store: Store) -> None:
    """Enter the curves under results of kind "cold_start"; a look at the test part is recorded."""
    workspace = Workspace(home)
    meta = workspace.result(KIND, result["result"])
    entered = result["result"] in set(store.results(KIND, result["dataset"])["id"])
    if meta["part"] == "test" and not entered:  # entering again is no second look
        store.record_test_opened(workspace.run(meta["runs"][0]).fingerprint["digest"])
    store.add_result(KIND, result["result"], result["dataset"], meta)


TASK = Task("cold_start", "New users", Spec, run, register)
