"""Files that break importers, each with what must become of it: exact counts, or a refusal in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HEADER = "user,item,rating,timestamp\n"
GOOD = "u1,i1,4,1000000000\nu1,i2,5,1000000100\nu2,i1,3,1000000200\n"
TABLE = HEADER + GOOD


@dataclass(frozen=True)
class Told:
    """What an import must report. `removed` and `quarantined` count lines per rule and reason."""

    lines: int
    header: int
    accepted: int
    removed: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, int] = field(default_factory=dict)
    events: int | None = None  # where it differs from the accepted lines
    users: int | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of file: how to make it, and its outcome (a regular expression: the refusal)."""

    name: str
    make: Callable[[], bytes] | Callable[[Path], None]
    outcome: Told | str
    seconds: float = 5.0

    def write(self, folder: Path) -> Path:
        """The file in `folder`; a maker with an argument writes (or makes a pipe, a folder) itself."""
        path = folder / "events.csv"
        if self.make.__code__.co_argcount:
            self.make(path)  # type: ignore[call-arg]
        else:
            path.write_bytes(self.make())  # type: ignore[call-arg, arg-type]
        return path


def text(name: str, content: str | bytes, outcome: Told | str, seconds: float = 5.0) -> Kind:
    """A kind with fixed content."""
    raw = content.encode() if isinstance(content, str) else content
    return Kind(name, lambda: raw, outcome, seconds)


def plain(lines: int = 4, header: int = 1, accepted: int = 3, **more: object) -> Told:
    """The counts of TABLE, unless said otherwise."""
    return Told(lines, header, accepted, **more)  # type: ignore[arg-type]
