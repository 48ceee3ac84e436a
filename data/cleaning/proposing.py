"""Proposals about rows that could be read; nothing is applied before a person accepts it."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from data.cleaning.base import Mask
from data.cleaning.config import Cleaning
from data.cleaning.non_products import propose_non_products
from data.cleaning.rules import RULES
from data.cleaning.rules.above_maximum import FAR
from data.cleaning.rules.cancellations import matched
from data.cleaning.rules.normalised_ids import normalised
from data.cleaning.rules.time_window import DAY, EARLIEST, in_iso
from data.cleaning.suggestions import Suggestion, Suggestions
from data.cleaning.suspect_users import propose_bots, propose_placeholders
from data.coded import MISSING, Coded
from data.wording import number, percent

MATCHES = 0.1  # share of negative rows that take an earlier one back, from which they are cancellations
MANY = 0.2  # share of negative rows, from which they are rather dislikes
HEAVY = (0.001, 0.05)  # share of rows far above the middle one; fewer are the tail of any count
MOST = 0.5  # share of times out of range, from which rather their unit is wrong


def propose_cleaning(
    coded: Coded, item_table: pd.DataFrame | None, cleaning: Cleaning, *, now: float | None = None
) -> Suggestions:
    """What a careful analyst would ask about these rows.

    Args:
        item_table: column "item" and those that follow from the item, as text; without it codes are judged by
            how they are written alone.
        cleaning: the choices so far; what they settle is not proposed again.
        now: epoch seconds; None asks the clock.
    """
    if not len(coded):
        return Suggestions(cleaning)
    placeholders = propose_placeholders(coded)
    nobody = () if placeholders is None else placeholders.change["drop_users"]
    found = [
        propose_non_products(coded, item_table),
        _cancellations(coded),
        _ids(coded),
        placeholders,
        propose_bots(coded, nobody),
        _constant_weight(coded),
        _heavy_weights(coded, cleaning),
        *_times(coded, time.time() if now is None else now),
    ]
    return Suggestions(cleaning, tuple(s for s in found if s is not None and not _settled(s, cleaning)))


def _settled(suggestion: Suggestion, cleaning: Cleaning) -> bool:
    """Whether the choices hold it already."""
    return bool(suggestion.change) and suggestion.apply(cleaning) == cleaning


def _named(coded: Coded) -> Mask:
    return np.asarray(coded.user != MISSING)


def _cancellations(coded: Coded) -> Suggestion | None:
    named = _named(coded)
    negative = (coded.weight < 0) & named
    n_negative, n_rows = int(negative.sum()), int(named.sum())
    if not n_negative:
        return None
    n_matched = len(matched(coded, named, negative)[0])
    told = f"{number(n_negative)} rows have a negative weight"
    if n_matched >= MATCHES * n_negative:
        sentence = (
            f"{told}; {number(n_matched)} of them take back an earlier row of the same user, item and size."
        )
        return Suggestion("cancellations", sentence, n_negative + n_matched, {"cancellations": "match"})
    if n_negative < MANY * n_rows:
        sentence = (
            f"{told} and hardly any takes back an earlier row: returns or corrections of something else."
        )
        return Suggestion("cancellations", sentence, n_negative, {"cancellations": "drop"})
    sentence = (
        f"{told}, {percent(n_negative / n_rows)} of all: they may be dislikes, which count as liking here."
    )
    return Suggestion("cancellations", sentence, n_negative)


def _ids(coded: Coded) -> Suggestion | None:
    """All ids of a column end in .0, or ids become one without blanks and decimals."""
    parts, rows = [], np.zeros(len(coded), dtype=bool)
    for codes, ids, what in ((coded.user, coded.users, "user"), (coded.item, coded.items, "item")):
        plain = normalised(ids)
        changed = np.asarray(plain != ids, dtype=bool)
        merged = len(ids) - len(set(plain.tolist()))
        whole = len(ids) > 0 and bool(changed.all())
        if whole or merged:
            shown = str(ids[int(np.argmax(changed))])
            parts.append(
                f"all {what} ids are written like {shown!r}"
                if whole
                else f"{number(merged)} {what} ids equal another but for blanks or .0, like {shown!r}"
            )
            rows |= np.append(changed, False)[codes]
    if not parts:
        return None
    sentence = "; ".join(parts)
    n_rows = int((rows & _named(coded)).sum())
    return Suggestion("ids", sentence[0].upper() + sentence[1:] + ".", n_rows, {"normalise_ids": True})


def _constant_weight(coded: Coded) -> Suggestion | None:
    weight = float(coded.weight[0])
    if weight == 1 or coded.weight.min() < coded.weight.max():
        return None
    sentence = f"Every weight is {weight:g}: it says that something happened, not how much it was liked."
    return Suggestion("constant_weight", sentence, int(_named(coded).sum()), {"binarise": True})


def _heavy_weights(coded: Coded, cleaning: Cleaning) -> Suggestion | None:
    """More than a few rows far above the middle one: another unit, or a wholesale order."""
    change = RULES["above_maximum"].proposed(coded, cleaning)
    if not change or cleaning.max_weight is not None:
        return None
    heavy = _named(coded) & (coded.weight > np.float32(change["max_weight"]))
    rows, named = int(heavy.sum()), int(_named(coded).sum())
    if not HEAVY[0] * named <= rows <= HEAVY[1] * named:
        return None
    sentence = (
        f"{number(rows)} rows weigh over {number(FAR)} times the middle one, up to "
        f"{number(coded.weight.max())}: probably another unit or orders of a shop."
    )
    return Suggestion("heavy_weights", sentence, rows, change)


def _times(coded: Coded, now: float) -> list[Suggestion]:
    if coded.second is None:
        return []
    tomorrow = int(now) // DAY * DAY + 2 * DAY
    late = f"after {in_iso(tomorrow - 1)[:10]}"
    early_rows, late_rows = coded.second < EARLIEST, coded.second >= tomorrow
    found = (
        _out_of_range(coded, early_rows, "early_times", "before 1990", {"since": in_iso(EARLIEST)}, np.min),
        _out_of_range(coded, late_rows, "late_times", late, {"until": in_iso(tomorrow)}, np.max),
    )
    return [suggestion for suggestion in found if suggestion is not None]


def _out_of_range(
    coded: Coded, outside: Mask, name: str, where: str, change: dict[str, str], most: Callable[..., int]
) -> Suggestion | None:
    named = _named(coded)
    rows = int((outside & named).sum())
    if not rows or coded.second is None:
        return None
    far = int(most(coded.second[outside & named]))
    shown = in_iso(far)[:10] if abs(far) < 253_402_300_800 else f"second {far}"
    told = f"{number(rows)} rows are dated {where}, as far as {shown}"
    if rows >= MOST * int(named.sum()):
        return Suggestion(name, f"{told}: check the unit and the format of the times.", rows)
    reason = "missing times written as 0" if name == "early_times" else "missing times or slips"
    return Suggestion(name, f"{told}: probably {reason}.", rows, dict(change))
