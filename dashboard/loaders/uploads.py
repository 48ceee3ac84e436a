"""Files that came to the server or lie in its inbox: kept, listed, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dashboard.loaders.sources import home
from dashboard.server import inbox as inbox_folder
from dashboard.server import upload, upload_files
from dashboard.server.upload_rules import Limits, held_bytes

SMALL_MB = 50  # larger files do not go through a widget, which would hold them in memory


@dataclass(frozen=True)
class OnServer:
    """A file on the server.

    Attributes:
        id: what `located` takes.
        size: bytes it has, or will have when it is whole.
        moment: epoch seconds of its arrival, its last change (inbox), or its last byte (broken).
        received: bytes that are here; fewer than `size` for an upload that has not ended.
    """

    id: str
    name: str
    kind: Literal["inbox", "upload", "broken"]
    size: int
    moment: float
    received: int


def keep(name: str, content: bytes) -> str:
    """Store a small file; returns its upload id."""
    return upload.keep_copy(home(), name, content)


def located(upload_id: str) -> tuple[Path, str]:
    """(file, name it had). NotFound when it is no longer here."""
    return upload.uploaded(home(), upload_id)


def on_server() -> list[OnServer]:
    """The inbox, then uploads, then those that have not ended; each the newest first."""
    waiting = [
        OnServer(f.id, f.name, "inbox", f.size, f.modified, f.size) for f in inbox_folder.files(home())
    ]
    here = [
        OnServer(f.id, f.name, "upload", f.size, f.arrived, f.size) for f in upload_files.all_finished(home())
    ]
    broken = [
        OnServer(f.id, f.name, "broken", f.size, f.touched, f.received)
        for f in upload_files.all_unfinished(home())
    ]
    return [*waiting, *here, *broken]


def delete(upload_id: str) -> None:
    """Delete an upload, whole or not."""
    upload_files.remove(home(), upload_id)


def in_use(upload_id: str) -> bool:
    """Does a job that waits or runs name this file?"""
    return upload_id in upload.orders()


def limits() -> Limits:
    """Bytes allowed for one file and for all together."""
    return Limits.current()


def held() -> int:
    """Bytes of all uploads."""
    return held_bytes(home())


def token() -> str:
    """What the browser must send with an upload."""
    return upload.token()
