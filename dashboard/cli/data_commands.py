"""`import` and `datasets`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from dashboard.cli.output import emit, table
from dashboard.cli.tasking import perform


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the two sub-parsers."""
    imported = commands.add_parser("import", parents=[common], help="import a file as a data set")
    imported.add_argument("file", metavar="FILE")
    imported.add_argument("--name", help="name of the data set (default: the file's)")
    for role in ("user", "item", "weight", "time"):
        imported.add_argument(
            f"--{role}", metavar="COLUMN", help=f"column with the {role} (default: proposed)"
        )
    imported.add_argument("--items", metavar="FILE", help="file with titles, categories, text of the items")
    imported.set_defaults(run=import_file)
    listed = commands.add_parser("datasets", parents=[common], help="list the data sets")
    listed.set_defaults(run=datasets)


def import_file(asked: argparse.Namespace) -> None:
    """Import; prints what became of every line."""
    done = perform(
        "import",
        {
            "file": str(Path(asked.file).expanduser().absolute()),
            "name": asked.name,
            "mapping": _mapping(asked),
            "items_file": str(Path(asked.items).expanduser().absolute()) if asked.items else "",
        },
    )
    rows = done["rows"]
    removed = sum(rows["removed"].values())
    document = {
        name: done[name]
        for name in ("dataset", "name", "existed", "rows", "events", "users", "items", "notes")
    }
    document["rows"] = {**rows, "removed": removed, "removed_by_rule": rows["removed"]}
    emit(
        asked,
        document,
        f"{done['dataset']} “{done['name']}”{' (was there already)' if done['existed'] else ''}: "
        f"{done['events']:,} events, {done['users']:,} users, {done['items']:,} items\n"
        f"{rows['lines']:,} lines = {rows['header']} header + {rows['accepted']:,} accepted + "
        f"{removed:,} set aside by rule + {rows['quarantined']:,} quarantined",
    )


def _mapping(asked: argparse.Namespace) -> dict[str, Any] | None:
    """The proposed mapping with the columns given by the person, or None when none was given."""
    given = {
        role: getattr(asked, role) for role in ("user", "item", "weight", "time") if getattr(asked, role)
    }
    if not given:
        return None
    from data.errors import ConfigError, NotFound
    from data.mapping import propose
    from data.reading import preview, sniff

    path = Path(asked.file).expanduser()
    if not path.is_file():
        raise NotFound(f"There is no file {asked.file}.", "Check the path.")
    shape = sniff(path)
    for role, column in given.items():
        if column not in shape.columns:
            raise ConfigError(
                f"--{role} {column}: no such column.", f"The file has: {', '.join(shape.columns)}."
            )
    proposed: dict[str, Any] = propose(preview(path, shape), shape).mapping.model_dump(mode="json")
    for role, column in proposed.items():
        if column in given.values() and role in ("weight", "time"):
            proposed[role] = None  # the person says that this column is something else
    if "time" in given:
        proposed["time_format"] = "auto"
    return {**proposed, **given}


def datasets(asked: argparse.Namespace) -> None:
    """List the data sets, the newest first."""
    from data.home import Home
    from data.store import Store

    with Store(Home.current()) as store:
        rows = store.datasets()
    names = ["id", "name", "created", "events", "users", "items", "source"]
    records = [
        {name: _plain(value) for name, value in zip(names, row, strict=True)}
        for row in rows[names].itertuples(index=False)
    ]
    text = table(names[:6], [[record[name] for name in names[:6]] for record in records])
    emit(asked, {"datasets": records}, text if records else "No data set yet: rankscope import FILE")


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
