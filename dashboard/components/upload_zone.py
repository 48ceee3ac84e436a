"""A place for files of any size: the browser sends them to our own route and shows how far they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from dashboard.loaders import uploads
from dashboard.text import t
from dashboard.text.file_size import file_size
from dashboard.text.markdown import literal
from dashboard.text.numbers import shorten

HERE = Path(__file__).parent
HTML, CSS, JS = ((HERE / f"upload_zone.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
# What the script says by itself; the placeholders are filled in the browser.
SAID = {
    "cancel": (),
    "cancelled": ("name",),
    "done": ("name",),
    "again": (),
    "remove": (),
    "discard": (),
    "one": (),
    "queued": ("total",),
    "sending": ("share", "sent", "total"),
    "sending_rate": ("share", "sent", "total", "rate", "left"),
    "waiting": ("share", "sent", "total"),
    "here": ("total",),
    "offer": ("share", "size"),
    "unreadable": (),
    "given_up": (),
    "seconds": ("n",),
    "minutes": ("n",),
    "hours": ("n",),
}
REMEMBERED = 50  # ids of arrived files that a slot still knows


def upload_zone(
    key: str,
    label: str,
    take: Callable[[list[str]], None],
    *,
    note: str = "",
    multiple: bool = False,
    compact: bool = False,
) -> None:
    """Draw the zone; `take` is called with the ids of files as soon as all that were dropped have arrived.

    Args:
        key: unique on the page; uploads on their way are known by it, also after a reload.
        label: what to do, in words.
        note: what may be dropped, beside the largest size.
        multiple: take several files.
        compact: a low zone.
    """
    words = {name: t(f"uploads.{name}", **{p: f"{{{p}}}" for p in places}) for name, places in SAID.items()}
    largest = t("uploads.note", size=file_size(uploads.limits().file))
    words |= {"label": label, "note": f"{largest} {note}".strip()}
    data = {
        "slot": key,
        "words": words,
        "token": uploads.token(),
        "multiple": multiple,
        "compact": compact,
        "received": list(st.session_state.get(_session(key), ())),
    }
    component = st.components.v2.component("rankscope_upload_zone", html=HTML, css=CSS, js=JS)
    component(data=data, key=key, on_arrived_change=partial(_arrived, key, take))


def _session(key: str) -> str:
    return f"{key}_received"


def _arrived(key: str, take: Callable[[list[str]], None]) -> None:
    """Pass on what is new; the browser tells again what it has no answer to, the zone may be gone by then."""
    known = st.session_state.get(_session(key), ())
    told = st.session_state.get(key, {}).get("arrived") or {}
    new = [upload for upload in told.get("ids", ()) if isinstance(upload, str) and upload not in known]
    if not new:
        return
    st.session_state[_session(key)] = (*known, *new)[-REMEMBERED:]
    take(new)
    for name, reason in told.get("failed", ()):
        words = t("uploads.refused", name=literal(shorten(str(name), 60)), reason=literal(str(reason)[:300]))
        st.toast(words, duration="long")
