"""How do we test: the recommended split with the cut, who is judged, and what lists may show."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard import loaders, state
from dashboard.components import job_panel, next_button, page, shown_problems
from dashboard.components import split_card as card
from dashboard.components import split_tabs as tabs
from dashboard.components.choices import open_tabs
from dashboard.components.policy_panel import choose_limits, choose_policy, policy_effect
from dashboard.components.split_choice import choose_protocol, read_choice, settings_form, write_limits
from dashboard.loaders import splits
from dashboard.text import t
from dashboard.text.markdown import literal
from data.splits import SPLITTERS

TABS = ("protocols", "rolling", "saved")


def sentence(dataset: str, protocol: str, refused: str) -> str:
    """What is recommended, and how the choice differs."""
    advice = loaders.advice(dataset)
    label = SPLITTERS[protocol].label
    if refused:
        return t("split.cannot", label=label, note=literal(refused))
    if protocol == advice.protocol:
        return t("split.recommended", label=label, reason=advice.reason)
    return t("split.other", label=label, advised=SPLITTERS[advice.protocol].label, reason=advice.reason)


def saved_name(dataset: str) -> str:
    """The name of the saved split that is chosen, when nothing was changed since."""
    known = {entry.id: entry for entry in splits.saved_splits(dataset)}
    entry = known.get(state.read(state.SAVED_SPLIT) or "")
    if entry is None or entry.choice != choice:
        return ""
    return t("split.saved_now", name=literal(entry.name))


here = page("split", needs="data")
choice = read_choice(here.dataset)
head, picture = st.container(), st.container()
left, right = st.columns(2, gap="large")
with left:
    choose_protocol(choice.protocol)
    with st.expander(t("split.settings")):
        config = settings_form(here.dataset, choice)
with right:
    choose_policy(here.dataset, choice.policy)
    choose_limits(here.dataset, choice.limits, write_limits)
choice = replace(choice, config=choice.config if config is None else config)
refused = splits.refusal(here.dataset, choice)
with head:
    st.markdown(sentence(here.dataset, choice.protocol, refused))
    if name := saved_name(here.dataset):
        st.caption(name)
if not refused:
    with shown_problems():
        policy_effect(here.dataset, choice)
    with picture:
        card.split_card(here.dataset, choice)
        card.warnings(here.dataset, choice)
        card.parts_table(here.dataset, choice)
        card.held_out_items(here.dataset, choice)
        if words := card.core_words(here.dataset, choice):
            st.caption(words)
opened = open_tabs("split", [t(f"split.tab_{name}") for name in TABS])
if opened[0].open:
    with opened[0]:
        tabs.protocols(here.dataset, choice.seed)
if opened[1].open:
    with opened[1]:
        tabs.rolling(here.dataset, choice)
        job_panel("split_jobs", kinds=("folds",))
if opened[2].open:
    with opened[2]:
        tabs.saved(here.dataset, choice)
st.caption(t("split.kept"))
next_button(t("split.next"), "train")
