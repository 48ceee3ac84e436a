"""Rows that name no user."""

from __future__ import annotations

from typing import Any, ClassVar

from data.cleaning.base import Effect, Mask
from data.cleaning.config import Cleaning
from data.coded import MISSING, Coded


class NoUser:
    """Always on: an event of nobody is none."""

    name: ClassVar[str] = "no_user"
    label: ClassVar[str] = "no user"
    in_order: ClassVar[bool] = False

    def applies(self, rows: Coded) -> str | None:
        """To all rows."""
        return None

    def is_on(self, cleaning: Cleaning) -> bool:
        """Always."""
        return True

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """Nothing to choose."""
        return {}

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Set aside rows whose user is MISSING."""
        return Effect(gone=rows.user == MISSING)
