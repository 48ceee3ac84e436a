"""A recipe: how files of one kind become a data set; made once, saved as JSON, used for the next file."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.cleaning.config import Cleaning
from data.errors import ConfigError
from data.items_table import ItemsMapping
from data.mapping import Mapping
from data.reading.shape import FileShape

FileRole = Literal["events", "validation", "test", "items", "users", "social"]
ROLES: tuple[FileRole, ...] = get_args(FileRole)
EVENT_ROLES: tuple[FileRole, ...] = ("events", "validation", "test")
SIDE_ROLES: tuple[FileRole, ...] = ("items", "users", "social")


class ItemsPart(BaseModel):
    """A file that describes items."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shape: FileShape | None = Field(
        default=None, description="How the file is written; none: recognised again."
    )
    mapping: ItemsMapping | None = Field(
        default=None, description="Which column is what; none: proposed again."
    )


class UsersMapping(BaseModel):
    """Which columns of a user table hold the id and what is known of the user."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(description="Column with the user id, as in the events.")
    columns: tuple[str, ...] = Field(default=(), description="Columns that are kept, as numbers or text.")

    @property
    def used(self) -> tuple[str, ...]:
        """Every column of the file that is named."""
        return (self.id, *self.columns)


class UsersPart(BaseModel):
    """A file that describes users."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shape: FileShape | None = Field(
        default=None, description="How the file is written; none: recognised again."
    )
    mapping: UsersMapping | None = Field(
        default=None, description="Which column is what; none: proposed again."
    )


class SocialMapping(BaseModel):
    """Which columns of a list of pairs say who trusts or befriends whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(description="Column with the user who trusts, follows or befriends.")
    target: str = Field(description="Column with the user who is trusted, followed or befriended.")
    mutual: bool = Field(default=False, description="Whether each pair counts in both directions.")

    @property
    def used(self) -> tuple[str, ...]:
        """Every column of the file that is named."""
        return (self.source, self.target)


class SocialPart(BaseModel):
    """A file of pairs of users."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shape: FileShape | None = Field(
        default=None, description="How the file is written; none: recognised again."
    )
    mapping: SocialMapping | None = Field(
        default=None, description="Which column is what; none: proposed again."
    )


class Recipe(BaseModel):
    """Everything that an import is told beside the files. What is None is recognised or proposed again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = Field(default=1, description="Of this format.")
    name: str | None = Field(default=None, description="Name of the data set; none: the file's.")
    shape: FileShape | None = Field(default=None, description="How the files of events are written.")
    mapping: Mapping | None = Field(default=None, description="Which column of the events is what.")
    cleaning: Cleaning | None = Field(
        default=None, description="Which rows are set aside; none: as proposed."
    )
    items: ItemsPart = Field(
        default=ItemsPart(), description="The file that describes items, if there is one."
    )
    users: UsersPart = Field(
        default=UsersPart(), description="The file that describes users, if there is one."
    )
    social: SocialPart = Field(
        default=SocialPart(), description="The file of pairs of users, if there is one."
    )
    keep_unseen_items: bool = Field(
        default=False, description="Keep items that only the item file names, as items without events."
    )
    pseudonyms: bool = Field(
        default=False, description="Replace user ids by keyed pseudonyms (HMAC) before anything is stored."
    )


@dataclass(frozen=True)
class GivenFile:
    """A file on disk, and the name that people know it by."""

    path: Path
    name: str


@dataclass(frozen=True)
class Files:
    """The files of one import."""

    events: tuple[GivenFile, ...]  # one table, in one or several files (daily logs), in this order
    validation: tuple[GivenFile, ...] = field(default=())  # of a given split; `events` is then its train part
    test: tuple[GivenFile, ...] = field(default=())
    items: GivenFile | None = None
    users: GivenFile | None = None
    social: GivenFile | None = None

    def of(self, role: FileRole) -> tuple[GivenFile, ...]:
        """The files of a role, in order."""
        found = getattr(self, role)
        return found if isinstance(found, tuple) else () if found is None else (found,)

    @property
    def all(self) -> tuple[GivenFile, ...]:
        """Every file."""
        return tuple(file for role in ROLES for file in self.of(role))


def read_recipe(content: str | bytes | dict[str, Any]) -> Recipe:
    """A recipe from its JSON text, or from the values of that.

    Raises:
        ConfigError: no JSON, an unknown key (the message lists those there are), or a value out of range.
    """
    if isinstance(content, (str, bytes)):
        try:
            content = json.loads(content)
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ConfigError(
                f"This is no recipe: {error}.",
                "A recipe is one JSON object; `rankscope recipe DATASET` writes one.",
            ) from error
    if not isinstance(content, dict):
        raise ConfigError(
            f"This is no recipe but {str(content)[:40]!r}.",
            "A recipe is one JSON object; `rankscope recipe DATASET` writes one.",
        )
    _refuse_unknown(content, Recipe, ())
    try:
        return Recipe.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "values"
        raise ConfigError(
            f"The recipe's {where} cannot be {str(first['input'])[:60]!r}: {first['msg']}.",
            "Correct it, or leave it out to have it proposed.",
        ) from error


def _refuse_unknown(values: dict[str, Any], model: type[BaseModel], path: tuple[str, ...]) -> None:
    """A misspelt key would otherwise be passed over without a word."""
    for key, value in values.items():
        if key not in model.model_fields:
            raise ConfigError(
                f"A recipe has no key {'.'.join((*path, str(key)))!r}.",
                f"Known there: {', '.join(model.model_fields)}.",
            )
        kind = model.model_fields[key].annotation
        inner = next((part for part in (kind, *get_args(kind)) if _is_model(part)), None)
        if inner is not None and isinstance(value, dict):
            _refuse_unknown(value, inner, (*path, key))


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
