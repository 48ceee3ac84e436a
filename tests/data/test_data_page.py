"""docs/data.md tells the truth: its tables are imported again, its list of checks is that of the registry."""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from data.artifacts import Home, load_dataset
from data.checks import CHECKS
from data.checks.item_counts import dispersion
from data.dataset import Dataset
from data.import_report import ImportReport
from data.ingest import import_files
from data.mapping import propose_file
from data.reading import sniff
from data.recipe import Files, GivenFile, Recipe

PAGE = Path(__file__).parents[2] / "docs" / "data.md"
LINES = PAGE.read_text(encoding="utf-8").splitlines()


def table(header: str) -> list[list[str]]:
    """The rows below a header line, as texts."""
    start = next(number for number, line in enumerate(LINES) if line.startswith(header)) + 2
    rows = []
    for line in LINES[start:]:
        if not line.startswith("|"):
            return rows
        rows.append([cell.strip() for cell in line[1:-1].split("|")])
    return rows


ROWS = table("| file | with |")
BESIDE = table("| file | joined as |")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("page"))


@cache
def imported(folder: Path, home: Home, file: str, beside: str) -> tuple[ImportReport, Dataset]:
    """The import that a row of the first table means."""
    path, given, item = folder / file, dict[str, GivenFile](), None
    for part in filter(None, beside.split(", ")):
        if part.startswith("item = "):
            item = part.removeprefix("item = ")
            continue
        role, name = part.split(" ")
        given[role] = GivenFile(path.parent / name, name)
    mapping = None
    if item is not None:
        proposed = propose_file(path, sniff(path)).mapping
        mapping = proposed.model_copy(update={"item": item, "session": None})
    test = (given["test"],) if "test" in given else ()
    files = Files(
        (GivenFile(path, path.name),),
        test=test,
        items=given.get("items"),
        users=given.get("users"),
        social=given.get("social"),
    )
    report = import_files(files, home, recipe=Recipe(mapping=mapping))
    return report, load_dataset(home, report.dataset)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_published_files_give_the_counts_of_the_page(shared_data: Path, home: Home, row: list[str]) -> None:
    file, beside, *numbers = row
    report, _ = imported(shared_data, home, file, beside)
    aside = ", ".join(f"{rule} {n:,}" for rule, n in report.removed.items())
    counts = (report.lines, report.header, report.accepted, aside, report.quarantined)
    shown = (*counts, report.events, report.users, report.items)
    assert [f"{n:,}" if isinstance(n, int) else n for n in shown] == numbers
    assert report.lines == report.header + report.accepted + sum(report.removed.values()) + report.quarantined
    for count in report.files:
        assert count.lines == count.header + count.readable + count.set_aside + count.quarantined


@pytest.mark.parametrize("row", BESIDE, ids=[f"{row[0]} {row[1]}" for row in BESIDE])
def test_files_beside_the_events_meet_them_as_the_page_says(
    shared_data: Path, home: Home, row: list[str]
) -> None:
    path, joined, *told = row
    folder, name = path.split("/")
    role, events = joined.split(" of ")
    meant = next(r for r in ROWS if r[0] == f"{folder}/{events}" and f"{role} {name}" in r[1].split(", "))
    report, stored = imported(shared_data, home, meant[0], meant[1])
    count = next(file for file in report.files if file.role == role)
    join = next(join for join in report.joins if join.table == role)
    numbers = (count.lines, count.header, count.quarantined)
    numbers += (join.matched, join.without_row, join.without_event)
    features = stored.item_features if role == "items" else stored.user_features
    kept = ", ".join(features) if features is not None and role != "social" else ""
    if role == "social":
        assert stored.social is not None
        kept = f"{len(stored.social):,} pairs"
    assert [*(f"{n:,}" for n in numbers), kept] == told


def test_every_file_with_events_items_users_or_pairs_stands_on_the_page(shared_data: Path) -> None:
    told = "\n".join(LINES)
    apart = {"README.txt", "ORIGIN.txt", "citeulike-a.test.negative.gz"}
    names = [path.name for path in shared_data.glob("*/*") if path.name not in apart]
    assert [name for name in names if name not in told] == []


def test_every_check_stands_on_the_page() -> None:
    listed = re.findall(r"^\| (D\d{3}) \| (.*?) \| (yes)? *\|$", "\n".join(LINES), re.M)
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
