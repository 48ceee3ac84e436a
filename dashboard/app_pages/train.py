"""Which models: the recommended set with one button, or your own choice; running jobs below."""

from __future__ import annotations

import streamlit as st

from core.models import MODELS
from dashboard import loaders
from dashboard.components import job_panel, next_button, page
from dashboard.components.choices import open_tabs
from dashboard.components.links import go_to
from dashboard.components.page import Page
from dashboard.components.split_choice import read_choice
from dashboard.components.training_forms import (
    FILLED,
    device_choice,
    experiment_download,
    model_forms,
    seed_choice,
)
from dashboard.components.tuning_panel import tuning_panel
from dashboard.loaders import training, tuning
from dashboard.text import t
from dashboard.text.markdown import literal
from dashboard.text.numbers import duration, join, plural
from dashboard.views.split import limits_in_words
from dashboard.workspace.saved_splits import SplitChoice
from data.splits import make_splitter


def many(configs: dict) -> str:
    """`4 models`."""
    return plural(len(configs), "model", "models")


def conditions_in_words(choice: SplitChoice) -> tuple[str, str]:
    """(the split, the policy with its limits) that are trained under."""
    limits = [literal(limits_in_words(choice.limits))] if choice.limits else []
    policy = " · ".join([t(f"common.seen_{choice.policy}"), *limits])
    return make_splitter(choice.protocol, choice.config).describe(), policy


def do_it_for_me(dataset: str, choice: SplitChoice) -> None:
    """The recommended set behind one primary button, on the split and policy that are chosen."""
    configs = dict.fromkeys(training.recommended_models(dataset))
    time = duration(training.total_seconds(dataset, configs))
    busy = any(job.spec["dataset"] == dataset for job in loaders.active_jobs(("train",)))
    if st.button(
        t("train.do_it", models=many(configs), time=time),
        type="primary",
        key="train_do_it",
        help=t("train.do_it_busy" if busy else "train.do_it_help"),
        disabled=busy,
    ):
        training.train(dataset, configs, t("train.job_title", models="{models}"), **choice.spec())
        st.rerun()


def own_choice(dataset: str, choice: SplitChoice) -> None:
    """Models, settings, device and seed of one's own."""
    configs = model_forms(dataset, tuple(name for name in ("item_knn", "ease") if name in MODELS))
    left, right = st.columns([2, 1])
    with left:
        device = device_choice(list(configs or {}))
    with right:
        seed, seeds = seed_choice(list(configs or {}))
    words, policy = conditions_in_words(choice)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("train.split_used", split=words, policy=policy), width="content")
        if st.button(t("train.split_change"), key="train_change_split", type="tertiary"):
            go_to("split")
    time = duration(tuning.seconds_with_seeds(dataset, configs or {}, seeds))
    label = t("train.start", models=many(configs or {}), time=time)
    asked = {**choice.spec(), "device": device, "seed": seed}
    with st.container(horizontal=True, vertical_alignment="center"):
        started = st.button(label, key="train_start", disabled=configs is None)
        experiment_download(dataset, configs, asked, seeds)
    if started and configs:
        start(dataset, configs, seeds, asked)


def start(dataset: str, configs: dict, seeds: int, asked: dict) -> None:
    """Submit the training; several seeds are one job."""
    if seeds > 1:
        title = t("train.seeds_title", models="{models}", seeds=plural(seeds, "seed", "seeds"))
        tuning.train_with_seeds(dataset, configs, title, seeds, **asked)
    else:
        training.train(dataset, configs, t("train.job_title", models="{models}"), **asked)
    st.rerun()


def training_tab(here: Page, choice: SplitChoice) -> None:
    """The recommended set with one button, running jobs, the own choice."""
    split, policy = conditions_in_words(choice)
    names = [MODELS[name].label for name in training.recommended_models(here.dataset)]
    words = {"models": join(names), "split": split[:1].upper() + split[1:], "policy": policy}
    st.markdown(t("train.finding", **words))
    do_it_for_me(here.dataset, choice)
    job_panel("train_jobs", kinds=("train", "seeds"))
    with st.expander(t("train.own"), expanded=here.has_runs or st.session_state.get(FILLED, False)):
        own_choice(here.dataset, choice)


here = page("train", needs="data")
choice = read_choice(here.dataset)
tabs = open_tabs("train", [t("train.tab_train"), t("train.tab_tuning")])
for tab, content in zip(tabs, (training_tab, tuning_panel), strict=True):
    if tab.open:
        with tab:
            content(here, choice)
if here.has_runs:
    next_button(t("train.next"), "leaderboard")
