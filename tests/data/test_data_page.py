"""docs/data.md tells the truth: its table is imported again, its list of checks is that of the registry."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
import pytest

from data.artifacts import Home
from data.checks import CHECKS
from data.checks.item_counts import dispersion
from data.ingest import import_file

PAGE = Path(__file__).parents[2] / "docs" / "data.md"
ROWS = [
    [cell.strip() for cell in line.strip("| ").split("|")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if re.match(r"\| [\w-]+/", line)
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_published_file_gives_the_counts_of_the_page(
    shared_data: Path, tmp_path: Path, row: list[str]
) -> None:
    file, items, *numbers = row
    path = shared_data / file
    report = import_file(path, Home(tmp_path), items_path=path.parent / items if items else None)
    aside = ", ".join(f"{rule} {n:,}" for rule, n in report.removed.items())
    counts = (report.lines, report.header, report.accepted, aside, report.quarantined)
    shown = (*counts, report.events, report.users, report.items)
    assert [f"{n:,}" if isinstance(n, int) else n for n in shown] == numbers
    assert report.lines == report.header + report.accepted + sum(report.removed.values()) + report.quarantined


def test_every_check_stands_on_the_page() -> None:
    listed = re.findall(r"^\| (D\d{3}) \| (.*?) \| (yes)? *\|$", PAGE.read_text(encoding="utf-8"), re.M)
    checks = sorted((check.code, check.title, "yes" * check.needs_split) for check in CHECKS.values())
    assert [(code, title, split) for code, title, split in listed] == checks


def test_the_published_split_of_gowalla_is_no_random_hold_out(shared_data: Path) -> None:
    def counts(name: str) -> np.ndarray:
        lines = (
            gzip.decompress((shared_data / "gowalla" / f"{name}.txt.gz").read_bytes()).decode().splitlines()
        )
        items = np.fromiter((int(item) for line in lines for item in line.split()[1:]), dtype=np.int64)
        return np.bincount(items, minlength=40_981)

    train, test = counts("train"), counts("test")
    assert (train.sum(), test.sum()) == (810_128, 217_242)
    assert round(dispersion(train, test)[0], 2) == 1.79
    drawn = np.random.default_rng(0).binomial(train + test, test.sum() / (train + test).sum())
    assert round(dispersion(train + test - drawn, drawn)[0], 2) == 1.0
