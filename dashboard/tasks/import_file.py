"""Import files: map, check, reconcile, store as a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from core.progress import Report
from dashboard.server.sent_name import by_sent_name
from dashboard.server.upload import uploaded
from dashboard.tasks.base import Lane, Result, Task, TaskSpec
from dashboard.tasks.registering import register_dataset
from data.artifacts import Home
from data.cleaning import Cleaning
from data.errors import ConfigError, NotFound
from data.ingest import ImportReport, import_files
from data.mapping import Mapping
from data.recipe import ROLES, FileRole, Files, GivenFile, Recipe, read_recipe


class FilesSpec(TaskSpec):
    """Files by role (events, validation, test, items, users, social), and what is meant by their columns.

    Of each role those of `uploads` come first, then those of `paths`; items, users and social take one file.
    `file`, `upload`, `items_file` and `items_upload` are short for one file of events or items; `mapping`,
    `cleaning` and `name` win over the recipe's.
    """

    file: str = ""
    upload: str = ""
    items_file: str = ""
    items_upload: str = ""
    uploads: dict[FileRole, list[str]] = Field(default_factory=dict)
    paths: dict[FileRole, list[str]] = Field(default_factory=dict)
    recipe: dict[str, Any] | None = None
    mapping: dict[str, Any] | None = None
    cleaning: dict[str, Any] | None = None
    name: str | None = None


class Spec(FilesSpec):
    """Files and recipe; `parent` names a data set to which the events are added, as its next version."""

    parent: str | None = None


def files_of(spec: FilesSpec, home: Home) -> Files:
    """The files that are meant.

    Raises:
        NotFound: no such file or upload.
        ConfigError: none of events is named, or several of items, users or social.
    """
    short = {"events": (spec.upload, spec.file), "items": (spec.items_upload, spec.items_file)}
    found: dict[str, tuple[GivenFile, ...]] = {}
    for role in ROLES:
        upload, path = short.get(role, ("", ""))
        uploads = [*([upload] if upload else []), *spec.uploads.get(role, [])]
        paths = [*([path] if path and not upload else []), *spec.paths.get(role, [])]
        meant = [*(located(home, "", one) for one in uploads), *(located(home, one, "") for one in paths)]
        found[role] = tuple(GivenFile(*one) for one in meant if one is not None)
    if not found["events"]:
        raise ConfigError("No file was named.", "Give a file to import.")
    for role in ("items", "users", "social"):
        if len(found[role]) > 1:
            raise ConfigError(
                f"{len(found[role])} files of {role} were named.", "Give one; join them beforehand."
            )
    one = {role: next(iter(found[role]), None) for role in ("items", "users", "social")}
    return Files(found["events"], found["validation"], found["test"], **one)


def located(home: Home, file: str, upload: str) -> tuple[Path, str] | None:
    """(path, name) of what is meant, or None when neither is given.

    Raises:
        NotFound: no such file or upload.
    """
    if upload:
        return uploaded(home, upload)
    if not file:
        return None
    path = Path(file).expanduser()
    if not path.is_file():
        raise NotFound(f"There is no file {file}.", "Check the path.")
    return path, path.name


def recipe_of(spec: FilesSpec) -> Recipe:
    """The recipe with what the spec says beside it.

    Raises:
        ConfigError: an unknown key or a value out of range.
    """
    said: dict[str, Any] = {
        "name": spec.name,
        "mapping": None if spec.mapping is None else Mapping(**spec.mapping),
        "cleaning": None if spec.cleaning is None else Cleaning(**spec.cleaning),
    }
    recipe = Recipe() if spec.recipe is None else read_recipe(spec.recipe)
    return recipe.model_copy(update={key: value for key, value in said.items() if value is not None})


def run(spec: Spec, home: Home, report: Report) -> Result:
    """Import; the counts reconcile or nothing is stored.

    Returns:
        dataset, existed, name, rows {lines, header, accepted, removed {rule: lines}, quarantined}, events,
        users, items, lifted, notes, files, joins, parent, version, added.
    """
    files = files_of(spec, home)
    with by_sent_name(*((file.path, file.name) for file in files.all)):
        done = import_files(files, home, recipe=recipe_of(spec), parent=spec.parent, report=report)
    return result_of(done)


def result_of(done: ImportReport) -> Result:
    """The report as the result of a job."""
    told = done.as_json()
    told["rows"]["removed"] = told.pop("removed_by_rule")
    return told


def lane(spec: Spec) -> Lane:
    del spec
    return "light"


TASK = Task("import", "Import", Spec, run, register_dataset, lane=lane)
