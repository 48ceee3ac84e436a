"""Two levels for a fused ranking: which member carried the item, and which events carried each member."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.explanation.base import Explanation
from data.errors import NotApplicable

Inner = Explanation | NotApplicable


@dataclass(frozen=True, eq=False)
class FusedExplanation:
    """`outer` splits the fused score by member; `inner` explains each member's own score by events."""

    outer: Explanation
    inner: dict[str, Inner]


def or_reason(explain: Callable[[], Explanation]) -> Inner:
    """The explanation, or the calm reason why there is none."""
    try:
        return explain()
    except NotApplicable as reason:
        return reason
