"""Rows of ids that stand for nobody: guest, anonymous, 0."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from data.cleaning.base import NOTHING, Effect, Mask
from data.cleaning.config import Cleaning
from data.cleaning.rules.normalised_ids import normalised
from data.coded import Coded


class NotAUser:
    """Rows of the users in `drop_users`."""

    name: ClassVar[str] = "not_a_user"
    label: ClassVar[str] = "not a user"
    in_order: ClassVar[bool] = False

    def applies(self, rows: Coded) -> str | None:
        """To all rows."""
        return None

    def is_on(self, cleaning: Cleaning) -> bool:
        """When ids are named."""
        return bool(cleaning.drop_users)

    def proposed(self, rows: Coded, cleaning: Cleaning) -> dict[str, Any]:
        """Which ids these are cannot be said from the rows alone; see `propose_cleaning`."""
        return {}

    def apply(self, rows: Coded, alive: Mask, cleaning: Cleaning) -> Effect:
        """Look the ids up, also as they are written when ids are normalised."""
        chosen = named(rows.users, cleaning.drop_users, cleaning)
        if not chosen.any():
            return NOTHING
        return Effect(gone=np.append(chosen, False)[rows.user])


def named(ids: Any, wanted: tuple[str, ...], cleaning: Cleaning) -> Mask:
    """(n_ids,) whether an id is one of `wanted`."""
    texts = np.asarray(wanted, dtype=object)
    known = set(wanted) | (set(normalised(texts)) if cleaning.normalise_ids and len(texts) else set())
    return np.fromiter((text in known for text in ids), dtype=bool, count=len(ids))
