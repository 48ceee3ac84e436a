"""Pairs of user and item that occur again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from data.cleaning.base import NOTHING, Effect, Mask, all_but, among
from data.cleaning.config import Cleaning
from data.coded import Coded
from data.event_kernels import first_of_each, groups, last_of_each, totals


class RepeatedPairs:
    """One event per pair: the first, the last, or the last with the sum, largest or number of weights.

    Pairs are told apart by the part of a given split: an event of test is no repetition of one of train.
    """

    name: ClassVar[str] = "repeated_pairs"
    label: ClassVar[str] = "repeated pair"
    in_order: ClassVar[bool] = True

    def applies(self, rows: Coded) -> str | None:
        """To all rows."""
        return None

    def is_on(self, cleaning: Cleaning) -> bool:
        """Unless all are kept."""
        return cleaning.repeats != "keep"

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """The last one."""
        return {"repeats": "last"}

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Group the rows that are alive by pair."""
        selected = among(alive)
        pair = pairs(rows, selected)
        kept = (first_of_each if cleaning.repeats == "first" else last_of_each)(pair)
        merged = combined(pair, rows.weight[selected], cleaning.repeats)
        gone = None if len(kept) == len(pair) else all_but(kept, selected, len(rows))
        if merged is None:
            return NOTHING if gone is None else Effect(gone=gone)
        weight = rows.weight.copy()
        weight[selected] = merged
        return Effect(gone=gone, rows=replace(rows, weight=weight), changed=weight != rows.weight)


def pairs(rows: Coded, selected: NDArray[np.intp] | slice) -> NDArray[np.int64]:
    """One number per (part, user, item)."""
    user = rows.user[selected].astype(np.int64)
    if rows.part is not None:
        user += rows.part[selected].astype(np.int64) * len(rows.users)
    return user * len(rows.items) + rows.item[selected]


def combined(
    pair: NDArray[np.int64], weight: NDArray[np.float32], repeats: str
) -> NDArray[np.float32] | None:
    """(n,) for each row the sum, the largest or the number of the weights of its pair; None: its own."""
    if repeats == "sum":
        return totals(pair, weight).astype(np.float32)
    if repeats == "count":
        return totals(pair, None).astype(np.float32)
    if repeats != "max" or not len(pair):
        return None
    order, begins = groups(pair)
    largest = np.maximum.reduceat(weight[order], np.flatnonzero(begins))
    result = np.empty(len(pair), dtype=np.float32)
    result[order] = largest[np.cumsum(begins) - 1]
    return result
