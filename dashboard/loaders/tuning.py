"""What the tab "Tuning" asks: studies, what would be searched, how long it takes; and the order itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pydantic import BaseModel

from core.models import MODELS
from core.models.search_ranges import ranges_of
from core.tuning import space_of
from dashboard.loaders.queue import submit
from dashboard.loaders.sources import store
from dashboard.loaders.training import START_S, can_train, title_of
from dashboard.loaders.training import seconds as seconds_to_train
from dashboard.tasks import tune


def tunable(dataset_id: str) -> list[str]:
    """Models with something to search that the dataset can train."""
    return [name for name in MODELS if searched_fields(name) and can_train(name, dataset_id)]


def searched_fields(name: str, *, more: bool = False) -> list[str]:
    """The settings that would be searched."""
    return list(space_of(MODELS[name].Config, ranges_of(name, MODELS[name]), more=more))


def seconds(dataset_id: str, names: Sequence[str], budget: Mapping[str, Any]) -> float:
    """About how long the searches take, one after the other."""
    asked = tune.Budget(**budget)
    return sum(START_S + tune.estimate(asked, seconds_to_train(dataset_id, name)) for name in names)


def order(dataset_id: str, names: Sequence[str], titles: Mapping[str, str], **asked: Any) -> list[str]:
    """One job per model, all with the same budget; returns their ids."""
    return [submit("tune", {"dataset": dataset_id, "model": name, **asked}, titles[name]) for name in names]


def studies(dataset_id: str) -> pd.DataFrame:
    """id, created, meta of the studies of a dataset, the newest first."""
    return store().results(tune.KIND, dataset_id)


def seconds_with_seeds(dataset_id: str, configs: Mapping[str, BaseModel | None], n_seeds: int) -> float:
    """About how long a training takes; only a model that rests on chance is trained with every seed."""
    times = {name: n_seeds if getattr(MODELS[name], "stochastic", True) else 1 for name in configs}
    parts = [times[name] * seconds_to_train(dataset_id, name, config) for name, config in configs.items()]
    return START_S + sum(parts)


def choices(configs: Mapping[str, BaseModel | None]) -> list[dict[str, Any]]:
    """The models of a task's spec, each with the settings that differ from its defaults."""
    return [
        {
            "name": name,
            "config": {} if config is None else config.model_dump(mode="json", exclude_defaults=True),
        }
        for name, config in configs.items()
    ]


def train_with_seeds(
    dataset_id: str, configs: Mapping[str, BaseModel | None], title: str, n_seeds: int, **conditions: Any
) -> str:
    """Submit one job that trains every model with so many seeds."""
    spec = {"dataset": dataset_id, "models": choices(configs), "seeds": n_seeds, **conditions}
    return submit("seeds", spec, title_of(dict(configs), title))
