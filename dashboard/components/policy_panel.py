"""What lists may show: seen items, limits on the items, and what both do to what is to be found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import loaders, state
from dashboard.components.number_table import written
from dashboard.loaders import splits
from dashboard.text import t
from dashboard.text.numbers import exact_count, share
from dashboard.workspace.saved_splits import SplitChoice
from data.policy import LimitColumns, PolicyLimits

POLICIES = ("hide", "allow", "exclusive")


def choose_policy(dataset: str, policy: str) -> None:
    """Hide, allow or nothing but seen items, with the proposal from the measured repeats."""
    proposed, reason = loaders.policy_advice(dataset)
    st.session_state["split_policy"] = policy
    st.radio(
        t("split.policy"),
        POLICIES,
        format_func=lambda name: t(f"split.policy_{name}"),
        captions=[t(f"split.policy_{name}_help") for name in POLICIES],
        key="split_policy",
        on_change=lambda: state.write(state.SEEN, st.session_state["split_policy"]),
    )
    st.caption(t("split.policy_reason", policy=t(f"split.policy_{proposed}").lower(), reason=reason))


def choose_limits(dataset: str, limits: Mapping[str, Any], keep: Callable[[PolicyLimits], None]) -> None:
    """Limits by stock, price, categories and popularity, as far as the items' columns allow.

    Args:
        limits: those of the URL.
        keep: called with the limits as soon as one is changed.
    """
    now, offered = PolicyLimits(**limits), splits.limit_choices(dataset)
    for name, value in now.model_dump().items():
        st.session_state[_key(name)] = list(value) if isinstance(value, tuple) else value

    def changed() -> None:
        keep(_asked())

    with st.expander(t("split.limits"), key="split_limits", expanded=bool(limits)):
        st.caption(t("split.limits_help") if offered.any else t("split.limits_no_columns"))
        _stock_and_price(now, offered, changed)
        _categories(offered, changed)
        st.number_input(
            t("split.limit_min_events"),
            0,
            1_000_000,
            key=_key("min_events"),
            help=t("split.limit_min_events_help"),
            on_change=changed,
        )


def _key(name: str) -> str:
    return f"split_limit_{name}"


def _asked() -> PolicyLimits:
    """The limits as the widgets have them; bounds without a price column say nothing."""
    values = {name: st.session_state.get(_key(name)) for name in PolicyLimits.model_fields}
    if not values["price"]:
        values |= {"price_from": None, "price_to": None}
    return PolicyLimits(**{name: value for name, value in values.items() if value is not None})


def _stock_and_price(now: PolicyLimits, offered: LimitColumns, changed: Callable[[], None]) -> None:
    columns = {name: own for name, own in (("stock", offered.stock), ("price", offered.numbers)) if own}
    for place, (name, own) in zip(st.columns(max(len(columns), 1)), columns.items(), strict=False):
        place.selectbox(
            t(f"split.limit_{name}"),
            [None, *own],
            format_func=lambda column: t("split.limit_off") if column is None else column,
            key=_key(name),
            help=t(f"split.limit_{name}_help"),
            on_change=changed,
        )
    if now.price:
        low, high = st.columns(2)
        bounds = {"value": None, "format": "%g", "on_change": changed}
        low.number_input(t("split.limit_from"), max_value=now.price_to, key=_key("price_from"), **bounds)
        high.number_input(t("split.limit_to"), min_value=now.price_from, key=_key("price_to"), **bounds)


def _categories(offered: LimitColumns, changed: Callable[[], None]) -> None:
    if offered.categories:
        for place, name in zip(st.columns(2), ("include", "exclude"), strict=True):
            place.multiselect(
                t(f"split.limit_{name}"), list(offered.categories), key=_key(name), on_change=changed
            )


def policy_effect(dataset: str, choice: SplitChoice) -> None:
    """Candidates left, how much of what is to be found they can find, and who is left without a target."""
    left, total = splits.candidates_left(dataset, choice)
    table = splits.policy_effect(dataset, choice)
    st.markdown(_effect_words(table, left, total))
    shown = pd.DataFrame(
        {
            "part": table["part"].map(lambda part: t(f"split.part_{part}")),
            **{name: table[name] for name in ("findable", "seen", "new", "outside")},
            "left_out": table["left_out"],
        }
    )
    names = {name: t(f"split.effect_{name}") for name in shown}
    formats = dict.fromkeys(list(names.values())[1:5], share) | {names["left_out"]: exact_count}
    if not table["findable"].any():
        st.info(t("split.effect_none"))
    st.dataframe(written(shown.rename(columns=names), formats), hide_index=True, key="split_effect")


def _effect_words(table: pd.DataFrame, left: int, total: int) -> str:
    test = table.set_index("part").loc["test"]
    people = {"out": exact_count(test["left_out"]), "users": exact_count(test["users"])}
    said = t("split.effect_out" if test["left_out"] else "split.effect_all", **people)
    return t(
        "split.effect",
        left=exact_count(left),
        total=exact_count(total),
        share=share(test["findable"]),
        users=said if test["findable"] else "",
    ).strip()
