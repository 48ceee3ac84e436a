"""Do people take the same item again? Measured, to propose what lists do with seen items."""

from __future__ import annotations

import numpy as np

from data.dataset import Dataset
from data.wording import percent

MANY_REPEATS = 0.2  # from this share on, hiding seen items would hide much of what people want


def distinct_pairs(dataset: Dataset) -> int:
    """Number of different user-item pairs among the events."""
    events = dataset.interactions
    pairs = np.sort(events.user.astype(np.int64) * dataset.n_items + events.item)
    return int((pairs[1:] != pairs[:-1]).sum()) + bool(len(pairs))


def repeat_share(dataset: Dataset) -> float:
    """Share of events after each user's first whose item the user had before; 0 where there are none."""
    n_events = len(dataset.interactions)
    later = n_events - int(dataset.trained_users.sum())
    return (n_events - distinct_pairs(dataset)) / later if later else 0.0


def propose_policy(dataset: Dataset) -> tuple[str, str]:
    """("hide" or "allow", the reason with the measured share)."""
    share = repeat_share(dataset)
    measured = f"{percent(share)} of events after a user's first repeat an item they had before"
    if share >= MANY_REPEATS:
        return "allow", f"{measured}: lists may show seen items again."
    return "hide", f"{measured}: lists show only items that are new to the user."
