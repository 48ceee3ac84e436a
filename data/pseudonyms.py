"""User ids replaced by keyed pseudonyms, before anything of them is stored.

A pseudonym is a code that only the holder of the key can compute again: HMAC with SHA-256 (RFC 2104), cut to
80 bits. The same key gives the same pseudonym, so that later versions and tables of users still join. The key
is kept beside the warehouse, in no data set, job or log, and is never shown; who has both key and pseudonyms
can test guesses of ids, so keep them apart where the data goes elsewhere.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.cleaning.config import Cleaning
from data.cleaning.rules.normalised_ids import normalised
from data.coded import MISSING, Coded
from data.errors import ConfigError, DataError
from data.home import Home

KEY_FILE = "RANKSCOPE_PSEUDONYM_KEY_FILE"
PREFIX = "u_"
BYTES = 10  # of the digest; 16 letters. Two of a million ids meet with a chance of 4e-13
KEY_BYTES = 32


def key_path(home: Home) -> Path:
    """The file that RANKSCOPE_PSEUDONYM_KEY_FILE names, or keys/pseudonyms.key under the home."""
    named = os.environ.get(KEY_FILE)
    return Path(named).expanduser() if named else home.root / "keys" / "pseudonyms.key"


def pseudonymise(ids: NDArray[np.object_], home: Home) -> NDArray[np.object_]:
    """(n,) `u_` and 16 small letters and digits for each id; equal ids give equal pseudonyms.

    Raises:
        ConfigError: the key cannot be read or made.
        DataError: two different ids got the same pseudonym.
    """
    key = _key(home)
    made = np.asarray([_pseudonym(key, str(text)) for text in ids], dtype=object)
    if len(set(made.tolist())) < len(set(map(str, ids))):
        raise DataError(
            "Two of the ids got the same pseudonym; nothing was stored.",
            f"Make another key (delete {key_path(home).name}); earlier versions then no longer join.",
        )
    return made


def pseudonymised(coded: Coded, home: Home, cleaning: Cleaning) -> Coded:
    """Rows with pseudonyms in the place of user ids, made of the ids as they are written after cleaning.

    Codes follow the pseudonyms in ascending order, so that their order says nothing of the ids. Ids that the
    cleaning names (`drop_users`) are renamed by `pseudonymised_cleaning`.
    """
    plain = normalised(coded.users) if cleaning.normalise_ids else coded.users
    made = pseudonymise(plain, home)
    users, place = np.unique(made.astype(str), return_inverse=True)
    moved = np.append(place, MISSING).astype(np.int32)  # the last place answers for a missing user
    return replace(coded, user=moved[coded.user], users=users.astype(object))


def pseudonymised_cleaning(cleaning: Cleaning, home: Home) -> Cleaning:
    """The choices with pseudonyms in the place of the users that they name."""
    if not cleaning.drop_users:
        return cleaning
    named = np.asarray(cleaning.drop_users, dtype=object)
    plain = normalised(named) if cleaning.normalise_ids else named
    return cleaning.model_copy(update={"drop_users": tuple(pseudonymise(plain, home))})


def _pseudonym(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")
    return PREFIX + base64.b32encode(digest[:BYTES]).decode("ascii").lower()


def _key(home: Home) -> bytes:
    """The key, made on first use; readable by its owner alone."""
    path = key_path(home)
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        key = _made(path)
    except OSError as error:
        raise ConfigError(
            f"The key of the pseudonyms cannot be read from {path} ({error.strerror}).",
            f"Make it readable, or name another file by {KEY_FILE}.",
        ) from error
    if len(key.strip()) < KEY_BYTES // 2:
        raise ConfigError(
            f"The key of the pseudonyms in {path} has {len(key.strip())} bytes.",
            f"At least {KEY_BYTES // 2} are needed; {KEY_BYTES} random ones are made where no file is.",
        )
    return key


def _made(path: Path) -> bytes:
    """Write a new key whole: linked under its name when it is complete; the first of two writers wins."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(KEY_BYTES).encode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(part, path)
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"The key of the pseudonyms cannot be written to {path} ({error.strerror}).",
            f"Make the folder writable, or name another file by {KEY_FILE}.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
