"""Forms of the Train page: models with their settings and presets, device and seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from pydantic import BaseModel

from core.models import MODELS
from core.models.presets import BALANCED, presets
from dashboard import state
from dashboard.components.config_form import config_form
from dashboard.experiments import as_yaml, experiment_of
from dashboard.loaders import training, tuning
from dashboard.text import t
from dashboard.text.markdown import literal
from dashboard.text.numbers import duration, join

DEVICES = ("auto", "cpu", "cuda")
MODELS_KEY = "train_models"
FILLED = "train_filled"  # session: the form was filled from elsewhere and is shown open


def model_forms(dataset: str, default: tuple[str, ...]) -> dict[str, BaseModel] | None:
    """The chosen models with their settings; None while one of them is contradictory or none is chosen."""
    offered = [name for name in MODELS if training.can_train(name, dataset)]
    chosen = st.session_state.get(MODELS_KEY)
    if chosen is not None and not set(chosen) <= set(offered):  # chosen for another dataset
        st.session_state[MODELS_KEY] = [name for name in chosen if name in offered]
    names = st.multiselect(
        t("train.pick"),
        offered,
        default=[name for name in default if name in offered],
        format_func=lambda name: MODELS[name].label,
        key=MODELS_KEY,
        help=t("train.pick_help"),
        persist_state="session",
    )
    _not_offered(dataset)
    configs: dict[str, BaseModel | None] = {}
    for name in names:
        with st.expander(f"{MODELS[name].label} · {duration(training.seconds(dataset, name))}"):
            _preset_choice(name)
            config = config_form(MODELS[name].Config, f"train_{name}", columns=3)
            lacking = training.reasons_against_settings(dataset, name, config)
            for sentence in lacking:
                st.info(literal(sentence))
            configs[name] = None if lacking else config
    if not configs:
        st.caption(t("train.none"))
        return None
    usable = {name: config for name, config in configs.items() if config is not None}
    return usable if len(usable) == len(configs) else None


def _not_offered(dataset: str) -> None:
    """Models that the dataset lacks something for, and installed ones that could not be taken: why."""
    against, refused = training.reasons_against(dataset), training.refused_models()
    said = [literal(sentence) for sentences in against.values() for sentence in sentences]
    said += [t("train.refused", name=literal(name), why=literal(why)) for name, why in refused.items()]
    if said:
        st.caption(t("train.not_offered", reasons=" ".join(said)))


def _preset_choice(name: str) -> None:
    """Ready settings; choosing them writes them into the fields below, where they can be changed."""
    options = presets(name)
    if len(options) < 2:
        return
    key = f"train_preset_{name}"
    st.segmented_control(
        t("train.preset"),
        list(options),
        default=BALANCED,
        format_func=lambda preset: t(f"train.preset_{preset}"),
        help=t("train.preset_help"),
        key=key,
        on_change=_take_preset,
        args=(name, key),
        persist_state="session",
    )


def _take_preset(name: str, key: str) -> None:
    if st.session_state[key] is not None:
        _write_fields(name, presets(name)[st.session_state[key]])


def fill_form(models: Mapping[str, Mapping[str, Any]], seed: int | None = None) -> None:
    """Choose these models with these settings in the form, and show it. For callbacks: it writes widgets."""
    for name, config in models.items():
        _write_fields(name, config)
        st.session_state[f"train_preset_{name}"] = None  # these are none of the presets
    st.session_state[MODELS_KEY] = list(models)
    st.session_state[FILLED] = True
    st.session_state[state.widget("train", "tab")] = t("train.tab_train")
    if seed is not None:
        st.session_state["train_seed"] = seed


def _write_fields(name: str, config: Mapping[str, Any]) -> None:
    """Every field of a model's form: the given value, else the default."""
    whole = MODELS[name].Config(**config)
    for field in type(whole).model_fields:
        value = getattr(whole, field)
        if isinstance(value, (tuple, list)):
            value = ", ".join(str(part) for part in value)
        st.session_state[f"train_{name}_{field}"] = value


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


def seed_choice(names: list[str]) -> tuple[int, int]:
    """(first seed, how many seeds): several show how much of a result is chance."""
    seed = st.number_input(
        t("train.seed"), 0, 2**31 - 1, 0, help=t("train.seed_help"), key="train_seed", persist_state="session"
    )
    seeds = st.number_input(
        t("train.seeds"), 1, 20, 1, help=t("train.seeds_help"), key="train_seeds", persist_state="session"
    )
    fixed = [MODELS[name].label for name in names if not getattr(MODELS[name], "stochastic", True)]
    if seeds > 1 and fixed:
        st.caption(t("train.seeds_same", models=join(fixed)))
    return int(seed), int(seeds)


def _grouped(names: list[str], asked: str) -> list[tuple[str, list[str], str]]:
    """(reason, model labels, device used): models with the same answer together."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in names:
        used, reason = training.device_reason(name, asked)
        found.setdefault((reason, used), []).append(MODELS[name].label)
    return [(reason, labels, used) for (reason, used), labels in found.items()]


def experiment_download(
    dataset: str, configs: Mapping[str, BaseModel] | None, asked: Mapping[str, Any], seeds: int
) -> None:
    """What is clicked together as a file that `rankscope run` takes."""
    if not configs:
        return
    experiment = experiment_of(dataset, tuning.choices(configs), asked, seeds=seeds)
    st.download_button(
        t("train.export"),
        as_yaml(experiment),
        file_name="experiment.yaml",
        mime="application/yaml",
        key="train_export",
        help=t("train.export_help"),
        type="tertiary",
        on_click="ignore",
    )
