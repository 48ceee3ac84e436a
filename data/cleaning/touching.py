"""What each rule touches with the present choices, and what those that are off would touch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from data.cleaning.applying import Step, Walk
from data.cleaning.base import Mask, Rule
from data.cleaning.config import Cleaning
from data.cleaning.rules import RULES
from data.coded import Coded

LEFT = "left"
COLUMNS = ["rule", "label", "on", "lines", "rows", "users", "items", "note", "change"]


def touched(coded: Coded, cleaning: Cleaning) -> pd.DataFrame:
    """One row per rule in the order of application, and last one for what is left ("left").

    Columns: rule, label; on, whether it is chosen; lines that it sets aside; rows that it sets aside, or
    where it sets none aside, that it changes; users and items of these rows; note; change, the fields of
    `Cleaning` that switch it on, for a rule that is off. A rule that is off is counted in its place, after
    the rules that are on, with the change that it proposes; with no change proposed it counts 0 and the note
    says why. `coded.lines` is the sum of `lines` over the rules that are on and of what is left.
    """
    walk = Walk(coded)
    table = []
    for rule in RULES.values():
        on = rule.is_on(cleaning)
        change = {} if on else _change(rule, walk, cleaning)
        if not on and not change:
            reason = rule.applies(walk.rows) or "nothing to propose"
            table.append(_row(rule, False, reason, {}))
            continue
        step = walk.look(rule, cleaning.model_copy(update=change))
        table.append(_row(rule, on, step.reason or step.effect.note, change) | _counts(step))
        if on:
            walk.take(step.effect)
    table.append(_left(walk))
    return pd.DataFrame(table, columns=COLUMNS)


def _change(rule: Rule, walk: Walk, cleaning: Cleaning) -> dict[str, Any]:
    return {} if rule.applies(walk.rows) is not None else rule.proposed(walk.rows, cleaning)


def _row(rule: Rule, on: bool, note: str, change: dict[str, Any]) -> dict[str, Any]:
    row = {"rule": rule.name, "label": rule.label, "on": on, "note": note, "change": change}
    return row | dict.fromkeys(("lines", "rows", "users", "items"), 0)


def _counts(step: Step) -> dict[str, int]:
    gone, changed = step.effect.gone, step.effect.changed
    reached = gone if gone is not None else changed
    if reached is None:
        return {}
    lines = 0 if gone is None else int(step.rows.span[gone].sum(dtype=np.int64))
    return {"lines": lines} | _sizes(step.rows, reached)


def _sizes(rows: Coded, chosen: Mask) -> dict[str, int]:
    users = np.zeros(len(rows.users) + 1, dtype=bool)  # the last place answers for a missing user
    items = np.zeros(len(rows.items), dtype=bool)
    users[rows.user[chosen]] = True
    items[rows.item[chosen]] = True
    return {
        "rows": int(chosen.sum()),
        "users": int(users[:-1].sum()),
        "items": int(items.sum()),
    }


def _left(walk: Walk) -> dict[str, Any]:
    rows, alive = walk.rows, walk.alive
    lines = int(rows.span[alive].sum(dtype=np.int64))
    told = {"rule": LEFT, "label": "what is left", "on": True, "lines": lines, "note": "", "change": {}}
    return told | _sizes(rows, alive)
