"""Looks into uploaded files: shape, rows, what columns and files seem to mean; and what imports left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.loaders.datasets import dataset_meta, datasets
from dashboard.loaders.sources import home
from dashboard.loaders.uploads import located
from dashboard.server.sent_name import by_sent_name
from dashboard.views.file_roles import FileFacts, FileRole, propose_roles
from dashboard.views.personal_values import personal_columns
from data.artifacts import dataset_table
from data.errors import ConfigError, DataError
from data.mapping import Proposal, propose_file
from data.reading import FileShape, preview, sniff
from data.reading.random_rows import random_rows
from data.reading.reshaping import reshaped
from data.recipe import Recipe, read_recipe

ROWS = 200
SAMPLED = 1_000  # rows from all over the file that the proposals look at beside the first


@dataclass(frozen=True, eq=False)
class Look:
    """What was found in a file."""

    upload: str
    name: str
    path: Path
    size: int
    shape: FileShape
    preview: pd.DataFrame  # the first rows
    sample: pd.DataFrame  # these and rows from all over the file
    proposal: Proposal | None  # None: it cannot be a table of events
    personal: Mapping[str, tuple[str, ...]]  # column → what it seems to hold of people, as e-mail addresses


def look_into(upload_id: str, changes: Mapping[str, Any] | None = None) -> Look:
    """Shape, first rows and proposed mapping.

    Args:
        changes: fields of the shape that a person has set.

    Raises:
        NotFound: the upload is gone.
        DataError: the file is no table.
    """
    return _look(str(home().root), upload_id, tuple(sorted((changes or {}).items())))


@st.cache_resource(max_entries=24, show_spinner=False)
def _look(root: str, upload_id: str, changes: tuple[tuple[str, Any], ...]) -> Look:
    del root  # part of the cache key only
    path, name = located(upload_id)
    with by_sent_name((path, name)):
        shape = sniff(path)
        if changes:
            shape = reshaped(path, shape, dict(changes))
        rows = preview(path, shape, ROWS)
        sample = pd.concat([rows, random_rows(path, shape, SAMPLED)], ignore_index=True)
        sample = sample.drop_duplicates(ignore_index=True)
    return Look(
        upload_id,
        name,
        path,
        path.stat().st_size,
        shape,
        rows,
        sample,
        _proposal(path, shape),
        personal_columns(sample),
    )


def _proposal(path: Path, shape: FileShape) -> Proposal | None:
    try:
        return propose_file(path, shape)
    except DataError:
        return None


@st.cache_data(max_entries=16, show_spinner=False)
def other_rows(upload_id: str, shape_json: str, seed: int) -> pd.DataFrame:
    """Rows from all over a file, others for each seed."""
    path, _ = located(upload_id)
    return random_rows(path, FileShape.model_validate_json(shape_json), ROWS, seed=seed)


def proposed_roles(looks: Iterable[Look]) -> dict[str, FileRole]:
    """What each file seems to be, by upload."""
    return propose_roles([facts(look) for look in looks])


def facts(look: Look) -> FileFacts:
    """The file as the proposal of roles sees it."""
    return FileFacts(look.upload, look.name, look.size, look.shape, look.sample, look.proposal)


def recipes() -> dict[str, Recipe]:
    """dataset → the recipe that it was made with, the newest first; samples have none."""
    known = {str(one): recipe_of(str(one)) for one in datasets()["id"]}
    return {dataset: recipe for dataset, recipe in known.items() if recipe is not None}


def recipe_of(dataset_id: str) -> Recipe | None:
    """The recipe that a data set was made with, if it is known."""
    return _recipe(str(home().root), dataset_id)


@st.cache_resource(max_entries=256, show_spinner=False)
def _recipe(root: str, dataset_id: str) -> Recipe | None:
    del root  # part of the cache key only
    kept = dataset_meta(dataset_id)["facts"].get("recipe")
    with suppress(ConfigError):  # of a version with other choices
        return read_recipe(kept) if kept else None
    return None


def quarantine(dataset_id: str) -> pd.DataFrame:
    """line, text, reason of the lines that could not be read; empty when there are none."""
    table = dataset_table(home(), dataset_id, "quarantine")
    return pd.DataFrame(columns=["line", "text", "reason"]) if table is None else table
