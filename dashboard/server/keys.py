"""Secrets of this installation: made once, readable by the owner only."""

from __future__ import annotations

import os
import secrets

from data.artifacts import Home


def secret(home: Home, name: str) -> str:
    """The secret called `name` under this home: 43 characters, kept with mode 0600."""
    path = home.root / "keys" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(number, "w") as file:
        file.write(secrets.token_urlsafe(32))
    return path.read_text()
