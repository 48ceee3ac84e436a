"""The first start: sample, quick models, their fusion, new users, then the model that takes longer."""

from __future__ import annotations

from typing import Any

from dashboard.tasks.base import FollowUp, Result

QUICK = ("random", "popularity", "item_knn", "ease", "als")
FUSED = ("item_knn", "ease", "als")
LATER = "sasrec"


def first_job() -> FollowUp:
    """What a server with an empty store does first."""
    return "sample", {"sample": "marketplace", "tour": True}, "Make the built-in sample"


def after_sample(result: Result) -> list[FollowUp]:
    """The quick models on the recommended split."""
    models = [{"name": name} for name in QUICK]
    return [
        ("train", {"dataset": result["dataset"], "models": models, "tour": True}, "Train the quick models")
    ]


def after_train(result: Result) -> list[FollowUp]:
    """The fusion of the personal models that are there, or straight on where they are not."""
    runs = [entry for entry in result["runs"] if entry["status"] == "done"]
    members = [entry["run"] for entry in runs if entry["model"] in FUSED]
    everything = [entry["run"] for entry in runs]
    if len(members) < 2:
        return _last({"dataset": result["dataset"]}, everything)
    spec: dict[str, Any] = {"runs": members, "method": "rrf", "tour": everything}
    return [("fuse", spec, "Fuse the quick models")]


def after_fuse(result: Result) -> list[FollowUp]:
    """The n-shot curves of all runs, then the slower model."""
    return _last(result, [*result["tour"], result["runs"][0]["run"]])


def _last(result: Result, runs: list[str]) -> list[FollowUp]:
    later = {"dataset": result["dataset"], "models": [{"name": LATER}]}
    curves: list[FollowUp] = [("cold_start", {"runs": runs}, "New users: n-shot curves")] if runs else []
    return [*curves, ("train", later, "Train SASRec")]
