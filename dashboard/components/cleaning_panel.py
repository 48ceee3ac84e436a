"""Cleaning choices, one line each, with the rows that each touches before anything is imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from pydantic import ValidationError

from dashboard.components.cleaning_values import WITH_VALUE, value_widgets
from dashboard.components.config_form import validation_problem
from dashboard.components.problem import problem_box
from dashboard.components.quarantine_table import unreadable_lines
from dashboard.components.suggestion_cards import suggestion_cards
from dashboard.loaders.import_reading import touched_by
from dashboard.text import has, t
from dashboard.text.markdown import literal
from dashboard.text.numbers import exact_count, plural
from dashboard.views.cleaning import (
    FIELDS,
    LEFT,
    NO_PROPOSAL,
    Sums,
    changed,
    is_further,
    is_offered,
    sums,
    switched_off,
)
from data.cleaning import RULES, Cleaning
from data.errors import ConfigError
from data.read_tables import Read

WIDTHS = (4, 3, 5)
AT_ONCE = 2_000_000  # rows that are counted anew with every choice


def cleaning_of(key: str, start: Cleaning) -> Cleaning:
    """The choices so far; `start` until one is made."""
    found = st.session_state.setdefault(f"{key}_cleaning", start)
    assert isinstance(found, Cleaning)
    return found


def cleaning_panel(read: Read, read_key: str, key: str) -> Sums | None:
    """The rules as lines, and the sum; every choice is answered from the rows that were read once.

    Args:
        read_key: names what was read, for the cache.
        key: prefix of the widgets; `cleaning_of(key, …)` holds the choices.

    Returns:
        What is left; None while very many rows are yet to be counted under the last choice.
    """
    problem = st.session_state.pop(f"{key}_problem", None)
    if problem is not None:
        problem_box(problem)
    cleaning: Cleaning = st.session_state[f"{key}_cleaning"]
    suggestion_cards(read, read_key, cleaning, key, lambda chosen: take(key, chosen))
    table = _counted(read, read_key, cleaning, key)
    rules = [row for row in table.to_dict("records") if row["rule"] != LEFT]
    for row in rules:
        if is_offered(row):
            _line(row, cleaning, read, key)
    _more([row for row in rules if is_further(row)], cleaning, read, key)
    _idle([row for row in rules if not is_offered(row) and not is_further(row) and row["note"]])
    if len(read.events.quarantine):
        unreadable_lines(read.events.quarantine, key)
    if st.session_state[f"{key}_counted"][1] != cleaning:
        return None
    return sums(read, table)


def sum_in_words(found: Sums) -> str:
    """`541 910 lines = 1 header + …`."""
    numbers = {
        name: exact_count(getattr(found, name))
        for name in ("lines", "header", "accepted", "removed", "quarantined", "events", "users", "items")
    }
    return t("import_data.sum", **numbers)


def _counted(read: Read, read_key: str, cleaning: Cleaning, key: str) -> pd.DataFrame:
    """What each rule touches; of very many rows counted again on demand, since that takes a while."""
    kept: tuple[str, Cleaning] | None = st.session_state.get(f"{key}_counted")
    if len(read.coded) <= AT_ONCE or kept is None or kept[0] != read_key or kept[1] == cleaning:
        st.session_state[f"{key}_counted"] = (read_key, cleaning)
        return touched_by(read, read_key, cleaning)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("import_data.counts_old"))
        st.button(t("import_data.count_again"), key=f"{key}_count", on_click=_count, args=(key, read_key))
    table = touched_by(read, read_key, kept[1])
    on = {name: rule.is_on(cleaning) for name, rule in RULES.items()} | {LEFT: True}
    return table.assign(on=table["rule"].map(on).astype(bool))


def _count(key: str, read_key: str) -> None:
    st.session_state[f"{key}_counted"] = (read_key, st.session_state[f"{key}_cleaning"])


def _line(row: Mapping[str, Any], cleaning: Cleaning, read: Read, key: str) -> None:
    rule = str(row["rule"])
    has_value = bool(row["on"]) and rule in WITH_VALUE
    would_be = "" if row["on"] else _would_be(row["change"])
    if has_value or would_be:
        left, middle, right = st.columns(WIDTHS, vertical_alignment="center", gap="small")
    else:  # no empty column, which would be a gap on a phone
        left, right = st.columns((WIDTHS[0] + WIDTHS[1], WIDTHS[2]), vertical_alignment="center", gap="small")
        middle = right
    label = t(f"import_data.rule_{rule}")
    if not FIELDS[rule]:
        left.markdown(label)
    else:
        switch = f"{key}_on_{rule}"
        st.session_state[switch] = bool(row["on"])
        left.toggle(
            label,
            key=switch,
            help=t(f"import_data.rule_help_{rule}"),
            on_change=_switch,
            args=(key, rule, dict(row["change"])),
        )
    if has_value:
        with middle:
            value_widgets(rule, cleaning, read, key, set_values)
    elif would_be:
        middle.markdown(f":small[:gray[{would_be}]]")
    right.markdown(_counts(row))


def _switch(key: str, rule: str, change: Mapping[str, Any]) -> None:
    """On with what is proposed, or with what people usually take; off again."""
    on = st.session_state[f"{key}_on_{rule}"]
    set_values(key, (change or USUAL.get(rule, {})) if on else switched_off(rule))


USUAL: dict[str, dict[str, Any]] = {  # where the rows themselves propose nothing
    "exact_duplicates": {"drop_duplicates": True},
    "below_minimum": {"min_weight": 1.0},
    "extreme_users": {"max_user_events": 10_000},
    "repeated_pairs": {"repeats": "last"},
    "k_core": {"min_user_events": 5, "min_item_events": 5},
}


def take(key: str, cleaning: Cleaning) -> None:
    """Put other choices in the place of those so far."""
    st.session_state[f"{key}_cleaning"] = cleaning


def set_values(key: str, values: Mapping[str, Any]) -> None:
    """Change choices; what contradicts itself is told and not taken."""
    name = f"{key}_cleaning"
    try:
        st.session_state[name] = changed(st.session_state[name], values)
    except ConfigError as error:
        st.session_state[f"{key}_problem"] = error
    except ValidationError as error:
        st.session_state[f"{key}_problem"] = validation_problem(error)


def _would_be(change: Mapping[str, Any]) -> str:
    """The value that a rule would be switched on with."""
    said = [
        t(f"import_data.with_{field}", value=_plain(value))
        for field, value in change.items()
        if has(f"import_data.with_{field}")
    ]
    return " · ".join(said)


def _plain(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value[:4])) + (" …" if len(value) > 4 else "")
    if isinstance(value, dict):
        return ", ".join(f"{name} {weight:g}" for name, weight in list(value.items())[:6])
    return f"{value:g}" if isinstance(value, float) else str(value)


def _counts(row: Mapping[str, Any]) -> str:
    """How many lines a rule sets aside, or rows it changes; what it would, where it is off."""
    mood = "does" if row["on"] else "would"
    items = plural(int(row["items"]), t("import_data.item"), t("import_data.items"))
    users = plural(int(row["users"]), t("import_data.user"), t("import_data.users"))
    who = (
        t("import_data.whose", users=users, items=items) if row["users"] else t("import_data.of", items=items)
    )
    told = "" if row["note"] == NO_PROPOSAL else literal(row["note"])
    note = f" :small[:gray[{told}]]" if told else ""
    if row["lines"]:
        said = t(f"import_data.{mood}_set_aside", lines=exact_count(row["lines"]))
    elif row["rows"]:
        said = t(f"import_data.{mood}_change", rows=exact_count(row["rows"]))
    else:
        return f":small[:gray[{t('import_data.touches_nothing')}]]{note}"
    return f"{said} :small[:gray[{who}{'.' if told else ''}]]{note}"


def _more(rows: list[dict[str, Any]], cleaning: Cleaning, read: Read, key: str) -> None:
    """Rules that touch nothing until they are given a value."""
    if not rows:
        return
    with st.expander(t("import_data.more_rules")):
        for row in rows:
            left, right = st.columns((4, 8), vertical_alignment="center", gap="small")
            rule = str(row["rule"])
            left.markdown(t(f"import_data.rule_{rule}"), help=t(f"import_data.rule_help_{rule}"))
            with right:
                value_widgets(rule, cleaning, read, key, set_values)


def _idle(rows: list[dict[str, Any]]) -> None:
    """Rules that have nothing to do with these rows, each with the reason."""
    if not rows:
        return
    said = [f"{t('import_data.rule_' + row['rule']).lower()} ({row['note']})" for row in rows]
    st.caption(t("import_data.idle_rules", rules="; ".join(said)))
