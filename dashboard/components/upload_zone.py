"""A place for files of any size: the browser sends them to our own route and shows how far they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboard.loaders import uploads
from dashboard.text import t
from dashboard.text.file_size import file_size

HERE = Path(__file__).parent
HTML, CSS, JS = ((HERE / f"upload_zone.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
# What the script says by itself; the placeholders are filled in the browser.
SAID = {
    "cancel": (),
    "cancelled": ("name",),
    "done": ("name",),
    "again": (),
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
    key: str, label: str, take: Callable[[list[str]], None], *, multiple: bool = False, compact: bool = False
) -> None:
    """Draw the zone; `take` is called with the ids of files as soon as all that were dropped have arrived."""
    session, known = f"{key}_received", st.session_state.get(f"{key}_received", ())

    def arrived() -> None:
        new = [i for i in st.session_state[key].get("arrived") or [] if i not in known and isinstance(i, str)]
        if new:
            st.session_state[session] = (*known, *new)[-REMEMBERED:]
            take(new)

    words = {name: t(f"uploads.{name}", **{p: f"{{{p}}}" for p in places}) for name, places in SAID.items()}
    words |= {"label": label, "note": t("uploads.note", size=file_size(uploads.limits().file))}
    data = {
        "slot": key,
        "words": words,
        "token": uploads.token(),
        "multiple": multiple,
        "compact": compact,
        "received": list(known),
    }
    component = st.components.v2.component("rankscope_upload_zone", html=HTML, css=CSS, js=JS)
    component(data=data, key=key, on_arrived_change=arrived)
