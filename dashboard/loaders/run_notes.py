"""Notes and tags of runs: what a person writes beside them. The runs themselves never change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.loaders.sources import store

KIND = "run_note"
LONGEST_NOTE, LONGEST_TAG, MOST_TAGS = 2000, 30, 12


@dataclass(frozen=True)
class RunNote:
    """A text and short words by which runs are found again."""

    text: str = ""
    tags: tuple[str, ...] = ()


def run_notes(dataset: str) -> dict[str, RunNote]:
    """The note of each run that has one."""
    found = store().results(KIND, dataset)
    notes = {
        str(row.id): RunNote(str(row.meta["text"]), tuple(row.meta["tags"])) for row in found.itertuples()
    }
    return {run: note for run, note in notes.items() if note != RunNote()}


def write_note(dataset: str, run: str, text: str, tags: Sequence[str]) -> None:
    """Keep a note in place of the one before; tags are trimmed, equal ones kept once."""
    short = (" ".join(str(tag).split())[:LONGEST_TAG] for tag in tags)
    kept = list(dict.fromkeys(tag for tag in short if tag))[:MOST_TAGS]
    store().add_result(KIND, run, dataset, {"text": text.strip()[:LONGEST_NOTE], "tags": kept})
