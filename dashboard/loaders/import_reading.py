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
from data.read_tables import Read, read_all_files
from data.reading.staging import silent
from data.recipe import Files, GivenFile, Recipe
from data.settling import settle

INLINE_BYTES = 20 << 20  # larger files are read when a person asks for it


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
    return sum(
        located(one)[0].stat().st_size
        for role in (EVENTS, "validation", "test")
        for one in uploads.get(role, ())
    )


def read_key(uploads: Mapping[str, Sequence[str]], recipe: Recipe) -> str:
    """Names what is read: the files of events, and what of the recipe needs them to be read again."""
    events = {role: list(uploads.get(role, ())) for role in (EVENTS, "validation", "test")}
    return f"{events} {recipe.model_dump_json(include={'shape', 'mapping'})}"


def read(uploads: Mapping[str, Sequence[str]], recipe: Recipe) -> Read:
    """The rows of all files of events, before any rule; from the cache where they were read before.

    Raises:
        NotFound: an upload is gone.
        DataError: a file is damaged, or lacks a column of the mapping.
    """
    events = {role: ids for role, ids in uploads.items() if role in (EVENTS, "validation", "test")}
    asked = Recipe(shape=recipe.shape, mapping=recipe.mapping, cleaning=Cleaning())
    return _read(str(home().root), read_key(uploads, recipe), events, asked)


@st.cache_resource(max_entries=4, show_spinner=False)
def _read(root: str, key: str, _uploads: Mapping[str, Sequence[str]], _recipe: Recipe) -> Read:
    del root, key  # the cache key
    files = files_of(_uploads)
    with by_sent_name(*((file.path, file.name) for file in files.all)):
        return read_all_files(files, settle(files, _recipe), home(), silent)


def is_read(uploads: Mapping[str, Sequence[str]], recipe: Recipe) -> bool:
    """Whether a person has asked in this session for these files to be read."""
    return read_key(uploads, recipe) in st.session_state.get("import_read", ())


def ask_to_read(uploads: Mapping[str, Sequence[str]], recipe: Recipe) -> None:
    """From now on these files are read when the page runs."""
    st.session_state["import_read"] = (
        *st.session_state.get("import_read", ())[-8:],
        read_key(uploads, recipe),
    )


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
