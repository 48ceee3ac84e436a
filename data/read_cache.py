"""What was read of large files is kept, so that choices about rows are counted without reading again.

An entry is a folder of memory-mapped arrays and tables, named by a hash over the identity of the files (path,
size, time of change), how they are written and which column is what. The latest few are kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.artifacts import read_arrays, read_meta, write_folder
from data.coded import Coded, ReadFile
from data.content import id_arrays, ids_from
from data.dataset import IdMap
from data.errors import NotFound
from data.home import READS, Home
from data.import_report import FileCount
from data.protecting import protected_recipe
from data.pseudonyms import key_path
from data.read_tables import Read, identity, read_all_files
from data.reading.shape import FileShape
from data.reading.staging import Report
from data.recipe import SIDE_ROLES, Files, Recipe, read_recipe
from data.settling import Settled, settle
from data.side_tables import SideTable

FORMAT = 2  # of an entry; raise it when reading changes
MOST_ENTRIES = 4
MOST_BYTES = 8 << 30
FREE_BYTES = 2 << 30  # left on the disk
COLUMNS = ("user", "item", "weight", "span", "second", "row_hash", "event", "session", "part")


def read_cached(files: Files, recipe: Recipe, home: Home, report: Report) -> Read:
    """What `read_all_files` gives, kept under `home`; arrays are memory-mapped and read-only.

    Args:
        report: called with (fraction, stage), 0 to 1; may raise to stop, which leaves nothing behind.

    Raises:
        NotFound: there is no such file.
        DataError: a file is damaged or no table, or files of one table differ.
    """
    settled = settle(files, recipe)
    known = find_read(settled, home)
    if known is not None:
        return known
    folder = _folder(settled, home)  # of the files as they are before they are read
    read = read_all_files(files, settled, home, report)
    report(0.8, "keeping what was read")
    if shutil.disk_usage(home.cache).free < FREE_BYTES + _bytes_of(read.coded):
        return read
    _write(read, folder, _sources(settled))
    drop_old_reads(home)
    return find_read(settled, home) or read


def find_read(settled: Settled, home: Home) -> Read | None:
    """An entry for exactly these files and columns, or None. Cleaning and name are those of `settled`."""
    folder = _folder(settled, home)
    try:
        read = _load(folder)
    except (NotFound, FileNotFoundError, KeyError):  # KeyError: another process is just deleting it
        return None
    with suppress(OSError):
        os.utime(folder)
    cleaning = settled.cleaning_for(read.coded.event_types)
    asked = protected_recipe(settled.recipe.model_copy(update={"cleaning": cleaning}), home)
    kept = {name: getattr(asked, name) for name in ("name", "keep_unseen_items", "cleaning")}
    return replace(read, recipe=read.recipe.model_copy(update=kept))


def drop_old_reads(home: Home) -> None:
    """Keep the latest entries, within their number and the bytes that all may take."""
    entries = []
    for folder in _entries(home):
        with suppress(FileNotFoundError):  # another process has just deleted it
            size = sum(path.stat().st_size for path in folder.iterdir())
            entries.append((-folder.stat().st_mtime, str(folder), size))
    total = 0
    for place, (_, name, size) in enumerate(sorted(entries)):
        total += size
        if place >= MOST_ENTRIES or (place and total > MOST_BYTES):
            _drop(Path(name))


def drop_plain_reads(settled: Settled, home: Home) -> None:
    """Forget what was read of these files without pseudonyms, say to count choices about rows."""
    sources = {*_sources(settled)}
    for folder in list(_entries(home)):
        with suppress(NotFound):
            meta = read_meta(folder)
            if not meta["recipe"].get("pseudonyms") and sources & {*meta.get("sources", ())}:
                _drop(folder)


def _sources(settled: Settled) -> list[str]:
    return [str(one.file.path.resolve()) for one in (*settled.events, *settled.sides)]


def _drop(folder: Path) -> None:
    """Delete an entry, whole to everybody else until it is gone: it is first put aside under another name."""
    aside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.old")
    with suppress(OSError):  # another process was first
        folder.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


def _entries(home: Home) -> Iterator[Path]:
    folder = home.root / "cache" / READS
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if not path.name.startswith("."))


def _folder(settled: Settled, home: Home) -> Path:
    recipe = settled.recipe
    files = [
        (
            one.role,
            one.file.name,
            identity(one.file.path),
            one.shape.model_dump(mode="json", exclude={"reasons"}),
        )
        for one in (*settled.events, *settled.sides)
    ]
    sides = {role: getattr(recipe, role).model_dump(mode="json", include={"mapping"}) for role in SIDE_ROLES}
    whole = [
        FORMAT,
        files,
        settled.mapping.model_dump(mode="json"),
        sides,
        _pseudonyms(settled, home),
    ]
    key = hashlib.sha256(json.dumps(whole, default=str).encode()).hexdigest()[:20]
    return home.root / "cache" / READS / key


def _pseudonyms(settled: Settled, home: Home) -> list[Any] | None:
    """What pseudonyms follow from: the ids as the cleaning writes them, and the key."""
    if not settled.recipe.pseudonyms:
        return None
    key = key_path(home)
    return [settled.cleaning.normalise_ids, key.stat().st_mtime_ns if key.is_file() else 0]


def _bytes_of(coded: Coded) -> int:
    return sum(values.nbytes for _, values in _columns(coded))


def _columns(coded: Coded) -> Iterator[tuple[str, NDArray[Any]]]:
    for name in COLUMNS:
        values = getattr(coded, name)
        if values is not None:
            yield name, values


def _write(read: Read, folder: Path, sources: list[str]) -> None:
    coded, events = read.coded, read.events
    arrays: dict[str, NDArray[Any]] = {}
    constants: dict[str, Any] = {}
    for name, values in _columns(coded):
        if len(values) and bool((values == values[0]).all()):
            constants[name] = {"dtype": values.dtype.str, "value": values[0].item()}
        else:
            arrays[name] = values
    arrays |= id_arrays("users", IdMap(coded.users)) | id_arrays("items", IdMap(coded.items))
    tables = {
        "quarantine": events.quarantine,
        "extras": coded.extras,
        "item_table": events.item_table,
        "user_table": events.user_table,
    }
    for role, side in read.sides.items():
        tables |= {f"{role}_rows": side.table, f"{role}_quarantine": side.quarantine}
    meta = {
        "sources": sources,
        "rows": len(coded),
        "constants": constants,
        "event_types": coded.event_types,
        "recipe": read.recipe.model_dump(mode="json"),
        "files": [asdict(file) for file in read.files],
        "told": {name: getattr(events, name) for name in TOLD},
        "sides": {
            role: {"name": side.name, "shape": side.shape, "count": asdict(side.count)}
            for role, side in read.sides.items()
        },
    }
    content = {f"{name}.parquet": _parquet(table) for name, table in tables.items() if table is not None}
    write_folder(folder, arrays, meta, content)


TOLD = ("lines", "header", "set_aside", "quarantined", "conflicts", "notes")


def _parquet(table: pd.DataFrame) -> Any:
    return lambda path: table.to_parquet(path, index=False, compression="zstd")


def _load(folder: Path) -> Read:
    meta, arrays = read_meta(folder), read_arrays(folder)
    coded = _coded(meta, arrays, folder)
    told = dict(meta["told"], notes=tuple(meta["told"]["notes"]))
    quarantine = _table(folder, "quarantine")
    events = ReadFile(
        coded=coded,
        quarantine=pd.DataFrame() if quarantine is None else quarantine,
        item_table=_table(folder, "item_table"),
        user_table=_table(folder, "user_table"),
        **told,
    )
    sides = {role: _side(folder, role, said) for role, said in meta["sides"].items()}
    files = tuple(FileCount(**file) for file in meta["files"])
    if not folder.is_dir():  # deleted meanwhile, so that a table may seem not to have been there
        raise _gone(folder)
    return Read(events, read_recipe(meta["recipe"]), files, sides)


def _gone(folder: Path) -> NotFound:
    return NotFound(f"What was read as {folder.name} is gone.", "Read the file again.")


def _coded(meta: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], folder: Path) -> Coded:
    columns = {name: arrays[name] for name in COLUMNS if name in arrays}
    for name, told in meta["constants"].items():
        value = np.asarray(told["value"], dtype=np.dtype(told["dtype"]))
        columns[name] = np.broadcast_to(value, (meta["rows"],))
    return Coded(
        users=ids_from("users", arrays).ids,
        items=ids_from("items", arrays).ids,
        event_types=tuple(meta["event_types"]),
        extras=_table(folder, "extras"),
        **columns,
    )


def _side(folder: Path, role: str, said: Mapping[str, Any]) -> SideTable:
    rows, quarantine = _table(folder, f"{role}_rows"), _table(folder, f"{role}_quarantine")
    if rows is None or quarantine is None:
        raise _gone(folder)
    plain = rows.astype(object).where(rows.notna(), None)
    shape = FileShape.model_validate(said["shape"])
    return SideTable(said["name"], plain, shape, FileCount(**said["count"]), quarantine)


def _table(folder: Path, name: str) -> pd.DataFrame | None:
    path = folder / f"{name}.parquet"
    return pd.read_parquet(path) if path.is_file() else None
