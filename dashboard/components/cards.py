"""The card of an item or a user: what it is, when it happened, what is near; every row leads to its card."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import loaders, state
from dashboard.charts.profile import over_time
from dashboard.components.chart_card import chart_card
from dashboard.components.number_table import written
from dashboard.loaders import cards
from dashboard.text import t
from dashboard.text.markdown import literal
from dashboard.text.numbers import exact_count, score, share
from dashboard.views import cards as view
from data.columns import CATEGORIES

WRITTEN = {"common": exact_count, "cosine": score, "weight": "{:g}".format}


def item_card(dataset: str, row: int) -> None:
    """Sentence, attributes, popularity over time, items of the same users and of the same categories."""
    data, card = loaders.dataset(dataset), cards.item_card(dataset, row)
    sharing = cards.sharing(dataset, state.ITEM, row)
    _head(str(data.titles[row]), str(data.items.ids[row]), view.item_sentence(card, data, sharing))
    known = not (card.attributes.empty and card.over_time.empty)
    left, right = st.columns(2)
    if known:
        with left:
            _attributes(card.attributes, "item")
            _over_time(card.over_time, "item")
    with right if known else left:
        _near(dataset, card.together, "together", "common", state.ITEM)
    if data.item_features is not None and CATEGORIES in data.item_features:
        with right:
            _near(dataset, card.alike, "alike", "shared", state.ITEM)


def user_card(dataset: str, row: int) -> None:
    """Sentence, history, taste against everybody, attributes, users who took the same."""
    data, card = loaders.dataset(dataset), cards.user_card(dataset, row)
    name, sharing = str(data.users.ids[row]), cards.sharing(dataset, state.USER, row)
    _head(
        t("lookup.user_title", id=name),
        "",
        f"{view.user_sentence(card, data, sharing)} {view.taste_sentence(card)}".strip(),
    )
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{t('lookup.history' if data.has_times else 'lookup.history_no_times')}**")
        columns = {column: t(f"lookup.column_{column}") for column in ("name", "time", "weight", "event")}
        _clickable(
            dataset, view.history_table(card, data), card.history["row"], columns, "history", state.ITEM
        )
        _over_time(card.over_time, "user")
    with right:
        if not card.taste.empty:
            st.markdown(f"**{t('lookup.taste_title')}**")
            columns = {column: t(f"lookup.column_{column}") for column in card.taste}
            st.dataframe(
                written(view.taste_table(card), {"share": share, "all_share": share}),
                hide_index=True,
                column_config=columns,
                key="lookup_taste",
            )
        _attributes(card.attributes, "user")
        _near(dataset, card.near, "near", "common", state.USER)


def _head(title: str, id_: str, sentence: str) -> None:
    st.subheader(literal(title))
    if id_ and id_ != title:
        st.caption(t("lookup.id", id=literal(id_)))
    st.markdown(sentence)


def _attributes(table: pd.DataFrame, of: str) -> None:
    if table.empty:
        return
    st.markdown(f"**{t(f'lookup.attributes_{of}')}**")
    columns = {"name": t("lookup.column_attribute"), "value": t("lookup.column_value")}
    st.dataframe(table, hide_index=True, column_config=columns, key=f"lookup_{of}_attributes")


def _over_time(table: pd.DataFrame, of: str) -> None:
    if table.empty:
        return
    names = {"start": t("profile.column_start"), "events": t("profile.axis_events")}
    figure = over_time(table, "start", {"events": names["events"]}, y_title=names["events"])
    shown = table.assign(start=table["start"].dt.strftime("%Y-%m-%d")).rename(columns=names)
    chart_card(t(f"lookup.figure_{of}"), figure, shown, f"lookup_{of}_time", t("lookup.how_time"))


def _near(dataset: str, near: pd.DataFrame, name: str, counted: str, of: str) -> None:
    """A list of neighbours; a click on a row opens its card."""
    st.markdown(f"**{t(f'lookup.{name}')}**")
    if near.empty:
        st.caption(t(f"lookup.{name}_none"))
        return
    data = loaders.dataset(dataset)
    names = data.titles if of == state.ITEM else data.users.ids
    table = view.neighbour_table(near, [str(names[int(row)]) for row in near["row"]], counted)
    columns = {
        "name": t(f"lookup.column_{of}"),
        "common": t(f"lookup.column_{name}"),
        "cosine": st.column_config.Column(t("lookup.column_cosine"), help=t("lookup.column_cosine_help")),
    }
    _clickable(dataset, table, near["row"], columns, name, of)


def _clickable(
    dataset: str, table: pd.DataFrame, rows: pd.Series, columns: dict[str, Any], name: str, of: str
) -> None:
    """A table whose rows open the card of an item or a user when chosen."""
    data = loaders.dataset(dataset)
    ids = data.items.ids if of == state.ITEM else data.users.ids
    key = f"lookup_{name}_{state.read(state.ITEM)}_{state.read(state.USER)}"

    def open_card() -> None:
        chosen = st.session_state[key].selection.rows
        if chosen:
            state.write("of", of)
            state.write(of, str(ids[int(rows.iloc[chosen[0]])]))

    st.dataframe(
        written(table, {column: words for column, words in WRITTEN.items() if column in table}),
        hide_index=True,
        column_config=columns,
        key=key,
        on_select=open_card,
        selection_mode="single-row",
    )
    st.caption(t("lookup.click"))
