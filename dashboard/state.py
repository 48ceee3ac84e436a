"""What is looked at: the only file that names URL and session keys.

Entities (dataset, runs, user, item) stand in the URL by their ids; Streamlit's own binding would write the
label that a picker shows, which may be renamed. Plain choices (k, metric, part) use `bind="query-params"`.
The URL wins over the session, so a link reopens the view and a refresh loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

DATASET = "dataset"
RUNS = "runs"
USER = "user"
ITEM = "item"
PROTOCOL = "protocol"
SPLIT_SETTINGS = "split_settings"
SPLIT_SEED = "split_seed"
SEEN = "seen"
LIMITS = "limits"
SAVED_SPLIT = "saved_split"
JOB = "job"
UPLOAD = "upload"
SQL = "sql"
ADDED = "added"  # uploads on their way to join those under UPLOAD
OF_DATASET = (  # forgotten when the dataset changes
    RUNS, USER, ITEM, PROTOCOL, SPLIT_SETTINGS, SPLIT_SEED, SEEN, LIMITS, SAVED_SPLIT,
)  # fmt: skip

PICKED_JOB = "runs_job"  # session only: the job whose log is read

K = "k"  # bound by Streamlit: the key is the name in the URL
METRIC = "metric"
PART = "part"
_SESSION = "view_"


@dataclass(frozen=True)
class ViewParams:
    """What this page shows, read once at its top."""

    dataset: str | None
    runs: tuple[str, ...]
    user: str | None
    item: str | None


def view() -> ViewParams:
    """What the URL, else the session, says."""
    return ViewParams(read(DATASET), read_all(RUNS), read(USER), read(ITEM))


def read(name: str) -> str | None:
    """One value: the URL's, else the session's, else None."""
    values = read_all(name)
    return values[-1] if values else None


def read_all(name: str) -> tuple[str, ...]:
    """All values of a list in the URL, else in the session."""
    in_url = tuple(st.query_params.get_all(name))
    return in_url or tuple(st.session_state.get(_SESSION + name, ()))


def write(name: str, value: str | Sequence[str] | None) -> None:
    """Remember a choice in the session and in the URL."""
    values = () if value is None else (value,) if isinstance(value, str) else tuple(value)
    st.session_state[_SESSION + name] = values
    if tuple(st.query_params.get_all(name)) == values:
        return
    if values:
        st.query_params[name] = list(values)
    elif name in st.query_params:
        del st.query_params[name]


def settle(name: str, options: Sequence[str], default: str | None) -> str | None:
    """The chosen value if it is one of `options`, else `default`; written back so that the URL says it."""
    chosen = read(name)
    value = chosen if chosen in options else default
    write(name, value)
    return value


def settle_all(name: str, options: Sequence[str], default: Sequence[str]) -> tuple[str, ...]:
    """The chosen values that are among `options`, else `default`."""
    known = set(options)
    values = tuple(value for value in read_all(name) if value in known) or tuple(default)
    write(name, values)
    return values


def settings(name: str, of: str) -> dict[str, Any] | None:
    """Settings kept for `of` (a protocol), or None when they belong to another or cannot be read."""
    owner, _, text = (read(name) or "").partition(":")
    if owner != of:
        return None
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def write_settings(name: str, of: str, values: Mapping[str, Any]) -> None:
    """Keep settings of `of` in the session and in the URL."""
    write(name, f"{of}:{json.dumps(values, separators=(',', ':'))}")


def widget(page: str, name: str) -> str:
    """Session key of a widget: prefixed by its page, since equal keys share one value."""
    return f"{page}_{name}"
