"""One file of events as arrays: every role planted, every line accounted for, metadata parted by side."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.amounts import as_weight, weight_sql, writing_of
from data.coded import MISSING, ReadFile
from data.errors import ConfigError, DataError, NotApplicable
from data.mapping import Mapping, propose_file
from data.quarantine import CUT, LONGEST_TEXT, quarantine_file
from data.read_file import read_file
from data.reading import FileShape, sniff
from data.reading.records import workplace
from data.reading.staging import silent


def read(path: Path, mapping: Mapping | None = None, shape: FileShape | None = None) -> ReadFile:
    """Read, with the proposed mapping where none is given; every line is accounted for."""
    shape = shape or sniff(path)
    mapping = mapping or propose_file(path, shape).mapping
    with workplace(path.parent, [path]) as work:
        found = read_file(work, path, shape, mapping, silent)
        assert work.con.execute("SELECT count(*) FROM information_schema.tables").fetchall() == [(0,)]
        assert [entry.name for entry in work.folder.iterdir() if entry.name != "spill"] == []
    assert found.lines == found.header + sum(found.set_aside.values()) + found.quarantined + found.coded.lines
    return found


def write(folder: Path, text: str | bytes, name: str = "events.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def ids(found: ReadFile, side: str) -> list[str | None]:
    codes, names = (
        (found.coded.user, found.coded.users) if side == "user" else (found.coded.item, found.coded.items)
    )
    return [None if code == MISSING else str(names[code]) for code in codes]


EVENTS = (
    "who,what,kind,visit,price,when,note\n"
    "ann,lamp,view,s1,9.5,2024-03-31 01:30:00,a\n"
    "ann,lamp,cart,s1,9.5,2024-03-31 03:30:00,b\n"
    "bob,desk,view,s2,80,2024-03-31 12:00:00,\n"
    ",desk,purchase,s3,80,2024-03-31 12:00:01,d\n"
    "ann,desk,,,80,2024-04-01 00:00:00,e\n"
)
MAPPING = Mapping(
    user="who",
    item="what",
    event="kind",
    session="visit",
    time="when",
    time_format="iso",
    keep=("price", "note"),
)


def test_every_role_becomes_an_array_in_file_order(tmp_path: Path) -> None:
    coded = read(write(tmp_path, EVENTS), MAPPING).coded
    assert coded.event_types == ("view", "cart", "purchase", "")
    assert coded.event is not None
    assert (coded.event.dtype, coded.event.tolist()) == (np.uint8, [0, 1, 0, 2, 3])
    assert coded.session is not None
    assert (coded.session.dtype, coded.session.tolist()) == (np.int32, [0, 0, 1, 2, MISSING])
    assert coded.user.tolist() == [0, 0, 1, MISSING, 0]
    assert coded.weight.tolist() == [1, 1, 1, 1, 1]
    assert coded.extras is not None
    assert coded.extras["price"].tolist() == [9.5, 9.5, 80, 80, 80]
    assert coded.extras["note"].fillna("-").tolist() == ["a", "b", "-", "d", "e"]


def test_times_without_a_zone_are_read_by_the_clock_of_the_given_one(tmp_path: Path) -> None:
    path = write(tmp_path, EVENTS)
    paris = MAPPING.model_copy(update={"time_zone": "Europe/Paris"})
    utc, local = read(path, MAPPING).coded.second, read(path, paris).coded.second
    assert utc is not None
    assert local is not None
    # on 31 March 2024 clocks in Paris went from 02:00 to 03:00: one hour ahead of UTC before, two after
    assert (utc - local).tolist() == [3600, 7200, 7200, 7200, 7200]
    with pytest.raises(ConfigError, match="'Mars/Olympus' is unknown"):
        Mapping(user="a", item="b", time_zone="Mars/Olympus")


def test_more_kinds_of_event_than_a_byte_holds_are_refused_with_examples(tmp_path: Path) -> None:
    rows = "".join(f"u{i % 7},i{i % 5},k{i}\n" for i in range(300))
    path = write(tmp_path, "user,item,kind\n" + rows)
    with pytest.raises(DataError, match=r"300 different kinds of event, such as 'k0', 'k1'.* at most 255"):
        read(path, Mapping(user="user", item="item", event="kind"))
    few = "".join(f"u{i % 7},i{i % 5},k{i % 255}\n" for i in range(300))
    found = read(write(tmp_path, "user,item,kind\n" + few), Mapping(user="user", item="item", event="kind"))
    assert len(found.coded.event_types) == 255


def test_a_mapping_that_names_an_absent_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column 'colour'"):
        read(write(tmp_path, EVENTS), MAPPING.model_copy(update={"keep": ("colour",)}))


def shop(n: int = 4000, seed: int = 0) -> pd.DataFrame:
    """Orders of a shop: title follows from item, city from user, payment and parcel from the order."""
    rng = np.random.default_rng(seed)
    order = np.sort(rng.integers(0, n // 4, n))
    user = (order * 7919) % 150
    item, paid = rng.integers(0, 80, n), rng.integers(0, 3, n)
    return pd.DataFrame(
        {
            "customer": [f"c{u}" for u in user],
            "article": [f"a{i}" for i in item],
            "order": [f"o{o}" for o in order],
            "title": [f"Thing {i}" for i in item],
            "city": [f"City {u % 23}" for u in user],
            "payment": [("card", "cash", "bill")[paid[o]] for o in order],
            "parcel": [f"p{o}" for o in order],
            "colour": rng.choice(["red", "blue", "green"], n),
        }
    )


def test_columns_go_to_the_side_they_follow_from_and_facts_of_a_visit_to_none(tmp_path: Path) -> None:
    table = shop()
    path = tmp_path / "shop.csv"
    table.to_csv(path, index=False)
    found = read(path, Mapping(user="customer", item="article", session="order"))
    assert found.item_table is not None
    assert found.user_table is not None
    assert list(found.item_table) == ["item", "title"]
    assert list(found.user_table) == ["user", "city"]
    assert dict(zip(found.user_table["user"], found.user_table["city"], strict=True))["c24"] == "City 1"
    assert found.conflicts == {"title": 0, "city": 0}


def test_a_user_with_one_long_visit_does_not_make_its_facts_the_users(tmp_path: Path) -> None:
    # 40 users, one order of 30 rows each, how it was paid at random: all rows of a user agree
    rows = [f"c{u},a{i * 3 % 50},o{u},{('card', 'cash')[u % 2]}" for u in range(40) for i in range(30)]
    path = write(tmp_path, "customer,article,order,payment\n" + "\n".join(rows))
    with_visits = read(path, Mapping(user="customer", item="article", session="order"))
    assert with_visits.user_table is None
    without = read(path, Mapping(user="customer", item="article"))
    assert without.user_table is not None
    assert list(without.user_table) == ["user", "order", "payment"]


def test_columns_said_to_describe_a_side_go_there_and_an_empty_choice_takes_none(
    tmp_path: Path,
) -> None:
    path = tmp_path / "shop.csv"
    shop().to_csv(path, index=False)
    forced = read(
        path,
        Mapping(user="customer", item="article", item_columns=("colour", "city"), user_columns=()),
    )
    assert forced.item_table is not None
    assert (list(forced.item_table), forced.user_table) == (["item", "city", "colour"], None)
    most = shop().groupby(["article", "colour"]).size().unstack()
    expected = {item: row[row == row.max()].index.min() for item, row in most.iterrows()}
    assert dict(zip(forced.item_table["item"], forced.item_table["colour"], strict=True)) == expected
    none = read(path, Mapping(user="customer", item="article", item_columns=(), user_columns=()))
    assert (none.item_table, none.user_table, none.conflicts) == (None, None, {})


def test_conflicts_count_every_way_of_writing_and_the_most_frequent_value_wins(tmp_path: Path) -> None:
    titles = {"a": ["Lamp"] * 30, "b": ["Desk"] * 29 + ["Desk "], "c": ["Bed"] * 28 + ["", "Bench"]}
    rows = [f"u{i % 9},{item},{title}" for item, values in titles.items() for i, title in enumerate(values)]
    rows += [f"u{i % 9},{item},T{item}" for item in "defghij" for i in range(30)]
    found = read(write(tmp_path, "user,item,title\n" + "\n".join(rows)))
    assert found.item_table is not None
    assert found.item_table["title"].tolist()[:4] == ["Lamp", "Desk", "Bed", "Td"]
    assert found.conflicts == {"title": 2}  # b by a blank, c by an empty cell and another word
    assert any("2 items have several values (of 1 they differ in more" in note for note in found.notes)


def test_online_retail_has_the_published_number_of_codes_with_several_descriptions(shared_data: Path) -> None:
    """1,324 counts distinct cells of all rows, an empty one too, as the README of the data does."""
    found = read(shared_data / "online-retail" / "online_retail.csv.gz")
    assert (found.lines, found.coded.lines) == (541_910, 541_909)
    assert found.conflicts == {"Description": 1_324, "Country": 8}
    assert found.item_table is not None
    assert found.user_table is not None
    assert (len(found.item_table), len(found.user_table)) == (4_070, 4_372)
    titles = dict(zip(found.item_table["item"], found.item_table["Description"], strict=True))
    assert titles["85123A"] == "WHITE HANGING HEART T-LIGHT HOLDER"
    assert int((found.coded.user == MISSING).sum()) == 135_080
    assert found.coded.session is not None
    assert int(found.coded.session.max()) + 1 == 25_900  # invoices, as published


PLAIN = (
    "user,item,kind,visit,weight,time,note\n"
    "u1,i1,view,s1,4,1000000000,a\n"
    "u2,i2,cart,s2,4.5,1000000000,b\n"
    "NULL,i1,view,,1e2,1000000001,c\n"
    "u1,i1,view,s1,4,1000000000,a\n"
)


def test_the_quick_and_the_careful_way_read_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mapping = Mapping(user="user", item="item", event="kind", session="visit", weight="weight", time="time")
    path = write(tmp_path, PLAIN)
    quick = read(path, mapping)
    monkeypatch.setattr("data.read_file.read_typed", lambda *_: None)
    careful = read(path, mapping)
    for name in ("user", "item", "weight", "span", "users", "items", "second", "event", "session"):
        a, b = getattr(quick.coded, name), getattr(careful.coded, name)
        assert (a.dtype, a.tolist()) == (b.dtype, b.tolist())
    assert quick.coded.event_types == careful.coded.event_types
    hashes = [found.coded.row_hash.tolist() for found in (quick, careful) if found.coded.row_hash is not None]
    assert [row[0] == row[3] for row in hashes] == [True, True]
    assert [len(set(row)) for row in hashes] == [3, 3]
    assert (quick.lines, quick.header, quick.set_aside) == (careful.lines, careful.header, careful.set_aside)


def test_codes_of_a_file_of_many_blocks_are_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.read_file.read_typed", lambda *_: None)
    draw = np.random.default_rng(4).integers(0, 20_000, (300_000, 2))
    table = pd.DataFrame(
        {"user": [f"ü{a}" for a in draw[:, 0]], "item": draw[:, 1], "rating": draw[:, 1] % 5}
    )
    table["rating"] = table["rating"].astype(object)
    table.loc[[7, 150_000, 299_999], "rating"] = "?"
    table.to_csv(tmp_path / "many.csv", index=False)
    found = read(tmp_path / "many.csv", Mapping(user="user", item="item", weight="rating"))
    expected = table.drop([7, 150_000, 299_999])
    assert found.quarantine["line"].tolist() == [9, 150_002, 300_001]
    assert found.coded.users.tolist() == sorted(set(expected["user"]), key=str.encode)
    assert found.coded.items.tolist() == sorted(set(expected["item"].astype(str)))
    assert (found.coded.users[found.coded.user] == expected["user"].to_numpy()).all()
    assert (found.coded.items[found.coded.item] == expected["item"].astype(str).to_numpy()).all()
    assert (found.coded.weight == expected["rating"].to_numpy().astype(np.float32)).all()


BAD = (
    "user,item,rating,time\n"
    "u1,i1,4,1000000000\n"
    "u1,NULL,4,1000000000\n"
    'u1,"i,2",good,1000000000\n'
    "u1,i3,1e300,1000000000\n"
    "u1,i4,4,soon\n"
    "u1,i5\n"
)
RATED = Mapping(user="user", item="item", weight="rating", time="time", time_format="epoch_s")


def test_quarantine_names_file_line_text_reason_and_the_cell_at_fault(tmp_path: Path) -> None:
    table = read(write(tmp_path, BAD), RATED).quarantine
    assert list(table) == ["file", "line", "text", "reason", "column", "value"]
    assert list(table.itertuples(index=False, name=None)) == [
        ("events.csv", 3, "u1,NULL,4,1000000000", "empty item", "item", "NULL"),
        ("events.csv", 4, 'u1,"i,2",good,1000000000', "bad weight", "rating", "good"),
        ("events.csv", 5, "u1,i3,1e300,1000000000", "bad weight", "rating", "1e300"),
        ("events.csv", 6, "u1,i4,4,soon", "bad time", "time", "soon"),
        ("events.csv", 7, "u1,i5", "ragged row", "", ""),
    ]


def test_quarantined_lines_can_be_corrected_and_imported_again(tmp_path: Path) -> None:
    path = write(tmp_path, BAD)
    shape = sniff(path)
    content = quarantine_file(read(path, RATED).quarantine, shape)
    corrected = content.replace(b"NULL", b"i9").replace(b"good", b"3").replace(b"1e300", b"2")
    corrected = corrected.replace(b"soon", b"1000000001").replace(b"u1,i5", b"u1,i5,5,1000000002")
    again = read(write(tmp_path, corrected, "again.csv"), RATED)
    assert (again.header, again.quarantined) == (1, 0)
    assert ids(again, "item") == ["i9", "i,2", "i3", "i4", "i5"]
    assert again.coded.weight.tolist() == [4, 3, 2, 4, 5]


@pytest.mark.parametrize(
    ("text", "name", "mapping", "expected"),
    [
        (
            '{"user": "u", "item": "i"}\n{"user": "u"}\n{"user": \n',
            "e.jsonl",
            Mapping(user="user", item="item"),
            b'{"user": "u"}\n{"user": \n',
        ),
        (
            "user;it;em\nu;a;1\nu;;2\n".replace("it;em", '"it;em";n'),
            "e.csv",
            Mapping(user="user", item="it;em"),
            b'user;"it;em";n\nu;;2\n',
        ),
        ("u::i::4\nu::j::x\nv::k::5\n", "e.dat", None, b"u::j::x\n"),
        (f"u1 a1 b1\nu2 c1 NULL d1\nu3 e1\nu4{' f1' * 20}\n", "e.txt", None, b"u2 c1 NULL d1\n"),
    ],
)
def test_unreadable_records_are_written_as_the_file_writes_them(
    tmp_path: Path, text: str, name: str, mapping: Mapping | None, expected: bytes
) -> None:
    path = write(tmp_path, text, name)
    shape = sniff(path)
    if mapping is None and shape.format == "delimited":
        mapping = Mapping(user=shape.columns[0], item=shape.columns[1], weight=shape.columns[2])
    assert quarantine_file(read(path, mapping, shape).quarantine, shape) == expected


def test_lines_that_mean_something_by_their_place_are_not_taken_out(tmp_path: Path) -> None:
    path = write(tmp_path, "2 a1 b1\n3 a1 b1\n1 c1\n4 a1 b1 c1 d1\n")
    shape = sniff(path).model_copy(update={"format": "user_lines", "line_start": "count", "delimiter": " "})
    shape = shape.model_copy(update={"columns": ("user", "item"), "header": False, "quote": ""})
    table = read(path, Mapping(user="user", item="item"), shape).quarantine
    assert table["line"].tolist() == [2]
    with pytest.raises(NotApplicable, match="by their place"):
        quarantine_file(table, shape)


def test_a_record_beyond_the_cap_is_marked_as_cut_and_left_out_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "user,item,rating\nu,i,3\nu,j,x\nu,k," + "y" * (2 * LONGEST_TEXT) + "\n")
    shape = sniff(path)
    table = read(path, Mapping(user="user", item="item", weight="rating"), shape).quarantine
    assert table["text"].str.len().tolist() == [5, LONGEST_TEXT + len(CUT)]
    assert table["text"].iloc[1].endswith(CUT)
    assert quarantine_file(table, shape) == b"user,item,rating\nu,j,x\n"


@pytest.mark.parametrize(
    ("cells", "weights"),
    [
        (["$12.50", "-$3", "$1,234.50"], [12.5, -3, 1234.5]),
        (["1.234,50 €", "12,5 €", "7 €"], [1234.5, 12.5, 7]),
        (["45%", "7.5 %", "100%"], [0.45, 0.075, 1]),
        (["true", "FALSE", "Yes"], [1, 0, 1]),
        (["y", "n", "1"], [1, 0, 1]),
        (["(3.00)", "USD 7", "2.5-"], [-3, 7, -2.5]),
        (["4", " 4.5 ", "1e2"], [4, 4.5, 100]),
    ],
)
def test_weights_are_read_as_people_write_them(
    tmp_path: Path, cells: list[str], weights: list[float]
) -> None:
    rows = "".join(f'u{i},i{i},"{cell}"\n' for i, cell in enumerate(cells))
    mapping = Mapping(user="user", item="item", weight="amount")
    found = read(write(tmp_path, "user,item,amount\n" + rows), mapping)
    assert found.coded.weight.tolist() == np.asarray(weights, dtype=np.float32).tolist()


def test_words_of_truth_among_numbers_are_no_weights(tmp_path: Path) -> None:
    path = write(tmp_path, "user,item,liked\na,x,1\na,y,yes\nb,x,3\nb,y,$\nb,z,ABC 5\nc,x,7%%\n")
    found = read(path, Mapping(user="user", item="item", weight="liked"))
    assert found.coded.weight.tolist() == [1, 3]
    assert found.quarantine["value"].tolist() == ["yes", "$", "ABC 5", "7%%"]


CELL = st.one_of(
    st.floats(-1e6, 1e6).map(lambda value: f"{value:.2f}"),
    st.sampled_from(["", "abc", "5 %", "$4", "€ 1,5", "(2)", "3-", "yes", "1,234.5", "-", "1.2.3", "kr 9"]),
    st.text(alphabet="0123456789.,%$€()- ", max_size=8),
)


@settings(max_examples=60, deadline=None)
@given(cells=st.lists(CELL, min_size=1, max_size=6))
def test_sql_and_python_read_the_same_weight(cells: list[str]) -> None:
    writing = writing_of(cells, FileShape())
    with workplace() as work:
        work.con.execute("CREATE TABLE t (i INT, x VARCHAR)")
        work.con.executemany("INSERT INTO t VALUES (?, ?)", list(enumerate(cells)))
        found = work.con.execute(f"SELECT {weight_sql('x', writing)} FROM t ORDER BY i").fetchall()
    expected = [as_weight(cell, writing) for cell in cells]
    assert [value for (value,) in found] == [
        None if value is None else float(np.float32(value)) for value in expected
    ]


def test_ids_are_kept_as_they_stand_and_words_among_numbers_are_told(tmp_path: Path) -> None:
    rows = "".join(
        f"{user},{item},3\n"
        for user, item in [("17850.0", "007"), (" 7", "7"), ("unknown", "8"), ("9", "n/a")]
    )
    rows += "".join(f"{i},{i},3\n" for i in range(100, 140))
    found = read(
        write(tmp_path, "user,item,rating\n" + rows), Mapping(user="user", item="item", weight="rating")
    )
    assert ids(found, "user")[:4] == ["17850.0", " 7", "unknown", "9"]
    assert ids(found, "item")[:4] == ["007", "7", "8", "n/a"]
    assert [note.split(";")[0] for note in found.notes] == [
        "1 row names the user 'unknown' where others have numbers",
        "1 row names the item 'n/a' where others have numbers",
    ]


WORD = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)
ROW = st.tuples(WORD, WORD, st.floats(-1e6, 1e6, width=32), st.integers(0, 4_000_000_000), WORD)
ABSENT = {"", "NULL", "null", "NaN", "nan", "None", "<NA>", r"\N"}
BLANKS = " \u00a0\u1680\u202f\u205f\u3000" + "".join(chr(code) for code in range(0x2000, 0x200B))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=12), kind=st.sampled_from(["csv", "tsv", "jsonl", "parquet"]))
def test_any_table_comes_back_row_by_row(
    tmp_path: Path, rows: list[tuple[str, str, float, int, str]], kind: str
) -> None:
    table = pd.DataFrame(rows, columns=["user", "item", "weight", "time", "extra"])
    path = tmp_path / f"any.{kind}"
    if kind == "parquet":
        table.to_parquet(path)
    elif kind == "jsonl":
        lines = (json.dumps(dict(zip(table, row, strict=True)), ensure_ascii=False) for row in rows)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        table.to_csv(path, index=False, sep="," if kind == "csv" else "\t", quoting=1)
    columns = tuple(str(name) for name in table)
    shape = FileShape(
        format=kind if kind in ("jsonl", "parquet") else "delimited",  # type: ignore[arg-type]
        delimiter="\t" if kind == "tsv" else ",",
        header=kind in ("csv", "tsv"),
        columns=columns,
    )
    mapping = Mapping(
        user="user", item="item", weight="weight", time="time", time_format="epoch_s", keep=("extra",)
    )
    found = read(path, mapping, shape)
    usable = [row for row in rows if row[1].strip(BLANKS) not in ABSENT]
    assert ids(found, "item") == [row[1] for row in usable]
    assert ids(found, "user") == [None if row[0].strip(BLANKS) in ABSENT else row[0] for row in usable]
    assert found.coded.weight.tolist() == [row[2] for row in usable]
    assert found.coded.second is not None
    assert found.coded.second.tolist() == [row[3] for row in usable]
    assert found.quarantined == len(rows) - len(usable)
