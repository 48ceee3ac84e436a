"""D026: users who are probably no persons."""

from __future__ import annotations

from typing import ClassVar

from data.checks.base import NO_EVENTS, Answer, answer, grade
from data.checks.non_product_items import as_coded
from data.checks.wording import number, plural, quoted, share
from data.cleaning.suspect_users import propose_bots, propose_placeholders
from data.dataset import Dataset
from data.split import Split


class SuspectUsers:
    """Ids that stand for nobody (guest, 0), users with over 50 times the events of 99 % of all others, and
    users with at least 1 % of all events and a pace that nobody keeps."""

    code: ClassVar[str] = "D026"
    name: ClassVar[str] = "suspect_users"
    title: ClassVar[str] = "Bots and placeholder users"
    why: ClassVar[str] = (
        "All guests under one id are one user who likes everything, and a bot that walks the catalogue makes "
        "all items neighbours; both teach the model what no person did."
    )
    fix: ClassVar[str] = (
        "Import again and set these users aside, by their ids or by a limit of events per user."
    )
    needs_split: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Judge users as the import does."""
        n_events = len(dataset.interactions)
        if not n_events:
            return NO_EVENTS
        rows = as_coded(dataset)
        nobody = propose_placeholders(rows)
        named = tuple(item.id for item in nobody.evidence) if nobody is not None else ()
        found = [s for s in (nobody, propose_bots(rows, named)) if s is not None]
        who = [item for suggestion in found for item in suggestion.evidence]
        if not who:
            return answer(
                None, f"None of {number(dataset.n_users)} users stands for many or acts like a bot.", {}
            )
        events = sum(item.rows for item in who)
        values = {"users": len(who), "events": events, "share": events / n_events}
        ids = tuple(item.id for item in who)
        users = plural(len(who), "user", "users")
        sentence = f"{share(events / n_events)} of all events are of {users} who are hardly single persons: "
        examples = tuple(f"{item.id}: {item.reason}" for item in who[:10])
        return answer(grade(events / n_events, 0.01, 0.0), f"{sentence}{quoted(ids)}.", values, examples)
