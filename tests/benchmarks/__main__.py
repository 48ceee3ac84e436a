"""`make bench`: one table of one run, with ratios against the peer or limit of the same minute."""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from tests.benchmarks.measure import Row, table

STAGES = ("evaluation", "slider", "training", "deep", "importing", "uploading", "pages")


def main(names: list[str]) -> None:
    found: list[Row] = []
    for name in names or STAGES:
        print(f"measuring {name} …", file=sys.stderr)
        found += import_module(f"tests.benchmarks.{name}").rows()
    page = (
        f"# Benchmarks\n\nMeasured {datetime.now(UTC):%Y-%m-%d} with `make bench` on {os.cpu_count()} cores, "
        f"{platform.machine()}, Python {platform.python_version()}. Medians; a ratio below 1 means ours "
        f"took less time than the peer or limit in the same row.\n\n{table(found)}\n"
    )
    print(page)
    if not names:
        (Path(__file__).parents[2] / "docs" / "benchmarks.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
