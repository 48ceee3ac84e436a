"""A corpus of hostile files: each ends in exact counts or in a refusal that helps, never in anything else."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.artifacts import Home
from data.errors import RankscopeError
from data.ingest import import_file
from tests.data.hostile.kinds import HEADER, TABLE, Kind, Told
from tests.data.hostile.packed import KINDS as PACKED
from tests.data.hostile.packed import parquet, rows_of, sheet, zipped
from tests.data.hostile.texts import KINDS as TEXTS

KINDS = [*TEXTS, *PACKED]


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_a_hostile_file_ends_in_exact_counts_or_in_words(tmp_path: Path, kind: Kind) -> None:
    path, home = kind.write(tmp_path), Home(tmp_path / "home")
    started = time.monotonic()
    if isinstance(kind.outcome, str):
        with pytest.raises(RankscopeError, match=kind.outcome) as caught:
            import_file(path, home)
        assert caught.value.problem
        assert caught.value.hint
        assert not list(home.datasets.iterdir())
    else:
        report = import_file(path, home)
        wanted: Told = kind.outcome
        assert report.lines == wanted.lines
        assert report.header == wanted.header
        assert report.accepted == wanted.accepted
        assert report.removed == wanted.removed
        assert report.quarantine_reasons == wanted.quarantined
        assert report.events == (wanted.accepted if wanted.events is None else wanted.events)
        assert wanted.users in (None, report.users)
        told = report.header + report.accepted + sum(report.removed.values()) + report.quarantined
        assert report.lines == told
    assert not list(home.cache.iterdir())
    assert time.monotonic() - started < kind.seconds


def test_the_corpus_has_at_least_sixty_kinds_each_of_its_own_name() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 40


SEEDS = {
    "csv": (
        HEADER + 'u1,"i 1",4,1000000000\nu2,i2,3,1000000100\nu1,"a\nb",5,1000000200\nu3,i1,2,1000000300\n'
    ).encode(),
    "semicolons": "Käufer;Ware;Preis\r\nä1;x;3,5\r\nb2;y;4,25\r\nc3;z;5,0\r\n".encode("latin-1"),
    "lists": b"u1 5 7 9 11\nu2 5\nu3 7 8 5 1 2 3\nu4 1 2\n",
    "matrix": b"user,i1,i2,i3,i4,i5\nu1,5,,3,,1\nu2,,4,,2,\nu3,1,,,5,4\nu4,,,2,,3\n",
    "jsonl": b'{"user": {"id": "u1"}, "item": "i1", "rating": 4}\n{"user": {"id": "u2"}, "item": "i2"}\n' * 2,
    "json": b'[{"user": "u1", "item": "i1", "rating": 4}, {"user": "u2", "item": [1, {"a": "\\u00e9"}]}]',
    "utf-16": (HEADER + "ü1,i1,4,1000000000\nu2,ï2,3,1000000100\n").encode("utf-16"),
    "gzip": gzip.compress(TABLE.encode() * 3),
    "zip": zipped(
        {"a.csv": TABLE.encode(), "b.csv": TABLE.encode().replace(b"u", b"v"), "read.me": b"words"}
    ),
    "xlsx": sheet(rows_of),
    "parquet": parquet(
        pa.table({"user": ["u1", "u2", "u2"], "item": ["i1", "i1", "i2"], "tags": [["a"], [], None]})
    ),
}
PIECES = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"{",
    b"[",
    b"\\",
    b"'",
    b"\t",
    b"\xef\xbb\xbf",
    b"\x1f",
    b"NaN",
    b"#",
    b"1e999",
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A valid file of some format, changed in up to four places."""
    content = SEEDS[draw(st.sampled_from(sorted(SEEDS)))]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 60)))
        way = draw(st.sampled_from(["cut", "drop", "twice", "flip", "insert", "random", "swap"]))
        if way == "cut":
            content = content[: max(start, 1)]
        elif way == "drop":
            content = content[:start] + content[end:]
        elif way == "twice":
            content = content[:end] + content[start:end] + content[end:]
        elif way == "flip":
            change = draw(st.integers(1, 255))
            content = (
                content[:start]
                + bytes(byte ^ change for byte in content[start : start + 1])
                + content[start + 1 :]
            )
        elif way == "insert":
            content = content[:start] + draw(st.sampled_from(PIECES)) + content[start:]
        elif way == "random":
            content = content[:start] + draw(st.binary(max_size=12)) + content[start:]
        else:
            content = content[end:] + content[:end]
    return content


def ends_well(folder: Path, content: bytes) -> None:
    """The import ends with lines that add up, or with a refusal in words and nothing stored."""
    path, home = folder / "events", Home(folder / "home")
    path.write_bytes(content)
    stored = {entry.name for entry in home.datasets.iterdir()}
    try:
        report = import_file(path, home)
    except RankscopeError as error:
        said = bool(error.problem and error.hint)
        assert said
        assert {entry.name for entry in home.datasets.iterdir()} == stored
    else:
        told = report.header + report.accepted + sum(report.removed.values()) + report.quarantined
        assert report.lines == told
        assert report.events > 0
    assert not list(home.cache.iterdir())


@settings(deadline=None, max_examples=70, suppress_health_check=[HealthCheck.too_slow])
@given(content=mutated())
def test_changed_files_of_every_format_end_well(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    ends_well(tmp_path_factory.getbasetemp(), content)


@settings(deadline=None, max_examples=40)
@given(content=st.binary(max_size=300))
def test_random_bytes_end_well(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    ends_well(tmp_path_factory.getbasetemp(), content)


@settings(deadline=None, max_examples=40)
@given(content=st.text(alphabet=st.sampled_from("ab12,;|\t \"'\n\r#.:{}[]\\é\u2028\ufeff-"), max_size=120))
def test_random_tables_end_well(tmp_path_factory: pytest.TempPathFactory, content: str) -> None:
    ends_well(tmp_path_factory.getbasetemp(), content.encode())


def test_a_line_of_three_hundred_megabytes_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    with path.open("wb") as out:
        out.write(TABLE.encode())
        for _ in range(300):
            out.write(b"u1,i1,4,1" * 116_508)
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from data.artifacts import Home; from data.errors import DataError\n"
        "from data.ingest import import_file\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: import_file(Path(sys.argv[1]), Home(Path(sys.argv[2])))\n"
        "except DataError as error: print(error.problem)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(tmp_path / "home")],
        capture_output=True,
        text=True,
        check=True,
    )
    problem, grown = done.stdout.splitlines()
    assert "over 16 MB long" in problem
    assert int(grown) < 200_000  # KB
