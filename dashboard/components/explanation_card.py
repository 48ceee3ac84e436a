"""One explanation: waterfall, parts, and the panel that says how it was computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from core.explanation import EXPLAINERS, Explanation
from dashboard.charts.explanation import waterfall
from dashboard.components.chart_card import chart_card
from dashboard.loaders import compare
from dashboard.text import t
from dashboard.text.numbers import exact_count, score, shorten
from dashboard.views import explanation as view


def explanation_card(
    found: Explanation,
    titles: NDArray[Any],
    title: str,
    key: str,
    *,
    labels: Mapping[str, str] | None = None,
    colors: dict[str, str] | None = None,
) -> None:
    """Waterfall with its table, and one line saying whether the reasons add up.

    Args:
        found: the explanation.
        titles: (n_items,) of the data set.
        title: of the card.
        key: unique on the page.
        labels: names of members by run, for the game "models".
        colors: colour by label, for members.
    """
    parts = view.parts_table(found, titles, labels)
    axis = "axis_fused" if found.game == "models" else "axis_score"
    figure = waterfall(view.waterfall_steps(found, parts), x=t(f"why_this_item.{axis}"), colors=colors)
    chart_card(title, figure, view.shown_parts(parts), key, t("why_this_item.how"))
    st.caption(
        t(
            "why_this_item.summary",
            gap=view.gap_words(found).capitalize(),
            method=EXPLAINERS[found.method].label,
            n=exact_count(found.evaluations),
        )
    )


def explanation_panel(found: Explanation) -> None:
    """Players, value function, background, estimator, evaluations, base value, gap."""
    with st.expander(t("why_this_item.panel")):
        st.table(pd.DataFrame(view.panel(found), columns=["", " "]).set_index(""))


def without_event_card(key: str, run: str, user: int, item: int, first: int | None) -> None:
    """Leave out one event of the user's history and score the item again, at once.

    `first` is the position left out at first; None: the latest event.
    """
    row = compare.history(run, user)
    titles = compare.conditions(run).dataset.titles[row.items]
    order = list(range(len(row.items) - 1, -1, -1))

    def words(position: int) -> str:
        return t("why_this_item.event", title=shorten(str(titles[position]), 40), n=position + 1)

    with st.container(border=True):
        st.markdown(f"**{t('why_this_item.without')}**")
        left, right = st.columns([1, 1.4])
        position = left.selectbox(
            t("why_this_item.without_pick"),
            order,
            index=0 if first is None else order.index(first),
            format_func=words,
            key=f"{key}_{run}_{user}_{item}",
            bind="query-params",
        )
        change = compare.without(run, user, position, item)
        before, after = score(change.score_before), score(change.score_after)
        right.markdown(view.without_words(change, str(titles[position])))
        right.caption(t("why_this_item.without_score", before=before, after=after) + " " + change.note)
