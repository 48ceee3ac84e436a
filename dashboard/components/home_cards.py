"""The four live cards of Home: data, best ranking, fusion gain, new users."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.components.links import go_to
from dashboard.text import t
from dashboard.text.numbers import count, difference, plural, shorten, signed, with_interval
from dashboard.views.home import Verdict


def cards(meta: dict[str, Any], found: Verdict, cold: dict[str, Any] | None, metric: str) -> None:
    """Four cards in a row (one below the other on a phone), each with a way to its page."""
    places = st.columns(4, gap="small")
    with places[0]:
        _data(meta)
    with places[1]:
        own = with_interval(found.own.mean, found.own.low, found.own.high)
        _card(
            t("home.card_best"),
            shorten(found.best.label, 22),
            t("home.card_best_detail", metric=metric, own=own),
            "leaderboard",
        )
    with places[2]:
        _fusion(found)
    with places[3]:
        _cold(cold)


def _data(meta: dict[str, Any]) -> None:
    _card(
        t("home.card_data"),
        t("home.card_data_value", events=count(meta["events"])),
        t("home.card_data_detail", users=count(meta["users"]), items=count(meta["items"])),
        "profile",
    )


def _fusion(found: Verdict) -> None:
    if found.fusion is not None and found.single is not None:
        gap = found.fusion
        value, detail = (
            f"{'▲' if gap.mean > 0 else '▼'} {signed(gap.mean)}" if gap.sure else t("home.card_fusion_same"),
            t(
                "home.card_fusion_detail",
                gap=difference(gap.mean, gap.low, gap.high),
                single=shorten(found.single.label, 20),
            ),
        )
    elif len(found.table) < 2:
        value, detail = t("home.card_fusion_one"), t("home.card_fusion_one_detail")
    else:
        value, detail = t("home.card_fusion_none"), t("home.card_fusion_none_detail")
    _card(t("home.card_fusion"), value, detail, "fusion_lab")


def _cold(cold: dict[str, Any] | None) -> None:
    if cold is None:
        value, detail = t("home.card_cold_none"), t("home.card_cold_none_detail")
    elif cold["n"] is None:
        value, detail = t("home.card_cold_never"), t("home.card_cold_never_detail", baseline=cold["baseline"])
    else:
        after = t("home.card_cold_at", events=plural(cold["n"], "event", "events"))
        value = after if cold["n"] else t("home.card_cold_start")
        detail = t("home.card_cold_at_detail", name=shorten(cold["name"], 22), baseline=cold["baseline"])
    _card(t("home.card_cold"), value, detail, "new_users")


def _card(title: str, value: str, detail: str, target: str) -> None:
    with st.container(border=True, height="stretch", vertical_alignment="distribute"):
        with st.container():
            st.caption(title)
            st.markdown(f"#### {value}")
            st.caption(detail)
        if st.button(t("home.open", page=t(f"common.page_{target}")), key=f"card_{target}", type="tertiary"):
            go_to(target)
