"""A later file becomes a new version of a stored data set, whose users and items keep their codes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.cleaning.applying import Walk, steps
from data.cleaning.base import Mask
from data.cleaning.config import Cleaning
from data.cleaning.rules import RULES
from data.cleaning.rules.cancellations import HASH_BITS, matched
from data.cleaning.rules.extreme_users import rows_per_user
from data.coded import Coded
from data.dataset import Dataset
from data.errors import DataError
from data.event_kernels import k_core, time_order
from data.lineage import VersionRow as VersionRow
from data.lineage import lineage as lineage

KNOWN = "already in the earlier version"
SINGLE = ("keep", "first", "last")  # ways with repeated pairs that leave each event the weight of one row
# Judged over the new rows alone; the rules after these look at both.
OF_ROWS = tuple(list(RULES)[: list(RULES).index("exact_duplicates") + 1])


@dataclass(frozen=True, eq=False)
class Appended:
    """Events of a new version, sorted by (user, time, earlier version first, file position); what changed.

    The first codes are those of the earlier version, whose ids all stay, with or without events. For the new
    file, `given.lines == events.lines + sum(removed.values())`: stored events count no lines.
    """

    events: Coded
    removed: dict[str, int]  # label of the rule → lines of the new file set aside
    source: NDArray[np.int64]  # (n,) number of the stored event that this one is, or −1 − row of the new file
    new_users: int
    new_items: int
    added: int  # events that the earlier version did not hold
    replaced: int  # events of the earlier version that are gone or have another weight
    first: int | None = None  # epoch seconds of the events added
    last: int | None = None
    notes: tuple[str, ...] = ()


def append(
    parent: Dataset, new: Coded, cleaning: Cleaning, *, extras: pd.DataFrame | None = None
) -> Appended:
    """Add the rows of a later file to a stored data set.

    Rules over rows are applied to the new rows, those over repeated pairs to all. Rows equal to a stored
    event in user, item, time, weight and type are set aside, each stored event answering for one row. A
    cancellation ("match") may take back a stored event. Users and items of the earlier version stay.

    Args:
        parent: its `facts` say in "cleaning" how its weights came about.
        new: ids as text; pseudonyms, where the parent has them.
        extras: further columns of the stored events, one row each; beside those of the new rows they become
            the further columns of the version.

    Raises:
        DataError: the parent has times, types of event or a given split, and the new rows have none.
    """
    notes = _check(parent, new)
    stay, rows, removed, open_negative, more = _judged(new, cleaning)
    union, source, negative = _union(parent, rows, stay, open_negative)
    alive = ~negative
    known = _known(union, source, alive, cleaning)
    removed[KNOWN] = int(union.span[known].sum())
    alive &= ~known
    alive[_taken_back(union, source, negative, cleaning)] = False
    alive &= ~_beyond(union, source, alive, cleaning, removed)
    union, source, alive = _merged(parent, union, source, alive, cleaning, removed)
    alive &= ~_thin(union, alive, parent, cleaning, removed)
    version = _finished(parent, union, source, alive, removed, (*notes, *more))
    further = _further(extras, new.extras, version.source, len(parent.interactions))
    return replace(version, events=replace(version.events, extras=further))


def _check(parent: Dataset, new: Coded) -> list[str]:
    events, notes = parent.interactions, list[str]()
    needed = (
        (events.time, new.second, "times"),
        (events.event, new.event, "types of event"),
        (events.part, new.part, "parts of a given split"),
    )
    for theirs, ours, what in needed:
        if theirs is not None and ours is None:
            raise DataError(
                f"The earlier version {parent.name or parent.id!r} has {what}, the new rows have none.",
                "Use the recipe of the earlier version, or import the file as a data set of its own.",
            )
        if theirs is None and ours is not None:
            notes.append(f"The earlier version has no {what}; those of the new rows are left out.")
    if (events.session is None) != (new.session is None):
        notes.append("Only one of the two names visits; they are left out.")
    return notes


def _judged(
    new: Coded, cleaning: Cleaning
) -> tuple[NDArray[np.intp], Coded, dict[str, int], Mask, list[str]]:
    """Numbers of the new rows that are left, and the rows; with them the cancellations that found no row
    among the new ones (marked): they may take back a stored event. Their lines are counted already."""
    walk, removed, notes = Walk(new), dict[str, int](), list[str]()
    unmatched = np.zeros(len(new), dtype=bool)
    for step in steps(walk, cleaning, [RULES[name] for name in OF_ROWS]):
        gone = step.effect.gone
        removed[step.rule.label] = 0 if gone is None else int(step.rows.span[gone].sum())
        if step.effect.note:
            notes.append(f"{step.rule.label.capitalize()}: {step.effect.note}")
        if step.rule.name == "cancellations" and cleaning.cancellations == "match":
            unmatched = (step.rows.weight < 0) & step.alive
            unmatched[matched(step.rows, step.alive, unmatched)[1]] = False
        walk.take(step.effect)
    stay = np.flatnonzero(walk.alive | unmatched)
    return stay, walk.rows.take(stay), removed, unmatched[stay], notes


def _union(
    parent: Dataset, rows: Coded, stay: NDArray[np.intp], open_negative: Mask
) -> tuple[Coded, NDArray[np.int64], Mask]:
    """Stored events, then new rows, with one set of ids; where each comes from; the cancellations."""
    events = parent.interactions
    users, user = _recoded(parent.users.ids, rows.users, rows.user)
    items, item = _recoded(parent.items.ids, rows.items, rows.item)
    types, event = _types(parent, rows)
    n_old = len(events)
    union = Coded(
        np.concatenate([events.user, user]),
        np.concatenate([events.item, item]),
        np.concatenate([events.weight, rows.weight]),
        np.concatenate([np.zeros(n_old, dtype=np.int32), rows.span]),
        users,
        items,
        second=_both(events.time, rows.second),
        event=_both(events.event, event),
        session=_sessions(events.session, rows.session),
        part=_both(events.part, rows.part),
        event_types=types,
    )
    source = np.concatenate([np.arange(n_old, dtype=np.int64), -1 - stay.astype(np.int64)])
    return union, source, np.concatenate([np.zeros(n_old, dtype=bool), open_negative])


def _both(old: NDArray[Any] | None, new: NDArray[Any] | None) -> NDArray[Any] | None:
    return None if old is None or new is None else np.concatenate([old, new])


def _sessions(old: NDArray[np.int32] | None, new: NDArray[np.int32] | None) -> NDArray[np.int32] | None:
    """Visits of the new file are other visits."""
    if old is None or new is None:
        return None
    moved = np.where(new < 0, new, new + np.int32(old.max(initial=-1) + 1))
    return np.concatenate([old, moved.astype(np.int32)])


def _recoded(
    old: NDArray[np.object_], ids: NDArray[np.object_], codes: NDArray[np.int32]
) -> tuple[NDArray[np.object_], NDArray[np.int32]]:
    """The old ids and behind them those that are new, and the codes in these."""
    place = {text: code for code, text in enumerate(old.tolist())}
    fresh = [text for text in ids.tolist() if text not in place]
    place |= {text: len(old) + k for k, text in enumerate(fresh)}
    moved = np.fromiter((place[text] for text in ids.tolist()), dtype=np.int32, count=len(ids))
    return np.concatenate([old, np.asarray(fresh, dtype=object)]), moved[codes]


def _types(parent: Dataset, rows: Coded) -> tuple[tuple[str, ...], NDArray[np.uint8] | None]:
    if parent.interactions.event is None or rows.event is None:
        return (), None
    old = list(parent.event_types)
    n_old = int(parent.interactions.event.max(initial=0)) + 1
    old += [f"type {code}" for code in range(len(old), n_old)]
    names = tuple(dict.fromkeys((*old, *rows.event_types)))
    if len(names) > 256:
        raise DataError(
            f"Both versions together have {len(names)} types of event; 256 can be told apart.",
            "Is the column of the type the right one?",
        )
    place = np.asarray([names.index(name) for name in rows.event_types] or [0], dtype=np.uint8)
    return names, place[rows.event]


def _known(union: Coded, source: NDArray[np.int64], alive: Mask, cleaning: Cleaning) -> Mask:
    """New rows equal to a stored event; each stored event answers for one of them, in file order."""
    known = np.zeros(len(union), dtype=bool)
    rows = _of_shared_pairs(union, source, alive)
    if not len(rows):
        return known
    key = _event_keys(union, rows, ignore_weight=cleaning.binarise)
    fresh = source[rows] < 0
    stored = np.bincount(key[~fresh], minlength=int(key.max()) + 1)
    rows, key = rows[fresh], key[fresh]
    order = np.argsort(key, kind="stable")
    begins = np.flatnonzero(np.diff(key[order], prepend=-1))
    turn = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order))))
    known[rows[order[turn < stored[key[order]]]]] = True
    return known


def _of_shared_pairs(union: Coded, source: NDArray[np.int64], alive: Mask) -> NDArray[np.intp]:
    """Rows, ascending, among them all whose user and item occur together in both files; bits of a hash
    (multiplicative; Knuth 1973) spare most other rows the exact comparison."""
    pair = union.user.astype(np.uint64) * np.uint64(len(union.items)) + union.item.astype(np.uint64)
    pair *= np.uint64(0x9E3779B97F4A7C15)
    place = (pair >> np.uint64(64 - HASH_BITS)).astype(np.int64)
    stored = source >= 0
    fresh = ~stored & alive
    for side, other in ((stored, fresh), (fresh, stored)):
        marked = np.zeros(1 << HASH_BITS, dtype=bool)
        marked[place[other]] = True
        side &= marked[place]
    return np.flatnonzero(stored | fresh)


def _event_keys(union: Coded, rows: NDArray[np.intp], *, ignore_weight: bool) -> NDArray[np.int64]:
    """(len(rows),) equal numbers for events equal in user, item, time, type, part and weight."""
    key = union.user[rows].astype(np.int64) * len(union.items) + union.item[rows]
    weight = None if ignore_weight else union.weight
    for column in (union.second, union.event, union.part, weight):
        if column is not None:
            values, codes = np.unique(column[rows], return_inverse=True)
            key = np.unique(key, return_inverse=True)[1] * np.int64(len(values)) + codes
    return np.asarray(np.unique(key, return_inverse=True)[1], dtype=np.int64)


def _taken_back(
    union: Coded, source: NDArray[np.int64], negative: Mask, cleaning: Cleaning
) -> NDArray[np.intp]:
    """Stored events that a new cancellation of a later second takes back; none without times, and none where
    stored weights are not those of single rows.

    One of the same second may have come after it in the file, and then a file that is imported again would
    take back what it left before.
    """
    changed = cleaning.binarise or cleaning.repeats not in SINGLE
    if not negative.any() or union.second is None or changed:
        return np.zeros(0, dtype=np.intp)
    stored = source >= 0
    strict = replace(union, second=2 * union.second + stored)
    return matched(strict, stored | negative, negative)[0]


def _beyond(
    union: Coded, source: NDArray[np.int64], alive: Mask, cleaning: Cleaning, removed: dict[str, int]
) -> Mask:
    """New rows of users who have too many by now; what is stored of them stays."""
    gone = np.zeros(len(union), dtype=bool)
    if cleaning.max_user_events is not None:
        heavy = rows_per_user(union, alive) > cleaning.max_user_events
        gone = heavy[union.user] & (source < 0) & alive
        removed[RULES["extreme_users"].label] = int(union.span[gone].sum())
    return gone


def _merged(
    parent: Dataset,
    union: Coded,
    source: NDArray[np.int64],
    alive: Mask,
    cleaning: Cleaning,
    removed: dict[str, int],
) -> tuple[Coded, NDArray[np.int64], Mask]:
    """Sorted, repeated pairs settled over both, and weights set to 1 when asked."""
    order = np.flatnonzero(alive)
    order = order[time_order(union.user[order], None if union.second is None else union.second[order])]
    union, source = union.take(order), source[order]
    alive = np.ones(len(union), dtype=bool)
    if cleaning.repeats == "count":  # a stored event stands for as many as it counts
        counted = (parent.facts.get("cleaning") or {}).get("repeats") == "count"
        weight = np.where(source >= 0, union.weight, 1) if counted else np.ones(len(union))
        union = replace(union, weight=weight.astype(np.float32))
        cleaning = cleaning.model_copy(update={"repeats": "sum"})
    for rule in (RULES["repeated_pairs"], RULES["binarised"]):
        if rule.is_on(cleaning):
            effect = rule.apply(union, alive, cleaning)
            union = union if effect.rows is None else effect.rows
            if effect.gone is not None:
                alive = alive & ~effect.gone
                removed[rule.label] = int(union.span[effect.gone].sum())
    return union, source, alive


def _thin(
    union: Coded,
    alive: Mask,
    parent: Dataset,
    cleaning: Cleaning,
    removed: dict[str, int],
) -> Mask:
    """Events of new users and new items that have too few; those of the earlier version stay."""
    rule, gone = RULES["k_core"], np.zeros(len(union), dtype=bool)
    if rule.is_on(cleaning):
        rows = np.flatnonzero(alive)
        safe = (np.arange(len(union.users)) < parent.n_users, np.arange(len(union.items)) < parent.n_items)
        kept = k_core(
            union.user[rows],
            union.item[rows],
            cleaning.min_user_events or 1,
            cleaning.min_item_events or 1,
            safe=safe,
        )
        gone[rows[~kept]] = True
        removed[rule.label] = int(union.span[gone].sum())
    return gone


def _finished(
    parent: Dataset,
    union: Coded,
    source: NDArray[np.int64],
    alive: Mask,
    removed: dict[str, int],
    notes: tuple[str, ...],
) -> Appended:
    events, source = union.take(np.flatnonzero(alive)), source[alive]
    user, users = _without_gaps(events.user, events.users, parent.n_users)
    item, items = _without_gaps(events.item, events.items, parent.n_items)
    events = replace(events, user=user, users=users, item=item, items=items)
    stored = source >= 0
    same = stored.copy()
    same[stored] = events.weight[stored] == parent.interactions.weight[source[stored]]
    fresh = None if events.second is None else events.second[~same]
    return Appended(
        events,
        removed,
        source,
        new_users=len(users) - parent.n_users,
        new_items=len(items) - parent.n_items,
        added=int((~same).sum()),
        replaced=len(parent.interactions) - int(same.sum()),
        first=None if fresh is None or not len(fresh) else int(fresh.min()),
        last=None if fresh is None or not len(fresh) else int(fresh.max()),
        notes=notes,
    )


def _further(
    old: pd.DataFrame | None, new: pd.DataFrame | None, source: NDArray[np.int64], n_old: int
) -> pd.DataFrame | None:
    """Columns of both, by the events of the version; missing where only the other one has them."""
    if old is None and new is None:
        return None
    before = pd.DataFrame(index=range(n_old)) if old is None else old
    after = pd.DataFrame(index=range(int((-1 - source).max(initial=-1)) + 1)) if new is None else new
    both = pd.concat([before, after], ignore_index=True)
    return both.iloc[np.where(source >= 0, source, n_old - 1 - source)]


def _without_gaps(
    codes: NDArray[np.int32], ids: NDArray[np.object_], n_old: int
) -> tuple[NDArray[np.int32], NDArray[np.object_]]:
    """Codes and ids without the new ids that lost all their rows."""
    present = np.zeros(len(ids), dtype=bool)
    present[codes] = True
    present[:n_old] = True
    place = (np.cumsum(present) - 1).astype(np.int32)
    return place[codes], ids[present]
