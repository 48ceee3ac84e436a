"""D002: many events in one second."""

from __future__ import annotations

from typing import ClassVar

from data.checks.base import NO_EVENTS, NO_TIMES, Answer, DoesNotApply, answer, grade
from data.checks.times import resolution, same_moment_sizes
from data.checks.wording import number, plural, share
from data.dataset import Dataset
from data.split import Split

MANY_AT_ONCE = 20  # events of one user in one second: no person is that quick


class BulkEvents:
    """Runs of at least 20 events of a user with the same second: loaded at once, not lived through."""

    code: ClassVar[str] = "D002"
    name: ClassVar[str] = "bulk_events"
    title: ClassVar[str] = "Bulk events at one moment"
    why: ClassVar[str] = (
        "Events written at once carry the time of the writing (a basket, a synchronisation, a migration), "
        "not of the act. Their order means nothing, and a cut in time keeps or takes them as a block."
    )
    fix: ClassVar[str] = (
        "Ask where these blocks come from. Baskets are fine: prefer models without sequences and a cut in "
        "time. Import dates are not times: import without them."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Runs of equal (user, second); events are sorted by both."""
        events = dataset.interactions
        if events.time is None:
            return NO_TIMES
        if not len(events):
            return NO_EVENTS
        unit, word = resolution(events.time)
        if unit > 60:
            return DoesNotApply(f"Times are kept by the {word}, so the second of an event is not known.")
        runs = same_moment_sizes(events.user, events.time)
        bulk = runs[runs >= MANY_AT_ONCE]
        part = float(bulk.sum() / len(events))
        values = {"events": int(bulk.sum()), "share": part, "runs": len(bulk), "largest": int(runs.max())}
        if not len(bulk):
            return answer(None, f"No user has {MANY_AT_ONCE} or more events in one {word}.", values)
        moments = plural(len(bulk), f"time a user has {MANY_AT_ONCE}", f"times a user has {MANY_AT_ONCE}")
        sentence = (
            f"{moments} or more events in one {word}, the largest {number(runs.max())}; together "
            f"{share(part)} of all events."
        )
        return answer(grade(part, 0.1, 0.01), sentence, values)
