"""How do we test: the recommended split with the cut, who is judged, and what lists may show."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders, state
from dashboard.components import config_form, next_button, page, shown_problems
from dashboard.components.number_table import written
from dashboard.components.split_card import counts_columns, split_card
from dashboard.text import t
from dashboard.text.numbers import exact_count
from dashboard.views.split import counts_table
from data.splits import SPLITTERS, SplitAdvice
from data.splits.advice import ENOUGH_USERS

POLICIES = ("hide", "allow")


def sentence(advice: SplitAdvice, protocol: str) -> str:
    """What is recommended, and how the choice differs."""
    label = SPLITTERS[protocol].label
    note = str(advice.counts.set_index("protocol")["note"].get(protocol) or "")
    if note:
        return t("split.cannot", label=label, note=note)
    if protocol == advice.protocol:
        return t("split.recommended", label=label, reason=advice.reason)
    return t("split.other", label=label, advised=SPLITTERS[advice.protocol].label, reason=advice.reason)


def choose_protocol(protocol: str) -> None:
    """One of the protocols, in the URL."""
    st.session_state["split_protocol"] = protocol
    st.radio(
        t("split.choose"),
        list(SPLITTERS),
        format_func=lambda name: SPLITTERS[name].label,
        key="split_protocol",
        help=t("split.choose_help"),
        on_change=lambda: state.write(state.PROTOCOL, st.session_state["split_protocol"]),
    )


def choose_policy(dataset: str) -> None:
    """Hide or allow, with the proposal from the measured repeats."""
    proposed, reason = loaders.policy_advice(dataset)
    st.session_state["split_policy"] = state.settle(state.SEEN, POLICIES, proposed)
    st.radio(
        t("split.policy"),
        POLICIES,
        format_func=lambda name: t(f"split.policy_{name}"),
        captions=[t(f"split.policy_{name}_help") for name in POLICIES],
        key="split_policy",
        on_change=lambda: state.write(state.SEEN, st.session_state["split_policy"]),
    )
    st.caption(t("split.policy_reason", policy=t(f"split.policy_{proposed}").lower(), reason=reason))


here = page("split", needs="data")
advice = loaders.advice(here.dataset)
protocol = state.settle(state.PROTOCOL, list(SPLITTERS), advice.protocol)
advised = advice.config if protocol == advice.protocol else {}
st.markdown(sentence(advice, protocol))
figure = st.container()
left, right = st.columns(2)
with left:
    choose_protocol(protocol)
with right:
    choose_policy(here.dataset)
with st.expander(t("split.settings")):
    initial = state.settings(state.SPLIT_SETTINGS, protocol) or advised
    config = config_form(SPLITTERS[protocol].Config, f"split_{here.dataset}_{protocol}", initial=initial)
if config is not None:
    state.write_settings(state.SPLIT_SETTINGS, protocol, config.model_dump())
    with figure, shown_problems():
        split_card(here.dataset, protocol, config.model_dump())
st.subheader(t("split.counts"))
st.caption(t("split.counts_caption", least=ENOUGH_USERS))
counts = counts_table(advice.counts, advice.protocol)
st.dataframe(
    written(counts, dict.fromkeys(counts.columns[1:], exact_count)),
    hide_index=True,
    column_config=counts_columns(),
    key="split_counts",
)
st.caption(t("split.kept"))
next_button(t("split.next"), "train")
