"""Which column means what: proposed from names and values, each with its reason; edited by a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.cleaning.config import Cleaning
from data.columns import EVENT, ITEM, SESSION, TIME, USER, WEIGHT
from data.errors import ConfigError, DataError
from data.items_table import ItemsMapping as ItemsMapping
from data.items_table import propose_items as propose_items
from data.reading.preview import preview
from data.reading.shape import FileShape
from data.reading.times import guess_time_format, is_time_format, is_time_zone
from data.reading.words import parts, words
from data.roles import ROLES, Facts, choose, facts_of
from data.roles import UNUSED as UNUSED
from data.roles import Role as Role
from data.roles.absent import absent_note, absent_words
from data.roles.kinds import event_weights

AUTO = "auto"
ROWS_LOOKED_AT = 5_000
QUANTITIES = frozenset(
    words(
        "quantity qty units menge anzahl stuck quantite qte cantidad unidades quantidade quantita aantal 数量"
    )
)
COUNTS = QUANTITIES | {*words("count counts plays playcount clicks views listens purchases amount")}


class Mapping(BaseModel):
    """Which columns hold what. To change it, the file is read again; rules over rows are in `Cleaning`."""

    model_config = ConfigDict(frozen=True)

    user: str = Field(description="Column that names who acted. Kept as text, exactly as it stands.")
    item: str = Field(description="Column that names what was acted on. Kept as text, exactly as it stands.")
    weight: str | None = Field(
        default=None, description="Column with a rating, count or amount; none: every event is 1."
    )
    time: str | None = Field(
        default=None, description="Column with the moment of the event; none: order is unknown."
    )
    time_format: str = Field(
        default=AUTO,
        description="epoch_s, epoch_ms, epoch_us, epoch_ns, iso, a pattern like %d/%m/%Y %H:%M, or auto.",
    )
    time_zone: str = Field(
        default="UTC", description="Zone of times that name none, like Europe/Paris. Stored in UTC."
    )
    event: str | None = Field(
        default=None, description="Column with the kind of event (view, cart, purchase); none: one kind."
    )
    session: str | None = Field(default=None, description="Column that names the visit; none: not known.")
    keep: tuple[str, ...] = Field(
        default=(), description="Further columns of the event that are kept beside it, for SQL and features."
    )
    item_columns: tuple[str, ...] | None = Field(
        default=None, description="Columns that describe the item; none given: those that follow from it."
    )
    user_columns: tuple[str, ...] | None = Field(
        default=None,
        description="Columns that describe the user; none given: those that follow from the user.",
    )

    def roles(self) -> dict[str, str]:
        """The roles that have a column: role → column."""
        named = {
            USER: self.user,
            ITEM: self.item,
            WEIGHT: self.weight,
            TIME: self.time,
            EVENT: self.event,
            SESSION: self.session,
        }
        return {role: name for role, name in named.items() if name is not None}

    def columns_of(self, side: str) -> tuple[str, ...] | None:
        """Columns said to describe the item or the user; None: those that follow from it."""
        return self.item_columns if side == ITEM else self.user_columns

    @property
    def described(self) -> tuple[str, ...]:
        """Columns that are said to describe item or user."""
        return (*(self.item_columns or ()), *(self.user_columns or ()))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the file that is named."""
        return tuple(dict.fromkeys((*self.roles().values(), *self.keep, *self.described)))

    @model_validator(mode="after")
    def _sound(self) -> Mapping:
        columns = list(self.roles().values())
        twice = next((name for name in columns if columns.count(name) > 1), None)
        if twice is not None:
            raise ConfigError(f"Column {twice!r} has two roles.", "Give each role a column of its own.")
        own = next((name for name in (self.user, self.item) if name in self.described), None)
        if own is not None:
            raise ConfigError(
                f"Column {own!r} holds ids and cannot describe them, too.",
                "Leave it out of the descriptions.",
            )
        both = next((name for name in self.item_columns or () if name in (self.user_columns or ())), None)
        if both is not None:
            raise ConfigError(
                f"Column {both!r} is said to describe both item and user.", "Name it for one of them."
            )
        if self.time_format != AUTO and not is_time_format(self.time_format):
            raise ConfigError(
                f"The time format {self.time_format!r} is unknown.",
                "Use auto, epoch_s, epoch_ms, epoch_us, epoch_ns, iso, or a pattern like %d/%m/%Y %H:%M.",
            )
        if not is_time_zone(self.time_zone):
            raise ConfigError(
                f"The time zone {self.time_zone!r} is unknown.", "Use UTC or a name like Europe/Paris."
            )
        return self


@dataclass(frozen=True)
class Proposal:
    """A mapping to begin with, and for every column of the file its role, the reason, and how sure it is.

    `cleaning.event_weights` knows the kinds of event among the rows looked at; see `with_all_kinds`.
    """

    mapping: Mapping
    roles: dict[str, Role]
    cleaning: Cleaning = Cleaning()
    notes: tuple[str, ...] = ()


def propose_file(path: Path, shape: FileShape) -> Proposal:
    """The proposal from as many of the first rows as it takes to see ids come back.

    Raises:
        NotFound: there is no such file.
        DataError: as `propose`; no row can be read.
    """
    return propose(preview(path, shape, ROWS_LOOKED_AT), shape)


def propose(rows: pd.DataFrame, shape: FileShape) -> Proposal:
    """Guess the role of every column.

    Args:
        rows: some rows as text, from `data.reading.preview`; with a few thousand rows more can be said
            about what follows from what than with the 200 that a page shows.
        shape: the shape they were read with.

    Raises:
        DataError: fewer than two columns, so that no user and item can be told.
    """
    names = [str(name) for name in rows.columns]
    if len(names) < 2:
        raise DataError(
            f"The file has {len(names)} column(s): {', '.join(names)}.",
            "At least a user and an item column are needed; check the separator.",
        )
    facts = facts_of(rows, shape)
    roles = choose(rows, shape, facts)
    chosen = {role.role: name for name, role in roles.items() if role.role in ROLES}
    mapping = _mapping(facts, chosen)
    return Proposal(mapping, roles, _cleaning(rows, facts, chosen), tuple(_notes(rows, mapping)))


def _mapping(facts: dict[str, Facts], chosen: dict[str, str]) -> Mapping:
    if USER not in chosen or ITEM not in chosen:
        raise DataError(
            f"No user and item can be told among the columns {', '.join(facts)}.",
            "At least two columns with ids are needed, beside weight and time.",
        )
    time = chosen.get(TIME)
    return Mapping.model_validate(
        {**chosen, "time_format": AUTO if time is None else facts[time].time_format}
    )


def _cleaning(rows: pd.DataFrame, facts: dict[str, Facts], chosen: dict[str, str]) -> Cleaning:
    weight = facts[chosen[WEIGHT]] if WEIGHT in chosen else None
    rating = weight is not None and _is_rating(weight)
    kinds: tuple[str, ...] = ()
    if EVENT in chosen:
        kinds = tuple(dict.fromkeys(str(kind or "").strip() for kind in rows[chosen[EVENT]]))
    return Cleaning(
        min_weight=_least_quantity(weight),
        repeats="last" if rating else "keep",
        drop_duplicates=TIME in chosen or rating,
        event_weights=event_weights(kinds) if kinds else None,
    )


def _is_rating(weight: Facts) -> bool:
    """A scale: few values, none above 10, not all the same, and not named like a count."""
    if set(parts(weight.name)) & COUNTS or not weight.numeric:
        return False
    return 2 <= weight.distinct <= 20 and weight.low >= 0 and 0 < weight.high <= 10


def _least_quantity(weight: Facts | None) -> float | None:
    """1 for a whole-numbered quantity: returns and zeros are no sign of liking."""
    if weight is None or not weight.whole or not set(parts(weight.name)) & QUANTITIES:
        return None
    return 1.0


def _notes(rows: pd.DataFrame, mapping: Mapping) -> list[str]:
    """Words among numbers that may stand for a missing id."""
    notes = []
    for role, column in ((USER, mapping.user), (ITEM, mapping.item)):
        cells = [str(cell) for cell in rows[column] if cell is not None]
        for word, n in absent_words(cells).items():
            notes.append(absent_note(role, word, n))
    return notes


def with_time_format(mapping: Mapping, rows: pd.DataFrame) -> Mapping:
    """The mapping with its time format told by the first rows, where it is "auto".

    Raises:
        DataError: the times are written in no known way.
    """
    if mapping.time is None or mapping.time_format != AUTO:
        return mapping
    values = rows[mapping.time].tolist()
    found = guess_time_format(values, least=0.5, named=True)
    if found is None:
        shown = next((value for value in values if value), None)
        raise DataError(
            f"The times in column {mapping.time!r} are not recognised; the first is {shown!r}.",
            "Give a format such as epoch_s, epoch_ms, iso or %d/%m/%Y %H:%M, or import without times.",
        )
    return mapping.model_copy(update={"time_format": found[0]})


def with_all_kinds(cleaning: Cleaning, event_types: Sequence[str]) -> Cleaning:
    """A proposed cleaning with weights for the kinds of event that only the whole file shows.

    Without it, rows of a kind that is rare enough to be missing among the first would be set aside. Not for
    a cleaning that a person chose: there, a kind without a weight was left out on purpose.
    """
    if cleaning.event_weights is None:
        return cleaning
    unseen = event_weights([kind for kind in event_types if kind not in cleaning.event_weights], strict=True)
    return cleaning.model_copy(update={"event_weights": {**cleaning.event_weights, **unseen}})
