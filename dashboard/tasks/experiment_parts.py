"""The parts of an experiment file: one field = one key, its range and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from core.models.presets import BALANCED, preset
from dashboard.tasks import tune
from dashboard.tasks.base import TaskSpec


class Part(TaskSpec):
    """A part of an experiment: an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class FilePart(Part):
    """Data that is imported first; what was imported before is taken as it is."""

    path: str = Field(description="Events; relative to the folder of the experiment")
    recipe: str = Field("", description="What `rankscope recipe` wrote; empty: as proposed")
    items: str = Field("", description="Table of items")
    name: str | None = None


class SplitPart(Part):
    """A protocol with its settings; auto: the recommended one."""

    protocol: str = "auto"
    settings: dict[str, Any] = {}
    seed: int = 0


class TunePart(Part):
    """The budget of a search, what is searched and by what it is judged."""

    trials: int = Field(20, ge=1, le=1000)
    seconds: float = Field(600, gt=0, le=86_400)
    patience: int = Field(0, ge=0, le=1000)
    metric: Literal["ndcg", "recall", "capped_recall", "precision", "map", "mrr", "hit_rate"] = "ndcg"
    k: Literal[5, 10, 20, 50] = 10
    fields: tuple[str, ...] = Field((), description="Settings that are searched; empty: the usual ones")
    more: bool = False


class ModelPart(Part):
    """A model: a preset, settings beside it, a search, seeds."""

    model: str
    label: str = Field("", description="Name on the screen and in `fusion`; empty: the model's own")
    preset: str = BALANCED
    settings: dict[str, Any] = {}
    tune: TunePart | None = None
    seeds: int = Field(1, ge=1, le=20)

    @property
    def config(self) -> dict[str, Any]:
        """The preset's settings with those said beside it."""
        return {**preset(self.model, self.preset), **self.settings}

    @property
    def called(self) -> str:
        """How `fusion` names it."""
        return self.label or self.model


class FusionPart(Part):
    """A fusion of models of this experiment, by label or model; none named: all."""

    method: str = "rrf"
    members: tuple[str, ...] = ()
    weights: tuple[float, ...] | None = None
    settings: dict[str, Any] = {}
    depth: int = Field(200, ge=10, le=1000)
    label: str = ""


class Experiment(Part):
    """Everything that decides the outcome; the same file on the same data gives the same numbers."""

    dataset: str = Field("", description="Id, beginning of an id, or name of a stored data set")
    file: FilePart | None = Field(None, description="A file in place of a stored data set")
    split: SplitPart = SplitPart()
    policy: Literal["auto", "hide", "allow", "exclusive"] = "auto"
    limits: dict[str, Any] = {}
    models: tuple[ModelPart, ...] = Field(min_length=1)
    fusion: tuple[FusionPart, ...] = ()
    seed: int = Field(0, ge=0)
    device: Literal["auto", "cpu", "cuda"] = "auto"

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.dataset) == (self.file is not None):
            raise ValueError("name either a dataset or a file")
        return self


def tune_spec(part: ModelPart, dataset: str, shared: Mapping[str, Any]) -> tune.Spec:
    """The search that a part asks for."""
    asked = part.tune or TunePart()
    return tune.Spec(
        dataset=dataset,
        model=part.model,
        config=part.config,
        fields=asked.fields,
        more=asked.more,
        budget=tune.Budget(trials=asked.trials, seconds=asked.seconds, patience=asked.patience),
        metric=asked.metric,
        k=asked.k,
        label=part.label,
        **shared,
    )
