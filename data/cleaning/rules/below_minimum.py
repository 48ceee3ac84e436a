"""Rows with too small a weight."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from data.cleaning.base import Effect, Mask
from data.cleaning.config import Cleaning
from data.coded import Coded


class BelowMinimum:
    """Rows whose weight is below `min_weight`."""

    name: ClassVar[str] = "below_minimum"
    label: ClassVar[str] = "below minimum weight"
    in_order: ClassVar[bool] = False

    def applies(self, rows: Coded) -> str | None:
        """To weights that differ."""
        return constant(rows)

    def is_on(self, cleaning: Cleaning) -> bool:
        """When a minimum is set."""
        return cleaning.min_weight is not None

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """The smallest weight above zero, where some are not above zero."""
        if not len(rows) or rows.weight.min() > 0 or rows.weight.max() <= 0:
            return {}
        least = float(rows.weight[rows.weight > 0].min())
        too_large = cleaning.max_weight is not None and least > cleaning.max_weight
        return {} if too_large else {"min_weight": least}

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Compare as float32, as the weights are kept."""
        return Effect(gone=rows.weight < np.float32(cleaning.min_weight or 0))


def constant(rows: Coded) -> str | None:
    """Why a limit of the weight says nothing here."""
    if not len(rows) or rows.weight.min() < rows.weight.max():
        return None
    return f"every weight is {rows.weight[0]:g}"
