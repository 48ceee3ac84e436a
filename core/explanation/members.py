"""A fused score split into its members' parts: exact, as every fuser here is a weighted sum."""

from __future__ import annotations

from typing import Any, ClassVar

from core.explanation.base import Explanation, HasMembers
from data.histories import Histories


class Members:
    """Reads off what each member of a fused ranking adds."""

    name: ClassVar[str] = "members"
    label: ClassVar[str] = "Parts of the members"
    exact: ClassVar[bool] = True

    def applies_to(self, model: Any, histories: Histories, row: int) -> bool:
        del histories, row
        return isinstance(model, HasMembers)

    def explain(self, model: Any, histories: Histories, row: int, item: int, *, seed: int = 0) -> Explanation:
        del seed
        parts: Explanation = model.member_parts(histories, row, item)
        return parts
