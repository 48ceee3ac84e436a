"""Matrices of users by items: recognised by their gaps, read with every line told, and told from tables."""

from __future__ import annotations

import csv
import gzip
import io
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.artifacts import Home, dataset_table, load_dataset
from data.cleaning import Cleaning
from data.errors import DataError
from data.ingest import ImportReport, import_file
from data.mapping import Mapping
from data.reading import matrix, preview, sniff
from data.reading.matrix_shape import find_matrix
from data.reading.shape import FileShape

SMALL = "user,i1,i2,i3,i4,i5\nann,5,,3,,1\nbob,,4,,2,\ncid,1,,,5,4\ndan,,,2,,3\n"
EVENTS = [
    *[("ann", "i1", 5.0), ("ann", "i3", 3.0), ("ann", "i5", 1.0), ("bob", "i2", 4.0), ("bob", "i4", 2.0)],
    *[("cid", "i1", 1.0), ("cid", "i4", 5.0), ("cid", "i5", 4.0), ("dan", "i3", 2.0), ("dan", "i5", 3.0)],
]
KEEP = Cleaning(repeats="keep", drop_duplicates=False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def write(folder: Path, content: str | bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def events_of(home: Home, report: ImportReport) -> list[tuple[str, str, float]]:
    dataset = load_dataset(home, report.dataset)
    rows = dataset.interactions
    users, items = dataset.users.ids[rows.user], dataset.items.ids[rows.item]
    return [(str(u), str(i), float(w)) for u, i, w in zip(users, items, rows.weight, strict=True)]


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    told = (report.lines, report.header, report.accepted, sum(report.removed.values()), report.quarantined)
    assert told[0] == sum(told[1:])
    return told


@pytest.mark.parametrize(
    "text",
    [
        SMALL,
        SMALL.replace("user", ""),
        SMALL.replace(",", ";"),
        SMALL.replace(",", "\t"),
        SMALL.replace("\n", "\r\n"),
        SMALL.replace(",,", ",NA,").replace(",,", ",NA,").replace(",\n", ",NA\n"),
        SMALL.replace(",,", ",0,").replace(",,", ",0,").replace(",\n", ",0\n"),
        SMALL.replace(",,", ",99,").replace(",,", ",99,").replace(",\n", ",99\n"),
        SMALL.replace(",,", ",-1,").replace(",,", ",-1,").replace(",\n", ",-1\n"),
        '"user","i1","i2","i3","i4","i5"\n' + SMALL.split("\n", 1)[1].replace("ann", '"ann"'),
    ],
    ids=["empty", "no name", "semicolon", "tab", "crlf", "NA", "0", "99", "-1", "quoted"],
)
def test_every_cell_with_a_weight_is_an_event(tmp_path: Path, home: Home, text: str) -> None:
    path = write(tmp_path, text)
    shape = sniff(path)
    assert (shape.format, shape.header, shape.columns) == ("matrix", True, ("user", "item", "weight"))
    assert any("mean no weight" in reason for reason in shape.reasons)
    assert preview(path, shape).iloc[0].tolist() == ["ann", "i1", "5"]
    report = import_file(path, home)
    assert counts(report) == (5, 1, 4, 0, 0)
    assert sorted(events_of(home, report)) == EVENTS


def test_the_proposed_code_is_said_and_can_be_changed(tmp_path: Path, home: Home) -> None:
    path = write(tmp_path, SMALL.replace(",,", ",99,").replace(",,", ",99,").replace(",\n", ",99\n"))
    shape = sniff(path)
    assert shape.missing == "99"
    assert "cells with 99 (50%) mean no weight" in shape.reasons[-1]
    all_cells = import_file(path, home, shape=shape.model_copy(update={"missing": ""}), cleaning=KEEP)
    assert all_cells.events == 20


def test_a_code_is_compared_as_a_number(tmp_path: Path, home: Home) -> None:
    text = "user,i1,i2,i3,i4,i5\na,99.0,2,99,5,99.00\nb,1,99,3,99,4\nc,99,99,2,1,3\nd,4,99,99,2,99\n"
    report = import_file(write(tmp_path, text), home, cleaning=KEEP)
    assert report.events == 10  # 2 5 | 1 3 4 | 2 1 3 | 4 2


def test_headerless_matrices_led_by_a_count_number_users_from_0_and_items_from_1(
    tmp_path: Path, home: Home
) -> None:
    """As Jester's: the first column counts the ratings of 100 jokes, 99 is none."""
    random_numbers, rows = random.Random(4), []
    for _ in range(30):
        cells = [
            f"{random_numbers.uniform(-10, 10):.2f}" if random_numbers.random() < 0.6 else "99"
            for _ in range(100)
        ]
        rows.append([str(sum(cell != "99" for cell in cells)), *cells])
    path = write(tmp_path, "".join(",".join(row) + "\n" for row in rows))
    shape = sniff(path)
    assert (shape.format, shape.header, shape.line_start, shape.missing) == ("matrix", False, "count", "99")
    report = import_file(path, home, cleaning=KEEP)
    assert counts(report) == (30, 0, 30, 0, 0)
    wanted = [
        (str(user), str(item), pytest.approx(float(cell), abs=1e-5))
        for user, row in enumerate(rows)
        for item, cell in enumerate(row[1:], start=1)
        if cell != "99"
    ]
    assert sorted(events_of(home, report)) == sorted(wanted, key=lambda event: event[:2])


def test_headerless_matrices_without_ids_take_the_line_number(tmp_path: Path, home: Home) -> None:
    random_numbers = random.Random(1)
    rows = [[random_numbers.choice("000012345") for _ in range(30)] for _ in range(20)]
    shape = sniff(path := write(tmp_path, "".join(" ".join(row) + "\n" for row in rows)))
    assert (shape.format, shape.line_start, shape.missing) == ("matrix", "none", "0")
    report = import_file(path, home, cleaning=KEEP)
    assert report.events == sum(cell != "0" for row in rows for cell in row)
    assert counts(report) == (20, 0, 20, 0, 0)


def test_headerless_matrices_led_by_an_id_keep_it(tmp_path: Path, home: Home) -> None:
    random_numbers = random.Random(2)
    rows = [[str(n), *random_numbers.choices("0001234", k=25)] for n in range(1, 31)]
    shape = sniff(path := write(tmp_path, "".join(",".join(row) + "\n" for row in rows)))
    assert (shape.format, shape.line_start, shape.missing) == ("matrix", "user", "0")
    report = import_file(path, home, cleaning=KEEP)
    assert report.events == sum(cell != "0" for row in rows for cell in row[1:])
    assert {user for user, _, _ in events_of(home, report)} == {str(n) for n in range(1, 31)}


def test_lines_that_are_no_users_are_told_apart(tmp_path: Path, home: Home) -> None:
    more = "eve,,,,,\nfay,1,2\ngus,1,x,3,,\n,1,2,3,,\n\nuser,i1,i2,i3,i4,i5\nhal,1,,,,2\n"
    path = write(tmp_path, SMALL + more)
    report = import_file(path, home, shape=sniff(write(tmp_path, SMALL, "like")), cleaning=KEEP)
    assert report.removed == {"blank line": 1, "repeated header": 1, "user without items": 1}
    assert report.quarantine_reasons == {"cell is no number": 1, "empty user": 1, "ragged row": 1}
    assert counts(report) == (12, 1, 5, 3, 3)


def test_decimal_commas_in_a_matrix_are_read(tmp_path: Path, home: Home) -> None:
    text = "user;i1;i2;i3;i4;i5\na;1,5;;3,5;;2\nb;;2,5;;1;\nc;4,5;;;;3,5\n"
    shape = sniff(write(tmp_path, text + "d;1;;;;2\n"))
    assert (shape.format, shape.decimal) == ("matrix", ",")
    report = import_file(write(tmp_path, text, "sound"), home, shape=shape, cleaning=KEEP)
    assert sorted(events_of(home, report))[0] == ("a", "i1", 1.5)


def test_a_matrix_of_many_items_is_read_and_packed_ones_too(tmp_path: Path, home: Home) -> None:
    names = [f"m{n}" for n in range(9000)]
    lines = [",".join(["user", *names])]
    for user in range(6):
        lines.append(
            ",".join([f"u{user}", *(str(n % 5 + 1) if (n + user) % 3 == 0 else "" for n in range(9000))])
        )
    path = write(tmp_path, gzip.compress(("\n".join(lines) + "\n").encode()))
    report = import_file(path, home, cleaning=KEEP)
    assert (report.events, report.users, report.items) == (6 * 3000, 6, 9000)
    assert counts(report) == (7, 1, 6, 0, 0)


@settings(deadline=None, max_examples=15)
@given(
    cells=st.lists(
        st.lists(st.sampled_from(["", "NA", "0", "1", "2.5", "-3"]), min_size=6, max_size=6),
        min_size=1,
        max_size=8,
    ),
    missing=st.sampled_from(["", "0", "1"]),
)
def test_matrices_reconcile_and_hold_every_weight(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]], missing: str
) -> None:
    folder = tmp_path_factory.mktemp("matrix")
    text = "user,a,b,c,d,e,f\nfirst,4,4,4,4,4,4\n"
    text += "".join(f"u{n},{','.join(row)}\n" for n, row in enumerate(cells))
    shape = FileShape(format="matrix", missing=missing, columns=("user", "item", "weight"))
    mapping = Mapping(user="user", item="item", weight="weight")
    report = import_file(
        write(folder, text), Home(folder / "home"), shape=shape, mapping=mapping, cleaning=KEEP
    )
    none = {"", "NA", missing}
    assert report.events == 6 + sum(cell not in none for row in cells for cell in row)
    assert report.accepted == 1 + sum(any(cell not in none for cell in row) for row in cells)
    counts(report)


# tables that are none


@pytest.mark.parametrize(
    "text",
    [
        "user,item,rating,timestamp,device,city\n"
        + "".join(f"u{n},i{n % 3},{n % 5},{10**9 + n},{n % 2},{n % 4}\n" for n in range(40)),
        "movieId,Action,Comedy,Drama,Horror,War\n"
        + "".join(f"{n},{n % 2},{n % 3 % 2},0,0,1\n" for n in range(40)),
        "customer_id,is_male,is_student,has_car,newsletter,app\n"
        + "".join(f"c{n},{n % 2},0,1,0,{n % 3 % 2}\n" for n in range(40)),
        "order_id,customer,product,qty,price,discount\n"
        + "".join(f"{n},c{n % 7},p{n % 5},{n % 4},{n}.5,0\n" for n in range(40)),
        "user_id,age,visits,clicks,orders,returns\n"
        + "".join(f"{n},{20 + n},{n * 3},{n * 2},{n},0\n" for n in range(40)),
        "id,f1,f2,f3,f4,f5\n"
        + "".join(f"{n},{n / 7:.3f},{n / 3:.3f},{n / 9:.3f},{n / 2:.3f},{n:.3f}\n" for n in range(40)),
        "user,day,week,month,year,hour\n"
        + "".join(f"u{n},{n % 28},{n % 52},{n % 12},2020,{n % 24}\n" for n in range(40)),
    ],
    ids=["events", "genres", "flags", "orders", "counts", "numbers", "dates"],
)
def test_tables_with_many_columns_of_numbers_are_no_matrices(tmp_path: Path, text: str) -> None:
    assert sniff(write(tmp_path, text)).format == "delimited"


def test_no_table_of_the_real_data_is_taken_for_a_matrix(shared_data: Path) -> None:
    looked_at = 0
    for path in sorted(shared_data.rglob("*")):
        if path.suffix not in (".gz", ".csv", ".dat", ".txt", ".rating") or path.name.startswith(
            ("README", "ORIGIN")
        ):
            continue
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = raw[: 1 << 18].decode("latin-1")
        mark = max(",\t ", key=text[:2000].count)
        rows = list(csv.reader(io.StringIO(text), delimiter=mark, quoting=csv.QUOTE_NONE))[:500]
        assert find_matrix([row for row in rows if row]) is None, path.name
        looked_at += 1
    assert looked_at > 20


def test_one_hot_tables_of_a_real_export_are_no_matrices(shared_data: Path, tmp_path: Path) -> None:
    """Genres as 19 columns of 0 and 1, as the older releases of MovieLens write them."""
    movies = list(csv.DictReader((shared_data / "ml-latest-small" / "movies.csv").open(encoding="utf-8")))[
        :400
    ]
    genres = sorted({genre for movie in movies for genre in movie["genres"].split("|")})
    lines = [",".join(["movieId", *genres])]
    for movie in movies:
        lines.append(
            ",".join([movie["movieId"], *(str(int(g in movie["genres"].split("|"))) for g in genres)])
        )
    assert sniff(write(tmp_path, "\n".join(lines))).format == "delimited"


def test_a_matrix_without_items_is_refused(tmp_path: Path, home: Home) -> None:
    shape = FileShape(format="matrix", delimiter=";", columns=("user", "item", "weight"))
    with pytest.raises(DataError, match="no column of items"):
        import_file(write(tmp_path, SMALL), home, shape=shape)
    with pytest.raises(DataError, match="no column of items"):
        import_file(write(tmp_path, "a\nb\n"), home, shape=shape.model_copy(update={"header": False}))


def test_lines_taken_apart_in_several_blocks_keep_their_numbers(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix, "MOST_CELLS", 10)  # two lines at a time
    rows = "".join(f"u{n},{n % 5 + 1},,3,,1\n" for n in range(20))
    path = write(tmp_path, SMALL + rows + "bad,1,x,,,2\n" + rows.replace("u", "v"))
    report = import_file(path, home, cleaning=KEEP)
    assert counts(report) == (46, 1, 44, 0, 1)
    table = dataset_table(home, report.dataset, "quarantine")
    assert table is not None
    assert table[["line", "reason"]].to_numpy().tolist() == [[26, "cell is no number"]]
    assert report.events == len(EVENTS) + 3 * 40
