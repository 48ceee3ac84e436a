"""Which models: the recommended set with one button, or your own choice; running jobs below."""

from __future__ import annotations

import streamlit as st

from core.models import MODELS
from dashboard import loaders
from dashboard.components import job_panel, next_button, page
from dashboard.components.links import go_to
from dashboard.components.split_choice import read_choice
from dashboard.components.training_forms import device_choice, model_forms
from dashboard.loaders import training
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
    seed = right.number_input(
        t("train.seed"), 0, 2**31 - 1, 0, help=t("train.seed_help"), key="train_seed", persist_state="session"
    )
    words, policy = conditions_in_words(choice)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("train.split_used", split=words, policy=policy), width="content")
        if st.button(t("train.split_change"), key="train_change_split", type="tertiary"):
            go_to("split")
    time = duration(training.total_seconds(dataset, configs or {}))
    label = t("train.start", models=many(configs or {}), time=time)
    if st.button(label, key="train_start", disabled=configs is None) and configs:
        asked = {**choice.spec(), "device": device, "seed": int(seed)}
        training.train(dataset, configs, t("train.job_title", models="{models}"), **asked)
        st.rerun()


here = page("train", needs="data")
choice = read_choice(here.dataset)
split, policy = conditions_in_words(choice)
names = [MODELS[name].label for name in training.recommended_models(here.dataset)]
st.markdown(
    t(
        "train.finding",
        models=join(names),
        split=split[:1].upper() + split[1:],
        policy=policy,
    )
)
do_it_for_me(here.dataset, choice)
job_panel("train_jobs", kinds=("train",))
with st.expander(t("train.own"), expanded=here.has_runs):
    own_choice(here.dataset, choice)
if here.has_runs:
    next_button(t("train.next"), "leaderboard")
