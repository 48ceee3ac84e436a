"""The proposed mapping over a preview, editable; and how the file is read."""

from __future__ import annotations

from collections.abc import Mapping as Given
from typing import Any, get_args
from zlib import crc32
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st
from pydantic import ValidationError

from dashboard.components.column_table import column_table
from dashboard.components.config_form import validation_problem
from dashboard.components.problem import problem_box
from dashboard.loaders.imports import Look, look_into, other_rows
from dashboard.text import t
from dashboard.text.markdown import literal
from dashboard.text.numbers import join
from dashboard.views.column_roles import SINGLE, mapping_of, proposed_roles, roles_of
from data.errors import ConfigError, RankscopeError
from data.mapping import Mapping
from data.reading import FileShape
from data.reading.shape import Encoding, LineStart

TEXTS = ("delimited", "user_lines", "matrix")  # forms that one text may be taken for
STARTS = get_args(LineStart)
DELIMITERS = {
    r"\s+": "blanks",
    ",": "comma",
    "\t": "tab",
    ";": "semicolon",
    "|": "bar",
    " ": "space",
    "::": "colons",
}
ENCODINGS = get_args(Encoding)
COMMON_ZONES = ("UTC", "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles")
COMMON_ZONES += ("Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney")
TITLED = ("delimited", "xlsx")


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
        kind = t("import_data.shape_delimited", mark=_mark(shape.delimiter), header=header)
    return kind if shape.compression == "none" else t(f"import_data.shape_{shape.compression}", kind=kind)


def _mark(delimiter: str) -> str:
    name = DELIMITERS.get(delimiter)
    return t(f"import_data.mark_{name}") if name else f"“{delimiter}”"


def in_words(look: Look, mapping: Mapping | None) -> str:
    """What the file is and what its columns mean."""
    said = t("import_data.finding", name=literal(look.name), shape=shape_in_words(look.shape))
    if mapping is None:
        return said
    named = [(role, getattr(mapping, role)) for role in SINGLE]
    pairs = [
        t(f"import_data.pair_{role}", column=literal(column)) for role, column in named if column is not None
    ]
    return f"{said} {t('import_data.finding_roles', roles=join(pairs))}"


def shape_form(look: Look, changes: Given[str, Any], key: str) -> Look:
    """Widgets for how the file is written; the look follows them. A reading that fails keeps the old look."""
    asked = _shape_widgets(look.shape, {**look.shape.model_dump(), **changes}, key)
    recognised = look.shape.model_dump()
    changed = {name: value for name, value in asked.items() if value != recognised[name]}
    try:
        return look_into(look.upload, changed) if changed else look
    except RankscopeError as error:
        problem_box(error)
        return look


def _shape_widgets(shape: FileShape, start: Given[str, Any], key: str) -> dict[str, Any]:
    st.markdown(f"**{t('import_data.shape')}**")
    st.caption(" · ".join(literal(reason) for reason in shape.reasons))
    asked: dict[str, Any] = _form(shape, start, key)
    places = st.columns(3)
    if shape.format in TEXTS:
        asked |= _delimiter(places[0], start["delimiter"], key)
    if asked.get("format", shape.format) in TITLED:
        asked["header"] = places[1].selectbox(
            t("import_data.shape_first_line"),
            (True, False),
            index=0 if start["header"] else 1,
            format_func=lambda yes: t(f"import_data.first_line_{'names' if yes else 'row'}"),
            key=f"{key}_header",
            persist_state="session",
        )
    if shape.format not in ("parquet", "xlsx"):
        asked["encoding"] = places[2].selectbox(
            t("import_data.shape_encoding"),
            ENCODINGS,
            index=ENCODINGS.index(start["encoding"]),
            key=f"{key}_encoding",
            persist_state="session",
        )
    if asked.get("format") != "user_lines":
        asked |= _numbers(start, key)
    if asked.get("format") == "matrix":
        asked["missing"] = _text(st, "missing", start, key)
    if len(shape.members) > 1:
        asked["member"] = st.selectbox(
            t("import_data.shape_member"),
            shape.members,
            index=shape.members.index(start["member"]) if start["member"] in shape.members else 0,
            key=f"{key}_member",
            persist_state="session",
        )
    return asked


def _form(shape: FileShape, start: Given[str, Any], key: str) -> dict[str, Any]:
    """What the lines of a text are, and what they begin with."""
    if shape.format not in TEXTS:
        return {}
    left, right = st.columns(2)
    form = left.selectbox(
        t("import_data.shape_form"),
        TEXTS,
        index=TEXTS.index(start["format"]),
        format_func=lambda one: t(f"import_data.form_{one}"),
        key=f"{key}_form",
        persist_state="session",
    )
    if form == "delimited":
        return {"format": form}
    line_start = right.selectbox(
        t("import_data.shape_line_start"),
        STARTS,
        index=STARTS.index(start["line_start"]),
        format_func=lambda one: t(f"import_data.line_start_{one}"),
        key=f"{key}_line_start",
        persist_state="session",
    )
    return {"format": form, "line_start": line_start}


def _delimiter(place: Any, start: str, key: str) -> dict[str, str]:
    options = list(dict.fromkeys((*DELIMITERS, start)))
    chosen = place.selectbox(
        t("import_data.shape_delimiter"),
        options,
        index=options.index(start),
        format_func=_mark,
        accept_new_options=True,
        key=f"{key}_delimiter",
        persist_state="session",
    )
    return {"delimiter": str(chosen or start)}


def _numbers(start: Given[str, Any], key: str) -> dict[str, str]:
    left, middle, right = st.columns(3)
    found = {}
    for place, name in ((left, "decimal"), (middle, "thousands")):
        options = get_args(FileShape.model_fields[name].annotation)
        found[name] = place.selectbox(
            t(f"import_data.shape_{name}"),
            options,
            index=options.index(start[name]),
            format_func=lambda mark: t(f"import_data.mark_number_{ord(mark) if mark else 0}"),
            key=f"{key}_{name}",
            persist_state="session",
        )
    found["comment"] = _text(right, "comment", start, key)
    return found


def _text(place: Any, name: str, start: Given[str, Any], key: str) -> str:
    return str(
        place.text_input(
            t(f"import_data.shape_{name}"),
            start[name],
            key=f"{key}_{name}",
            help=FileShape.model_fields[name].description,
            max_chars=16 if name == "missing" else 2,
            persist_state="session",
        )
    )


def mapping_form(look: Look, start: Mapping, key: str, more: Any) -> Mapping | None:
    """One line per column, time format and zone under `more`; None while roles contradict each other."""
    columns = [str(name) for name in look.preview.columns]
    proposed = proposed_roles(look.proposal, columns)
    key = f"{key}_{crc32(repr(columns).encode()):08x}"
    roles = column_table(look, roles_of(start, proposed), proposed, key)
    for note in look.proposal.notes if look.proposal else ():
        st.caption(literal(note))
    with more:
        base = start.model_copy(update=_time_widgets(start, key))
    try:
        return mapping_of(roles, base)
    except ConfigError as error:
        problem_box(error)
    except ValidationError as error:
        problem_box(validation_problem(error))
    return None


def _time_widgets(start: Mapping, key: str) -> dict[str, str]:
    st.markdown(f"**{t('import_data.times')}**")
    left, right = st.columns(2)
    time_format = left.text_input(
        t("import_data.time_format"),
        start.time_format,
        key=f"{key}_format",
        help=Mapping.model_fields["time_format"].description,
        persist_state="session",
    )
    zones = list(dict.fromkeys((start.time_zone, *COMMON_ZONES, *sorted(available_timezones()))))
    zone = right.selectbox(
        t("import_data.time_zone"),
        zones,
        key=f"{key}_zone",
        help=Mapping.model_fields["time_zone"].description,
        persist_state="session",
    )
    return {"time_format": time_format.strip() or start.time_format, "time_zone": zone}


def rows_preview(look: Look, mapping: Mapping | None, key: str) -> None:
    """The first rows, or rows from all over the file; columns with a role first, named by it."""
    bar = st.container(horizontal=True, vertical_alignment="center")
    which = bar.segmented_control(
        t("import_data.preview"),
        ("first", "random"),
        default="first",
        required=True,
        format_func=lambda one: t(f"import_data.preview_{one}"),
        key=f"{key}_which",
        label_visibility="collapsed",
    )
    rows = look.preview
    if which == "random":
        seed = st.session_state.setdefault(f"{key}_seed", 0)
        bar.button(t("import_data.preview_again"), key=f"{key}_again", on_click=_next_seed, args=(key,))
        rows = other_rows(look.upload, look.shape.model_dump_json(), seed)
    _table(rows, {} if mapping is None else mapping.roles(), key)


def _table(rows: pd.DataFrame, roles: Given[str, str], key: str) -> None:
    named = {column: t("import_data.head", column=column, role=t(f"import_data.role_{role}"))
             for role, column in roles.items()}  # fmt: skip
    order = [*named, *(str(name) for name in rows.columns if name not in named)]
    st.dataframe(
        rows,
        hide_index=True,
        height=248,
        key=f"{key}_rows",
        column_order=order,
        column_config=named,
        lazy=False,
    )


def _next_seed(key: str) -> None:
    st.session_state[f"{key}_seed"] += 1
