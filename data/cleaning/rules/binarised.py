"""Every event weighs 1."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from data.cleaning.base import NOTHING, Effect, Mask
from data.cleaning.config import Cleaning
from data.coded import Coded


class Binarised:
    """Weights become 1."""

    name: ClassVar[str] = "binarised"
    label: ClassVar[str] = "weight set to 1"
    in_order: ClassVar[bool] = True

    def applies(self, rows: Coded) -> str | None:
        """To weights other than 1."""
        return "every weight is 1" if len(rows) and bool((rows.weight == 1).all()) else None

    def is_on(self, cleaning: Cleaning) -> bool:
        """By `binarise`."""
        return cleaning.binarise

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """On."""
        return {"binarise": True}

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Nothing is set aside."""
        changed = rows.weight != 1
        if not changed.any():
            return NOTHING
        return Effect(rows=replace(rows, weight=np.ones(len(rows), dtype=np.float32)), changed=changed)
