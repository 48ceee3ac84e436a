"""Read large files once, so that choices about rows are counted before an import, which is then quick."""

from __future__ import annotations

from core.progress import Report
from dashboard.server.sent_name import by_sent_name
from dashboard.tasks.base import Lane, Result, Task
from dashboard.tasks.import_file import FilesSpec, files_of, recipe_of
from data.artifacts import Home
from data.cleaning import Cleaning, touched
from data.read_cache import read_cached
from data.store import Store


class Spec(FilesSpec):
    """Files and recipe, as for an import."""


def run(spec: Spec, home: Home, report: Report) -> Result:
    """Read and keep; nothing is stored as a data set.

    Returns:
        lines, header, readable, quarantined, users, items, recipe (settled), files [{name, role, lines, …}],
        touched [{rule, label, on, lines, rows, users, items, note, change}] for the recipe's cleaning.
    """
    files = files_of(spec, home)
    with by_sent_name(*((file.path, file.name) for file in files.all)):
        read = read_cached(files, recipe_of(spec), home, report)
    report(0.9, "counting what each rule touches")
    counted = touched(read.coded, read.recipe.cleaning or Cleaning())
    return {
        "lines": read.events.lines,
        "header": read.events.header,
        "readable": read.coded.lines,
        "quarantined": read.events.quarantined,
        "users": len(read.coded.users),
        "items": len(read.coded.items),
        "recipe": read.recipe.model_dump(mode="json"),
        "files": [vars(file) for file in read.files],
        "touched": counted.to_dict("records"),
    }


def register(result: Result, home: Home, store: Store) -> None:
    """Nothing enters the warehouse."""
    del result, home, store


def lane(spec: Spec) -> Lane:
    del spec
    return "light"


TASK = Task("read", "Read", Spec, run, register, lane=lane)
