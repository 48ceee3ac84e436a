"""Data to start with: a generated marketplace, and MovieLens latest-small from a folder or on request."""

from __future__ import annotations

import hashlib
import io
import os
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from data.artifacts import Home, write_folder
from data.dataset import Dataset
from data.errors import DataError, NotFound
from data.marketplace import marketplace as marketplace

LARGEST_ARCHIVE = 64 * 2**20  # bytes; the archive of ml-latest-small has about one million
TIMEOUT_S = 30


@dataclass(frozen=True)
class Sample:
    """One data set to start with.

    A generated sample has `make`; one of files has `events` and `items` (file names), `archive` (a zip
    address) and `checksums` (file name to SHA-256).
    """

    name: str
    label: str
    about: str
    kind: Literal["generated", "files"]
    make: Callable[[], Dataset] | None = None
    archive: str = ""
    events: str = ""
    items: str = ""
    checksums: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SamplePaths:
    """Files ready for import."""

    events: Path
    items: Path | None


SAMPLES: dict[str, Sample] = {
    "marketplace": Sample(
        name="marketplace",
        label="Sample marketplace",
        about=(
            "2\u202f000 invented people buy 1\u202f000 invented goods over a year; "
            "some purchases cause others."
        ),
        kind="generated",
        make=marketplace,
    ),
    "ml-latest-small": Sample(
        name="ml-latest-small",
        label="MovieLens latest-small",
        about="100\u202f836 film ratings of 610 people (GroupLens, 2018); about 1 MB to download.",
        kind="files",
        archive="https://files.grouplens.org/datasets/movielens/ml-latest-small.zip",
        events="ratings.csv",
        items="movies.csv",
        checksums={
            "ratings.csv": "aa289ca83157595d0df6aea1be6a4ded676ddc4385472e8313a8ed9805352646",
            "movies.csv": "5a5f32dd9bb3797b8e728a1b98958789d2b13f294a69fdfbc5727f8a9611aa07",
        },
    ),
}


def sample_paths(name: str, home: Home) -> SamplePaths | None:
    """Files of a sample that are here already, or None; nothing is downloaded.

    Looked for in RANKSCOPE_SAMPLES/<name> first, then under the home folder.

    Raises:
        NotFound: no such sample of files.
        DataError: a file is there but is not the expected one.
    """
    sample = _of_files(name)
    named = os.environ.get("RANKSCOPE_SAMPLES")
    folders = ([Path(named).expanduser() / name] if named else []) + [home.samples / name]
    for folder in folders:
        if all((folder / file).is_file() for file in sample.checksums):
            for file in sample.checksums:
                _check(sample, file, (folder / file).read_bytes(), str(folder / file))
            return _paths(sample, folder)
    return None


def download_sample(name: str, home: Home, *, fetch: Callable[[str], bytes] | None = None) -> SamplePaths:
    """The files of a sample, downloaded when they are not here; called only when a person asks for it.

    Args:
        fetch: address to bytes; by default over HTTPS with a size limit.

    Raises:
        NotFound: no such sample of files.
        DataError: the network does not answer, or a file is not the expected one; nothing is then kept.
    """
    found = sample_paths(name, home)
    if found is not None:
        return found
    sample = _of_files(name)
    content = _unpack(sample, (fetch or _fetch)(sample.archive))
    for file, data in content.items():
        _check(sample, file, data, sample.archive)
    folder = home.samples / name
    write_folder(folder, {}, {"archive": sample.archive}, content, replace=True)
    return _paths(sample, folder)


def _of_files(name: str) -> Sample:
    sample = SAMPLES.get(name)
    if sample is None or sample.kind != "files":
        known = ", ".join(key for key, entry in SAMPLES.items() if entry.kind == "files")
        raise NotFound(f"There are no files of a sample {name!r}.", f"Use one of: {known}.")
    return sample


def _paths(sample: Sample, folder: Path) -> SamplePaths:
    return SamplePaths(folder / sample.events, folder / sample.items if sample.items else None)


def _check(sample: Sample, file: str, data: bytes, where: str) -> None:
    seen = hashlib.sha256(data).hexdigest()
    if seen != sample.checksums[file]:
        raise DataError(
            f"{file} of {sample.label} from {where} is not the expected file (SHA-256 {seen[:12]}…, expected "
            f"{sample.checksums[file][:12]}…).",
            "Get the file again, or import it as your own data.",
        )


def _fetch(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_S) as answer:
            data: bytes = answer.read(LARGEST_ARCHIVE + 1)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise DataError(
            f"{address} cannot be reached: {error}.",
            "Check the network, or download it elsewhere and name its folder in RANKSCOPE_SAMPLES.",
        ) from error
    if len(data) > LARGEST_ARCHIVE:
        raise DataError(
            f"{address} is larger than {LARGEST_ARCHIVE:,} bytes.", "It is not the expected archive."
        )
    return data


def _unpack(sample: Sample, archive: bytes) -> dict[str, bytes]:
    """The wanted files of the archive, by name; their folders inside it do not matter."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            inside = {Path(entry.filename).name: entry for entry in opened.infolist() if not entry.is_dir()}
            return {file: opened.read(inside[file]) for file in sample.checksums}
    except (zipfile.BadZipFile, KeyError) as error:
        raise DataError(
            f"{sample.archive} does not hold {', '.join(sample.checksums)}: {error}.",
            "The address may have changed; download the data yourself and import it.",
        ) from error
