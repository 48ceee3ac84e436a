"""What is proposed about rows: each with its reason, what it would change, and how many rows it reaches."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from data.cleaning.config import Cleaning

UNITED = ("drop_items", "drop_users")  # ids named by several suggestions are all set aside


@dataclass(frozen=True)
class Evidence:
    """An id, why it is suspected, and how many rows name it."""

    id: str
    reason: str
    rows: int


@dataclass(frozen=True)
class Suggestion:
    """One proposal. `change` holds fields of `Cleaning`; empty where there is only something to know."""

    id: str
    sentence: str
    rows: int  # with a user
    change: dict[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()

    def apply(self, cleaning: Cleaning) -> Cleaning:
        """The choices with this change; ids to set aside are added to those that are named already."""
        values = cleaning.model_dump()
        for name, value in self.change.items():
            values[name] = tuple(dict.fromkeys((*values[name], *value))) if name in UNITED else value
        return Cleaning(**values)


@dataclass(frozen=True)
class Suggestions:
    """Choices to begin with, and proposals of which none is applied before a person accepts it."""

    cleaning: Cleaning
    all: tuple[Suggestion, ...] = ()

    def __iter__(self) -> Iterator[Suggestion]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def accept(self, ids: Collection[str]) -> Cleaning:
        """The choices with the accepted proposals."""
        chosen = self.cleaning
        for suggestion in self.all:
            if suggestion.id in ids:
                chosen = suggestion.apply(chosen)
        return chosen
