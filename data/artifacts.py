"""Files under RANKSCOPE_HOME: immutable folders of arrays, and data sets named by their content.

Workers and the server share these folders: each is written once under a temporary name and renamed, so a
reader sees a whole folder or none. Nothing is ever pickled.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.content import id_arrays, ids_from, interaction_arrays, interactions_from, name_by_content
from data.dataset import Dataset
from data.errors import DataError, NotFound
from data.events_db import write_events_db
from data.home import READS, SCRATCH
from data.home import Home as Home

FileContent = bytes | str | Callable[[Path], None]
META = "meta.json"
DATASET_ID = re.compile(r"d[0-9a-f]{10}")
OWN_TABLES = ("item_features", "user_features", "event_columns")
TABLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


def write_folder(
    target: Path,
    arrays: Mapping[str, NDArray[Any]],
    meta: Mapping[str, Any],
    files: Mapping[str, FileContent] | None = None,
    *,
    replace: bool = False,
) -> None:
    """Write `<name>.npy` for each array, meta.json and `files`, then rename the folder to `target`.

    Everything is on disk (fsync) before the rename, so a kill or a power cut leaves the whole folder or none.

    Args:
        files: file name to its bytes, its text, or a function that writes it at the path given.
        replace: put the new folder in the place of an existing one; otherwise an existing one is kept.
    """
    if target.exists() and not replace:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    part.mkdir()
    try:
        for name, array in arrays.items():
            np.save(part / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
        for name, content in (files or {}).items():
            _write_file(part / name, content)
        _write_file(part / META, json.dumps(meta, default=plain, indent=1, ensure_ascii=False))
        _sync_folder(part)
        _move(part, target, replace)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    _sync(target.parent)


def _write_file(path: Path, content: FileContent) -> None:
    if callable(content):
        content(path)
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def _move(part: Path, target: Path, replace: bool) -> None:
    old = part.with_suffix(".old")
    if replace and target.exists():
        target.rename(old)
    try:
        part.rename(target)
    except OSError:
        if replace or not target.is_dir():  # otherwise another process wrote the same content first
            raise
    shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    for path in folder.iterdir():
        _sync(path)
    _sync(folder)


def plain(value: Any) -> Any:
    """JSON form of what meta data may hold beside plain values."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, (datetime, pd.Timestamp)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return str(value)


def read_arrays(folder: Path) -> dict[str, NDArray[Any]]:
    """Every `<name>.npy` of the folder, memory-mapped and read-only.

    Raises:
        NotFound: no such folder.
    """
    if not folder.is_dir():
        raise NotFound(f"There is no stored folder {folder.name}.", "It may have been deleted; pick another.")
    return {path.stem: _mapped(path) for path in sorted(folder.glob("*.npy"))}


def _mapped(path: Path) -> NDArray[Any]:
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)  # type: ignore[no-any-return]
    except ValueError:  # an empty array cannot be mapped; anything else fails again below
        array = np.load(path, allow_pickle=False)
        array.setflags(write=False)
        return array  # type: ignore[no-any-return]


def read_meta(folder: Path) -> dict[str, Any]:
    """meta.json of a stored folder.

    Raises:
        NotFound: no such folder.
    """
    try:
        meta = json.loads((folder / META).read_bytes())
    except FileNotFoundError:
        raise NotFound(
            f"There is no stored folder {folder.name}.", "It may have been deleted; pick another."
        ) from None
    return dict(meta)


def save_dataset(
    home: Home,
    dataset: Dataset,
    *,
    extra_tables: Mapping[str, pd.DataFrame] | None = None,
    event_columns: pd.DataFrame | None = None,
) -> str:
    """Store a data set under its content hash and return the id; an existing one is kept as it is.

    The id covers ids, events and features, not the name, the facts or the date.

    Args:
        extra_tables: each lands as `<name>.parquet` in the folder and is read with `dataset_table`.
        event_columns: further columns of the events, in their order; kept as the table `event_columns`.

    Raises:
        DataError: the events are not sorted by (user, time), or the name of an extra table is no plain word.
    """
    arrays = _dataset_arrays(dataset)
    dataset_id = name_by_content(dataset, arrays, event_columns)
    target = home.datasets / dataset_id
    if target.exists():
        return dataset_id
    tables = {name: table for name, table in (extra_tables or {}).items() if _named_well(name)}
    files: dict[str, FileContent] = {f"{name}.parquet": _parquet(table) for name, table in tables.items()}
    if dataset.item_features is not None:
        files["item_features.parquet"] = _parquet(dataset.item_features)
    if dataset.user_features is not None:
        files["user_features.parquet"] = _parquet(dataset.user_features)
    if event_columns is not None:
        files["event_columns.parquet"] = _parquet(event_columns)
    files["events.duckdb"] = lambda path: write_events_db(path, dataset, event_columns)
    write_folder(target, arrays, _dataset_meta(dataset, dataset_id), files)
    return dataset_id


def _named_well(name: str) -> bool:
    if not TABLE_NAME.fullmatch(name) or name in OWN_TABLES:
        raise DataError(
            f"{name!r} cannot be the name of an extra table.",
            f"Use small letters, digits and _, and not {', '.join(OWN_TABLES)}.",
        )
    return True


def _parquet(table: pd.DataFrame) -> Callable[[Path], None]:
    return lambda path: table.reset_index(drop=True).to_parquet(path, index=False, compression="zstd")


def _dataset_arrays(dataset: Dataset) -> dict[str, NDArray[Any]]:
    arrays = interaction_arrays(dataset.interactions)
    arrays |= id_arrays("users", dataset.users) | id_arrays("items", dataset.items)
    if dataset.social is not None:
        arrays["social"] = np.asarray(dataset.social, dtype=np.int32)
    return arrays


def _dataset_meta(dataset: Dataset, dataset_id: str) -> dict[str, Any]:
    times, told = dataset.interactions.time, dataset.facts.get("import", {})
    return {
        "id": dataset_id,
        "name": dataset.name or dataset_id,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "events": len(dataset.interactions),
        "users": dataset.n_users,
        "items": dataset.n_items,
        "first_time": None if times is None or not len(times) else int(times.min()),
        "last_time": None if times is None or not len(times) else int(times.max()),
        "event_types": list(dataset.event_types),
        "version": dataset.facts.get("version", told.get("version", 1)),
        "parent": dataset.facts.get("parent", told.get("parent")),
        "source": dataset.facts.get("source", ""),
        "facts": dataset.facts,
    }


def load_dataset(home: Home, dataset_id: str) -> Dataset:
    """The stored data set; its event arrays are memory-mapped and read-only.

    Raises:
        NotFound: no such data set, with the way to those there are.
    """
    meta, folder = dataset_meta(home, dataset_id), home.datasets / dataset_id
    arrays = read_arrays(folder)
    return Dataset(
        interactions=interactions_from(arrays),
        users=ids_from("users", arrays),
        items=ids_from("items", arrays),
        user_features=dataset_table(home, dataset_id, "user_features"),
        item_features=dataset_table(home, dataset_id, "item_features"),
        social=arrays.get("social"),
        event_types=tuple(meta["event_types"]),
        name=meta["name"],
        id=dataset_id,
        facts=meta["facts"],
    )


def dataset_meta(home: Home, dataset_id: str) -> dict[str, Any]:
    """id, name, created (ISO, UTC), events, users, items, first_time, last_time, source, facts.

    Also event_types; version (from 1) and parent (the data set that this is the next version of, or None).

    Raises:
        NotFound: no such data set.
    """
    folder = home.datasets / dataset_id
    if not DATASET_ID.fullmatch(dataset_id) or not (folder / META).is_file():
        raise NotFound(
            f"There is no data set {dataset_id!r}.",
            "Import a file first, or pick one of: "
            + (", ".join(list_dataset_ids(home)) or "(none yet)")
            + ".",
        )
    return {"event_types": [], "version": 1, "parent": None} | read_meta(folder)


def dataset_table(home: Home, dataset_id: str, name: str) -> pd.DataFrame | None:
    """A table kept with the data set (`quarantine`, `item_features`, …), or None where it has none.

    Raises:
        NotFound: no such data set.
    """
    dataset_meta(home, dataset_id)
    path = home.datasets / dataset_id / f"{name}.parquet"
    if not TABLE_NAME.fullmatch(name) or not path.is_file():
        return None
    return pd.read_parquet(path)


def list_dataset_ids(home: Home) -> list[str]:
    """Ids of all stored data sets, in the order of their ids."""
    return sorted(p.name for p in home.datasets.iterdir() if DATASET_ID.fullmatch(p.name))


def remove_leftovers(home: Home, *, older_than_s: float) -> list[str]:
    """Delete half-written folders that a killed process left; called by the owner of the store at its start.

    These are folders under a temporary name, what an import that was killed had unpacked and spilled, and
    what was read for an import that nobody made.

    Args:
        older_than_s: younger ones may still be being written by another process and are kept.

    Returns:
        The names of the folders deleted.
    """
    parents = (home.datasets, home.runs, home.samples)
    found = [path for parent in parents for end in (".*.part", ".*.old") for path in parent.glob(end)]
    removed = []
    for path in [*found, *home.cache.glob(f"{SCRATCH}*"), *home.cache.glob(f"{READS}/*")]:
        with suppress(FileNotFoundError):  # its writer has just finished
            if time.time() - path.stat().st_mtime > older_than_s:
                shutil.rmtree(path, ignore_errors=True)
                removed.append(path.name)
    return removed
