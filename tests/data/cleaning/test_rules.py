"""The rules over readable rows: each by hand-made rows, all together by what must always hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data.cleaning.rules
from data.cleaning import RULES, Cleaned, Cleaning, clean
from data.coded import MISSING, Coded
from data.errors import ConfigError
from data.roles.kinds import event_weights
from tests.data.cleaning.random_rows import CHOICES, EVERYTHING_KEPT, Row, any_rows, coded


def events(cleaned: Cleaned) -> list[tuple[str, str, float, int]]:
    rows = cleaned.events
    assert rows.second is not None
    return [
        (str(rows.users[u]), str(rows.items[i]), float(w), int(t))
        for u, i, w, t in zip(rows.user, rows.item, rows.weight, rows.second, strict=True)
    ]


def removed(cleaned: Cleaned) -> dict[str, int]:
    return {rule: lines for rule, lines in cleaned.removed.items() if lines}


def test_every_file_of_the_folder_is_a_registered_rule_under_its_name() -> None:
    files = {path.stem for path in Path(data.cleaning.rules.__file__).parent.glob("*.py")}
    assert files - {"__init__"} == set(RULES)
    assert all(key == rule.name for key, rule in RULES.items())
    assert len({rule.label for rule in RULES.values()}) == len(RULES)


def test_names_that_reports_have_used_stay() -> None:
    labels = {rule.label for rule in RULES.values()}
    assert {"no user", "below minimum weight", "exact duplicate", "repeated pair"} <= labels


def test_rows_without_user_go_first_and_the_rest_is_sorted_by_user_and_time() -> None:
    result = clean(coded([(1, 0, 1, 9), (MISSING, 0, 1, 1), (0, 1, 1, 5), (1, 1, 1, 3)]), EVERYTHING_KEPT)
    assert events(result) == [("u0", "i1", 1, 5), ("u1", "i1", 1, 3), ("u1", "i0", 1, 9)]
    assert removed(result) == {"no user": 1}


def test_events_of_one_moment_keep_the_order_of_the_file() -> None:
    rows = [(0, n % 7, float(n), 5) for n in range(40)]
    result = clean(coded(rows), EVERYTHING_KEPT)
    assert [weight for _, _, weight, _ in events(result)] == list(range(40))


def test_ids_written_as_decimals_or_with_blanks_become_one_with_their_plain_form() -> None:
    users = np.asarray(["17850", "17850.0", " 17850", "17850.5", "ab.0"], dtype=object)
    rows = coded([(n, 0, 1, n) for n in range(5)], users=users)
    result = clean(rows, Cleaning(normalise_ids=True, drop_duplicates=False))
    assert [row[0] for row in events(result)] == ["17850", "17850", "17850", "17850.5", "ab.0"]
    assert result.events.users.tolist() == ["17850", "17850.5", "ab.0"]
    assert result.events.lines == 5
    assert "2 of them became one with another" in result.notes[0]
    assert clean(rows, EVERYTHING_KEPT).events.users.tolist() == users.tolist()  # only with consent


def test_a_missing_user_stays_missing_when_ids_are_normalised() -> None:
    rows = coded([(0, 0, 1, 0), (MISSING, 0, 1, 1)], users=np.asarray(["5.0"], dtype=object))
    result = clean(rows, Cleaning(normalise_ids=True, drop_duplicates=False))
    assert events(result) == [("5", "i0", 1, 0)]


def test_named_items_and_users_are_set_aside() -> None:
    rows = coded([(0, 0, 1, 0), (0, 1, 1, 1), (1, 0, 1, 2), (2, 2, 1, 3)])
    result = clean(rows, Cleaning(drop_items=("i1", "absent"), drop_users=("u2",), drop_duplicates=False))
    assert events(result) == [("u0", "i0", 1, 0), ("u1", "i0", 1, 2)]
    assert removed(result) == {"not an item": 1, "not a user": 1}


def test_each_kind_of_event_has_its_weight_and_kinds_without_one_go() -> None:
    kinds = np.asarray([0, 1, 2, 1], dtype=np.uint8)
    rows = coded([(0, 0, 2, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 3, 3)], event=kinds)
    rows = replace(rows, event_types=("view", "purchase", "refund"))
    result = clean(rows, Cleaning(event_weights={"view": 1, "purchase": 5}, drop_duplicates=False))
    assert [row[2] for row in events(result)] == [2, 5, 15]
    assert removed(result) == {"event type left out": 1}
    assert result.events.event is not None
    assert result.events.event.tolist() == [0, 1, 1]


def test_weights_of_event_types_are_proposed_by_the_words_of_their_names() -> None:
    types = ("view", "addToCart", "Purchase", "remove_from_cart")
    assert event_weights(types) == {"view": 1, "addToCart": 3, "Purchase": 5}


def test_a_cancellation_takes_the_latest_earlier_row_of_its_size_with_it() -> None:
    rows = [
        (0, 0, 6, 10),
        (0, 0, 6, 20),
        (0, 0, -6, 30),  # takes back the row of second 20
        (0, 0, 5, 40),
        (0, 0, -7, 50),  # nothing of this size: goes alone
        (1, 0, -6, 60),  # of another user: goes alone
        (1, 0, 6, 70),  # later than the cancellation: stays
    ]
    result = clean(coded(rows), Cleaning(cancellations="match", drop_duplicates=False))
    assert events(result) == [("u0", "i0", 6, 10), ("u0", "i0", 5, 40), ("u1", "i0", 6, 70)]
    assert removed(result) == {"cancellation": 4}
    assert "1 of 3 take back" in result.notes[0]
    dropped = clean(coded(rows), Cleaning(cancellations="drop", drop_duplicates=False))
    assert removed(dropped) == {"cancellation": 3}


def slow_matching(rows: list[Row]) -> set[int]:
    """Row numbers set aside, one row after the other with a stack per group."""
    stacks: dict[tuple[int, int, float], list[int]] = {}
    gone = set()
    for n in sorted(range(len(rows)), key=lambda n: (rows[n][3], n)):
        user, item, weight, _ = rows[n]
        stack = stacks.setdefault((user, item, abs(weight)), [])
        if weight > 0:
            stack.append(n)
        elif weight < 0:
            gone |= {n, stack.pop()} if stack else {n}
    return gone


@settings(deadline=None, max_examples=200)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from([1, -1, 2, -2]), st.integers(0, 12)),
        min_size=1,
        max_size=60,
    )
)
def test_cancellations_match_as_a_stack_per_user_item_and_size(rows: list[Row]) -> None:
    result = clean(coded(rows), Cleaning(cancellations="match", drop_duplicates=False))
    kept = sorted(
        (f"u{u}", f"i{i}", float(w), t) for n, (u, i, w, t) in enumerate(rows) if n not in slow_matching(rows)
    )
    assert sorted(events(result)) == kept


def test_weights_and_times_outside_their_limits_are_told_apart() -> None:
    rows = coded([(0, 0, 0, 100), (0, 1, 5, 100), (0, 2, 99, 100), (0, 3, 5, 86_400), (0, 4, 5, 86_399)])
    chosen = Cleaning(min_weight=1, max_weight=50, until="1970-01-02", drop_duplicates=False)
    result = clean(rows, chosen)
    assert [row[1] for row in events(result)] == ["i1", "i4"]
    assert removed(result) == {
        "below minimum weight": 1,
        "above maximum weight": 1,
        "outside the time window": 1,
    }


def test_a_moment_with_a_zone_is_that_moment() -> None:
    rows = coded([(0, 0, 1, 3_599), (0, 1, 1, 3_600)])
    chosen = Cleaning(since="1970-01-01T02:00:00+01:00", drop_duplicates=False)
    assert [row[1] for row in events(clean(rows, chosen))] == ["i1"]


def test_the_first_of_equal_rows_stays_and_parts_of_a_given_split_are_no_copies() -> None:
    hashes = np.asarray([7, 7, 8, 7], dtype=np.uint64)
    rows = coded([(0, 0, 1, 1), (0, 0, 1, 1), (0, 1, 1, 1), (0, 0, 1, 1)], row_hash=hashes)
    assert removed(clean(rows, Cleaning())) == {"exact duplicate": 2}
    parted = replace(rows, part=np.asarray([0, 0, 0, 2], dtype=np.uint8))
    assert removed(clean(parted, Cleaning())) == {"exact duplicate": 1}


def test_users_with_too_many_rows_go_with_all_of_them() -> None:
    rows = coded([(0, n, 1, n) for n in range(5)] + [(1, n, 1, n) for n in range(4)])
    result = clean(rows, Cleaning(max_user_events=4, drop_duplicates=False))
    assert result.events.users.tolist() == ["u1"]
    assert removed(result) == {"extreme user": 5}
    assert result.events.items.tolist() == ["i0", "i1", "i2", "i3"]


@pytest.mark.parametrize(
    ("repeats", "expected"),
    [
        ("first", [(2.0, 10), (7.0, 20)]),
        ("last", [(7.0, 20), (3.0, 30)]),
        ("sum", [(7.0, 20), (9.0, 30)]),  # 2 + 4 + 3
        ("max", [(7.0, 20), (4.0, 30)]),
        ("count", [(1.0, 20), (3.0, 30)]),
    ],
)
def test_repeated_pairs_become_one_event(repeats: str, expected: list[tuple[float, int]]) -> None:
    rows = coded([(0, 0, 3, 30), (0, 0, 2, 10), (0, 1, 7, 20), (0, 0, 4, 20)])
    result = clean(rows, Cleaning(repeats=repeats, drop_duplicates=False))  # type: ignore[arg-type]
    assert [(weight, second) for _, _, weight, second in events(result)] == expected
    assert removed(result) == {"repeated pair": 2}


def test_a_pair_of_train_is_not_repeated_by_the_same_pair_of_test() -> None:
    rows = coded([(0, 0, 1, 1), (0, 0, 1, 2), (0, 0, 1, 3)], part=np.asarray([0, 0, 2], dtype=np.uint8))
    result = clean(rows, Cleaning(repeats="last", drop_duplicates=False))
    assert result.events.part is not None
    assert result.events.part.tolist() == [0, 2]


def test_binarising_comes_after_sums_and_sets_nothing_aside() -> None:
    rows = coded([(0, 0, 3, 1), (0, 0, 4, 2), (0, 1, 9, 3)])
    result = clean(rows, Cleaning(repeats="sum", binarise=True, drop_duplicates=False))
    assert [row[2] for row in events(result)] == [1, 1]
    assert removed(result) == {"repeated pair": 1}


def test_the_k_core_is_peeled_until_all_have_enough() -> None:
    # u2 has one event; without it i2 has one; without i2 u1 has one: nothing but u0, u3 with i0, i1 is left
    rows = [(0, 0, 1, 1), (0, 1, 1, 2), (3, 0, 1, 1), (3, 1, 1, 2), (1, 0, 1, 1), (1, 2, 1, 2), (2, 2, 1, 1)]
    result = clean(coded(rows), Cleaning(min_user_events=2, min_item_events=2, drop_duplicates=False))
    assert {row[:2] for row in events(result)} == {("u0", "i0"), ("u0", "i1"), ("u3", "i0"), ("u3", "i1")}
    assert removed(result) == {"user or item with few events": 3}


def test_extra_columns_go_with_their_rows() -> None:
    rows = coded([(1, 0, 1, 5), (0, 0, 0, 1), (0, 1, 1, 9)], extras=pd.DataFrame({"till": ["a", "b", "c"]}))
    result = clean(rows, Cleaning(min_weight=1, drop_duplicates=False))
    assert result.events.extras is not None
    assert result.events.extras["till"].tolist() == ["c", "a"]


def test_choices_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ConfigError, match="above the largest"):
        Cleaning(min_weight=5, max_weight=1)
    with pytest.raises(ConfigError, match="no moment"):
        Cleaning(since="yesterday")


@settings(deadline=None, max_examples=300)
@given(rows=any_rows(), chosen=CHOICES)
def test_lines_add_up_rows_are_sorted_and_codes_have_no_gaps(rows: Coded, chosen: Cleaning) -> None:
    before = {name: getattr(rows, name) for name in ("user", "item", "weight", "span")}
    copies = {name: values.copy() for name, values in before.items()}
    result = clean(rows, chosen)
    left = result.events
    assert rows.lines == left.lines + sum(result.removed.values())
    assert all(lines >= 0 for lines in result.removed.values())
    assert set(np.unique(left.user)) == set(range(len(left.users)))
    assert set(np.unique(left.item)) == set(range(len(left.items)))
    assert left.users.tolist() == sorted(set(left.users.tolist()))
    time = np.zeros(len(left)) if left.second is None else left.second
    places = list(zip(left.user, time, strict=True))
    assert places == sorted(places)
    for name in ("second", "row_hash", "event", "session", "part"):
        assert (getattr(left, name) is None) == (getattr(rows, name) is None)
        assert getattr(left, name) is None or len(getattr(left, name)) == len(left)
    assert all(np.array_equal(copies[name], before[name]) for name in before)  # nothing given is changed


@settings(deadline=None, max_examples=100)
@given(rows=any_rows(), chosen=CHOICES)
def test_cleaning_what_was_cleaned_sets_nothing_further_aside(rows: Coded, chosen: Cleaning) -> None:
    once_only = {"event_weights": None, "cancellations": "keep"}  # these change the weights or their company
    again = chosen.model_copy(update=once_only)
    if again.repeats == "count":
        again = again.model_copy(update={"repeats": "last"})
    first = clean(rows, again)
    second = clean(first.events, again)
    assert sum(second.removed.values()) == 0 or again.repeats == "sum"
