"""One line per column of a file: what stands in it, what it means, why that is proposed and how surely."""

from __future__ import annotations

from collections.abc import Mapping as Given
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.loaders.imports import Look
from dashboard.text import t
from dashboard.text.markdown import literal
from dashboard.text.numbers import share
from dashboard.views.column_roles import (
    CHOICES,
    ITEM_FEATURE,
    KEEP,
    LIFT,
    SINGLE,
    UNUSED,
    USER_FEATURE,
    sample_values,
)
from data.mapping import Role

WIDTHS = (4, 3, 5)
MOST_LINES = 12  # columns with a line of their own; the others stand in one table
UNSURE = 0.5  # proposals below this confidence are marked
FEW = (ITEM_FEATURE, USER_FEATURE, KEEP, LIFT, UNUSED)


def column_table(
    look: Look, start: Given[str, str], sides: Given[str, str], key: str, proposed: Given[str, str]
) -> dict[str, str]:
    """Widgets for the role of every column; returns column → role.

    Args:
        start: column → role to begin with.
        sides: free column → "item" or "user", where its values follow from that.
        key: prefix of the widgets.
        proposed: column → role as proposed by the program.
    """
    lines, others = _order(start)
    keys = {name: f"{key}_role_{place}" for place, name in enumerate(start)}
    roles, freed = dict(start), UNUSED if UNUSED in start.values() else LIFT
    for name in lines:
        with st.container(key=f"{keys[name]}_line"):
            roles[name] = _line(look, name, start[name], keys, sides, proposed, freed)
    if others:
        with st.expander(t("import_data.more_columns", n=len(others))):
            roles |= _many(look, others, start, key)
    return roles


def _order(start: Given[str, str]) -> tuple[list[str], list[str]]:
    """Columns with a line of their own, and the others; in the order of the file."""
    if len(start) <= MOST_LINES:
        return list(start), []
    first = [name for name, role in start.items() if role in SINGLE]
    first += [name for name in start if name not in first][: max(MOST_LINES - len(first), 0)]
    return [name for name in start if name in first], [name for name in start if name not in first]


def _line(
    look: Look,
    name: str,
    start: str,
    keys: Given[str, str],
    sides: Given[str, str],
    proposed: Given[str, str],
    freed: str,
) -> str:
    left, middle, right = st.columns(WIDTHS, vertical_alignment="center", gap="small")
    shown = " · ".join(literal(value) for value in sample_values(look.sample, name))
    left.markdown(f"**{literal(name)}** :small[:gray[{shown or t('import_data.no_values')}]]")
    role = middle.selectbox(
        t("import_data.role_of", column=name),
        CHOICES,
        index=CHOICES.index(start),
        format_func=lambda one: t(f"import_data.role_{one}"),
        key=keys[name],
        label_visibility="collapsed",
        on_change=_free_others,
        args=(keys[name], tuple(keys.values()), freed),
        persist_state="session",
    )
    right.markdown(f":small[{_why(look, name, role, proposed, sides)}]")
    return role


def _free_others(changed: str, keys: Sequence[str], freed: str) -> None:
    """A role that one column can have at most is taken from the column that had it, which gets `freed`."""
    role = st.session_state[changed]
    for key in keys:
        if key != changed and role in SINGLE and st.session_state.get(key) == role:
            st.session_state[key] = freed


def _why(look: Look, name: str, role: str, proposed: Given[str, str], sides: Given[str, str]) -> str:
    """The reason of the proposal and how sure it is; or that a person chose otherwise."""
    if role != proposed[name]:
        return f":gray[{t('import_data.your_choice', role=t(f'import_data.role_{proposed[name]}'))}]"
    if role == LIFT:
        side = sides.get(name, "none")
        return f":gray[{t(f'import_data.lift_{side}')}]"
    told = _told(look, name)
    sure = t("import_data.sure", share=share(told.confidence))
    mark = f":orange-badge[{sure}]" if told.confidence < UNSURE else f":blue-badge[{sure}]"
    return f"{mark} :gray[{literal(told.reason)}]"


def _told(look: Look, name: str) -> Role:
    return look.proposal.roles[name] if look.proposal else Role(UNUSED, "", 0.0)


def _many(look: Look, names: Sequence[str], start: Given[str, str], key: str) -> dict[str, str]:
    """The columns beyond the first, as one table to edit."""
    words = {t(f"import_data.role_{role}"): role for role in FEW}
    of_role = {role: word for word, role in words.items()}
    table = pd.DataFrame(
        {
            "column": list(names),
            "role": [of_role.get(start[name], of_role[UNUSED]) for name in names],
            "values": [" · ".join(sample_values(look.sample, name)) for name in names],
        }
    )
    edited = st.data_editor(
        table,
        hide_index=True,
        key=f"{key}_columns",
        disabled=("column", "values"),
        column_config={
            "column": t("import_data.column_column"),
            "role": st.column_config.SelectboxColumn(
                t("import_data.column_role"), options=list(words), required=True
            ),
            "values": t("import_data.column_values"),
        },
    )
    return {str(name): words[role] for name, role in zip(edited["column"], edited["role"], strict=True)}
