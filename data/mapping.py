"""Which column means what: proposed from names and values, each with its reason; edited by a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.cleaning.config import Cleaning
from data.columns import EVENT, ITEM, SESSION, TIME, USER, WEIGHT
from data.errors import ConfigError, DataError
from data.items_table import ItemsMapping as ItemsMapping
from data.items_table import propose_items as propose_items
from data.reading.shape import FileShape
from data.reading.times import guess_time_format, in_words, is_time_format
from data.reading.words import DESCRIBES, NAMES, PARTS, parts, plain, words

AUTO = "auto"
UNUSED = "unused"
ROLES = (USER, ITEM, TIME, WEIGHT)
COUNTS = frozenset(words("quantity qty count counts plays playcount clicks views listens purchases amount"))


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
        if self.time_format != AUTO and not is_time_format(self.time_format):
            raise ConfigError(
                f"The time format {self.time_format!r} is unknown.",
                "Use auto, epoch_s, epoch_ms, epoch_us, epoch_ns, iso, or a pattern like %d/%m/%Y %H:%M.",
            )
        return self


@dataclass(frozen=True)
class Role:
    """What a column seems to be: user, item, weight, time or unused; why; and how sure, 0..1."""

    role: str
    reason: str
    confidence: float


@dataclass(frozen=True)
class Proposal:
    """A mapping to begin with, and the reason for each column of the file."""

    mapping: Mapping
    roles: dict[str, Role]
    cleaning: Cleaning = Cleaning()


def propose(preview: pd.DataFrame, shape: FileShape) -> Proposal:
    """Guess the role of every column.

    Args:
        preview: some rows as text, from `data.reading.preview`.
        shape: the shape they were read with.

    Raises:
        DataError: fewer than two columns, so that no user and item can be told.
    """
    names = [str(name) for name in preview.columns]
    if len(names) < 2:
        raise DataError(
            f"The file has {len(names)} column(s): {', '.join(names)}.",
            "At least a user and an item column are needed; check the separator.",
        )
    roles: dict[str, Role] = {}
    if shape.header or shape.format != "delimited":
        _take_best_names(preview, roles)
    _fill_by_values(preview, roles, named=bool(roles) or shape.header)
    for name in names:
        roles.setdefault(name, Role(UNUSED, "says nothing about who, what, when or how much", 0.5))
    chosen = {role.role: name for name, role in roles.items() if role.role != UNUSED}
    told = {name: roles[name] for name in names}
    return Proposal(_mapping(preview, chosen), told, _cleaning(preview, chosen))


def _take_best_names(preview: pd.DataFrame, roles: dict[str, Role]) -> None:
    """Give each role to the column whose name says it best, when the values do not speak against it."""
    for role in ROLES:
        ranked = sorted(
            ((_name_score(str(c), role), -i, str(c)) for i, c in enumerate(preview.columns)), reverse=True
        )
        for score, _, name in ranked:
            if score <= 0 or name in roles:
                continue
            note = _values_allow(preview[name].tolist(), role)
            if note is not None:
                roles[name] = Role(role, f"the name {name!r}{note}", score)
                break


def _name_score(name: str, role: str) -> float:
    """1 for the best known name, down to 0.8; 0.6 for a name that contains a word of the role; else 0."""
    known = NAMES[role]
    if plain(name) in known:
        return round(1.0 - 0.2 * known.index(plain(name)) / len(known), 3)
    said = parts(name)
    described = DESCRIBES - {"date", "time"} if role == TIME else DESCRIBES
    if set(said) & PARTS[role] and not set(said) & described:
        return 0.6
    return 0.0


def _values_allow(values: list[str | None], role: str) -> str | None:
    """A further reason (or none, as an empty text) when the values fit the role; None when they do not."""
    if role == TIME:
        found = guess_time_format(values)
        return None if found is None else f" and its values, {in_words(found[0])}"
    if role == WEIGHT:
        return " and its values, numbers" if _share_of_numbers(values) >= 0.8 else None
    return ""


def _share_of_numbers(values: Sequence[str | None]) -> float:
    texts = pd.Series([value for value in values if value is not None and value.strip()], dtype="object")
    return float(pd.to_numeric(texts, errors="coerce").notna().mean()) if len(texts) else 0.0


def _fill_by_values(preview: pd.DataFrame, roles: dict[str, Role], *, named: bool) -> None:
    """Roles that no name told: time by its values, user and item by position, weight by numbers."""
    taken = {role.role for role in roles.values()}
    free = [str(name) for name in preview.columns if name not in roles]
    if TIME not in taken:
        for name in free:
            found = guess_time_format(preview[name].tolist())
            if found is not None:
                roles[name] = Role(TIME, f"its values, {in_words(found[0])}", 0.8 * found[1])
                free.remove(name)
                break
    for role, place in ((USER, "first"), (ITEM, "next")):
        if role not in taken and free:
            name = _id_column(preview, free) if named else free[0]
            why = (
                f"no name tells the {role}; the {place} column that could be an id"
                if named
                else (f"the {place} column: files without names list user, item, weight, time")
            )
            roles[name] = Role(role, why, 0.3 if named else 0.7)
            free.remove(name)
    if WEIGHT not in taken and not named:
        number = next((name for name in free if _share_of_numbers(preview[name].tolist()) >= 0.9), None)
        if number is not None:
            roles[number] = Role(WEIGHT, "the next column of numbers", 0.6)


def _id_column(preview: pd.DataFrame, free: list[str]) -> str:
    """The first free column that is not one value throughout; names with `id` come first."""
    varied = [name for name in free if preview[name].nunique() > 1] or free
    return next((name for name in varied if parts(name)[-1:] == ("id",)), varied[0])


def _mapping(preview: pd.DataFrame, chosen: dict[str, str]) -> Mapping:
    if USER not in chosen or ITEM not in chosen:
        raise DataError(
            f"No user and item can be told among the columns {', '.join(map(str, preview.columns))}.",
            "At least two columns with ids are needed, beside weight and time.",
        )
    time = chosen.get(TIME)
    found = None if time is None else guess_time_format(preview[time].tolist())
    return Mapping(
        user=chosen[USER],
        item=chosen[ITEM],
        weight=chosen.get(WEIGHT),
        time=time,
        time_format=AUTO if found is None else found[0],
    )


def _cleaning(preview: pd.DataFrame, chosen: dict[str, str]) -> Cleaning:
    weight = chosen.get(WEIGHT)
    rating = weight is not None and _is_rating(weight, preview[weight].tolist())
    return Cleaning(
        min_weight=_least_quantity(weight, preview),
        repeats="last" if rating else "keep",
        drop_duplicates=TIME in chosen or rating,
    )


def _is_rating(name: str, values: Sequence[str | None]) -> bool:
    """A scale: few values, none above 10, not all the same, and not named like a count."""
    if set(parts(name)) & COUNTS:
        return False
    numbers = pd.to_numeric(pd.Series(list(values), dtype="object"), errors="coerce").dropna()
    return len(numbers) > 0 and 2 <= numbers.nunique() <= 20 and numbers.min() >= 0 and numbers.max() <= 10


def _least_quantity(weight: str | None, preview: pd.DataFrame) -> float | None:
    """1 for a whole-numbered quantity: returns and zeros are no sign of liking."""
    if weight is None or not set(parts(weight)) & {"quantity", "qty"}:
        return None
    numbers = pd.to_numeric(preview[weight], errors="coerce").dropna()
    return 1.0 if len(numbers) and bool((numbers % 1 == 0).all()) else None


def with_time_format(mapping: Mapping, preview: pd.DataFrame) -> Mapping:
    """The mapping with its time format told by the first rows, where it is "auto".

    Raises:
        DataError: the times are written in no known way.
    """
    if mapping.time is None or mapping.time_format != AUTO:
        return mapping
    values = preview[mapping.time].tolist()
    found = guess_time_format(values, least=0.5)
    if found is None:
        shown = next((value for value in values if value), None)
        raise DataError(
            f"The times in column {mapping.time!r} are not recognised; the first is {shown!r}.",
            "Give a format such as epoch_s, epoch_ms, iso or %d/%m/%Y %H:%M, or import without times.",
        )
    return mapping.model_copy(update={"time_format": found[0]})
