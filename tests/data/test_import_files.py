"""Several files become one data set: daily logs, a given split, users, pairs of users; every line counted."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import read_tables
from data.artifacts import Home, dataset_table, load_dataset
from data.cleaning import Cleaning
from data.errors import DataError
from data.import_report import FileCount, ImportReport, Join
from data.ingest import import_file, import_files
from data.mapping import Mapping
from data.reading.shape import FileShape
from data.recipe import (
    Files,
    GivenFile,
    Recipe,
    SocialMapping,
    UsersMapping,
    UsersPart,
)
from data.social import edges, propose_social

HEADER = "user,item,rating,timestamp\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def write(folder: Path, name: str, text: str) -> GivenFile:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return GivenFile(path, name)


def reconciled(report: ImportReport) -> bool:
    told = report.header + report.accepted + sum(report.removed.values()) + report.quarantined
    each = all(
        file.lines == file.header + file.readable + file.set_aside + file.quarantined for file in report.files
    )
    events = [file for file in report.files if file.role in ("events", "validation", "test")]
    return (
        report.lines == told
        and each
        and sum(file.lines for file in events) == report.lines
        and sum(file.quarantined for file in events) == report.quarantined
    )


def rows_of(home: Home, report: ImportReport) -> list[tuple[str, str, float]]:
    stored = load_dataset(home, report.dataset)
    rows = stored.interactions
    return list(
        zip(stored.users.ids[rows.user], stored.items.ids[rows.item], rows.weight.tolist(), strict=True)
    )


def test_the_days_of_online_retail_give_the_data_set_of_the_whole_file(
    shared_data: Path, tmp_path: Path, home: Home
) -> None:
    whole = shared_data / "online-retail" / "online_retail.csv.gz"
    lines = gzip.decompress(whole.read_bytes()).splitlines(keepends=True)
    days: dict[bytes, list[bytes]] = {}
    for line in lines[1:]:
        days.setdefault(re.findall(rb",(20\d\d-\d\d-\d\d) \d\d:", line)[0], [lines[0]]).append(line)
    assert len(days) == 305
    given = []
    for day, text in days.items():
        path = tmp_path / f"{day.decode()}.csv"
        path.write_bytes(b"".join(text))
        given.append(GivenFile(path, path.name))
    report = import_files(Files(tuple(given)), home)
    assert report.dataset == import_file(whole, home).dataset
    assert (report.lines, report.header, report.quarantined) == (541_909 + 305, 305, 0)
    assert reconciled(report)
    assert report.files[0] == FileCount("2010-12-01.csv", "events", 3_109, 1, 3_108, 0, 0)


def test_unreadable_lines_are_named_by_file_and_line(tmp_path: Path, home: Home) -> None:
    first = write(tmp_path, "one.csv", HEADER + "a,x,1,1000000000\n\na,y,bad,1000000001\n")
    second = write(tmp_path, "two.csv", "\n" + HEADER + "b,x,2,1000000002\nb,y,3\nb,z,4,1000000003")
    third = write(tmp_path, "three.csv", HEADER)
    recipe = Recipe(mapping=Mapping(user="user", item="item", weight="rating", time="timestamp"))
    report = import_files(Files((first, second, third)), home, recipe=recipe)
    table = dataset_table(home, report.dataset, "quarantine")
    assert table is not None
    assert list(zip(table["file"], table["line"], table["text"], strict=True)) == [
        ("one.csv", 4, "a,y,bad,1000000001"),
        ("two.csv", 4, "b,y,3"),
    ]
    assert [(f.lines, f.header, f.readable, f.set_aside, f.quarantined) for f in report.files] == [
        (4, 1, 1, 1, 1),
        (5, 1, 2, 1, 1),
        (1, 1, 0, 0, 0),
    ]
    assert reconciled(report)
    assert rows_of(home, report) == [("a", "x", 1.0), ("b", "x", 2.0), ("b", "z", 4.0)]


def test_files_packed_and_encoded_each_in_its_own_way_are_one_table(tmp_path: Path, home: Home) -> None:
    body = ["a,x,1,1000000000\n", "zoë,ü,2,1000000001\n", "b,x,3,1000000002\n"]
    whole = write(tmp_path, "whole.csv", HEADER + "".join(body))
    one = GivenFile(tmp_path / "1.csv.gz", "1.csv.gz")
    one.path.write_bytes(gzip.compress((HEADER + body[0]).encode()))
    two = GivenFile(tmp_path / "2.csv", "2.csv")
    two.path.write_bytes((HEADER + body[1]).encode("utf-16"))
    three = GivenFile(tmp_path / "3.csv", "3.csv")
    three.path.write_bytes(b"\xef\xbb\xbf" + (HEADER + body[2]).replace("\n", "\r\n").encode())
    report = import_files(Files((one, two, three)), home)
    assert report.dataset == import_files(Files((whole,)), home).dataset
    assert [(file.lines, file.header, file.readable) for file in report.files] == [(2, 1, 1)] * 3


def test_rows_are_told_apart_by_name_where_columns_stand_in_another_order(tmp_path: Path, home: Home) -> None:
    one = write(tmp_path, "one.csv", HEADER + "a,x,1,1000000000\n")
    two = write(tmp_path, "two.csv", "timestamp,rating,item,user\n1000000001,2,y,b\n")
    assert rows_of(home, import_files(Files((one, two)), home)) == [("a", "x", 1.0), ("b", "y", 2.0)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("user,item,stars,timestamp\na,x,1,1000000000\n", "without rating and with stars"),
        ("a,x,1,1000000000\nb,y,2,1000000001\n", "one has a header, the other has none"),
        ('{"user": "a", "item": "x"}\n', "delimited, the other jsonl"),
    ],
)
def test_a_file_of_another_table_is_refused_with_what_differs(
    tmp_path: Path, home: Home, text: str, message: str
) -> None:
    one = write(tmp_path, "one.csv", HEADER + "a,x,1,1000000000\na,y,2,1000000000\n")
    two = write(tmp_path, "two.csv", text)
    with pytest.raises(DataError, match=f"two.csv is not of the same table as one.csv: .*{message}"):
        import_files(Files((one, two)), home)
    assert not list(home.datasets.iterdir())


def test_equal_rows_of_two_files_are_duplicates_and_metadata_is_the_most_frequent_of_all(
    tmp_path: Path, home: Home
) -> None:
    text = "user,item,timestamp,title\n"
    rows = [f"u{n},i{n % 5},{1_000_000_000 + n},Old {n % 5}\n" for n in range(40)]
    later = [f"v{n},i{n % 5},{1_000_000_000 + n},New {n % 5}\n" for n in range(400)]
    one = write(tmp_path, "one.csv", text + "".join(rows))
    two = write(tmp_path, "two.csv", text + rows[0] + "".join(later))
    report = import_files(Files((one, two)), home)
    assert report.removed == {"exact duplicate": 1}
    assert report.lifted == ("title",)
    assert list(load_dataset(home, report.dataset).titles) == [f"New {n}" for n in range(5)]


def test_members_of_an_archive_are_one_table(tmp_path: Path, home: Home) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("2020/01.csv", HEADER + "a,x,1,1000000000\n")
        archive.writestr("2020/02.csv", HEADER + "b,x,2,1000000001\nb,y,3,1000000002\n")
        archive.writestr("README.txt", "What this is\nand why\n")
    report = import_file(path, home)
    assert (report.lines, report.header, report.events) == (5, 2, 3)
    assert [file.name for file in report.files] == ["logs.zip/2020/01.csv", "logs.zip/2020/02.csv"]


def test_parquet_and_json_lines_come_in_pieces_too(tmp_path: Path, home: Home) -> None:
    frame = pd.DataFrame({"user": ["a", "b"], "item": ["x", "y"], "rating": [1.0, 2.0]})
    given = []
    for n in range(3):
        path = tmp_path / f"{n}.parquet"
        frame.assign(rating=frame["rating"] + n).to_parquet(path)
        given.append(GivenFile(path, path.name))
    report = import_files(Files(tuple(given)), home, recipe=Recipe(cleaning=Cleaning()))
    assert [file.readable for file in report.files] == [2, 2, 2]
    assert rows_of(home, report)[:3] == [("a", "x", 1.0), ("a", "x", 2.0), ("a", "x", 3.0)]
    one = write(tmp_path, "1.jsonl", '{"user": "a", "item": "x", "rating": 1}\n')
    two = write(tmp_path, "2.jsonl", '{"item": "y", "rating": 2, "user": "b", "note": "late"}\n')
    assert rows_of(home, import_files(Files((one, two)), home)) == [("a", "x", 1.0), ("b", "y", 2.0)]


def test_files_of_a_given_split_keep_their_part(tmp_path: Path, home: Home) -> None:
    train = write(tmp_path, "train.csv", HEADER + "b,y,1,1000000000\na,x,2,1000000001\n")
    validation = write(tmp_path, "valid.csv", HEADER + "a,w,3,1000000002\n")
    test = write(tmp_path, "test.csv", HEADER + "a,x,2,1000000001\nc,z,4,1000000003\n")
    report = import_files(Files((train,), (validation,), (test,)), home)
    stored = load_dataset(home, report.dataset)
    parts = stored.interactions.part
    assert parts is not None
    named = [(*row, part) for row, part in zip(rows_of(home, report), parts.tolist(), strict=True)]
    # a row that stands in train and in test is no duplicate
    assert named == [
        ("a", "x", 2.0, 0),
        ("a", "x", 2.0, 2),
        ("a", "w", 3.0, 1),
        ("b", "y", 1.0, 0),
        ("c", "z", 4.0, 2),
    ]
    assert [file.role for file in report.files] == ["events", "validation", "test"]


@pytest.mark.parametrize(
    ("train", "test", "counts", "users", "items"),
    [
        ("gowalla/train.txt.gz", "gowalla/test.txt.gz", [810_128, 0, 217_242], 29_858, 40_981),
        ("lightgcn-lastfm/data1.txt", "lightgcn-lastfm/test1.txt", [42_135, 0, 10_533], 1_880, 4_489),
        (
            "citeulike-a-loo/citeulike-a.train.rating.gz",
            "citeulike-a-loo/citeulike-a.test.rating",
            [199_435, 0, 5_551],
            5_551,
            16_980,
        ),
    ],
)
def test_published_splits_have_their_published_counts(
    shared_data: Path, home: Home, train: str, test: str, counts: list[int], users: int, items: int
) -> None:
    files = Files((GivenFile(shared_data / train, train),), test=(GivenFile(shared_data / test, test),))
    report = import_files(files, home)
    stored = load_dataset(home, report.dataset)
    assert np.bincount(np.asarray(stored.interactions.part)).tolist() == counts
    assert (report.users, report.items, report.quarantined) == (users, items, 0)
    assert reconciled(report)


def test_users_and_pairs_of_users_are_joined_and_what_finds_no_partner_is_told(
    tmp_path: Path, home: Home
) -> None:
    events = write(tmp_path, "e.csv", "user,item\na,x\nb,x\nc,y\n")
    users = write(tmp_path, "u.csv", "id,age,band\nc,31,30-39\na,24,20-29\na,99,90-99\nnobody,50,50-59\n")
    pairs = write(tmp_path, "s.csv", "trustor,trustee\na,b\nb,a\na,c\na,c\nc,c\na,nobody\n,b\n")
    report = import_files(Files((events,), users=users, social=pairs), home)
    stored = load_dataset(home, report.dataset)
    assert stored.user_features is not None
    assert stored.user_features["age"].fillna(0).tolist() == [24, 0, 31]
    assert stored.user_features["band"].fillna("").tolist() == ["20-29", "", "30-39"]
    assert stored.social is not None
    assert stored.social.dtype == np.int32
    assert stored.social.tolist() == [[0, 1], [0, 2], [1, 0]]
    assert report.joins == (
        Join("users", "u.csv", 2, 1, 1, {"without_row": ["b"], "without_event": ["nobody"]}),
        Join("social", "s.csv", 3, 0, 1, {"without_event": ["nobody"]}),
    )
    said = " ".join(report.notes)
    assert "7 pairs of users, in one direction; 3 are kept" in said
    for what in (
        "1 pairs name a user without events",
        "repeat an earlier pair",
        "one user twice",
        "lack a user",
    ):
        assert what in said


def test_friendships_count_both_ways(tmp_path: Path, home: Home) -> None:
    events = write(tmp_path, "e.csv", "user,item\na,x\nb,x\nc,y\n")
    pairs = write(tmp_path, "s.csv", "userID,friendID\na,b\nc,b\n")
    stored = load_dataset(home, import_files(Files((events,), social=pairs), home).dataset)
    assert stored.social is not None
    assert stored.social.tolist() == [[0, 1], [1, 0], [1, 2], [2, 1]]


def test_a_constant_third_column_is_no_end_of_a_pair() -> None:
    table = pd.DataFrame({"c1": ["7", "8", "9"], "c2": ["8", "30", "1"], "c3": ["1", "1", "1"]}, dtype=object)
    found = propose_social(table, FileShape(columns=("c1", "c2", "c3")), {"1", "7", "8", "9"})
    assert (found.source, found.target, found.mutual) == ("c1", "c2", False)
    with pytest.raises(DataError, match="1 column"):
        propose_social(table[["c1"]], FileShape(columns=("c1",)))
    with pytest.raises(DataError, match="no column 'c9'"):
        edges(table, SocialMapping(source="c1", target="c9"), np.asarray(["1"], dtype=object), where="t")


def test_the_social_lists_of_the_published_sets_meet_their_users(shared_data: Path, home: Home) -> None:
    def pairs(events: str, social: str) -> tuple[Join, int]:
        files = Files((GivenFile(shared_data / events, "e"),), social=GivenFile(shared_data / social, "s"))
        report = import_files(files, home)
        found = load_dataset(home, report.dataset).social
        return report.joins[0], 0 if found is None else len(found)

    join, kept = pairs("filmtrust/ratings.txt", "filmtrust/trust.txt")
    assert join.without_event == 134  # people in the trust file without a rating
    assert join.matched == 874 - 134
    join, kept = pairs("hetrec-lastfm-2k/user_artists.dat.gz", "hetrec-lastfm-2k/user_friends.dat")
    assert (join.matched, join.without_event, kept) == (1_892, 0, 25_434)


def test_households_meet_their_demographics(shared_data: Path, home: Home) -> None:
    folder = shared_data / "completejourney"
    files = Files(
        (GivenFile(folder / "transactions_sample.csv.gz", "t.csv.gz"),),
        users=GivenFile(folder / "demographics.csv", "demographics.csv"),
    )
    report = import_files(files, home)
    stored = load_dataset(home, report.dataset)
    assert stored.user_features is not None
    assert int(stored.user_features["age"].notna().sum()) == 801
    assert set(stored.user_features["age"].dropna()) == {"19-24", "25-34", "35-44", "45-54", "55-64", "65+"}
    assert (report.joins[0].matched, report.joins[0].without_event) == (801, 0)


def test_columns_of_a_side_file_can_be_given(tmp_path: Path, home: Home) -> None:
    events = write(tmp_path, "e.csv", "user,item\na,x\nb,x\n")
    users = write(tmp_path, "u.csv", "who,a,b\na,1,2\n")
    recipe = Recipe(users=UsersPart(mapping=UsersMapping(id="who", columns=("b",))))
    stored = load_dataset(home, import_files(Files((events,), users=users), home, recipe=recipe).dataset)
    assert stored.user_features is not None
    assert list(stored.user_features) == ["b"]
    wrong = Recipe(users=UsersPart(mapping=UsersMapping(id="who", columns=("c",))))
    with pytest.raises(DataError, match="no column 'c'.*who, a, b"):
        import_files(Files((events,), users=users), home, recipe=wrong)


def test_the_id_of_items_is_the_column_that_names_most_of_the_events(tmp_path: Path, home: Home) -> None:
    events = write(tmp_path, "e.csv", "user,item\na,B01\na,B02\na,B03\n")
    lines = [
        {
            "sku": "B01",
            "asin": "B01",
            "details": {"ASIN:\n": "B01"},
            "title": "One",
            "pictureURL": ["https://x/1.jpg", "u"],
        },
        {"sku": "S02", "asin": "B02", "details": {"ASIN:\n": "B01"}, "title": "Two", "tags": ["red", "new"]},
        {
            "sku": "S03",
            "asin": "B03",
            "details": {},
            "title": "Three",
            "tags": ["red", "new"],
            "pictureURL": [],
        },
        {
            "sku": "S04",
            "asin": "B04",
            "details": {},
            "title": "Four",
            "tags": ["new"],
            "pictureURL": ["https://x/4.jpg"],
        },
    ]
    items = write(tmp_path, "i.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    report = import_files(Files((events,), items=items), home)
    features = load_dataset(home, report.dataset).item_features
    assert features is not None
    assert report.joins[0].matched == 3
    assert features["title"].tolist() == ["One", "Two", "Three"]
    assert features["image"].fillna("").tolist() == ["https://x/1.jpg", "", ""]
    assert features["categories"].fillna("").tolist() == ["", "red|new", "red|new"]
    assert not [name for name in features if "\n" in name]


def test_a_kind_of_event_that_only_the_end_of_the_file_shows_has_a_weight(tmp_path: Path, home: Home) -> None:
    rows = [f"u{n % 50},i{n % 30},{'view' if n % 4 else 'cart'},{1_500_000_000 + n}\n" for n in range(6_000)]
    text = "user,item,event_type,timestamp\n" + "".join(rows) + "u1,i1,purchase,1600000000\n"
    report = import_files(Files((write(tmp_path, "e.csv", text),)), home)
    stored = load_dataset(home, report.dataset)
    assert stored.event_types == ("cart", "view", "purchase")
    assert (report.events, sorted(set(stored.interactions.weight.tolist()))) == (6_001, [1.0, 3.0, 5.0])


def test_each_file_may_have_a_delimiter_and_comments_of_its_own(tmp_path: Path, home: Home) -> None:
    one = write(tmp_path, "one.csv", HEADER + "a,x,1,1000000000\n")
    two = write(tmp_path, "two.csv", "# late\nuser;item;rating;timestamp\nb;y;2;1000000001\n# end\n")
    report = import_files(Files((one, two)), home)
    assert rows_of(home, report) == [("a", "x", 1.0), ("b", "y", 2.0)]
    assert [(file.lines, file.set_aside) for file in report.files] == [(2, 0), (4, 2)]


CELLS = st.sampled_from(
    ["a,x,1,1000000000", "b,y,2,1000000001", "a,y,bad,1000000002", ",x,3,1000000003", "c,x", ""]
)
CUTS = st.lists(st.lists(CELLS, max_size=6), min_size=2, max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=CUTS, ending=st.sampled_from(["\n", "\r\n"]), together=st.booleans(), last=st.booleans())
def test_however_a_table_is_cut_into_files_it_gives_the_same_events(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    parts: list[list[str]],
    ending: str,
    together: bool,
    last: bool,
) -> None:
    parts[0].insert(0, "a,z,5,1000000009")
    lines = HEADER.strip()

    def text(rows: list[str]) -> str:
        return ending.join([lines, *rows]) + (ending if last or not rows or not rows[-1] else "")

    recipe = Recipe(mapping=Mapping(user="user", item="item", weight="rating", time="timestamp"))
    whole = write(tmp_path, "whole.csv", text([row for rows in parts for row in rows]))
    pieces = [write(tmp_path, f"{n}.csv", text(rows)) for n, rows in enumerate(parts)]
    with monkeypatch.context() as patched:
        if not together:
            patched.setattr(read_tables, "can_gather", lambda files: False)
        cut = import_files(Files(tuple(pieces)), Home(tmp_path / "cut"), recipe=recipe)
    one = import_files(Files((whole,)), Home(tmp_path / "one"), recipe=recipe)
    assert cut.dataset == one.dataset
    assert reconciled(cut)
    assert (cut.removed, cut.quarantined, cut.lines) == (
        one.removed,
        one.quarantined,
        one.lines + len(parts) - 1,
    )
    assert cut.quarantine_reasons == one.quarantine_reasons
