"""Rows of codes that are no items: postage, manual entries, discounts."""

from __future__ import annotations

from typing import Any, ClassVar

from data.cleaning.base import NOTHING, Effect, Mask
from data.cleaning.config import Cleaning
from data.cleaning.rules.not_a_user import named
from data.coded import Coded


class NotAnItem:
    """Rows of the items in `drop_items`."""

    name: ClassVar[str] = "not_an_item"
    label: ClassVar[str] = "not an item"
    in_order: ClassVar[bool] = False

    def applies(self, rows: Coded) -> str | None:
        """To all rows."""
        return None

    def is_on(self, cleaning: Cleaning) -> bool:
        """When ids are named."""
        return bool(cleaning.drop_items)

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """Which ids these are needs descriptions; see `propose_cleaning`."""
        return {}

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Look the ids up, also as they are written when ids are normalised."""
        chosen = named(rows.items, cleaning.drop_items, cleaning)
        return Effect(gone=chosen[rows.item]) if chosen.any() else NOTHING
