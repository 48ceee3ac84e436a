"""Users and items with too few events, again and again until all have enough (k-core; Seidman 1983)."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from data.cleaning.base import NOTHING, Effect, Mask, among
from data.cleaning.config import Cleaning
from data.coded import Coded
from data.event_kernels import k_core

USUAL = 5  # the core that most published data sets were cut to


class KCore:
    """Rows of users with fewer than `min_user_events` and of items with fewer than `min_item_events`."""

    name: ClassVar[str] = "k_core"
    label: ClassVar[str] = "user or item with few events"
    in_order: ClassVar[bool] = True

    def applies(self, rows: Coded) -> str | None:
        """To all rows."""
        return None

    def is_on(self, cleaning: Cleaning) -> bool:
        """When users or items need more than one event."""
        return (cleaning.min_user_events or 1) > 1 or (cleaning.min_item_events or 1) > 1

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """Five events for both."""
        return {"min_user_events": USUAL, "min_item_events": USUAL}

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Peel until nothing changes."""
        selected = among(alive)
        kept = k_core(
            rows.user[selected],
            rows.item[selected],
            cleaning.min_user_events or 1,
            cleaning.min_item_events or 1,
        )
        if kept.all():
            return NOTHING
        return Effect(gone=all_gone(kept, selected, len(rows)))


def all_gone(kept: Mask, selected: NDArray[np.intp] | slice, n: int) -> Mask:
    """(n,) mask of the selected rows that are not kept."""
    gone = np.zeros(n, dtype=bool)
    gone[selected] = ~kept
    return gone
