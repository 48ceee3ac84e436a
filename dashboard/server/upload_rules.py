"""What may be uploaded, by whom, and how much.

Streamlit's own protection does not cover added routes, so ours check for themselves: the origin, this
installation's token, the extension, a cap per file, a quota for all, and the free disk.
"""

from __future__ import annotations

import hmac
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit

from starlette.requests import Request

from dashboard.server.keys import secret
from data.artifacts import Home
from data.errors import DataError

TOKEN_HEADER = "x-rankscope-token"
KINDS = (  # kept under their own ending; a table may come under any other, and is kept as .data
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
PROGRAMS = "exe dll so msi bat cmd com scr ps1 sh py pyc js mjs jar class php pl rb apk deb rpm dmg iso"
PAPERS = "html htm xhtml svg css xml pdf doc docx odt rtf ppt pptx xls ods"
MEDIA = "png jpg jpeg gif webp bmp tif tiff ico heic mp3 wav ogg flac mp4 mkv mov avi webm"
STORES = "tar tgz 7z rar bz2 xz db sqlite sqlite3 duckdb mdb pkl pickle npy npz h5 hdf5 pt pth onnx part tmp"
NO_TABLES = frozenset(f"{PROGRAMS} {PAPERS} {MEDIA} {STORES}".split())
DISK_SHARE = 0.9  # of the free disk may be taken by one file


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
    """The upload is turned away with an HTTP status, a sentence, and facts for the sender's program."""

    def __init__(self, status: int, sentence: str, **facts: object) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.facts = facts


def token() -> str:
    """What a page must send in `x-rankscope-token`."""
    return secret(Home.current(), "upload")


def check_sender(request: Request) -> None:
    """Same origin and our token, or `Refused`."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Refused(403, "This upload comes from another site.")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refused(403, "This upload comes from another site.")
    if not hmac.compare_digest(request.headers.get(TOKEN_HEADER, "").encode(), token().encode()):
        raise Refused(403, "The upload has no valid token. Reload the page and try again.")


def clean_name(name: str) -> str:
    """The last part of a name, whatever separators it uses, without control characters.

    Raises:
        DataError: the extension is not one that is read.
    """
    last = PureWindowsPath(PurePosixPath(name).name).name
    cleaned = "".join(letter for letter in last if letter.isprintable())[:200]
    if not suffix_of(cleaned):
        raise DataError(
            f"Files like {cleaned!r} are not read.",
            "Send a table: CSV or other text, JSON, Parquet or Excel, each also as .gz, .zst or .zip.",
        )
    return cleaned


def suffix_of(name: str) -> str:
    """The ending under which a file is kept: `.csv`, `.csv.gz`, `.zip`, `.data` for one we do not know.

    Empty for what is no table (a program, a picture, a hidden file). What a file holds decides how it is
    read; its ending only keeps out what cannot be: tables come as `u1.base`, `train.rating`, `part-00000`.
    """
    parts = name.lower().split(".")
    if not parts[0]:
        return ""
    packed = f".{parts.pop()}" if len(parts) > 1 and parts[-1] in PACKED else ""
    kind = parts[-1] if len(parts) > 1 else ""
    if kind in NO_TABLES:
        return ""
    if packed == ".zip":
        return packed
    return f".{kind if kind in KINDS else 'data'}{packed}"


def check_size(size: int) -> None:
    """A file of this many bytes is allowed, or `Refused`."""
    allowed = Limits.current().file
    if size > allowed:
        raise Refused(413, f"The file has {size:,} bytes; {allowed:,} are allowed.")


def check_room(home: Home, size: int) -> None:
    """Quota and disk have room for this many bytes more, or `Refused`."""
    quota = Limits.current().total
    held = held_bytes(home)
    if held + size > quota:
        raise Refused(507, f"The uploads folder is full ({held:,} of {quota:,} bytes).")
    if size > shutil.disk_usage(home.uploads).free * DISK_SHARE:
        raise Refused(507, "The disk has no room for this file.")


def held_bytes(home: Home) -> int:
    """Bytes of all uploads together, unfinished ones included."""
    total = 0
    for path in home.uploads.iterdir():
        with suppress(FileNotFoundError):  # just finished under another name, or cleared away
            total += path.stat().st_size
    return total
