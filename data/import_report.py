"""What an import did: every line of every file, every rule, every id that found no partner."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from data.errors import DataError


@dataclass(frozen=True)
class FileCount:
    """Lines of one file: `lines == header + readable + set_aside + quarantined`.

    Lines are physical lines of text, and rows of other formats.
    """

    name: str
    role: str  # events, validation, test, items, users or social
    lines: int
    header: int
    readable: int  # before any rule of the cleaning
    set_aside: int  # blank lines, comments, users without items
    quarantined: int


@dataclass(frozen=True)
class Join:
    """How the ids of the events and of a table meet."""

    table: str  # items, users or social
    source: str  # name of the file
    matched: int  # ids of events with a row
    without_row: int  # ids of events without
    without_event: int  # ids of the table without an event
    examples: dict[str, list[str]] = field(default_factory=dict)  # "without_row", "without_event": some ids


@dataclass(frozen=True)
class ImportReport:
    """What became of every physical line of the events (of every row of a Parquet file).

    `lines == header + accepted + sum(removed) + quarantined`. A record over three lines counts three;
    `events` is the number of stored events.
    """

    name: str
    lines: int
    header: int
    accepted: int
    removed: dict[str, int]  # rule → lines set aside
    quarantined: int
    events: int
    users: int
    items: int
    quarantine_reasons: dict[str, int] = field(default_factory=dict)
    lifted: tuple[str, ...] = ()  # columns that became item metadata
    lifted_users: tuple[str, ...] = ()  # columns that became user metadata
    notes: tuple[str, ...] = ()
    dataset: str = ""
    existed: bool = False  # the same content was stored before
    files: tuple[FileCount, ...] = ()
    joins: tuple[Join, ...] = ()
    parent: str | None = None
    version: int = 1
    added: dict[str, int] = field(default_factory=dict)  # to the parent: events, users, items
    replaced: int = 0  # events of the parent that are gone or have another weight

    def as_json(self) -> dict[str, Any]:
        """Plain values; `rows.removed` is the total over the rules."""
        return {
            "dataset": self.dataset,
            "existed": self.existed,
            "name": self.name,
            "rows": {
                "lines": self.lines,
                "header": self.header,
                "accepted": self.accepted,
                "removed": sum(self.removed.values()),
                "quarantined": self.quarantined,
            },
            "removed_by_rule": dict(self.removed),
            "quarantine_reasons": dict(self.quarantine_reasons),
            "events": self.events,
            "users": self.users,
            "items": self.items,
            "lifted": list(self.lifted),
            "lifted_users": list(self.lifted_users),
            "notes": list(self.notes),
            "files": [asdict(file) for file in self.files],
            "joins": [asdict(join) for join in self.joins],
            "parent": self.parent,
            "version": self.version,
            "added": dict(self.added),
            "replaced": self.replaced,
        }


def reconcile(summary: ImportReport) -> None:
    """Stop unless every physical line is accounted for, in the sum and in each file.

    Raises:
        DataError: lines are missing or counted twice.
    """
    told = summary.header + summary.accepted + sum(summary.removed.values()) + summary.quarantined
    _same(summary.name, summary.lines, told)
    for file in summary.files:
        _same(file.name, file.lines, file.header + file.readable + file.set_aside + file.quarantined)


def _same(name: str, lines: int, told: int) -> None:
    if told != lines:
        raise DataError(
            f"{name} has {lines} lines, but {told} were accounted for; nothing was stored.",
            "Check separator and quotes in the shape of the file, or save it as Parquet or JSON Lines.",
        )
