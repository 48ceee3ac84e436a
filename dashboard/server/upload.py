"""PUT /api/upload: a file of any size goes to disk in pieces, under a random name.

Streamlit's own protection does not cover added routes, so this one checks for itself: the origin, this
installation's token, the extension, a cap per file, a quota for all, and the free disk.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from dashboard.server.keys import secret
from data.artifacts import Home
from data.errors import DataError, NotFound

TOKEN_HEADER = "x-rankscope-token"
KINDS = (
    "csv",
    "tsv",
    "txt",
    "dat",
    "data",
    "psv",
    "json",
    "jsonl",
    "ndjson",
    "parquet",
    "pq",
    "inter",
    "item",
    "xlsx",
)
PACKED = ("gz", "zst", "zip")
PIECE = 2**20  # bytes written at a time
KEPT_S = 24 * 3600  # uploads older than this give way to new ones
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Limits:
    """Bytes allowed for one file and for all uploads together."""

    file: int
    total: int

    @classmethod
    def current(cls) -> Limits:
        """From RANKSCOPE_MAX_UPLOAD_MB (default 4096) and RANKSCOPE_UPLOAD_QUOTA_MB (default 16384)."""
        megabyte = 2**20
        return cls(
            int(os.environ.get("RANKSCOPE_MAX_UPLOAD_MB", "4096")) * megabyte,
            int(os.environ.get("RANKSCOPE_UPLOAD_QUOTA_MB", "16384")) * megabyte,
        )


class Refused(Exception):  # noqa: N818 - an answer of the route, not an error of the program
    """The upload is turned away with an HTTP status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def token() -> str:
    """What a page must send in `x-rankscope-token`."""
    return secret(Home.current(), "upload")


def uploaded(home: Home, upload_id: str) -> tuple[Path, str]:
    """(file, name it had at the sender) of a finished upload.

    Raises:
        NotFound: the id is not one of ours, or the file has been cleared away.
    """
    note = home.uploads / f"{upload_id}.json"
    if not _ID.fullmatch(upload_id) or not note.is_file():
        raise NotFound("That upload is no longer here.", "Choose the file again.")
    facts = json.loads(note.read_text())
    return home.uploads / facts["file"], facts["name"]


def keep_copy(home: Home, name: str, content: bytes) -> str:
    """Store a small file that came by another way (a page's own widget); returns the upload id.

    Raises:
        DataError: the extension is not one that is read.
    """
    upload_id, part, suffix = _begin(home, _clean_name(name))
    part.write_bytes(content)
    _finish(home, upload_id, part, suffix, _clean_name(name), len(content))
    return upload_id


def clear_old(home: Home, *, older_than_s: float = KEPT_S) -> int:
    """Delete uploads (and pieces of broken ones) older than this; returns the bytes freed."""
    limit, freed = time.time() - older_than_s, 0
    for path in home.uploads.iterdir():
        facts = path.stat()
        if facts.st_mtime < limit:
            freed += facts.st_size
            path.unlink(missing_ok=True)
    return freed


async def receive(request: Request) -> Response:
    """The route. Answers `{"upload": id, "bytes": n, "name": text}`, or `{"error": sentence}`."""
    home = Home.current()
    try:
        _check_sender(request)
        name = _clean_name(request.query_params.get("name", ""))
        await to_thread.run_sync(_check_room, home, _announced(request))
        answer = await _store(request, home, name)
    except Refused as refusal:
        return JSONResponse({"error": refusal.sentence}, status_code=refusal.status)
    except DataError as error:
        return JSONResponse({"error": str(error)}, status_code=415)
    return JSONResponse(answer, status_code=201)


def _check_sender(request: Request) -> None:
    """Same origin and our token, or `Refused`."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Refused(403, "This upload comes from another site.")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refused(403, "This upload comes from another site.")
    if not hmac.compare_digest(request.headers.get(TOKEN_HEADER, "").encode(), token().encode()):
        raise Refused(403, "The upload has no valid token. Reload the page and try again.")


def _clean_name(name: str) -> str:
    """The last part of a name, whatever separators it uses, without control characters."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    cleaned = "".join(letter for letter in last if letter.isprintable())[:200]
    if not _suffix(cleaned):
        raise DataError(
            f"Files like {cleaned!r} are not read.",
            f"Send one of: {', '.join(KINDS)}, each also as .gz, .zst or .zip.",
        )
    return cleaned


def _suffix(name: str) -> str:
    """`.csv`, `.csv.gz` or `.zip` when the file is of a kind that is read, else empty.

    An archive needs no kind in its name: what it holds tells.
    """
    parts = name.lower().split(".")
    if len(parts) < 2 or not parts[0]:
        return ""
    if parts[-1] == "zip":
        return ".zip"
    packed = f".{parts[-1]}" if parts[-1] in PACKED and len(parts) > 2 else ""
    kind = parts[-2] if packed else parts[-1]
    return f".{kind}{packed}" if kind in KINDS else ""


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "0")
    return int(length) if length.isdigit() else 0


def _check_room(home: Home, size: int) -> None:
    limits = Limits.current()
    if size > limits.file:
        raise Refused(413, f"The file has {size:,} bytes; {limits.file:,} are allowed.")
    clear_old(home)
    held = sum(path.stat().st_size for path in home.uploads.iterdir())
    if held + size > limits.total:
        raise Refused(507, f"The uploads folder is full ({held:,} of {limits.total:,} bytes).")
    if size > shutil.disk_usage(home.uploads).free * 0.9:
        raise Refused(507, "The disk has no room for this file.")


def _begin(home: Home, name: str) -> tuple[str, Path, str]:
    upload_id = secrets.token_hex(16)
    home.uploads.mkdir(parents=True, exist_ok=True)
    return upload_id, home.uploads / f"{upload_id}.part", _suffix(name)


def _finish(home: Home, upload_id: str, part: Path, suffix: str, name: str, size: int) -> dict[str, object]:
    target = home.uploads / f"{upload_id}{suffix}"
    part.rename(target)
    facts = {"file": target.name, "name": name, "bytes": size}
    (home.uploads / f"{upload_id}.json").write_text(json.dumps(facts))
    return {"upload": upload_id, "bytes": size, "name": name}


async def _store(request: Request, home: Home, name: str) -> dict[str, object]:
    """Write the body to `<id>.part`, rename when complete; nothing is left of a broken upload."""
    upload_id, part, suffix = _begin(home, name)
    try:
        size = await _write_body(request, part)
    except ClientDisconnect:
        part.unlink(missing_ok=True)
        raise Refused(400, "The upload was broken off.") from None
    except Refused:
        part.unlink(missing_ok=True)
        raise
    return await to_thread.run_sync(_finish, home, upload_id, part, suffix, name, size)


async def _write_body(request: Request, part: Path) -> int:
    limits, size, waiting = Limits.current(), 0, bytearray()
    with part.open("wb") as file:
        async for piece in request.stream():
            size += len(piece)
            if size > limits.file:
                raise Refused(413, f"The file is larger than the {limits.file:,} bytes allowed.")
            waiting += piece
            if len(waiting) >= PIECE:
                await to_thread.run_sync(file.write, bytes(waiting))
                waiting.clear()
        file.write(waiting)
        file.flush()
        await to_thread.run_sync(os.fsync, file.fileno())
    if size == 0:
        raise Refused(400, "The file is empty.")
    return size
