"""A recipe: how files of one kind become a data set; made once, saved as JSON, used for the next file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from data.cleaning.config import Cleaning
from data.items_table import ItemsMapping
from data.mapping import Mapping
from data.reading.shape import FileShape


class ItemsPart(BaseModel):
    """A file that describes items."""

    model_config = ConfigDict(frozen=True)

    shape: FileShape | None = Field(
        default=None, description="How the file is written; none: recognised again."
    )
    mapping: ItemsMapping | None = Field(
        default=None, description="Which column is what; none: proposed again."
    )


class UsersMapping(BaseModel):
    """Which columns of a user table hold the id and what is known of the user."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="Column with the user id, as in the events.")
    columns: tuple[str, ...] = Field(default=(), description="Columns that are kept, as numbers or text.")


class UsersPart(BaseModel):
    """A file that describes users."""

    model_config = ConfigDict(frozen=True)

    shape: FileShape | None = Field(
        default=None, description="How the file is written; none: recognised again."
    )
    mapping: UsersMapping | None = Field(
        default=None, description="Which column is what; none: proposed again."
    )


class SocialMapping(BaseModel):
    """Which columns of a list of pairs say who trusts or befriends whom."""

    model_config = ConfigDict(frozen=True)

    source: str = Field(description="Column with the user who trusts, follows or befriends.")
    target: str = Field(description="Column with the user who is trusted, followed or befriended.")
    mutual: bool = Field(default=False, description="Whether each pair counts in both directions.")


class SocialPart(BaseModel):
    """A file of pairs of users."""

    model_config = ConfigDict(frozen=True)

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
