"""The proposed mapping over a preview, editable; with the reason for each column."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st
from pydantic import ValidationError

from dashboard.components.config_form import validation_problem
from dashboard.components.problem import problem_box
from dashboard.loaders.imports import Look
from dashboard.text import t
from data.cleaning import Cleaning
from data.errors import ConfigError
from data.mapping import AUTO, Mapping, Proposal
from data.reading import FileShape

DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar", " ": "space"}
REPEATS = ("keep", "last", "sum", "count")


def in_words(look: Look) -> str:
    """What the file is and what its columns are proposed to be."""
    chosen = look.proposal.mapping
    roles = ", ".join(
        t("import_data.role_pair", role=t(f"import_data.role_{role}").split(" (")[0].lower(), column=column)
        for role in ("user", "item", "weight", "time")
        if (column := getattr(chosen, role)) is not None
    )
    return t(
        "import_data.finding",
        name=look.name,
        shape=shape_in_words(look.shape),
        roles=t("import_data.finding_roles", roles=roles),
    )


def shape_in_words(shape: FileShape) -> str:
    """`comma-separated text with a header, gzipped`."""
    header = t("import_data.shape_header" if shape.header else "import_data.shape_no_header")
    if shape.format == "user_lines" and shape.line_start == "count":
        kind = t("import_data.shape_user_lines_count")
    elif shape.format == "xlsx":
        kind = t("import_data.shape_xlsx", header=header)
    elif shape.format != "delimited":
        kind = t(f"import_data.shape_{shape.format}")
    else:
        name = DELIMITERS.get(shape.delimiter)
        mark = t(f"import_data.mark_{name}") if name else f"“{shape.delimiter}”"
        kind = t("import_data.shape_delimited", mark=mark, header=header)
    return kind if shape.compression == "none" else t(f"import_data.shape_{shape.compression}", kind=kind)


def mapping_form(look: Look, key: str) -> tuple[Mapping, Cleaning] | None:
    """Columns, repeats and rarely changed choices; None while they contradict each other."""
    proposed, cleaning = look.proposal.mapping, look.proposal.cleaning
    names = [str(name) for name in look.preview.columns]
    st.markdown(f"**{t('import_data.mapping')}**")
    values: dict[str, Any] = {}
    for place, role in zip(st.columns(4), ("user", "item", "weight", "time"), strict=True):
        values[role] = _column(place, role, names, getattr(proposed, role), key)
    with st.expander(t("import_data.why")):
        st.dataframe(_reasons(look.proposal), hide_index=True, column_config=_columns(), key=f"{key}_why")
    rules: dict[str, Any] = {}
    rules["repeats"] = st.segmented_control(
        t("import_data.repeats"),
        REPEATS,
        default=cleaning.repeats,
        required=True,
        format_func=lambda name: t(f"import_data.repeats_{name}"),
        key=f"{key}_repeats",
    )
    with st.expander(t("common.more_settings")):
        values["time_format"], more = _rare(proposed, cleaning, key)
    rules |= more
    if values["time"] != proposed.time:
        values["time_format"] = (
            values["time_format"] if values["time_format"] != proposed.time_format else AUTO
        )
    try:
        return Mapping(**values), Cleaning(**rules)
    except ConfigError as error:
        problem_box(error)
    except ValidationError as error:
        problem_box(validation_problem(error))
    return None


def _column(place: Any, role: str, names: list[str], proposed: str | None, key: str) -> str | None:
    optional = role in ("weight", "time")
    options: list[str | None] = [*([None] if optional else []), *names]
    return place.selectbox(
        t(f"import_data.role_{role}"),
        options,
        index=options.index(proposed),
        format_func=lambda name: t("import_data.none") if name is None else name,
        key=f"{key}_{role}",
        help=Mapping.model_fields[role].description,
    )


def _rare(proposed: Mapping, cleaning: Cleaning, key: str) -> tuple[str, dict[str, Any]]:
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    fields = Cleaning.model_fields
    time_format = left.text_input(
        t("import_data.time_format"),
        proposed.time_format,
        key=f"{key}_format",
        help=Mapping.model_fields["time_format"].description,
    )
    return time_format, {
        "min_weight": middle.number_input(
            t("import_data.min_weight"),
            value=cleaning.min_weight,
            key=f"{key}_least",
            help=fields["min_weight"].description,
        ),
        "drop_duplicates": right.toggle(
            t("import_data.drop_duplicates"),
            cleaning.drop_duplicates,
            key=f"{key}_twice",
            help=fields["drop_duplicates"].description,
        ),
    }


def _reasons(proposal: Proposal) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "column": column,
                "role": t(f"import_data.role_{role.role}"),
                "reason": role.reason,
                "sure": 100 * role.confidence,
            }
            for column, role in proposal.roles.items()
        ]
    )


def _columns() -> dict[str, Any]:
    return {
        "column": t("import_data.column_column"),
        "role": t("import_data.column_role"),
        "reason": t("import_data.column_reason"),
        "sure": st.column_config.ProgressColumn(
            t("import_data.column_sure"), min_value=0, max_value=100, format="%.0f %%"
        ),
    }
