"""D027: kinds of event that say nothing, or do not follow on one another."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from data.checks.base import KNOW, NO_EVENTS, Answer, DoesNotApply, answer, grade
from data.checks.wording import share
from data.dataset import Dataset
from data.roles.kinds import event_weights
from data.split import Split


class EventTypes:
    """Only one kind, or strong kinds (purchases) without a weak one (views) of the same user and item."""

    code: ClassVar[str] = "D027"
    name: ClassVar[str] = "event_types"
    title: ClassVar[str] = "Kinds of event"
    why: ClassVar[str] = (
        "Views tell taste only when they are recorded: where most purchases have no view before them, one of "
        "the two is logged in part, and weights per kind weigh the logging."
    )
    fix: ClassVar[str] = (
        "Ask from which systems the kinds come and since when. Train on the complete kind alone, or begin "
        "with the day from which both are recorded."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Compare the pairs of the strongest kind with those of the weakest."""
        events = dataset.interactions
        if events.event is None:
            return DoesNotApply("The events have one kind.")
        if not len(events):
            return NO_EVENTS
        counts = np.bincount(events.event)
        told = list(dataset.event_types)
        names = told + [f"type {code}" for code in range(len(told), len(counts))]
        present = [code for code in range(len(counts)) if counts[code]]
        if len(present) == 1:
            only = names[present[0]]
            return answer(KNOW, f"All events are of the kind {only!r}; it tells nothing apart.", {"kinds": 1})
        worth = event_weights(tuple(names))
        ranked = sorted((code for code in present if names[code] in worth), key=lambda c: worth[names[c]])
        shown = ", ".join(f"{names[code]!r} {share(counts[code] / len(events))}" for code in present)
        if len(ranked) < 2 or worth[names[ranked[0]]] == worth[names[ranked[-1]]]:
            return answer(None, f"{len(present)} kinds of event, none above another: {shown}.", {})
        weak = [code for code in ranked if worth[names[code]] == worth[names[ranked[0]]]]
        pair = events.user.astype(np.int64) * dataset.n_items + events.item
        strong = events.event == ranked[-1]
        bare = 1 - float(np.isin(pair[strong], pair[np.isin(events.event, weak)]).mean())
        before = " or ".join(repr(names[code]) for code in weak[:3])
        sentence = (
            f"{share(bare)} of the events {names[ranked[-1]]!r} have no event {before} of the same user and "
            f"item; kinds: {shown}."
        )
        values = {"kinds": len(present), "without_weak": bare}
        return answer(grade(bare, 0.5, 0.2), sentence, values)
