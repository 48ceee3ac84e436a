"""Uploads on disk: `<id>.part` with a note `<id>.began` while they come, then `<id>.csv` with `<id>.json`."""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dashboard.server import inbox
from dashboard.server.upload_rules import clean_name, suffix_of
from data.artifacts import Home
from data.errors import NotFound

KEPT_S = 24 * 3600  # uploads older than this give way to new ones
ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Unfinished:
    """An upload of which `received` of `size` bytes have come; `touched` is the epoch second of the last."""

    id: str
    name: str
    size: int
    received: int
    touched: float
    part: Path


@dataclass(frozen=True)
class Finished:
    """An upload that is here whole; `arrived` in epoch seconds."""

    id: str
    name: str
    size: int
    arrived: float
    path: Path


def uploaded(home: Home, upload_id: str) -> tuple[Path, str]:
    """(file, name it had at the sender) of a finished upload, or of a file in the inbox.

    Raises:
        NotFound: the id is not one of ours, or the file has been cleared away or changed.
    """
    if upload_id.startswith(inbox.PREFIX):
        waiting = inbox.found(home, upload_id)
        return waiting.path, waiting.name
    done = finished(home, upload_id)
    if done is None:
        raise NotFound("That upload is no longer here.", "Choose the file again.")
    return done.path, done.name


def finished(home: Home, upload_id: str) -> Finished | None:
    """A finished upload, or None."""
    facts = _note(home, upload_id, "json")
    if facts is None:
        return None
    path = home.uploads / str(facts["file"])
    with suppress(FileNotFoundError):
        status = path.stat()
        return Finished(upload_id, str(facts["name"]), status.st_size, status.st_mtime, path)
    return None


def unfinished(home: Home, upload_id: str) -> Unfinished | None:
    """An upload that has begun and not ended, or None."""
    facts = _note(home, upload_id, "began")
    part = home.uploads / f"{upload_id}.part"
    if facts is None:
        return None
    with suppress(FileNotFoundError):
        status = part.stat()
        size = int(str(facts["bytes"]))
        return Unfinished(upload_id, str(facts["name"]), size, status.st_size, status.st_mtime, part)
    return None


def all_finished(home: Home) -> list[Finished]:
    """Finished uploads, the newest first."""
    found = [finished(home, note.stem) for note in home.uploads.glob("*.json")]
    return sorted(filter(None, found), key=lambda upload: (-upload.arrived, upload.id))


def all_unfinished(home: Home) -> list[Unfinished]:
    """Broken and running uploads, the newest first."""
    found = [unfinished(home, note.stem) for note in home.uploads.glob("*.began")]
    return sorted(filter(None, found), key=lambda upload: (-upload.touched, upload.id))


def begin(home: Home, name: str, size: int) -> Unfinished:
    """A new, empty part for a file of this (clean) name and size in bytes."""
    upload_id = secrets.token_hex(16)
    part = home.uploads / f"{upload_id}.part"
    part.touch()
    _write_note(home, upload_id, "began", {"name": name, "bytes": size})
    return Unfinished(upload_id, name, size, 0, part.stat().st_mtime, part)


def finish(home: Home, upload: Unfinished) -> Finished:
    """Make the part a finished upload: on disk for certain, then under its last name.

    Raises:
        NotFound: the upload was cancelled meanwhile.
    """
    target = home.uploads / f"{upload.id}{suffix_of(upload.name)}"
    try:
        with upload.part.open("rb") as file:
            os.fsync(file.fileno())
        upload.part.rename(target)
    except FileNotFoundError:
        raise NotFound("This upload was cancelled.", "Send the file again.") from None
    size = target.stat().st_size
    _write_note(home, upload.id, "json", {"file": target.name, "name": upload.name, "bytes": size})
    (home.uploads / f"{upload.id}.began").unlink(missing_ok=True)
    return Finished(upload.id, upload.name, size, target.stat().st_mtime, target)


def keep_copy(home: Home, name: str, content: bytes) -> str:
    """Store a small file that came by another way (a page's own widget); returns the upload id.

    Raises:
        DataError: the extension is not one that is read.
    """
    upload = begin(home, clean_name(name), len(content))
    upload.part.write_bytes(content)
    return finish(home, upload).id


def remove(home: Home, upload_id: str) -> int:
    """Delete an upload, finished or not; returns the bytes freed (0 when it was not there)."""
    if not ID.fullmatch(upload_id):
        return 0
    freed = 0
    for path in home.uploads.glob(f"{upload_id}.*"):
        with suppress(FileNotFoundError):
            freed += path.stat().st_size
            path.unlink()
    return freed


def clear_old(home: Home, *, older_than_s: float = KEPT_S, needed: str = "") -> int:
    """Delete uploads (and pieces of broken ones) older than this; returns the bytes freed.

    Args:
        needed: a text that names the ids of uploads to keep, as the orders of jobs do.
    """
    limit, freed = time.time() - older_than_s, 0
    for path in home.uploads.iterdir():
        with suppress(FileNotFoundError):
            facts = path.stat()
            if facts.st_mtime < limit and not _in_work(path, limit) and path.name.split(".")[0] not in needed:
                freed += facts.st_size
                path.unlink()
    return freed


def _in_work(path: Path, limit: float) -> bool:
    """Is this the note of an upload whose bytes still come?"""
    part = path.with_suffix(".part")
    return path.suffix == ".began" and part.exists() and part.stat().st_mtime >= limit


def _note(home: Home, upload_id: str, kind: str) -> dict[str, object] | None:
    if not ID.fullmatch(upload_id):
        return None
    try:
        facts: dict[str, object] = json.loads((home.uploads / f"{upload_id}.{kind}").read_text())
    except FileNotFoundError:
        return None
    return facts


def _write_note(home: Home, upload_id: str, kind: str, facts: dict[str, object]) -> None:
    """Whole or not at all: readers may look at any moment."""
    fresh = home.uploads / f"{upload_id}.new"
    fresh.write_text(json.dumps(facts))
    fresh.rename(home.uploads / f"{upload_id}.{kind}")
