"""What is written down with a run: settings, conditions, device, versions, durations."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from data.splits import make_splitter

PARTS = ("validation", "test")
Part = Literal["validation", "test"]


class DeviceMeta(BaseModel):
    """The device asked for and used, and why they differ (empty when they agree)."""

    model_config = ConfigDict(frozen=True)
    asked: str = "auto"
    used: str = "cpu"
    reason: str = ""


class RunMeta(BaseModel):
    """meta.json of runs/<id>/."""

    model_config = ConfigDict(frozen=True)

    run: str = ""
    label: str
    model: str  # key of MODELS, or "fused", or "listed"
    config: dict[str, Any] = {}
    seed: int = 0
    dataset: str
    protocol: str
    split_config: dict[str, Any] = {}
    split_seed: int = 0
    policy: str = "hide"
    limits: dict[str, Any] = {}  # data.policy.PolicyLimits, only what limits something
    fingerprint: dict[str, str] = {}  # fields of the validation part's Fingerprint and its digest
    device: DeviceMeta = DeviceMeta()
    versions: dict[str, str] = {}
    seconds: dict[str, float] = {}  # fit, score, tuning
    costs: dict[str, float] = {}  # ram_mb, gpu_mb, answer_ms, size_mb (dashboard.tasks.costs)
    created: str = ""  # ISO, UTC
    members: tuple[str, ...] = ()  # run ids of a fused run
    status: str = "done"

    def same_conditions(self, other: RunMeta) -> tuple[str, ...]:
        """What differs between the conditions of two runs, in words; empty when they may be joined."""
        names = {
            "dataset": "data set",
            "protocol": "split",
            "split_config": "split settings",
            "split_seed": "split seed",
            "policy": "policy",
            "limits": "limits",
        }
        mine, theirs = self._conditions(), other._conditions()
        return tuple(
            f"{word}: {mine[name]} ≠ {theirs[name]}"
            for name, word in names.items()
            if mine[name] != theirs[name]
        )

    def _conditions(self) -> dict[str, Any]:
        """The fields with every default written out: a run may be older than a setting of its split."""
        fields = self.model_dump(mode="json")
        settings = make_splitter(self.protocol, self.split_config).config.model_dump(mode="json")
        return fields | {"split_config": settings}
