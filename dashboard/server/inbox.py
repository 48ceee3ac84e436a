"""The inbox: a folder of files that are on the server already, read in place and never copied.

Files are chosen from a list; no path is ever typed. The id of a file holds its size and time, so that what
was looked at is what gets imported.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dashboard.server.upload_rules import suffix_of
from data.artifacts import Home
from data.errors import NotFound

PREFIX = "inbox-"
DEPTH = 3  # folders below the inbox that are looked into
MOST = 1000  # files listed


@dataclass(frozen=True)
class Waiting:
    """A file in the inbox: its id, name below the inbox, bytes, time of last change (epoch seconds)."""

    id: str
    name: str
    size: int
    modified: float
    path: Path


def folder(home: Home) -> Path:
    """RANKSCOPE_INBOX, or `inbox` under the home (made on demand)."""
    named = os.environ.get("RANKSCOPE_INBOX")
    if named:
        return Path(named).expanduser().resolve()
    own = home.root / "inbox"
    own.mkdir(parents=True, exist_ok=True)
    return own.resolve()


def files(home: Home) -> list[Waiting]:
    """What can be imported from the inbox, the newest first; links that lead out of it are left out."""
    root = folder(home)
    found = []
    for path in _candidates(root):
        waiting = _waiting(root, path)
        if waiting is not None:
            found.append(waiting)
        if len(found) >= MOST:
            break
    return sorted(found, key=lambda waiting: (-waiting.modified, waiting.name))


def found(home: Home, file_id: str) -> Waiting:
    """The file with this id.

    Raises:
        NotFound: it is gone, or no longer the file that was chosen.
    """
    for waiting in files(home):
        if waiting.id == file_id:
            return waiting
    raise NotFound(
        "That file is no longer in the inbox as it was chosen: it was moved, removed or changed.",
        "Choose it again from the list.",
    )


def _candidates(root: Path) -> Iterator[Path]:
    """Plain names of readable kinds, in a fixed order; hidden files and deeper folders are passed over."""
    for at, folders, names in os.walk(root):  # links to folders are not followed
        here = Path(at)
        depth = len(here.relative_to(root).parts)
        folders[:] = sorted(n for n in folders if not n.startswith(".")) if depth < DEPTH else []
        yield from (here / name for name in sorted(names) if suffix_of(name))


def _waiting(root: Path, path: Path) -> Waiting | None:
    """The entry of a path, or None for what is no plain, readable file inside the inbox."""
    try:
        real = path.resolve(strict=True)
        status = real.stat()
    except (OSError, RuntimeError):  # a broken or circular link, or gone since the folder was read
        return None
    if not real.is_relative_to(root) or not real.is_file() or not os.access(real, os.R_OK):
        return None
    name = path.relative_to(root).as_posix()
    facts = f"{name}\n{status.st_size}\n{status.st_mtime_ns}"
    digest = hashlib.blake2b(facts.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return Waiting(PREFIX + digest, name, status.st_size, status.st_mtime, real)
