"""The value of a cleaning rule that is on: a widget for each of its choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.text import t
from data.cleaning import Cleaning
from data.read_tables import Read

Change = Callable[[str, Mapping[str, Any]], None]
CHOICES = {"cancellations": ("drop", "match"), "repeats": ("first", "last", "sum", "max", "count")}
NUMBERS = {
    "below_minimum": ("min_weight",),
    "above_maximum": ("max_weight",),
    "extreme_users": ("max_user_events",),
    "k_core": ("min_user_events", "min_item_events"),
}
WITH_VALUE = ("not_a_user", "not_an_item", "time_window", "event_types", "cancellations", "repeated_pairs")
WITH_VALUE += tuple(NUMBERS)
IDS = {"not_a_user": "drop_users", "not_an_item": "drop_items"}


def value_widgets(rule: str, cleaning: Cleaning, read: Read, key: str, change: Change) -> None:
    """Draw them where we are; `change(key, values)` is called when one changes.

    Widgets show what `cleaning` says, also when a suggestion has changed it.
    """
    if rule in NUMBERS:
        places = st.columns(len(NUMBERS[rule]), wrap=False)
        for place, field in zip(places, NUMBERS[rule], strict=True):
            _number(place, field, cleaning, key, change)
    elif rule in IDS:
        _ids(IDS[rule], cleaning, key, change)
    elif rule == "time_window":
        _window(cleaning, key, change)
    elif rule == "event_types":
        _event_weights(cleaning, read, key, change)
    elif rule == "cancellations":
        _choice("cancellations", cleaning, key, change)
    elif rule == "repeated_pairs":
        _choice("repeats", cleaning, key, change)


def _shown(key: str, field: str, value: Any) -> str:
    """The widget's key, its value set to what is chosen now."""
    name = f"{key}_value_{field}"
    st.session_state[name] = value
    return name


def _number(place: Any, field: str, cleaning: Cleaning, key: str, change: Change) -> None:
    whole = field.endswith("_events")
    value = getattr(cleaning, field)
    name = _shown(key, field, value if value is None else int(value) if whole else float(value))
    place.number_input(
        t(f"import_data.field_{field}"),
        value=None,
        min_value=1 if whole else None,
        step=1 if whole else None,
        format=None if whole else "%g",
        key=name,
        help=Cleaning.model_fields[field].description,
        label_visibility="visible" if field in NUMBERS["k_core"] else "collapsed",
        on_change=lambda: change(key, {field: st.session_state[name]}),
    )


def _choice(field: str, cleaning: Cleaning, key: str, change: Change) -> None:
    name = _shown(key, field, getattr(cleaning, field))
    st.selectbox(
        t(f"import_data.field_{field}"),
        CHOICES[field],
        format_func=lambda one: t(f"import_data.{field}_{one}"),
        key=name,
        label_visibility="collapsed",
        on_change=lambda: change(key, {field: st.session_state[name]}),
    )


def _ids(field: str, cleaning: Cleaning, key: str, change: Change) -> None:
    chosen = list(getattr(cleaning, field))
    name = _shown(key, field, chosen)
    st.multiselect(
        t(f"import_data.field_{field}"),
        chosen,
        accept_new_options=True,
        key=name,
        label_visibility="collapsed",
        help=Cleaning.model_fields[field].description,
        on_change=lambda: change(key, {field: tuple(st.session_state[name])}),
    )


def _window(cleaning: Cleaning, key: str, change: Change) -> None:
    places = st.columns(2, wrap=False)
    for place, field in zip(places, ("since", "until"), strict=True):
        name = _shown(key, field, getattr(cleaning, field) or "")
        place.text_input(
            t(f"import_data.field_{field}"),
            key=name,
            placeholder="2026-11-21",
            help=Cleaning.model_fields[field].description,
            on_change=lambda field=field, name=name: change(
                key, {field: st.session_state[name].strip() or None}
            ),
        )


def _event_weights(cleaning: Cleaning, read: Read, key: str, change: Change) -> None:
    """A small table of event types; a type without weight is left out."""
    weights = cleaning.event_weights or {}
    types = list(read.coded.event_types)
    base = pd.DataFrame({"type": types, "weight": [weights.get(name) for name in types]})
    base["weight"] = base["weight"].astype(float)
    first = f"{key}_types_first"
    start: pd.DataFrame = st.session_state.setdefault(first, base)
    name = f"{key}_types"

    def edited() -> None:
        table = start.copy()
        for row, cells in st.session_state[name]["edited_rows"].items():
            for column, value in cells.items():
                table.loc[int(row), column] = value
        kept = table.dropna(subset="weight")
        change(key, {"event_weights": dict(zip(kept["type"], kept["weight"].astype(float), strict=True))})

    st.data_editor(
        start,
        hide_index=True,
        disabled=("type",),
        placeholder=t("import_data.left_out"),
        key=name,
        on_change=edited,
        column_config={
            "type": t("import_data.column_type"),
            "weight": st.column_config.NumberColumn(t("import_data.column_weight"), format="%g"),
        },
    )
