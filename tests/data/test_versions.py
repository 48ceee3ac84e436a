"""A later file as a new version: codes stay, nothing counts twice, every line is accounted for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.cleaning import Cleaned, Cleaning, clean
from data.coded import Coded
from data.dataset import Dataset, IdMap, Interactions
from data.errors import DataError
from data.versions import KNOWN, Appended, append, lineage
from tests.data.cleaning.random_rows import CHOICES, any_rows

Row = tuple[str, str, float, int]
KEEP = Cleaning(drop_duplicates=False)


def rows_of(rows: list[Row], **more: Any) -> Coded:
    users, items = sorted({row[0] for row in rows}), sorted({row[1] for row in rows})
    made = Coded(
        np.asarray([users.index(row[0]) for row in rows], dtype=np.int32),
        np.asarray([items.index(row[1]) for row in rows], dtype=np.int32),
        np.asarray([row[2] for row in rows], dtype=np.float32),
        np.ones(len(rows), dtype=np.int32),
        np.asarray(users, dtype=object),
        np.asarray(items, dtype=object),
        second=np.asarray([row[3] for row in rows], dtype=np.int64),
    )
    return replace(made, **more)


def stored(kept: Cleaned, cleaning: Cleaning = KEEP, name: str = "first") -> Dataset:
    rows = kept.events
    return Dataset(
        Interactions(
            rows.user,
            rows.item,
            rows.weight,
            rows.second,
            base_event=rows.event,
            base_session=rows.session,
            base_part=rows.part,
        ),
        IdMap(rows.users),
        IdMap(rows.items),
        event_types=rows.event_types,
        name=name,
        facts={"cleaning": cleaning.model_dump(mode="json")},
    )


def first(rows: list[Row], cleaning: Cleaning = KEEP) -> Dataset:
    return stored(clean(rows_of(rows), cleaning), cleaning)


def events(version: Appended) -> list[Row]:
    rows = version.events
    assert rows.second is not None
    return [
        (str(rows.users[u]), str(rows.items[i]), float(w), int(t))
        for u, i, w, t in zip(rows.user, rows.item, rows.weight, rows.second, strict=True)
    ]


MONDAY: list[Row] = [("bo", "x", 1, 10), ("bo", "y", 2, 20), ("di", "x", 3, 15)]


def test_new_ids_stand_behind_those_of_the_earlier_version_and_the_change_is_told() -> None:
    version = append(first(MONDAY), rows_of([("al", "x", 1, 30), ("bo", "a", 1, 5)]), KEEP)
    assert version.events.users.tolist() == ["bo", "di", "al"]
    assert version.events.items.tolist() == ["x", "y", "a"]
    assert events(version) == [
        ("bo", "a", 1, 5),
        ("bo", "x", 1, 10),
        ("bo", "y", 2, 20),
        ("di", "x", 3, 15),
        ("al", "x", 1, 30),
    ]
    assert (version.new_users, version.new_items, version.added, version.replaced) == (1, 1, 2, 0)
    assert (version.first, version.last) == (5, 30)
    assert version.source.tolist() == [-2, 0, 1, 2, -1]  # rows 1 and 0 of the new file


def test_rows_that_are_stored_already_are_set_aside_once_for_each_stored_event() -> None:
    again: list[Row] = [("bo", "x", 1, 10), ("bo", "x", 1, 10), ("di", "x", 4, 15), ("di", "x", 3, 16)]
    version = append(first(MONDAY), rows_of(again), KEEP)
    assert version.removed[KNOWN] == 1  # the second copy, the other weight and the other second are new
    assert (version.added, len(version.events)) == (3, 6)


def test_importing_the_same_file_again_adds_nothing() -> None:
    hashes = np.asarray([1, 2, 3, 3], dtype=np.uint64)
    rows = rows_of([*MONDAY, MONDAY[2]], row_hash=hashes)
    parent = stored(clean(rows, Cleaning()))
    version = append(parent, rows, Cleaning())
    assert (version.added, version.replaced, version.removed[KNOWN]) == (0, 0, 3)
    assert version.removed["exact duplicate"] == 1


@pytest.mark.parametrize(
    ("repeats", "kept", "replaced"),
    [
        ("keep", [("bo", "x", 1, 10), ("bo", "x", 5, 40)], 0),
        ("first", [("bo", "x", 1, 10)], 0),
        ("last", [("bo", "x", 5, 40)], 1),
        ("max", [("bo", "x", 5, 40)], 1),
        ("sum", [("bo", "x", 6, 40)], 1),
        ("count", [("bo", "x", 2, 40)], 1),
    ],
)
def test_repeated_pairs_are_settled_over_both(repeats: str, kept: list[Row], replaced: int) -> None:
    chosen = Cleaning(repeats=repeats, drop_duplicates=False)  # type: ignore[arg-type]
    version = append(first(MONDAY, chosen), rows_of([("bo", "x", 5, 40)]), chosen)
    assert [row for row in events(version) if row[:2] == ("bo", "x")] == kept
    assert version.replaced == replaced


def test_a_stored_count_goes_on_counting() -> None:
    chosen = Cleaning(repeats="count", drop_duplicates=False)
    parent = first([("bo", "x", 9, 1), ("bo", "x", 9, 2), ("bo", "x", 9, 3)], chosen)
    assert events(append(parent, rows_of([("bo", "x", 9, 4)]), chosen)) == [("bo", "x", 4, 4)]


def test_a_cancellation_takes_back_a_stored_event_and_one_without_partner_goes_alone() -> None:
    chosen = Cleaning(cancellations="match", drop_duplicates=False)
    new = rows_of([("bo", "y", -2, 30), ("di", "x", -9, 31), ("di", "x", 7, 32), ("di", "x", -7, 33)])
    version = append(first(MONDAY), new, chosen)
    assert events(version) == [("bo", "x", 1, 10), ("di", "x", 3, 15)]
    assert version.removed["cancellation"] == 4
    assert (version.added, version.replaced) == (0, 1)
    assert version.events.items.tolist() == ["x", "y"]  # y keeps its code without an event


def test_a_cancellation_of_the_same_second_takes_no_stored_event_back() -> None:
    chosen = Cleaning(cancellations="match", drop_duplicates=False)
    version = append(first(MONDAY), rows_of([("bo", "y", -2, 20)]), chosen)
    assert (len(version.events), version.replaced) == (3, 0)


def test_the_core_spares_users_and_items_of_the_earlier_version() -> None:
    chosen = Cleaning(min_user_events=2, drop_duplicates=False)
    new = rows_of([("new", "x", 1, 50), ("eve", "x", 1, 50), ("eve", "y", 1, 51)])
    version = append(first(MONDAY), new, chosen)
    assert version.events.users.tolist() == ["bo", "di", "eve"]
    assert version.removed["user or item with few events"] == 1


def test_users_who_get_too_many_rows_keep_what_is_stored() -> None:
    chosen = Cleaning(max_user_events=2, drop_duplicates=False)
    version = append(first(MONDAY), rows_of([("bo", "x", 1, 50), ("di", "y", 1, 50)]), chosen)
    assert version.removed["extreme user"] == 1
    assert [row[:2] for row in events(version)] == [("bo", "x"), ("bo", "y"), ("di", "x"), ("di", "y")]


def test_kinds_of_event_are_told_by_name_not_by_code() -> None:
    types = {"event": np.asarray([0, 1, 1], dtype=np.uint8), "event_types": ("view", "buy")}
    parent = stored(clean(rows_of(MONDAY, **types), KEEP))
    kinds = np.asarray([0, 1], dtype=np.uint8)
    new = rows_of([("bo", "x", 1, 60), ("bo", "x", 1, 61)], event=kinds, event_types=("buy", "cart"))
    version = append(parent, new, KEEP)
    assert version.events.event_types == ("view", "buy", "cart")
    assert version.events.event is not None
    assert version.events.event.tolist() == [0, 1, 1, 2, 1]  # bo: view, buy at 60 …


def test_visits_of_the_new_file_are_other_visits() -> None:
    parent = stored(clean(rows_of(MONDAY, session=np.asarray([0, 0, 4], dtype=np.int32)), KEEP))
    version = append(parent, rows_of([("bo", "x", 1, 60)], session=np.asarray([0], dtype=np.int32)), KEEP)
    assert version.events.session is not None
    assert version.events.session.tolist() == [0, 0, 5, 4]


def test_where_stored_weights_are_no_longer_those_of_rows_nothing_stored_is_taken_back() -> None:
    chosen = Cleaning(cancellations="match", binarise=True, drop_duplicates=False)
    parent = first([("bo", "x", 2, 10)], chosen)  # weighs 1 now
    version = append(parent, rows_of([("bo", "x", -1, 20)]), chosen)
    assert (len(version.events), version.replaced) == (1, 0)


def test_further_columns_go_with_their_events_and_are_missing_where_only_the_other_file_has_them() -> None:
    new = rows_of([("al", "x", 1, 30), ("bo", "x", 1, 10)], extras=pd.DataFrame({"till": ["n", "k"]}))
    old = pd.DataFrame({"till": ["a", "b", "c"], "price": [1.0, 2.0, 3.0]})
    version = append(first(MONDAY), new, KEEP, extras=old)
    assert version.events.extras is not None
    assert version.events.extras["till"].tolist() == ["a", "b", "c", "n"]
    assert version.events.extras["price"].isna().tolist() == [False, False, False, True]
    only_new = append(first(MONDAY), new, KEEP).events.extras
    assert only_new is not None
    assert only_new["till"].isna().tolist() == [True, True, True, False]
    only_old = append(first(MONDAY), replace(new, extras=None), KEEP, extras=old).events.extras
    assert only_old is not None
    assert only_old["till"].tolist()[:3] == ["a", "b", "c"]


def test_what_the_earlier_version_has_the_later_file_must_have() -> None:
    with pytest.raises(DataError, match="has times, the new rows have none"):
        append(first(MONDAY), replace(rows_of(MONDAY), second=None), KEEP)
    untimed = stored(clean(replace(rows_of(MONDAY), second=None), KEEP))
    version = append(untimed, rows_of([("new", "x", 1, 5)]), KEEP)
    assert version.events.second is None
    assert "has no times" in version.notes[0]


@settings(deadline=None, max_examples=250)
@given(rows=any_rows(), more=any_rows(), chosen=CHOICES)
def test_codes_are_a_prefix_lines_add_up_and_the_change_is_the_difference(
    rows: Coded, more: Coded, chosen: Cleaning
) -> None:
    optional = ("second", "event", "session", "part")
    more = replace(more, **{name: None for name in optional if getattr(rows, name) is None})
    parent = stored(clean(rows, chosen), chosen)
    lacking = [name for name in ("second", "event", "part") if getattr(rows, name) is not None]
    if any(getattr(more, name) is None for name in lacking):
        with pytest.raises(DataError):
            append(parent, more, chosen)
        return
    version = append(parent, more, chosen)
    left = version.events
    assert left.users[: parent.n_users].tolist() == parent.users.ids.tolist()
    assert left.items[: parent.n_items].tolist() == parent.items.ids.tolist()
    assert len(set(left.users.tolist())) == len(left.users)
    assert more.lines == left.lines + sum(version.removed.values())
    assert len(left) == len(parent.interactions) + version.added - version.replaced
    assert (version.new_users, version.new_items) == (
        len(left.users) - parent.n_users,
        len(left.items) - parent.n_items,
    )
    fresh = range(parent.n_users, len(left.users))
    assert set(fresh) <= set(left.user.tolist())  # new ids have events
    time = np.zeros(len(left)) if left.second is None else left.second
    places = list(zip(left.user, time, strict=True))
    assert places == sorted(places)
    old = version.source >= 0
    assert np.array_equal(left.user[old], parent.interactions.user[version.source[old]])
    assert np.array_equal(left.item[old], parent.interactions.item[version.source[old]])


@settings(deadline=None, max_examples=100)
@given(rows=any_rows(), data=st.data())
def test_a_file_and_its_copy_are_one(rows: Coded, data: st.DataObject) -> None:
    chosen = data.draw(CHOICES).model_copy(
        update={"repeats": "keep", "min_user_events": None, "min_item_events": None, "max_user_events": None}
    )
    parent = stored(clean(rows, chosen), chosen)
    if not len(parent.interactions):
        return
    version = append(parent, rows, chosen)
    assert (version.added, version.replaced) == (0, 0)


def meta(name: str, created: str, parent: str | None = None, **added: int) -> dict[str, Any]:
    told = {"parent": parent, "version": 1 if parent is None else 2, "added": added}
    counts = {"events": 5, "users": 2, "items": 3}
    return {"id": name, "name": name, "created": created, "facts": {"import": told}, **counts}


def test_versions_stand_in_lines_after_their_parents() -> None:
    metas = [
        meta("c", "2026-03", "b", events=4, users=1, items=0),
        meta("z", "2026-02"),
        meta("a", "2026-01"),
        meta("b", "2026-04", "a", events=2),
        meta("orphan", "2026-05", "gone"),
    ]
    found = lineage(metas)
    assert [(row.dataset, row.number) for row in found] == [
        ("a", 1),
        ("b", 2),
        ("c", 3),
        ("z", 1),
        ("orphan", 2),
    ]
    assert found[2].sentence == "version 3: 4 events, 1 users and 0 items more"
    assert found[0].sentence == "version 1"


def test_data_sets_that_name_each_other_or_themselves_do_not_hang() -> None:
    assert [row.dataset for row in lineage([meta("a", "1", "a")])] == ["a"]
    assert lineage([{**meta("s", "1"), "facts": {}}])[0].number == 1
