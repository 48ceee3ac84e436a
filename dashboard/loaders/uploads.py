"""Files that came to the server: kept, listed, looked into."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from dashboard.loaders.sources import home
from dashboard.server import upload

SMALL_MB = 50  # larger files go through the streaming route


@dataclass(frozen=True)
class Inbox:
    """One uploaded file: id, the name it had, bytes, arrival (epoch seconds)."""

    id: str
    name: str
    size: int
    arrived: float


def keep(name: str, content: bytes) -> str:
    """Store a small file; returns its upload id."""
    return upload.keep_copy(home(), name, content)


def located(upload_id: str) -> tuple[Path, str]:
    """(file, name it had). NotFound when it is no longer here."""
    return upload.uploaded(home(), upload_id)


def inbox() -> list[Inbox]:
    """Files that wait in the uploads folder, the newest first."""
    found = []
    for note in home().uploads.glob("*.json"):
        facts = json.loads(note.read_text())
        path = home().uploads / facts["file"]
        if path.is_file():
            status = path.stat()
            found.append(Inbox(note.stem, str(facts["name"]), status.st_size, status.st_mtime))
    return sorted(found, key=lambda entry: (-entry.arrived, entry.id))


def token() -> str:
    """What the browser must send with a streamed upload."""
    return upload.token()
