"""Whether a name leads to a file that can be read at all."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from data.errors import DataError, NotFound

KINDS = {
    stat.S_IFDIR: ("a folder", "Name a file in it, or pack the folder into a ZIP archive."),
    stat.S_IFIFO: ("a pipe", "Write what comes out of it to a file and import that."),
    stat.S_IFCHR: ("a device", "Import a file."),
    stat.S_IFBLK: ("a device", "Import a file."),
    stat.S_IFSOCK: ("a socket", "Import a file."),
}


def refuse_unreadable(path: Path) -> None:
    """Stop at what is no readable file, before anything waits on it.

    Raises:
        NotFound: there is no such file.
        DataError: a folder, pipe, device or socket; a link that leads in circles; no right to read it.
    """
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
        allowed = os.access(path, os.R_OK)
    except PermissionError as error:
        raise _forbidden(path) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        if getattr(error, "errno", None) == errno.ELOOP:
            raise DataError(f"{path} is a link that leads in circles.", "Name the file itself.") from error
        raise NotFound(f"There is no file {path}.", "Check the name and the folder.") from error
    if kind in KINDS:
        what, hint = KINDS[kind]
        raise DataError(f"{path.name} is {what}, not a file.", hint)
    if not allowed:
        raise _forbidden(path)


def _forbidden(path: Path) -> DataError:
    return DataError(
        f"{path.name} may not be read by the account that Rankscope runs under.",
        "Give it the right to read the file, or copy the file.",
    )
