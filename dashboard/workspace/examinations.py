"""What slow checks found, kept beside the other caches: one JSON file per data set."""

from __future__ import annotations

import json
import secrets

from data.artifacts import Home
from data.checks import CHECKS, Result
from data.checks.saving import from_json, to_json


def save_examination(home: Home, dataset_id: str, results: list[Result]) -> None:
    """Keep the answers; written under another name and renamed, so that a reader sees all or none."""
    folder = home.cache / "doctor"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{dataset_id}.{secrets.token_hex(4)}"
    part.write_text(json.dumps({result.check.name: to_json(result.answer) for result in results}))
    part.replace(folder / f"{dataset_id}.json")


def read_examination(home: Home, dataset_id: str) -> list[Result]:
    """The answers kept, of checks that still exist; empty when none were made."""
    path = home.cache / "doctor" / f"{dataset_id}.json"
    if not path.is_file():
        return []
    told = json.loads(path.read_text())
    return [Result(CHECKS[name], from_json(answer)) for name, answer in told.items() if name in CHECKS]
