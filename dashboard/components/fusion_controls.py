"""What the fusion lab asks: members with their weights, the rule with its setting, metric and k."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.fusion import FUSERS
from dashboard import loaders
from dashboard.components.choices import k_choice, metric_choice, one_of
from dashboard.components.run_choice import runs_choice
from dashboard.loaders import compare
from dashboard.text import t

PAGE = "fusion_lab"
MEMBERS_AT_FIRST = 4
SCALES = ("min_max", "z_score", "rank")
CONSTANTS = (1, 5, 10, 20, 60, 100)


@dataclass(frozen=True)
class Recipe:
    """One fusion, as asked for."""

    members: tuple[str, ...]
    weights: tuple[float, ...]
    method: str
    settings: dict[str, Any]
    metric: str
    k: int

    @property
    def problem(self) -> str:
        """Key of what keeps it from being made, or ""."""
        if len(self.members) < 2:
            return "fusion_lab.choose_two"
        return "" if sum(self.weights) > 0 else "fusion_lab.all_zero"

    def spec(self) -> dict[str, Any]:
        """The job that saves it as a run."""
        return {
            "runs": self.members,
            "method": self.method,
            "weights": self.weights,
            "settings": self.settings,
        }


def fusion_controls(single: pd.DataFrame, beside: DeltaGenerator) -> Recipe:
    """Members, metric and k here; weights and rule in `beside`, next to the list that they change.

    `single` is a table of `loaders.runs` without fused ones.
    """
    first, second, third = st.columns([2, 1, 1])
    with first:
        members = _members(single)
    with second:
        metric = metric_choice(PAGE)
    with third:
        k = k_choice(PAGE)
    with beside:
        weights = _sliders(members, compare.labels_of(single, members))
        method, settings = _rule()
    return Recipe(members, weights, method, settings, metric, k)


def _members(single: pd.DataFrame) -> tuple[str, ...]:
    picked = runs_choice(PAGE, "members", single, t("fusion_lab.members"), default=_first(single))
    members = compare.comparable(picked)
    if len(members) < len(picked):
        st.caption(t("side_by_side.different", n=len(picked) - len(members)))
    return members


def _first(single: pd.DataFrame) -> list[str]:
    """At first the models that know persons."""
    personal = single[~single["model"].isin(["random", "popularity"])]
    return list((personal if len(personal) > 1 else single)["run"].head(MEMBERS_AT_FIRST))


def _sliders(members: tuple[str, ...], labels: dict[str, str]) -> tuple[float, ...]:
    return tuple(
        st.slider(
            t("fusion_lab.weight", name=labels[run]),
            0.0,
            1.0,
            0.5,
            0.05,
            key=f"{PAGE}_w_{run}",
            bind="query-params",
        )
        for run in members
    )


def _rule() -> tuple[str, dict[str, Any]]:
    words = {name: t(f"fusion_lab.method_{name}") for name in FUSERS}
    method = one_of(PAGE, "method", t("fusion_lab.method"), tuple(FUSERS), words.__getitem__)
    if method == "rrf":
        label = t("fusion_lab.setting_k0")
        k0 = st.select_slider(label, CONSTANTS, value=60, key=f"{PAGE}_k0", bind="query-params")
        return method, {"k0": float(k0)}
    label = t("fusion_lab.setting_normalisation")
    scale = one_of(PAGE, "scale", label, SCALES, lambda name: t(f"fusion_lab.scale_{name}"))
    return method, {"normalisation": scale}


def save_button(recipe: Recipe, labels: dict[str, str]) -> None:
    """Queue the fusion as a run like any other."""
    names = " + ".join(labels[run] for run in recipe.members)
    st.button(
        t("fusion_lab.save"),
        type="primary",
        key=f"{PAGE}_save",
        on_click=loaders.submit,
        args=("fuse", recipe.spec(), t("fusion_lab.save_title", names=names)),
    )
