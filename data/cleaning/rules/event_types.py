"""Each kind of event has its weight; kinds without one are set aside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from data.cleaning.base import NOTHING, Effect, Mask
from data.cleaning.config import Cleaning
from data.coded import Coded
from data.roles.kinds import event_weights


class EventTypes:
    """weight ← weight × weight of the type; rows of types that are not named are set aside."""

    name: ClassVar[str] = "event_types"
    label: ClassVar[str] = "event type left out"
    in_order: ClassVar[bool] = False

    def applies(self, rows: Coded) -> str | None:
        """To rows with a type."""
        return None if rows.event is not None and rows.event_types else "no event types"

    def is_on(self, cleaning: Cleaning) -> bool:
        """When types have weights."""
        return cleaning.event_weights is not None

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """A weight for each type by the words of its name; what is no sign of liking is left out."""
        return {"event_weights": event_weights(rows.event_types)}

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Look the factor of each row up by its type."""
        weights = cleaning.event_weights
        if rows.event is None or weights is None:
            return NOTHING
        factors = np.asarray([weights.get(name, np.nan) for name in rows.event_types], dtype=np.float32)
        unnamed = np.isnan(factors)
        gone = unnamed[rows.event] if unnamed.any() else None
        if np.all((factors == 1) | unnamed):
            return Effect(gone=gone)
        factor = np.where(unnamed, np.float32(1), factors)
        weight = rows.weight * factor[rows.event]
        return Effect(gone=gone, rows=replace(rows, weight=weight), changed=(factor != 1)[rows.event])
