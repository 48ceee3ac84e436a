"""What the import page computes: roles of files and columns, versions, lines that can be corrected."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.views.column_roles import CHOICES, SINGLE, UNUSED, mapping_of, roles_of, sample_values
from dashboard.views.file_roles import FileFacts, propose_roles
from dashboard.views.imports import file_table, join_table, version_table
from dashboard.views.personal_values import personal_columns
from dashboard.views.quarantine import corrected_shape, correction_file, editable
from data.errors import ConfigError, DataError
from data.mapping import Mapping, propose
from data.quarantine import CUT
from data.reading import FileShape, preview


def table(columns: str, rows: list[str]) -> pd.DataFrame:
    return pd.DataFrame([row.split(",") for row in rows], columns=columns.split(","), dtype="object")


EVENTS = table("user,item,rating,at", [f"u{n % 9},i{n % 13},{n % 5},{1_600_000_000 + n}" for n in range(90)])
GOODS = table("item,title", [f"i{n},Thing number {n}" for n in range(13)])
PEOPLE = table("user,age,town", [f"u{n},{20 + n},Town {n}" for n in range(9)])


def facts(name: str, rows: pd.DataFrame, *, header: bool = True, size: int = 1000) -> FileFacts:
    shape = FileShape(header=header, columns=tuple(map(str, rows.columns)))
    try:
        proposal = propose(rows, shape)
    except DataError:
        proposal = None
    return FileFacts(name, name, size, shape, rows, proposal)


def without_names(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.set_axis([f"column_{place + 1}" for place in range(len(rows.columns))], axis=1)


def proposed(*files: FileFacts) -> dict[str, str]:
    return {upload: role.role for upload, role in propose_roles(files).items()}


def test_files_are_told_by_the_columns_that_they_share_with_the_events():
    other = facts("tags.csv", EVENTS[["user", "item"]].assign(tag="nice"))
    found = proposed(
        facts("people.csv", PEOPLE), facts("goods.csv", GOODS), facts("ratings.csv", EVENTS), other
    )
    assert found == {
        "people.csv": "users", "goods.csv": "items", "ratings.csv": "events", "tags.csv": "unused"
    }  # fmt: skip


def test_files_without_names_are_told_by_the_ids_in_them():
    goods, events = without_names(GOODS), without_names(EVENTS)
    found = proposed(facts("a.txt", goods, header=False), facts("b.txt", events, header=False, size=9000))
    assert found == {"a.txt": "items", "b.txt": "events"}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("shop.test.csv", "test"),
        ("shop_valid.csv", "validation"),
        ("shop-2.csv", "part"),
        ("test1.csv", "test"),
    ],
)
def test_a_file_with_the_same_columns_is_more_of_them_or_a_part_by_its_name(name, role):
    assert proposed(facts("shop.train.csv", EVENTS, size=5000), facts(name, EVENTS.iloc[::2]))[name] == role


def test_pairs_of_users_are_friends_and_never_the_events():
    pairs = table("user,friend", [f"u{n % 9},u{(n * 5 + 1) % 9}" for n in range(40)])
    found = proposed(facts("user_friends.csv", pairs, size=99_999), facts("ratings.csv", EVENTS))
    assert found == {"user_friends.csv": "social", "ratings.csv": "events"}


def test_the_file_that_says_more_of_the_items_keeps_the_place():
    links = table("item,tmdb", [f"i{n},{n * 77}" for n in range(13)])
    found = proposed(facts("ratings.csv", EVENTS), facts("links.csv", links), facts("movies.csv", GOODS))
    assert (found["links.csv"], found["movies.csv"]) == ("unused", "items")


def test_without_a_file_of_events_every_file_is_left_out():
    lonely = table("word", ["one", "two"])
    assert proposed(facts("words.csv", lonely)) == {"words.csv": "unused"}


@given(st.lists(st.sampled_from(CHOICES), min_size=2, max_size=9))
def test_roles_and_mapping_say_the_same(given_roles):
    roles = {f"c{place}": role for place, role in enumerate(given_roles)}
    doubled = any(given_roles.count(role) > 1 for role in SINGLE)
    if doubled or "user" not in given_roles or "item" not in given_roles:
        with pytest.raises(ConfigError):
            mapping_of(roles, Mapping(user="c0", item="c1"))
        return
    mapping = mapping_of(roles, Mapping(user="c0", item="c1"))
    assert roles_of(mapping, dict.fromkeys(roles, UNUSED)) == roles


def test_a_mapping_that_leaves_features_open_takes_the_proposed_ones():
    told = {"u": "user", "i": "item", "name": "item_columns", "town": "user_columns", "x": "unused"}
    assert roles_of(Mapping(user="u", item="i"), told) == told
    closed = Mapping(user="u", item="i", item_columns=(), user_columns=("town",))
    assert roles_of(closed, told) == {**told, "name": "unused"}


def test_the_format_of_a_time_column_is_forgotten_when_another_column_is_the_time():
    base = Mapping(user="u", item="i", time="a", time_format="epoch_s", time_zone="Europe/Paris")
    moved = mapping_of({"u": "user", "i": "item", "b": "time"}, base)
    assert (moved.time_format, moved.time_zone) == ("auto", "Europe/Paris")


def test_sample_values_are_different_and_short():
    rows = pd.DataFrame({"a": ["x", "x", "y", None, "z", "w"], "b": ["long " * 20] * 6})
    assert sample_values(rows, "a") == ["x", "y", "z"]
    (only,) = sample_values(rows, "b")
    assert len(only) == 34
    assert only.endswith("…")


def test_columns_with_addresses_of_people_are_flagged_and_times_are_not():
    rows = pd.DataFrame(
        {
            "mail": ["ann@example.org", "bob@example.org", None],
            "call": ["+44 20 7946 0958", "+44 20 7946 0959", "+1 212 555 0100"],
            "at": ["2026-11-21 08:30:00", "2026-11-21 09:30:00", "1600000000"],
            "note": ["write to me@example.org", "fine", "good"],
        }
    )
    assert personal_columns(rows) == {"mail": ("e-mail addresses",), "call": ("telephone numbers",)}


def meta(dataset: str, parent: str | None, version: int, events: int, added: dict[str, int]) -> dict:
    told = {"parent": parent, "version": version, "added": added}
    sizes = {"events": events, "users": 3, "items": 4}
    return {
        "id": dataset,
        "name": "shop",
        "created": f"2026-01-0{version}",
        **sizes,
        "facts": {"import": told},
    }


def test_versions_of_one_line_are_listed_and_no_others():
    metas = [
        meta("d1", None, 1, 10, {}),
        meta("d2", "d1", 2, 15, {"events": 5, "users": 1, "items": 0}),
        meta("d3", "d2", 3, 16, {"events": 1, "users": 0, "items": 0}),
        meta("d9", None, 1, 99, {}),
    ]
    for asked in ("d1", "d2", "d3"):
        table_of = version_table(metas, asked)
        assert list(table_of["dataset"]) == ["d3", "d2", "d1"]
        assert list(table_of["new_events"]) == [1, 5, 10]
    assert list(version_table(metas, "d9")["dataset"]) == ["d9"]
    assert version_table(metas, "unknown").empty


QUARANTINE = pd.DataFrame(
    {
        "file": "shop.csv",
        "line": [3, 9],
        "text": ['u1;"a;b";x', "u2" * 900 + CUT],
        "reason": ["bad weight", "ragged row"],
        "column": ["w", ""],
        "value": ["x", ""],
    }
)


def test_lines_for_correction_stand_under_their_header_and_can_be_read_again(tmp_path):
    shape = FileShape(delimiter=";", columns=("user", "it;em", "w"), encoding="latin-1", compression="gzip")
    name, content = correction_file(QUARANTINE, shape, "d1")
    assert content.decode() == 'user;"it;em";w\nu1;"a;b";x\n'
    path = tmp_path / name
    path.write_bytes(content)
    assert preview(path, corrected_shape(shape)).to_dict("records") == [
        {"user": "u1", "it;em": "a;b", "w": "x"}
    ]
    assert list(editable(QUARANTINE)["line"]) == [3]


def test_lines_that_mean_something_by_their_place_are_not_offered_for_correction():
    counted = FileShape(format="user_lines", line_start="count", header=False, columns=("user", "item"))
    assert correction_file(QUARANTINE, counted, "d1") is None
    assert correction_file(QUARANTINE.iloc[1:], FileShape(columns=("a", "b")), "d1") is None


def test_rows_of_a_workbook_are_corrected_as_text(tmp_path):
    shape = FileShape(format="xlsx", delimiter="\t", quote="", columns=("user", "item"))
    found = correction_file(QUARANTINE.assign(text="u1\ti1"), shape, "d1")
    assert found is not None
    path = tmp_path / found[0]
    path.write_bytes(found[1])
    assert len(preview(path, corrected_shape(shape))) == 2


def test_tables_of_files_and_joins_hold_what_the_import_told():
    file = {"name": "a.csv", "role": "events", "lines": 3, "header": 1, "readable": 2, "set_aside": 0}
    assert file_table([{**file, "quarantined": 0, "further": 1}])["readable"].tolist() == [2]
    join = {"table": "items", "source": "b.csv", "matched": 2, "without_row": 1, "without_event": 0}
    joined = join_table([{**join, "examples": {"without_row": ["i9", "i8"]}}])
    assert joined["examples"].tolist() == ["i9, i8"]
