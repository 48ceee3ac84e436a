"""Forms of the Train page: models with their settings, device and seed."""

from __future__ import annotations

import streamlit as st
from pydantic import BaseModel

from core.models import MODELS
from dashboard.components.config_form import config_form
from dashboard.loaders import training
from dashboard.text import t
from dashboard.text.numbers import duration, join

DEVICES = ("auto", "cpu", "cuda")


def model_forms(dataset: str, default: tuple[str, ...]) -> dict[str, BaseModel] | None:
    """The chosen models with their settings; None while one of them is contradictory or none is chosen."""
    names = st.multiselect(
        t("train.pick"),
        list(MODELS),
        default=list(default),
        format_func=lambda name: MODELS[name].label,
        key="train_models",
        help=t("train.pick_help"),
        persist_state="session",
    )
    configs: dict[str, BaseModel | None] = {}
    for name in names:
        label = MODELS[name].label
        if not training.can_train(name, dataset):
            st.info(t("train.needs_times", label=label))
            continue
        with st.expander(f"{label} · {duration(training.seconds(dataset, name))}"):
            configs[name] = config_form(MODELS[name].Config, f"train_{name}", columns=3)
    if not configs:
        st.caption(t("train.none"))
        return None
    usable = {name: config for name, config in configs.items() if config is not None}
    return usable if len(usable) == len(configs) else None


def device_choice(names: list[str]) -> str:
    """The device asked for, with what was found and why not."""
    asked = st.segmented_control(
        t("train.device"),
        DEVICES,
        default="auto",
        required=True,
        format_func=lambda name: t(f"train.device_{name}"),
        key="train_device",
        persist_state="session",
    )
    able = [name for name in names if training.uses_gpu(name)]
    if not able:
        st.caption(t("train.device_cpu_only"))
    for reason, labels, used in _grouped(able, str(asked)):
        key = "train.device_uses_why" if reason else "train.device_uses"
        values = {"models": join(labels), "device": used.upper()}
        st.caption(t(key, **values, **({"reason": reason} if reason else {})))
    return str(asked)


def _grouped(names: list[str], asked: str) -> list[tuple[str, list[str], str]]:
    """(reason, model labels, device used): models with the same answer together."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in names:
        used, reason = training.device_reason(name, asked)
        found.setdefault((reason, used), []).append(MODELS[name].label)
    return [(reason, labels, used) for (reason, used), labels in found.items()]
