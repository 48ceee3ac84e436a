"""What commands print: one JSON document or a plain table on stdout, progress on stderr."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def emit(asked: argparse.Namespace, document: Any, text: str) -> None:
    """`document` as JSON with --json, `text` otherwise."""
    sys.stdout.write((json.dumps(finite(document), ensure_ascii=False) if asked.json else text) + "\n")


def say(message: str) -> None:
    """A message for people, on stderr."""
    sys.stderr.write(message + "\n")


def finite(value: Any) -> Any:
    """The same document with null in place of NaN and infinity, which JSON does not have."""
    if isinstance(value, Mapping):
        return {str(key): finite(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Columns aligned with spaces, under their names."""
    cells = [[str(name) for name in names], *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(names))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


class Progress:
    """A `Report` on stderr: one rewritten line on a terminal, one line per stage elsewhere."""

    def __init__(self) -> None:
        self._stage = ""
        self._last = 0.0
        self._terminal = sys.stderr.isatty()

    def __call__(self, fraction: float, stage: str = "", *, curve: dict[str, float] | None = None) -> None:
        del curve
        now = time.monotonic()
        if self._terminal and now - self._last > 0.1:
            self._last = now
            sys.stderr.write(f"\r\x1b[K{100 * fraction:3.0f} %  {stage or self._stage}")
            sys.stderr.flush()
        elif not self._terminal and stage and stage != self._stage and now - self._last > 2:
            self._last = now
            sys.stderr.write(f"{100 * fraction:3.0f} %  {stage}\n")
        self._stage = stage or self._stage

    def end(self) -> None:
        """Leave the line clean."""
        if self._terminal:
            sys.stderr.write("\r\x1b[K")
