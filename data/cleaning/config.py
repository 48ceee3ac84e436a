"""What is done with rows that could be read: one field per choice; none of them reads the file again."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from data.errors import ConfigError

Repeats = Literal["keep", "first", "last", "sum", "max", "count"]


class Cleaning(BaseModel):
    """Which readable rows are set aside, and how what is left becomes events.

    Rules run in the order of the fields; a row is counted under the first rule that it meets.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    normalise_ids: bool = Field(
        default=False,
        description="Write ids like 17850.0 as 17850 and without blanks around; off: ids stay as they are.",
    )
    drop_users: tuple[str, ...] = Field(
        default=(),
        description="Ids that stand for nobody (guest, anonymous, 0): their rows are set aside.",
    )
    drop_items: tuple[str, ...] = Field(
        default=(),
        description="Ids that are no items (postage, manual entries, discounts): their rows are set aside.",
    )
    event_weights: dict[str, float] | None = Field(
        default=None,
        description="Weight of each event type, times the weight column; rows of other types are set aside.",
    )
    cancellations: Literal["keep", "drop", "match"] = Field(
        default="keep",
        description="Rows with a negative weight: keep them, set them aside, or set them aside together with "
        "the latest earlier row of the same user, item and size that they take back.",
    )
    min_weight: float | None = Field(default=None, description="Rows with a smaller weight are set aside.")
    max_weight: float | None = Field(default=None, description="Rows with a larger weight are set aside.")
    since: str | None = Field(default=None, description="Rows before this moment (ISO, UTC) are set aside.")
    until: str | None = Field(
        default=None, description="Rows at or after this moment (ISO, UTC) are set aside."
    )
    drop_duplicates: bool = Field(
        default=True, description="Set aside rows that repeat an earlier row in every column."
    )
    max_user_events: int | None = Field(
        default=None, ge=1, description="Users with more rows than this (bots, shared tills) are set aside."
    )
    repeats: Repeats = Field(
        default="keep",
        description="Pairs of user and item that occur again: keep all, the first, the last, or one event "
        "with the sum, the largest or the number of weights.",
    )
    binarise: bool = Field(default=False, description="Every kept event weighs 1.")
    min_user_events: int | None = Field(
        default=None,
        ge=1,
        description="Users with fewer events are set aside, again and again (k-core of all data).",
    )
    min_item_events: int | None = Field(
        default=None,
        ge=1,
        description="Items with fewer events are set aside, again and again (k-core of all data).",
    )

    @field_validator("since", "until")
    @classmethod
    def _moment(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                datetime.fromisoformat(value)
            except ValueError:
                raise ConfigError(
                    f"{value!r} is no moment.", "Write it like 2026-11-21 or 2026-11-21T08:30:00."
                ) from None
        return value

    @model_validator(mode="after")
    def _possible(self) -> Cleaning:
        if self.min_weight is not None and self.max_weight is not None and self.min_weight > self.max_weight:
            raise ConfigError(
                f"The smallest weight {self.min_weight} is above the largest {self.max_weight}.",
                "Lower the one or raise the other.",
            )
        return self
