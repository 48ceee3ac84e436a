"""Rows with too large a weight."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from data.cleaning.base import Effect, Mask
from data.cleaning.config import Cleaning
from data.cleaning.rules.below_minimum import constant
from data.coded import Coded

FAR = 1000  # times the middle positive weight: rather a wholesale order or a slip than a taste


class AboveMaximum:
    """Rows whose weight is above `max_weight`."""

    name: ClassVar[str] = "above_maximum"
    label: ClassVar[str] = "above maximum weight"
    in_order: ClassVar[bool] = False

    def applies(self, rows: Coded) -> str | None:
        """To weights that differ."""
        return constant(rows)

    def is_on(self, cleaning: Cleaning) -> bool:
        """When a maximum is set."""
        return cleaning.max_weight is not None

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """A thousand times the middle positive weight, where some lie above it."""
        positive = rows.weight[rows.weight > 0]
        if not len(positive):
            return {}
        limit = float(FAR * np.median(positive))
        too_small = cleaning.min_weight is not None and limit < cleaning.min_weight
        return {} if too_small or positive.max() <= limit else {"max_weight": limit}

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Compare as float32, as the weights are kept."""
        limit = np.inf if cleaning.max_weight is None else cleaning.max_weight
        return Effect(gone=rows.weight > np.float32(limit))
