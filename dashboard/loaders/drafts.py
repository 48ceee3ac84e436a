"""What a person has entered for files that are not imported yet: kept beside the uploads, gone with them.

A refresh, the back button and another browser tab find it again; the URL holds only the ids of the files.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dashboard.loaders.sources import home
from data.recipe import Recipe


class Draft(BaseModel):
    """Choices so far; what is empty is proposed."""

    model_config = ConfigDict(frozen=True)

    roles: dict[str, str] = Field(default_factory=dict, description="Upload → role of the file.")
    recipe: Recipe = Field(default=Recipe(), description="How the files become a data set.")
    parent: str | None = Field(default=None, description="Data set that these files continue.")


def draft(uploads: Sequence[str]) -> Draft:
    """What was entered for these files; an empty draft where nothing was."""
    try:
        return Draft.model_validate_json(_path(uploads).read_bytes())
    except (FileNotFoundError, ValidationError):  # the form of a draft may differ after an update
        return Draft()


def keep_draft(uploads: Sequence[str], entered: Draft) -> None:
    """Remember it; whole or not at all."""
    path = _path(uploads)
    fresh = path.with_suffix(f".{secrets.token_hex(4)}.new")
    fresh.write_text(entered.model_dump_json(exclude_defaults=True))
    fresh.rename(path)


def _path(uploads: Sequence[str]) -> Path:
    return home().uploads / f"{uploads[0]}.draft"
