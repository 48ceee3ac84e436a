"""D028: sessions that are none."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from data.checks.base import KNOW, LOOK, NO_EVENTS, Answer, DoesNotApply, answer
from data.checks.wording import DAY, plural, share
from data.dataset import Dataset
from data.split import Split

SHARED, LONG, SINGLE = 0.01, 0.05, 0.9  # share of sessions from which each is told


class SessionSanity:
    """Sessions of several users, sessions over a day long, and sessions of one event."""

    code: ClassVar[str] = "D028"
    name: ClassVar[str] = "session_sanity"
    title: ClassVar[str] = "Sessions that are none"
    why: ClassVar[str] = (
        "Models of sessions learn what is wanted together now. An id that several users share or that lives "
        "for weeks is a device or a till, and sessions of one event hold nothing to learn the next from."
    )
    fix: ClassVar[str] = (
        "Take the column that names the visit (or the order), or import without sessions and let time tell "
        "them: a pause of 30 minutes ends a visit."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Group events by session."""
        events = dataset.interactions
        if events.session is None:
            return DoesNotApply("The events name no sessions.")
        if not len(events):
            return NO_EVENTS
        order = np.argsort(events.session, kind="stable")
        order = order[events.session[order] >= 0]
        if not len(order):
            return NO_EVENTS
        starts = np.flatnonzero(np.diff(events.session[order], prepend=-1))
        sizes = np.diff(np.append(starts, len(order)))
        user = events.user[order]
        shared = float((np.maximum.reduceat(user, starts) != np.minimum.reduceat(user, starts)).mean())
        single, long = float((sizes == 1).mean()), 0.0
        if events.time is not None:
            time = events.time[order]
            long = float((np.maximum.reduceat(time, starts) - np.minimum.reduceat(time, starts) > DAY).mean())
        values = {"sessions": len(starts), "shared": shared, "long": long, "single": single}
        kinds = (
            (shared, SHARED, "belong to several users"),
            (long, LONG, "last longer than a day"),
            (single, SINGLE, "hold one event"),
        )
        parts = [f"{share(value)} {what}" for value, least, what in kinds if value >= least]
        have = plural(len(starts), "session", "sessions")
        if not parts:
            mean = f"{plural(float(np.median(sizes)), 'event', 'events')} in the middle one"
            return answer(None, f"{have}, {mean}; hardly any is shared or longer than a day.", values)
        return answer(LOOK if shared >= SHARED else KNOW, f"Of {have}, {'; '.join(parts)}.", values)
