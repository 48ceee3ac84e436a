"""What all protocols share once events are labelled: the validation part, the core of train, the check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data.dataset import Dataset, Index
from data.errors import NotApplicable
from data.splits.base import (
    TEST,
    TRAIN,
    VALIDATION,
    Assignment,
    SplitConfig,
    check_parts,
)
from data.splits.item_clusters import held_out_by_cluster
from data.wording import number

CORE_HINT = "Lower “Least events in train”: nobody has as many events on items that have as many."


def finish(
    dataset: Dataset, assignment: Assignment, config: SplitConfig, *, seed: int, hint: str
) -> Assignment:
    """The labels after the settings that all protocols have in common.

    Raises:
        DataError: a part is empty, with `hint`.
        NotApplicable: a validation part by time, for data without times.
    """
    checked = check_parts(assignment, hint)
    if config.validation != "same":
        checked = check_parts(_carved(dataset, checked, config, seed), hint)
    if config.train_core > 1:
        checked = check_parts(_core(dataset, checked, config.train_core), CORE_HINT)
    return checked


def _carved(dataset: Dataset, assignment: Assignment, config: SplitConfig, seed: int) -> Assignment:
    """Validation drawn anew, in the size the protocol gave it, from all events that are not test."""
    pool = np.flatnonzero((assignment.part == TRAIN) | (assignment.part == VALIDATION))
    wanted = len(assignment.target_rows(VALIDATION))
    facts = {name: value for name, value in assignment.facts.items() if name != "validation_from"}
    if config.validation == "time":
        chosen, facts["validation_from"] = _latest(dataset, pool, wanted)
    else:
        chosen, facts["seed"] = held_out_by_cluster(dataset, pool, wanted, seed), seed
    part = assignment.part.copy()
    part[pool] = TRAIN
    part[chosen] = VALIDATION
    shown = None if assignment.shown is None else assignment.shown & (part == TEST)
    return replace(assignment, part=part, shown=shown, facts=facts)


def _latest(dataset: Dataset, pool: Index, wanted: int) -> tuple[Index, int]:
    """(rows of the latest events of the pool, their first moment); one moment is never cut in two."""
    times = dataset.interactions.time
    if times is None:
        raise NotApplicable(
            "A validation part by time needs the time of each event, and this data has none.",
            "Map a time column at import, or leave the validation part as the protocol makes it.",
        )
    mine = times[pool]
    place = len(pool) - wanted
    moment = int(np.partition(mine, place)[place])
    return pool[mine >= moment], moment


def _core(dataset: Dataset, assignment: Assignment, least: int) -> Assignment:
    """Train without users and items of fewer than `least` train events, repeated until none is left."""
    from data.event_kernels import k_core  # numba is slow to import, and few splits have a core

    events, taught = dataset.interactions, assignment.taught
    rows = np.flatnonzero(taught)
    users, items = events.user[rows], events.item[rows]
    kept = k_core(users, items, least, least)
    untaught = np.zeros(len(taught), dtype=bool)
    untaught[rows[~kept]] = True
    facts = {
        "core_events_left_out": int((~kept).sum()),
        "core_users_left_out": _lost(users, kept),
        "core_items_left_out": _lost(items, kept),
    }
    return replace(assignment, untaught=untaught, facts={**assignment.facts, **facts})


def _lost(codes: NDArray[np.int32], kept: NDArray[np.bool_]) -> int:
    return len(np.unique(codes)) - len(np.unique(codes[kept]))


def common_words(config: SplitConfig) -> str:
    """What the common settings add to the words of a protocol; empty for the defaults."""
    words = ""
    if config.validation == "time":
        words += "; validation: the latest events before test"
    if config.validation == "item_clusters":
        words += "; validation: by clusters of items"
    if config.train_core > 1:
        words += f"; only users and items with {number(config.train_core)} train events or more teach"
    return words
