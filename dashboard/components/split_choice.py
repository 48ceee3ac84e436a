"""The split and policy that are chosen: read from the URL, settled, and written back."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from dashboard import loaders, state
from dashboard.components.config_form import config_form
from dashboard.components.policy_panel import POLICIES
from dashboard.loaders import splits
from dashboard.text import t
from dashboard.workspace.saved_splits import SplitChoice
from data.errors import RankscopeError
from data.policy import PolicyLimits
from data.splits import SPLITTERS, make_splitter

GENERATION = "split_generation"  # raised when a saved split is taken: forms start from its settings


def read_choice(dataset: str) -> SplitChoice:
    """What Split & policy says, else what is recommended; values that do not exist are replaced."""
    advice = loaders.advice(dataset)
    protocol = str(state.settle(state.PROTOCOL, list(SPLITTERS), advice.protocol))
    advised = advice.config if protocol == advice.protocol else {}
    config = _valid(protocol, state.settings(state.SPLIT_SETTINGS, protocol)) or advised
    policy = str(state.settle(state.SEEN, POLICIES, loaders.policy_advice(dataset)[0]))
    return SplitChoice(protocol, dict(config), read_seed(), policy, read_limits(dataset))


def _valid(protocol: str, config: dict[str, Any] | None) -> dict[str, Any] | None:
    """The settings of a link, or None where they are none of this protocol."""
    try:
        return None if config is None else make_splitter(protocol, config).config.model_dump(mode="json")
    except RankscopeError:
        return None


def read_seed() -> int:
    """The seed of the split in the URL; 0 for none or nonsense."""
    text = state.read(state.SPLIT_SEED) or "0"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def read_limits(dataset: str) -> dict[str, Any]:
    """The limits in the URL that this dataset can keep; {} for none or nonsense."""
    try:
        found = PolicyLimits.model_validate_json(state.read(state.LIMITS) or "{}")
    except ValueError:
        return {}
    offered = splits.limit_choices(dataset)
    kept = found.model_copy(
        update={
            "stock": found.stock if found.stock in offered.stock else None,
            "price": found.price if found.price in offered.numbers else None,
            "include": tuple(name for name in found.include if name in offered.categories),
            "exclude": tuple(name for name in found.exclude if name in offered.categories),
        }
    )
    return kept.chosen()


def write_limits(limits: PolicyLimits) -> None:
    """Keep the limits in the session and in the URL; none leave the URL as it was."""
    chosen = limits.chosen()
    state.write(state.LIMITS, json.dumps(chosen, separators=(",", ":")) if chosen else None)


def write_choice(choice: SplitChoice) -> None:
    """Make this the split and policy of all pages."""
    state.write(state.PROTOCOL, choice.protocol)
    state.write_settings(state.SPLIT_SETTINGS, choice.protocol, choice.config)
    write_seed(choice.seed)
    state.write(state.SEEN, choice.policy)
    write_limits(PolicyLimits(**choice.limits))
    st.session_state[GENERATION] = st.session_state.get(GENERATION, 0) + 1


def write_seed(seed: int) -> None:
    """Keep the seed; 0 is not written."""
    state.write(state.SPLIT_SEED, str(seed) if seed else None)


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


def settings_form(dataset: str, choice: SplitChoice) -> dict[str, Any] | None:
    """Settings of the protocol and the seed; None while they contradict each other."""
    generation = st.session_state.get(GENERATION, 0)
    key = f"split_{dataset}_{choice.protocol}_{generation}"
    config = config_form(SPLITTERS[choice.protocol].Config, key, initial=choice.config)
    if config is not None:
        st.caption(t(f"split.validation_{config.validation}"))
    st.session_state["split_seed_input"] = choice.seed
    st.number_input(
        t("split.seed"),
        0,
        999_999_999,
        key="split_seed_input",
        help=t("split.seed_help"),
        on_change=lambda: write_seed(int(st.session_state["split_seed_input"])),
        width=240,
    )
    if config is None:
        return None
    values = config.model_dump(mode="json")
    state.write_settings(state.SPLIT_SETTINGS, choice.protocol, values)
    return values
