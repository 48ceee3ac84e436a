"""Which stored data sets are versions of one another, and what each added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from data.wording import number


@dataclass(frozen=True)
class VersionRow:
    """A version in its line: what it holds, and what it added to the one before."""

    dataset: str
    name: str
    number: int  # 1 for a first import
    parent: str | None
    created: str
    events: int
    users: int
    items: int
    added: dict[str, int]  # to the version before: events, users, items; empty for a first one

    @property
    def sentence(self) -> str:
        """`version 2: 120 events, 3 users and 1 items more`."""
        if not self.added:
            return f"version {self.number}"
        more = {name: number(self.added.get(name, 0)) for name in ("events", "users", "items")}
        told = f"{more['events']} events, {more['users']} users and {more['items']} items"
        return f"version {self.number}: {told} more"


def lineage(metas: Iterable[Mapping[str, Any]]) -> list[VersionRow]:
    """Versions in order, each directly after its parent or after the earlier children of that.

    Args:
        metas: of stored data sets (`data.artifacts.dataset_meta`), in any order. One whose parent is not
            among them begins a line.
    """
    ordered = sorted(metas, key=lambda meta: (str(meta["created"]), str(meta["id"])))
    ids = {str(meta["id"]) for meta in ordered}
    children: dict[str | None, list[Mapping[str, Any]]] = {}
    for meta in ordered:
        parent = _parent(meta)
        children.setdefault(parent if parent in ids else None, []).append(meta)
    rows: list[VersionRow] = []
    waiting = [(meta, 1) for meta in reversed(children.get(None, []))]
    while waiting:
        meta, place = waiting.pop()
        rows.append(_row(meta, place))
        after = children.get(str(meta["id"]), [])
        waiting += [(child, place + 1) for child in reversed(after)]
    return rows


def _told(meta: Mapping[str, Any]) -> Mapping[str, Any]:
    return (meta.get("facts") or {}).get("import") or {}


def _same_events(meta: Mapping[str, Any]) -> bool:
    """Whether this version changed features alone: what its import told is about an earlier one."""
    return bool(_told(meta).get("parent") != meta.get("parent", _told(meta).get("parent")))


def _parent(meta: Mapping[str, Any]) -> str | None:
    parent = meta.get("parent") or _told(meta).get("parent")
    return None if parent is None or parent == meta["id"] else str(parent)


def _row(meta: Mapping[str, Any], place: int) -> VersionRow:
    return VersionRow(
        str(meta["id"]),
        str(meta["name"]),
        max(place, int(meta.get("version") or _told(meta).get("version") or 1)),
        _parent(meta),
        str(meta["created"]),
        int(meta["events"]),
        int(meta["users"]),
        int(meta["items"]),
        {} if _same_events(meta) else dict(_told(meta).get("added") or {}),
    )
