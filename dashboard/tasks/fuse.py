"""Fuse stored runs into one that is a run like any other."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from core.progress import Report
from dashboard.tasks import tour
from dashboard.tasks.base import FollowUp, Result, Task, TaskSpec
from dashboard.tasks.judging import conditions_of, judge
from dashboard.tasks.registering import register_runs
from dashboard.tasks.train import store_run
from dashboard.text import t
from dashboard.versions import versions
from dashboard.workspace import RunMeta, Workspace
from data.artifacts import Home


class Spec(TaskSpec):
    """Members by run id, the method and its weights (None: equal)."""

    runs: tuple[str, ...]
    method: str = "rrf"
    weights: tuple[float, ...] | None = None
    settings: dict[str, Any] = {}
    depth: int = Field(200, ge=10, le=1000, description="Length of each member's list")
    label: str = ""
    tour: tuple[str, ...] = ()


def run(spec: Spec, home: Home, report: Report) -> Result:
    """Fuse, judge both parts, save.

    Returns:
        dataset, weights, tour, and `runs` with the one entry of the fused run.

    Raises:
        NotFound, ConfigError: a run is missing, or the runs cannot be joined.
    """
    report(0.0, "loading the members")
    workspace = Workspace(home)
    fused = workspace.fuse(spec.runs, spec.method, spec.weights, spec.settings, spec.depth)
    members = [workspace.run(run_id) for run_id in spec.runs]
    conditions = conditions_of(workspace, members[0])
    judgement = judge(fused, conditions, report=report)
    label = spec.label or short_label(spec.method, len(members))
    meta = RunMeta(
        label=label,
        model=fused.name,
        config=fused.config.model_dump(mode="json"),
        versions=versions(),
        seconds={"fit": 0.0, "score": round(judgement.seconds, 3)},
        members=spec.runs,
        **conditions.meta(),
    )
    run_id = store_run(home, fused, meta, judgement, [])
    entry = {
        "run": run_id,
        "model": meta.model,
        "label": label,
        "status": "done",
        "device": "cpu",
        "seconds": 0.0,
    }
    weights = list(spec.weights) if spec.weights else [1.0] * len(spec.runs)
    return {"dataset": meta.dataset, "weights": weights, "tour": list(spec.tour), "runs": [entry]}


def short_label(method: str, n_members: int) -> str:
    """`RRF of 3`: short enough for every chart; the members stand in the run's settings."""
    return t("fusion_lab.saved_as", method=t(f"fusion_lab.short_{method}"), n=n_members)


def follow_ups(result: Result) -> list[FollowUp]:
    return tour.after_fuse(result) if result.get("tour") else []


TASK = Task("fuse", "Fuse", Spec, run, register_runs, follow_ups)
