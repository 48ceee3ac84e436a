"""The rules in their order, over arrays; nothing is read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.cleaning.base import NOTHING, Effect, Mask, Rule
from data.cleaning.config import Cleaning
from data.cleaning.rules import RULES
from data.coded import Coded
from data.event_kernels import gathered, time_order

COLUMNS = ("user", "item", "weight", "span", "second", "row_hash", "event", "session", "part")


@dataclass(frozen=True, eq=False)
class Cleaned:
    """What is left, sorted by (user, time, file position), with ids that still occur; and what was not.

    `given.lines == events.lines + sum(removed.values())`.
    """

    events: Coded
    removed: dict[str, int]  # label of the rule → lines set aside
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Step:
    """A rule in its place: the rows that reached it, and what it does to them."""

    rule: Rule
    rows: Coded
    alive: Mask  # (n,) not set aside by an earlier rule
    effect: Effect
    reason: str | None  # why the rule does not apply


class Walk:
    """Rows on their way through the rules. Rows set aside are only marked, so that columns are copied once
    for the order and once at the end, each old one being freed before the next is copied."""

    def __init__(self, rows: Coded) -> None:
        self.rows = rows
        self.alive: Mask = np.ones(len(rows), dtype=bool)
        self.ordered = False

    def prepare(self, rule: Rule) -> None:
        """Sort first for a rule that needs the order."""
        if rule.in_order and not self.ordered:
            self.sort()

    def look(self, rule: Rule, cleaning: Cleaning) -> Step:
        """What the rule does here, whether it is on or not; nothing happens yet."""
        self.prepare(rule)
        reason = rule.applies(self.rows)
        effect = NOTHING if reason is not None else rule.apply(self.rows, self.alive, cleaning)
        return Step(rule, self.rows, self.alive, _of_the_living(effect, self.alive), reason)

    def take(self, effect: Effect) -> None:
        """Let it happen."""
        if effect.rows is not None:
            self.rows = effect.rows
        if effect.gone is not None:
            self.alive = self.alive & ~effect.gone

    def sort(self) -> None:
        """Only the rows that are alive, by (user, time, position)."""
        rows, self.ordered = self.rows, True
        user = rows.user if self.alive.all() else rows.user[self.alive]
        second = rows.second if rows.second is None or self.alive.all() else rows.second[self.alive]
        if _sorted(user, second):
            order: NDArray[Any] | None = None
        else:
            order = time_order(user, second)
        del rows, user, second
        self._keep(order)

    def finish(self) -> Coded:
        """What is left, sorted, with codes without gaps."""
        if not self.ordered:
            self.sort()
        self._keep(None)
        return with_present_ids(self.rows)

    def _keep(self, order: NDArray[Any] | None) -> None:
        """Leave out the rows that are not alive, and bring the others into `order`."""
        places: NDArray[Any] | None = None if self.alive.all() else np.flatnonzero(self.alive)
        if order is not None:
            places = order if places is None else places[order]
        if places is None:
            return
        self.alive = np.ones(len(places), dtype=bool)
        columns = {name: getattr(self.rows, name) for name in COLUMNS}
        extras = self.rows.extras
        nothing = dict.fromkeys(COLUMNS)
        self.rows = replace(self.rows, extras=None, **nothing)  # type: ignore[arg-type]
        for name, values in columns.items():
            columns[name] = None if values is None else gathered(values, places)
            del values
        kept = None if extras is None else extras.iloc[places]
        self.rows = replace(self.rows, extras=kept, **columns)


def clean(coded: Coded, cleaning: Cleaning) -> Cleaned:
    """Apply the rules; a row is counted under the first that it meets.

    Pass `coded` without keeping it, and its columns are freed as they are sorted.
    """
    walk = Walk(coded)
    del coded
    removed: dict[str, int] = {}
    notes: list[str] = []
    for step in steps(walk, cleaning, RULES.values()):
        removed[step.rule.label] = _lines(step)
        if step.effect.note:
            notes.append(f"{step.rule.label.capitalize()}: {step.effect.note}")
        walk.take(step.effect)
        del step
    events = walk.finish()
    return Cleaned(events, removed, (*notes, *_negative(events)))


def steps(walk: Walk, cleaning: Cleaning, rules: Any) -> Iterator[Step]:
    """The rules that are on and apply; the caller lets each happen."""
    for rule in rules:
        if rule.is_on(cleaning):
            step = walk.look(rule, cleaning)
            if step.reason is None:
                yield step
            del step


def _of_the_living(effect: Effect, alive: Mask) -> Effect:
    gone = None if effect.gone is None else effect.gone & alive
    if gone is not None and not gone.any():
        gone = None
    changed = None if effect.changed is None else effect.changed & (alive if gone is None else alive & ~gone)
    return replace(effect, gone=gone, changed=changed)


def _lines(step: Step) -> int:
    gone = step.effect.gone
    return 0 if gone is None else int(step.rows.span[gone].sum(dtype=np.int64))


def _sorted(user: NDArray[np.int32], second: NDArray[np.int64] | None) -> bool:
    if bool((user[1:] < user[:-1]).any()):
        return False
    return second is None or not bool(((user[1:] == user[:-1]) & (second[1:] < second[:-1])).any())


def with_present_ids(rows: Coded) -> Coded:
    """Codes without gaps: ids that lost all their rows go."""
    user, users = _dense(rows.user, rows.users)
    item, items = _dense(rows.item, rows.items)
    return replace(rows, user=user, users=users, item=item, items=items)


def _dense(
    codes: NDArray[np.int32], ids: NDArray[np.object_]
) -> tuple[NDArray[np.int32], NDArray[np.object_]]:
    present = np.zeros(len(ids), dtype=bool)
    present[codes] = True
    if present.all():
        return codes, ids
    place = (np.cumsum(present) - 1).astype(np.int32)
    return place[codes], ids[present]


def _negative(rows: Coded) -> list[str]:
    negative = int((rows.weight < 0).sum())
    if not negative:
        return []
    return [f"{negative} events have a negative weight; set a minimum weight to leave them out."]
