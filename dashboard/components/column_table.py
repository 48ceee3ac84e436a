"""One line per column of a file: what stands in it, what it means, why that is proposed and how surely."""

from __future__ import annotations

from collections.abc import Mapping as Given
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.loaders.imports import Look
from dashboard.text import t
from dashboard.text.markdown import literal
from dashboard.text.numbers import join, share
from dashboard.views.column_roles import CHOICES, SINGLE, UNUSED, sample_values

WIDTHS = (4, 3, 5)
MOST_LINES = 12  # columns with a line of their own; the others stand in one table
LONGEST_REASON = 100  # letters; the whole is shown on hover
SUREST = 0.99  # a proposal from names and values is never certain
UNSURE = 0.6  # proposals of who, what, when and how much below this confidence are marked


def column_table(look: Look, start: Given[str, str], proposed: Given[str, str], key: str) -> dict[str, str]:
    """Widgets for the role of every column; returns column → role.

    Args:
        start: column → role to begin with.
        proposed: column → role as proposed by the program.
        key: prefix of the widgets.
    """
    lines, others = _order(start)
    keys = {name: f"{key}_role_{place}" for place, name in enumerate(start)}
    roles = {name: _line(look, name, start[name], keys, proposed) for name in lines}
    if others:
        with st.expander(t("import_data.more_columns", n=len(others))):
            roles |= _many(look, others, start, key)
    return {name: roles[name] for name in start}


def _order(start: Given[str, str]) -> tuple[list[str], list[str]]:
    """Columns with a line of their own (those that mean something first), and the others; in file order."""
    if len(start) <= MOST_LINES:
        return list(start), []
    ranked = sorted(start, key=lambda name: CHOICES.index(start[name]))[:MOST_LINES]
    return [name for name in start if name in ranked], [name for name in start if name not in ranked]


def _line(look: Look, name: str, start: str, keys: Given[str, str], proposed: Given[str, str]) -> str:
    left, middle, right = st.columns(WIDTHS, vertical_alignment="center", gap="small")
    shown = " · ".join(literal(value) for value in sample_values(look.sample, name))
    left.markdown(f"**{literal(name)}** :small[:gray[{shown or t('import_data.no_values')}]]")
    st.session_state.setdefault(keys[name], start)  # not as a default: the callback sets it, too
    role = middle.selectbox(
        t("import_data.role_of", column=name),
        CHOICES,
        format_func=lambda one: t(f"import_data.role_{one}"),
        key=keys[name],
        label_visibility="collapsed",
        on_change=_free_others,
        args=(keys[name], tuple(keys.values())),
        persist_state="session",
    )
    reason = look.proposal.roles[name].reason if look.proposal else ""
    right.markdown(
        f":small[{_why(look, name, role, proposed[name])}]",
        help=literal(reason) if _cut(reason) != reason else None,
    )
    return role


def _free_others(changed: str, keys: Sequence[str]) -> None:
    """A role that one column can have at most is taken from the column that had it."""
    role = st.session_state[changed]
    for key in keys:
        if key != changed and role in SINGLE and st.session_state.get(key) == role:
            st.session_state[key] = UNUSED


def _why(look: Look, name: str, role: str, proposed: str) -> str:
    """The reason of the proposal and how sure it is; or that a person chose otherwise."""
    warning = "" if role == UNUSED else _personal(look, name)
    if role != proposed:
        return f"{warning}:gray[{t('import_data.your_choice', role=t(f'import_data.role_{proposed}'))}]"
    if look.proposal is None:
        return warning
    told = look.proposal.roles[name]
    reason = f":gray[{literal(_cut(told.reason))}]"
    if role == UNUSED:
        return reason
    colour = "orange" if told.confidence < UNSURE else "blue"
    sure = share(min(round(told.confidence, 2), SUREST))
    return f"{warning}:{colour}-badge[{t('import_data.sure', share=sure)}] {reason}"


def _personal(look: Look, name: str) -> str:
    """A mark on a column that is taken although it seems to hold addresses or numbers of people."""
    kinds = look.personal.get(name)
    return f":orange-badge[{t('import_data.personal', kinds=join(list(kinds)))}] " if kinds else ""


def _cut(reason: str) -> str:
    """The first part of a long reason."""
    return reason if len(reason) <= LONGEST_REASON else reason.split(";")[0]


def _many(look: Look, names: Sequence[str], start: Given[str, str], key: str) -> dict[str, str]:
    """The columns beyond the first, as one table to edit."""
    words = {role: t(f"import_data.role_{role}") for role in CHOICES}
    roles = {word: role for role, word in words.items()}
    told = look.proposal.roles if look.proposal else {}
    table = pd.DataFrame(
        {
            "column": list(names),
            "role": [words[start[name]] for name in names],
            "values": [" · ".join(sample_values(look.sample, name)) for name in names],
            "reason": [told[name].reason if name in told else "" for name in names],
            "sure": [100 * min(told[name].confidence, SUREST) if name in told else None for name in names],
        }
    )
    edited = st.data_editor(
        table,
        hide_index=True,
        key=f"{key}_columns",
        disabled=("column", "values", "reason", "sure"),
        column_config={
            "column": t("import_data.column_column"),
            "role": st.column_config.SelectboxColumn(
                t("import_data.column_role"), options=list(roles), required=True, width="medium"
            ),
            "values": t("import_data.column_values"),
            "reason": t("import_data.column_reason"),
            "sure": st.column_config.ProgressColumn(
                t("import_data.column_sure"), min_value=0, max_value=100, format="%.0f %%"
            ),
        },
    )
    return {str(name): roles[word] for name, word in zip(edited["column"], edited["role"], strict=True)}
