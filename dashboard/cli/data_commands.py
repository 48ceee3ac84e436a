"""`import`, `recipe` and `datasets`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from dashboard.cli.import_words import described, imported, looked
from dashboard.cli.output import Progress, emit
from dashboard.cli.tasking import perform

ROLES = ("user", "item", "weight", "time", "event", "session")
BESIDE = {
    "items": "file with titles, categories, text, image links of the items",
    "users": "file with attributes of the users",
    "social": "file of pairs: who trusts, follows or befriends whom",
}
PARTS = {
    "validation": "file of the validation part; FILE is then the training part",
    "test": "file of the test part; FILE is then the training part",
}


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the sub-parsers."""
    reading = commands.add_parser("import", parents=[common], help="import files as a data set")
    reading.add_argument(
        "files", metavar="FILE", nargs="+", help="one table of events, in one or several files"
    )
    reading.add_argument("--name", help="name of the data set (default: the file's)")
    for role in ROLES:
        reading.add_argument(
            f"--{role}", metavar="COLUMN", help=f"column with the {role} (default: proposed)"
        )
    for role, what in BESIDE.items():
        reading.add_argument(f"--{role}", metavar="FILE", help=what)
    for role, what in PARTS.items():
        reading.add_argument(f"--{role}", metavar="FILE", action="append", default=[], help=what)
    reading.add_argument(
        "--recipe", metavar="JSON", help="what `rankscope recipe` wrote for an earlier import"
    )
    reading.add_argument("--append-to", metavar="DATASET", help="add the events as its next version")
    reading.add_argument(
        "--pseudonyms",
        action="store_true",
        help="replace user ids by keyed pseudonyms before anything is stored",
    )
    reading.add_argument(
        "--dry-run", action="store_true", help="say what would be done and count; store nothing"
    )
    reading.set_defaults(run=import_files)
    recipe = commands.add_parser("recipe", parents=[common], help="print the recipe of a data set as JSON")
    recipe.add_argument("dataset", metavar="DATASET", help="id, beginning of an id, or name")
    recipe.set_defaults(run=print_recipe)
    listed = commands.add_parser("datasets", parents=[common], help="list the data sets")
    listed.set_defaults(run=datasets)


def import_files(asked: argparse.Namespace) -> None:
    """Import; prints what became of every line."""
    spec = _spec(asked)
    if asked.dry_run:
        document = _look(spec)
        emit(asked, document, looked(document))
        return
    done = perform("import", spec)
    removed = done["rows"]["removed"]
    rows = {**done["rows"], "removed": sum(removed.values()), "removed_by_rule": removed}
    emit(asked, {**done, "rows": rows}, imported(done))


def _spec(asked: argparse.Namespace) -> dict[str, Any]:
    """The settings of the job."""
    from dashboard.cli.naming import dataset_id
    from data.home import Home

    paths = {"events": [_path(file) for file in asked.files]}
    paths |= {role: [_path(file) for file in getattr(asked, role)] for role in PARTS if getattr(asked, role)}
    paths |= {role: [_path(getattr(asked, role))] for role in BESIDE if getattr(asked, role)}
    recipe = _recipe(asked)
    spec = {"paths": paths, "name": asked.name, "recipe": recipe, "mapping": _mapping(asked, recipe or {})}
    if asked.append_to:
        spec["parent"] = dataset_id(Home.current(), asked.append_to)
    return spec


def _path(file: str) -> str:
    return str(Path(file).expanduser().absolute())


def _recipe(asked: argparse.Namespace) -> dict[str, Any] | None:
    """The values of the recipe file, with what the command line says beside it."""
    from data.errors import NotFound
    from data.recipe import read_recipe

    said = {"pseudonyms": True} if asked.pseudonyms else {}
    if not asked.recipe:
        return said or None
    path = Path(asked.recipe).expanduser()
    if not path.is_file():
        raise NotFound(f"There is no file {asked.recipe}.", "Check the path of the recipe.")
    known: dict[str, Any] = read_recipe(path.read_bytes()).model_dump(mode="json")
    return known | said


def _mapping(asked: argparse.Namespace, recipe: dict[str, Any]) -> dict[str, Any] | None:
    """The mapping of the recipe, or the proposed one, with the columns given by the person; None without."""
    given = {role: getattr(asked, role) for role in ROLES if getattr(asked, role)}
    if not given:
        return None
    from data.errors import ConfigError, NotFound
    from data.mapping import propose_file
    from data.reading import sniff

    path = Path(asked.files[0]).expanduser()
    if not path.is_file():
        raise NotFound(f"There is no file {asked.files[0]}.", "Check the path.")
    shape = sniff(path, given.values())
    for role, column in given.items():
        if column not in shape.columns:
            raise ConfigError(
                f"--{role} {column}: no such column.", f"The file has: {', '.join(shape.columns)}."
            )
    known: dict[str, Any] | None = recipe.get("mapping")
    if known is None:
        known = propose_file(path, shape).mapping.model_dump(mode="json")
    for role, column in known.items():
        if column in given.values() and role in ROLES[2:]:
            known[role] = None  # the person says that this column is something else
    if "time" in given:
        known["time_format"] = "auto"
    return {**known, **given}


def _look(spec: dict[str, Any]) -> dict[str, Any]:
    """What an import would do, with every line read and counted, and nothing stored."""
    from dashboard.tasks import read_spec
    from dashboard.tasks.import_file import files_of, recipe_of
    from data.cleaning import touched
    from data.home import Home
    from data.mapping import propose_file
    from data.read_tables import read_all_files
    from data.settling import settle

    home, progress = Home.current(), Progress()
    checked = read_spec("import", spec)
    files = files_of(checked, home)
    settled = settle(files, recipe_of(checked))
    first = settled.events[0]
    proposal = propose_file(first.file.path, first.shape)
    try:
        read = read_all_files(files, settled, home, progress)
    finally:
        progress.end()
    events = read.events
    counts = {"lines": events.lines, "header": events.header, "readable": events.coded.lines}
    counts |= {"set_aside": sum(events.set_aside.values()), "quarantined": events.quarantined}
    return {
        "file": first.file.name,
        "shape": first.shape.model_dump(mode="json"),
        "recipe": read.recipe.model_dump(mode="json"),
        "roles": {name: vars(role) for name, role in proposal.roles.items()},
        "rows": counts,
        "users": len(events.coded.users),
        "items": len(events.coded.items),
        "files": [vars(file) for file in read.files],
        "notes": list(proposal.notes),
        "touched": touched(events.coded, read.recipe.cleaning or settled.cleaning).to_dict("records"),
    }


def print_recipe(asked: argparse.Namespace) -> None:
    """The recipe that a data set was imported with."""
    from dashboard.cli.naming import dataset_id
    from data.artifacts import load_dataset
    from data.continuing import recipe_of
    from data.home import Home

    home = Home.current()
    recipe = recipe_of(load_dataset(home, dataset_id(home, asked.dataset)))
    emit(asked, recipe.model_dump(mode="json"), recipe.model_dump_json(indent=1))


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
    text = described(names[:6], records)
    emit(asked, {"datasets": records}, text if records else "No data set yet: rankscope import FILE")


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
