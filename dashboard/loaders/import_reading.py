"""The files of an import read once, so that every choice about rows is answered from memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard.loaders.sources import home
from dashboard.loaders.uploads import located
from dashboard.server.sent_name import by_sent_name
from dashboard.views.file_roles import EVENTS, PART, UNUSED
from data.cleaning import Cleaning, touched
from data.cleaning.proposing import propose_cleaning
from data.cleaning.suggestions import Suggestion, Suggestions
from data.read_cache import find_read, read_cached
from data.read_tables import Read
from data.reading.staging import silent
from data.recipe import EVENT_ROLES, Files, GivenFile, Recipe
from data.settling import settle

INLINE_BYTES = 20 << 20  # larger files are read by a job


def uploads_by_role(roles: Mapping[str, str]) -> dict[str, list[str]]:
    """Role of the recipe → uploads; the file of events first, then further parts of the same table."""
    found: dict[str, list[str]] = {}
    for wanted in (EVENTS, PART):
        for upload, role in roles.items():
            if role == wanted:
                found.setdefault(EVENTS, []).append(upload)
    for upload, role in roles.items():
        if role not in (EVENTS, PART, UNUSED):
            found.setdefault(role, []).append(upload)
    return found


def files_of(uploads: Mapping[str, Sequence[str]]) -> Files:
    """The files by role.

    Raises:
        NotFound: an upload is gone.
    """
    given = {role: tuple(GivenFile(*located(one)) for one in ids) for role, ids in uploads.items()}
    one = {role: next(iter(given.get(role, ())), None) for role in ("items", "users", "social")}
    return Files(given.get(EVENTS, ()), given.get("validation", ()), given.get("test", ()), **one)


def events_bytes(uploads: Mapping[str, Sequence[str]]) -> int:
    """Bytes of all files of events, as they lie on the disk."""
    return sum(located(one)[0].stat().st_size for ids in events_alone(uploads).values() for one in ids)


def events_alone(uploads: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The files of events: those beside them are not needed to count rows, and may still change."""
    return {role: list(uploads[role]) for role in EVENT_ROLES if uploads.get(role)}


def recipe_to_read(recipe: Recipe) -> Recipe:
    """What of a recipe matters for reading: rules over rows do not."""
    return Recipe(shape=recipe.shape, mapping=recipe.mapping, cleaning=Cleaning())


def read_key(uploads: Mapping[str, Sequence[str]], recipe: Recipe) -> str:
    """Names what is read: the files of events, and what of the recipe needs them to be read again."""
    return f"{events_alone(uploads)} {recipe.model_dump_json(include={'shape', 'mapping'})}"


def read(uploads: Mapping[str, Sequence[str]], recipe: Recipe) -> Read | None:
    """The rows of all files of events, before any rule. Large files: None until a job has read them.

    Raises:
        NotFound: an upload is gone.
        DataError: a file is damaged, or lacks a column of the mapping.
    """
    at_once = events_bytes(uploads) <= INLINE_BYTES
    try:
        return _read(
            str(home().root),
            read_key(uploads, recipe),
            events_alone(uploads),
            recipe_to_read(recipe),
            at_once,
        )
    except _NotYetReadError:
        return None


class _NotYetReadError(Exception):
    """Large files that no job has read; not remembered by the cache."""


@st.cache_resource(max_entries=4, show_spinner=False)
def _read(
    root: str, key: str, _uploads: Mapping[str, Sequence[str]], _recipe: Recipe, _at_once: bool
) -> Read:
    del root, key  # the cache key
    files = files_of(_uploads)
    with by_sent_name(*((file.path, file.name) for file in files.all)):
        if _at_once:
            return read_cached(files, _recipe, home(), silent)
        found = find_read(settle(files, _recipe), home())
    if found is None:
        raise _NotYetReadError
    return found


def suggestions_for(read: Read, key: str, cleaning: Cleaning) -> list[Suggestion]:
    """What is proposed about the rows, without what the choices hold already."""
    found = _suggestions(str(home().root), key, read)
    return [one for one in found if not one.change or one.apply(cleaning) != cleaning]


@st.cache_resource(max_entries=16, show_spinner=False)
def _suggestions(root: str, key: str, _read: Read) -> Suggestions:
    del root, key
    return propose_cleaning(_read.coded, _read.events.item_table, Cleaning(drop_duplicates=False))


def touched_by(read: Read, key: str, cleaning: Cleaning) -> pd.DataFrame:
    """What each rule touches, and what is left; see `data.cleaning.touched`."""
    return _touched(str(home().root), key, cleaning.model_dump_json(), read)


@st.cache_data(max_entries=64, show_spinner=False)
def _touched(root: str, key: str, cleaning: str, _read: Read) -> pd.DataFrame:
    del root, key
    return touched(_read.coded, Cleaning.model_validate_json(cleaning))
