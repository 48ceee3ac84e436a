"""What the Train page asks: recommended models, how long they take, which device; and the order itself."""

from __future__ import annotations

from typing import Any

import streamlit as st
from pydantic import BaseModel

from core.models import MODELS, REFUSED, available_device, estimate_seconds, missing_needs
from dashboard.loaders.datasets import dataset, dataset_meta
from dashboard.loaders.experience import corrected
from dashboard.loaders.queue import submit
from dashboard.loaders.sources import home
from dashboard.tasks.tour import LATER, QUICK

START_S = 3.0  # starting a worker and loading its libraries


def can_train(name: str, dataset_id: str) -> bool:
    """Has the dataset what the model needs?"""
    return name not in reasons_against(dataset_id)


def reasons_against(dataset_id: str) -> dict[str, tuple[str, ...]]:
    """By model that cannot be trained on this dataset: a sentence for each thing it does not find."""
    return _reasons_against(str(home().root), dataset_id)


@st.cache_data(max_entries=64, show_spinner=False)
def _reasons_against(root: str, dataset_id: str) -> dict[str, tuple[str, ...]]:
    del root  # part of the cache key only
    found = {name: missing_needs(name, dataset(dataset_id)) for name in MODELS}
    return {name: reasons for name, reasons in found.items() if reasons}


def reasons_against_settings(dataset_id: str, name: str, config: BaseModel | None) -> tuple[str, ...]:
    """A sentence for each thing that these settings need and the dataset has not."""
    if not getattr(config, "needs", ()):
        return ()
    return missing_needs(name, dataset(dataset_id), config)


def refused_models() -> dict[str, str]:
    """Models of installed packages that could not be taken, with the reason."""
    return dict(REFUSED)


def recommended_models(dataset_id: str) -> tuple[str, ...]:
    """The set for a first comparison: baselines, quick models, then the one that takes longer."""
    return tuple(name for name in (*QUICK, LATER) if name in MODELS and can_train(name, dataset_id))


def seconds(dataset_id: str, name: str, config: BaseModel | None = None) -> float:
    """About how long the model trains on this dataset, by what its earlier runs took."""
    sizes = dataset_meta(dataset_id)
    chosen = MODELS[name].Config() if config is None else config
    expected = float(estimate_seconds(name, chosen, sizes["users"], sizes["items"], sizes["events"]))
    return corrected(name, expected)


def total_seconds(dataset_id: str, configs: dict[str, BaseModel | None]) -> float:
    """About how long all of them take, one after the other."""
    return START_S + sum(seconds(dataset_id, name, config) for name, config in configs.items())


def device_reason(name: str, asked: str) -> tuple[str, str]:
    """(device that would be used, why it is not the one asked for or "")."""
    chosen = available_device(name, asked)
    return chosen.used, chosen.reason


def uses_gpu(name: str) -> bool:
    """Can the model train on a GPU at all?"""
    return "cuda" in MODELS[name].devices


def train(dataset_id: str, configs: dict[str, BaseModel | None], title: str, **conditions: Any) -> list[str]:
    """Submit the training: the quick models as one job, the slow one as another, so that results come early.

    Args:
        configs: settings by model; None: the defaults.
        conditions: protocol, split, policy, device, seed of the task's spec; left out = recommended.
    """
    later = {name: config for name, config in configs.items() if name == LATER}
    quick = {name: config for name, config in configs.items() if name != LATER}
    orders = [part for part in (quick, later) if part]
    return [
        submit(
            "train", {"dataset": dataset_id, "models": _choices(part), **conditions}, title_of(part, title)
        )
        for part in orders
    ]


def title_of(configs: dict[str, BaseModel | None], title: str) -> str:
    """The title of a job: its models by name."""
    return title.format(models=", ".join(MODELS[name].label for name in configs))


def _choices(configs: dict[str, BaseModel | None]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "config": {} if config is None else config.model_dump(mode="json", exclude_defaults=True),
        }
        for name, config in configs.items()
    ]
