"""A file becomes a trusted data set: counts, rules, order, metadata, and what real files give."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.artifacts import Home, dataset_meta, dataset_table, load_dataset
from data.cleaning import Cleaning
from data.errors import ConfigError, DataError
from data.ingest import ImportReport, import_file
from data.items_table import ItemsMapping
from data.mapping import Mapping


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def write(folder: Path, text: str, name: str = "events.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def reconciled(report: ImportReport) -> bool:
    told = report.header + report.accepted + sum(report.removed.values()) + report.quarantined
    return report.lines == told


REPEATED = "user,item,rating,timestamp\na,x,1,300\na,x,2,100\na,y,5,100\na,x,4,300\nb,x,3,1\na,x,4,300\n"


@pytest.mark.parametrize(
    ("repeats", "expected"),
    [
        ("keep", [("a", "x", 2.0, 100), ("a", "y", 5.0, 100), ("a", "x", 1.0, 300), ("a", "x", 4.0, 300)]),
        ("last", [("a", "y", 5.0, 100), ("a", "x", 4.0, 300)]),
        ("sum", [("a", "y", 5.0, 100), ("a", "x", 7.0, 300)]),  # 1 + 2 + 4, the exact duplicate left out
        ("count", [("a", "y", 1.0, 100), ("a", "x", 3.0, 300)]),
    ],
)
def test_repeated_pairs_follow_the_chosen_rule(
    tmp_path: Path, home: Home, repeats: str, expected: list
) -> None:
    mapping = Mapping(user="user", item="item", weight="rating", time="timestamp", time_format="epoch_s")
    path = write(tmp_path, REPEATED)
    report = import_file(path, home, mapping=mapping, cleaning=Cleaning(repeats=repeats))
    stored = load_dataset(home, report.dataset)
    rows = stored.interactions
    found = list(
        zip(stored.users.ids[rows.user], stored.items.ids[rows.item], rows.weight, rows.time, strict=True)
    )
    assert [row for row in found if row[0] == "a"] == expected
    assert report.removed.get("exact duplicate") == 1
    assert report.removed.get("repeated pair", 0) == 4 - len(expected)
    assert reconciled(report)


def test_duplicates_stay_when_asked(tmp_path: Path, home: Home) -> None:
    mapping = Mapping(user="user", item="item", weight="rating", time="timestamp", time_format="epoch_s")
    report = import_file(
        write(tmp_path, REPEATED), home, mapping=mapping, cleaning=Cleaning(drop_duplicates=False)
    )
    assert (report.events, report.removed) == (6, {})


def test_rows_that_differ_in_any_column_are_no_duplicates(tmp_path: Path, home: Home) -> None:
    text = "user,item,timestamp,basket\na,x,1000000000,1\na,x,1000000000,2\na,x,1000000000,2\n"
    report = import_file(write(tmp_path, text), home)
    assert (report.events, report.removed) == (2, {"exact duplicate": 1})


def test_importing_again_says_that_it_existed(tmp_path: Path, home: Home) -> None:
    path = write(tmp_path, REPEATED)
    mapping = Mapping(user="user", item="item", weight="rating", time="timestamp", time_format="epoch_s")
    first = import_file(path, home, mapping=mapping, name="One")
    again = import_file(path, home, mapping=mapping, name="Two")
    other = import_file(path, home, mapping=mapping.model_copy(update={"weight": None}))
    assert (first.existed, again.existed, other.existed) == (False, True, False)
    assert first.dataset == again.dataset != other.dataset


def test_the_report_is_kept_with_the_data_set(tmp_path: Path, home: Home) -> None:
    report = import_file(write(tmp_path, REPEATED), home, name="My events")
    facts = dataset_meta(home, report.dataset)["facts"]
    assert facts["import"]["rows"] == report.as_json()["rows"]
    assert Mapping(**facts["mapping"]).user == "user"
    assert load_dataset(home, report.dataset).name == "My events"


def test_json_form_adds_up(tmp_path: Path, home: Home) -> None:
    told = import_file(write(tmp_path, REPEATED), home).as_json()
    rows = told["rows"]
    assert rows["lines"] == rows["header"] + rows["accepted"] + rows["removed"] + rows["quarantined"]
    assert {
        "dataset",
        "rows",
        "events",
        "users",
        "items",
        "removed_by_rule",
        "existed",
        "name",
        "lifted",
        "notes",
    } <= (told.keys())


def test_file_order_breaks_ties_in_time_on_a_file_of_many_blocks(tmp_path: Path, home: Home) -> None:
    n = 260_000  # several of DuckDB's blocks; quoted, so that no short cut applies
    rows = "\n".join(f'"u{i % 3}",item{i:07d},1000000000' for i in range(n))
    report = import_file(write(tmp_path, "user,item,timestamp\n" + rows), home)
    stored = load_dataset(home, report.dataset)
    for user in range(3):
        items = stored.interactions.item[stored.interactions.user == user]
        assert (np.diff(items) > 0).all()  # item codes follow the names, and the names follow the lines


def test_a_column_that_follows_from_the_item_is_lifted(tmp_path: Path, home: Home) -> None:
    rng = np.random.default_rng(0)
    lines = ["user,item,title,genre,price,country,session"]
    for i in range(2000):
        item = int(rng.integers(40))
        title = f" Film {item} " if i % 200 else "Renamed"
        lines.append(f"u{i % 90},i{item},{title},{'AB'[item % 2]},{item * 1.5},{'XYZ'[i % 90 % 3]},{i}")
    report = import_file(write(tmp_path, "\n".join(lines)), home)
    assert report.lifted == ("title", "genre", "price")
    assert report.lifted_users == ("country",)
    features = load_dataset(home, report.dataset).item_features
    ids = load_dataset(home, report.dataset).items.ids
    assert features["title"].tolist() == [f"Film {name[1:]}" for name in ids]
    assert features["categories"].tolist() == ["AB"[int(name[1:]) % 2] for name in ids]
    assert features["price"].tolist() == [int(name[1:]) * 1.5 for name in ids]
    assert any("several values" in note for note in report.notes)


def test_item_metadata_is_joined_by_the_exact_id(tmp_path: Path, home: Home) -> None:
    events = write(tmp_path, "user,item\na,007\nb,7\nb,8\n")
    items = write(
        tmp_path,
        "item,title,genres,year\n7,Seven,A|B,1995\n007,Bond,,1962\n9,Nine,C,2009\n7,Twice,,0\n",
        "i.csv",
    )
    report = import_file(events, home, items_path=items)
    features = load_dataset(home, report.dataset).item_features
    assert load_dataset(home, report.dataset).items.ids.tolist() == ["007", "7", "8"]
    assert features["title"].fillna("-").tolist() == ["Bond", "Seven", "-"]
    assert features["categories"].fillna("-").tolist() == ["-", "A|B", "-"]
    assert features["year"].fillna(0).tolist() == [1962, 1995, 0]
    assert "i.csv describes 2 of 3 items." in report.notes


def test_an_item_file_without_a_common_id_is_refused_with_examples(tmp_path: Path, home: Home) -> None:
    events = write(tmp_path, "user,item\na,17850.0\n")
    items = write(tmp_path, "item,title\n17850,Lamp\n", "items.csv")
    with pytest.raises(DataError, match=r"'17850' against '17850\.0'"):
        import_file(events, home, items_path=items)


def test_the_item_mapping_can_be_given(tmp_path: Path, home: Home) -> None:
    events = write(tmp_path, "user,item\na,x\n")
    items = write(tmp_path, "key,en,de,a,b\nx,House,Haus,home,big\n", "items.csv")
    mapping = ItemsMapping(id="key", title="de", categories=("a", "b"))
    report = import_file(events, home, items_path=items, items_mapping=mapping)
    row = load_dataset(home, report.dataset).item_features.iloc[0]
    assert (row["title"], row["categories"]) == ("Haus", "home|big")
    with pytest.raises(DataError, match="no column 'fr'"):
        import_file(events, home, items_path=items, items_mapping=ItemsMapping(id="key", title="fr"))


def test_times_with_a_zone_are_stored_in_utc(tmp_path: Path, home: Home) -> None:
    text = (
        "user,item,time\na,x,2020-01-01T10:00:00+02:00\na,y,2020-01-01 10:00:00\na,z,2020-01-01T09:30:00Z\n"
    )
    report = import_file(write(tmp_path, text), home)
    # 2020-01-01 08:00 UTC = 1577865600
    assert load_dataset(home, report.dataset).interactions.time.tolist() == [
        1577865600,
        1577871000,
        1577872800,
    ]


def test_a_mapping_with_one_column_twice_is_refused() -> None:
    with pytest.raises(ConfigError, match="has two roles"):
        Mapping(user="a", item="a")
    with pytest.raises(ConfigError, match="time format"):
        Mapping(user="a", item="b", time_format="seconds")


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["u1,i1,4", "u2,i2,5", "u1,i2,", ",i2,3", "u3,,1", "u1,i1,4,", "", "  ", "u1", '"u1","i,9",2']
        ),
        st.text(alphabet='ui1,"\r \té\x00', max_size=12),
    ),
    max_size=25,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, ending=st.sampled_from(["\n", "\r\n"]), header=st.booleans(), packed=st.booleans())
def test_any_text_is_reconciled_or_refused(
    tmp_path: Path, lines: list[str], ending: str, header: bool, packed: bool
) -> None:
    body = ending.join((["user,item,rating"] if header else []) + lines).encode(
        "latin-1" if packed else "utf-8"
    )
    path = tmp_path / "fuzz.csv"
    path.write_bytes(body)
    try:
        report = import_file(path, Home(tmp_path / "home"))
    except DataError as error:
        refused = error
        assert refused.hint  # noqa: PT017 - most examples do not end here
        return
    assert reconciled(report)
    assert report.events <= report.accepted


def test_movielens_is_imported_whole(shared_data: Path, home: Home) -> None:
    folder = shared_data / "ml-latest-small"
    report = import_file(folder / "ratings.csv", home, items_path=folder / "movies.csv")
    assert (report.lines, report.events, report.users, report.items) == (100_837, 100_836, 610, 9_724)
    stored = load_dataset(home, report.dataset)
    titles = dict(zip(stored.items.ids, stored.titles, strict=True))
    assert titles["1"] == "Toy Story (1995)"
    assert titles["11"] == "American President, The (1995)"


def test_every_movielens_rating_arrives(shared_data: Path, home: Home) -> None:
    path = shared_data / "ml-latest-small" / "ratings.csv"
    stored = load_dataset(home, import_file(path, home).dataset)
    events = stored.interactions
    ours = set(
        zip(
            stored.users.ids[events.user],
            stored.items.ids[events.item],
            events.weight,
            events.time,
            strict=True,
        )
    )
    with path.open(newline="") as stream:
        theirs = {
            (r["userId"], r["movieId"], float(r["rating"]), int(r["timestamp"]))
            for r in csv.DictReader(stream)
        }
    assert ours == theirs


@pytest.mark.parametrize(
    ("file", "items", "lines", "events", "users", "n_items"),
    [
        ("filmtrust/ratings.txt", None, 35_497, 35_494, 1_508, 2_071),
        (
            "hetrec-lastfm-2k/user_artists.dat.gz",
            "hetrec-lastfm-2k/artists.dat.gz",
            92_835,
            92_834,
            1_892,
            17_632,
        ),
        (
            "amazon-gift-cards/Gift_Cards_5.json.gz",
            "amazon-gift-cards/meta_Gift_Cards.json.gz",
            2_972,
            2_965,
            458,
            148,
        ),
        ("amazon-musical-instruments/Musical_Instruments_5.json.gz", None, 10_261, 10_261, 1_429, 900),
        ("lightgcn-lastfm/data1.txt", None, 42_135, 42_135, 1_878, 4_476),
    ],
)
def test_published_files_give_their_published_counts(
    shared_data: Path,
    home: Home,
    file: str,
    items: str | None,
    lines: int,
    events: int,
    users: int,
    n_items: int,
) -> None:
    report = import_file(shared_data / file, home, items_path=shared_data / items if items else None)
    assert (report.lines, report.events, report.users, report.items) == (lines, events, users, n_items)
    assert report.quarantined == 0
    assert reconciled(report)


def test_online_retail_shows_each_rule_and_lifts_the_description(shared_data: Path, home: Home) -> None:
    report = import_file(shared_data / "online-retail" / "online_retail.csv.gz", home)
    assert report.removed == {"no user": 135_080, "below minimum weight": 8_905, "exact duplicate": 5_192}
    assert (report.lines, report.quarantined, report.lifted) == (541_910, 0, ("Description",))
    assert reconciled(report)
    stored = load_dataset(home, report.dataset)
    titles = dict(zip(stored.items.ids, stored.titles, strict=True))
    assert titles["85123A"] == "WHITE HANGING HEART T-LIGHT HOLDER"
    assert "12346.0" in set(stored.users.ids)  # ids stay as they stand in the file


def test_completejourney_joins_its_products(shared_data: Path, home: Home) -> None:
    folder = shared_data / "completejourney"
    report = import_file(folder / "transactions_sample.csv.gz", home, items_path=folder / "products.csv.gz")
    assert (report.lines, report.events, report.removed) == (75_001, 74_584, {"below minimum weight": 416})
    assert {"title", "categories", "department"} <= set(
        load_dataset(home, report.dataset).item_features.columns
    )


def test_quarantine_is_absent_when_nothing_was_unreadable(tmp_path: Path, home: Home) -> None:
    report = import_file(write(tmp_path, REPEATED), home)
    assert dataset_table(home, report.dataset, "quarantine") is None


def test_a_frame_written_as_parquet_with_lists_becomes_categories(tmp_path: Path, home: Home) -> None:
    pd.DataFrame({"item": ["x", "y"], "title": ["X", "Y"], "genres": [["A", "B"], []]}).to_parquet(
        tmp_path / "i.parquet"
    )
    report = import_file(write(tmp_path, "user,item\na,x\na,y\n"), home, items_path=tmp_path / "i.parquet")
    assert load_dataset(home, report.dataset).item_features["categories"].fillna("").tolist() == ["A|B", ""]
