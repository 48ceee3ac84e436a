"""Import a file: map, check, reconcile, store as a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.progress import Report
from dashboard.server.sent_name import by_sent_name
from dashboard.server.upload import uploaded
from dashboard.tasks.base import Lane, Result, Task, TaskSpec
from dashboard.tasks.registering import register_dataset
from data.artifacts import Home
from data.cleaning import Cleaning
from data.errors import ConfigError, NotFound
from data.ingest import import_file
from data.mapping import Mapping


class Spec(TaskSpec):
    """The file (a path, or the id of an upload), how its columns are meant, and the item file beside it."""

    file: str = ""
    upload: str = ""
    mapping: dict[str, Any] | None = None
    cleaning: dict[str, Any] | None = None
    name: str | None = None
    items_file: str = ""
    items_upload: str = ""


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


def run(spec: Spec, home: Home, report: Report) -> Result:
    """Import; the counts reconcile or nothing is stored.

    Returns:
        dataset, existed, name, rows {lines, header, accepted, removed, quarantined}, events, users, items,
        lifted, notes.
    """
    events, items = located(home, spec.file, spec.upload), located(home, spec.items_file, spec.items_upload)
    if events is None:
        raise ConfigError("No file was named.", "Give a file to import.")
    path, sent_as = events
    with by_sent_name(events, items):
        done = import_file(
            path,
            home,
            mapping=None if spec.mapping is None else Mapping(**spec.mapping),
            cleaning=None if spec.cleaning is None else Cleaning(**spec.cleaning),
            name=spec.name or sent_as.split(".")[0],
            items_path=None if items is None else items[0],
            file_name=sent_as,
            items_file_name=None if items is None else items[1],
            report=report,
        )
    removed = {str(rule): int(count) for rule, count in done.removed.items()}
    return {
        "dataset": done.dataset,
        "existed": bool(done.existed),
        "name": done.name,
        "rows": {
            "lines": int(done.lines),
            "header": int(done.header),
            "accepted": int(done.accepted),
            "removed": removed,
            "quarantined": int(done.quarantined),
        },
        "events": int(done.events),
        "users": int(done.users),
        "items": int(done.items),
        "lifted": list(done.lifted),
        "notes": [str(note) for note in done.notes],
    }


def lane(spec: Spec) -> Lane:
    del spec
    return "light"


TASK = Task("import", "Import", Spec, run, register_dataset, lane=lane)
