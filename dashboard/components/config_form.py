"""A form made from a config: one widget per field, its range and help from the field itself."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any

import streamlit as st
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from dashboard.components.problem import problem_box
from dashboard.text import t
from data.errors import ConfigError


def config_form(
    config: type[BaseModel], key: str, *, columns: int = 2, initial: Mapping[str, Any] | None = None
) -> BaseModel | None:
    """Widgets for every field, rare ones under "More settings". None when the values contradict each other.

    A field with `json_schema_extra={"more": True}` is a rare one. Values survive a change of page; at first
    they are `initial`, else the defaults.
    """
    front = {name: field for name, field in config.model_fields.items() if not is_rare(field)}
    rare = {name: field for name, field in config.model_fields.items() if is_rare(field)}
    values = _widgets(front, key, columns, initial or {})
    if rare:
        with st.expander(t("common.more_settings")):
            values |= _widgets(rare, key, columns, initial or {})
    try:
        return config(**values)
    except ValidationError as error:
        problem_box(validation_problem(error))
        return None


def is_rare(field: FieldInfo) -> bool:
    """Does the field stand under "More settings"?"""
    return isinstance(field.json_schema_extra, dict) and bool(field.json_schema_extra.get("more"))


def validation_problem(error: ValidationError) -> ConfigError:
    """The first complaint of pydantic in the form of our own errors."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "settings"
    return ConfigError(f"{where}: {first['msg']} (got {first['input']!r}).")


def _widgets(
    fields: dict[str, FieldInfo], key: str, columns: int, initial: Mapping[str, Any]
) -> dict[str, Any]:
    places = st.columns(columns) if fields else []
    return {
        name: _widget(places[i % columns], name, field, f"{key}_{name}", initial)
        for i, (name, field) in enumerate(fields.items())
    }


def _widget(place: Any, name: str, field: FieldInfo, key: str, initial: Mapping[str, Any]) -> Any:
    kind, optional = _kind(field.annotation)
    usual = field.get_default(call_default_factory=True)
    default = initial.get(name, usual)
    label = field.title or _label(name)
    shared = {"key": key, "help": _help(field, usual), "persist_state": "session"}
    if typing.get_origin(kind) is typing.Literal:
        options = [*([None] if optional else []), *typing.get_args(kind)]
        return place.selectbox(label, options, index=options.index(default), format_func=_word, **shared)
    if kind is bool:
        return place.toggle(label, value=bool(default), **shared)
    if kind in (int, float):
        return _number(place, label, field, kind, default, shared)
    if typing.get_origin(kind) in (tuple, list):
        return _sequence(place, label, kind, default, shared)
    text = place.text_input(label, value="" if default is None else str(default), **shared)
    return None if optional and not text else text


def _number(
    place: Any, label: str, field: FieldInfo, kind: type, default: Any, shared: dict[str, Any]
) -> int | float | None:
    low, high = limits(field)
    span = abs(float(default)) if default else 1.0
    value = place.number_input(
        label,
        min_value=None if low is None else kind(low),
        max_value=None if high is None else kind(high),
        value=None if default is None else kind(default),
        step=1 if kind is int else _step(span),
        format=None if kind is int else "%g" if span >= 1e-4 else "%.1e",
        **shared,
    )
    return None if value is None else kind(value)


def _step(size: float) -> float:
    """A tenth of the default's decimal place: 0.05 → 0.01, 3 → 1."""
    exponent = -4 if size < 1e-4 else len(str(int(size))) - 1 if size >= 1 else f"{size:e}"[-2:]
    return float(f"1e{exponent if isinstance(exponent, int) else -int(exponent)}")


def _sequence(
    place: Any, label: str, kind: Any, default: Any, shared: dict[str, Any]
) -> tuple[Any, ...] | None:
    inner = next((part for part in typing.get_args(kind) if part is not Ellipsis), str)
    text = place.text_input(label, value=", ".join(str(part) for part in default or ()), **shared)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts and default is None:
        return None
    return tuple(inner(part) if inner in (int, float) and _is_number(part) else part for part in parts)


def limits(field: FieldInfo) -> tuple[float | None, float | None]:
    """(lowest, highest) allowed value; an open end is kept as it stands, pydantic refuses the end itself."""
    low = high = None
    for rule in field.metadata:
        low = getattr(rule, "ge", getattr(rule, "gt", low))
        high = getattr(rule, "le", getattr(rule, "lt", high))
    return low, high


def _kind(annotation: Any) -> tuple[Any, bool]:
    """The type without `| None`, and whether None was allowed."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        parts = [part for part in typing.get_args(annotation) if part is not types.NoneType]
        return parts[0], len(parts) < len(typing.get_args(annotation))
    return annotation, False


def _help(field: FieldInfo, default: Any) -> str:
    shown = "–" if default is None else _word(default)
    return f"{field.description or ''} {t('common.default', value=shown)}".strip()


def _label(name: str) -> str:
    """`n_neighbors` → "Number of neighbors"."""
    counted = name.removeprefix("n_")
    words = counted.replace("_", " ")
    return words.capitalize() if counted == name else t("common.number_of", what=words)


def _word(value: Any) -> str:
    return "–" if value is None else str(value).replace("_", " ")


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("-", "", 1).replace("e", "", 1).isdigit()
