"""Rows that repeat an earlier row in every column."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from data.cleaning.base import NOTHING, Effect, Mask, all_but, among
from data.cleaning.config import Cleaning
from data.coded import Coded
from data.event_kernels import first_of_each

PART_STEP = np.uint64(0x9E3779B97F4A7C15)  # odd, so that equal rows of different parts stay different


class ExactDuplicates:
    """All but the first of equal rows. Rows of different parts of a given split are never equal."""

    name: ClassVar[str] = "exact_duplicates"
    label: ClassVar[str] = "exact duplicate"
    in_order: ClassVar[bool] = False

    def applies(self, rows: Coded) -> str | None:
        """To rows that were read as wholes; the items of a line with many are no rows."""
        return None if rows.row_hash is not None else "no rows with columns to compare"

    def is_on(self, cleaning: Cleaning) -> bool:
        """By `drop_duplicates`."""
        return cleaning.drop_duplicates

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """On."""
        return {"drop_duplicates": True}

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Compare the hashes of the rows that are alive."""
        if rows.row_hash is None or not len(rows):
            return NOTHING
        selected = among(alive)
        key = rows.row_hash[selected]
        if rows.part is not None:
            key = key + rows.part[selected].astype(np.uint64) * PART_STEP
        first = first_of_each(key)
        return NOTHING if len(first) == len(key) else Effect(gone=all_but(first, selected, len(rows)))
