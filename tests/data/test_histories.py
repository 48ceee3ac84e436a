"""Order and repeats of a history survive every operation; nothing that was given is changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from data.dataset import UNKNOWN
from data.histories import Histories, from_interactions, from_lists
from tests.conftest import make_dataset

N_ITEMS = 6
rows = st.lists(st.lists(st.integers(0, N_ITEMS - 1), max_size=8), min_size=1, max_size=5)


def histories(lists: list[list[int]]) -> Histories:
    """Every event has its own weight and time, so that an event can be told from a repeat of its item."""
    made = from_lists(lists, N_ITEMS)
    n, events = len(lists), len(made.items)
    return replace(
        made,
        weights=np.arange(1, events + 1, dtype=np.float32),
        times=np.arange(events, dtype=np.int64) * 10,
        users=np.arange(n, dtype=np.int32),
        user_features=pd.DataFrame({"age": np.arange(n)}),
        friends=tuple(np.asarray([row], dtype=np.int32) for row in range(n)),
        now=np.arange(n, dtype=np.int64),
    )


def events(made: Histories) -> list[list[tuple[int, float, int]]]:
    """(item, weight, time) of every row."""
    assert made.times is not None
    whole = list(zip(made.items.tolist(), made.weights.tolist(), made.times.tolist(), strict=True))
    return [whole[a:b] for a, b in zip(made.indptr[:-1], made.indptr[1:], strict=True)]


@given(rows, st.integers(0, 9))
def test_first_and_last_keep_the_ends_of_every_row(lists: list[list[int]], k: int) -> None:
    made = histories(lists)
    whole = events(made)
    assert events(made.first(k)) == [row[:k] for row in whole]
    assert events(made.last(k)) == [row[len(row) - min(k, len(row)) :] for row in whole]
    assert events(made) == whole


@given(rows, st.integers(0, 9), st.integers(0, 3))
def test_a_sample_is_a_part_of_every_row_in_its_order(lists: list[list[int]], k: int, seed: int) -> None:
    made = histories(lists)
    drawn = events(made.sample(k, seed))
    for whole, part in zip(events(made), drawn, strict=True):
        assert len(part) == min(k, len(whole))
        assert [event for event in whole if event in part] == part  # times make every event unique
    assert events(made.sample(k, seed)) == drawn


@given(rows, st.data())
def test_rows_are_taken_whole_with_all_that_belongs_to_them(
    lists: list[list[int]], data: st.DataObject
) -> None:
    made = histories(lists)
    index = data.draw(st.lists(st.integers(0, len(lists) - 1), max_size=6))
    taken, whole = made.rows(index), events(made)
    assert events(taken) == [whole[row] for row in index]
    assert taken.users.tolist() == taken.keys.tolist() == index
    assert taken.now is not None
    assert taken.friends is not None
    assert taken.user_features is not None
    assert taken.now.tolist() == [int(own[0]) for own in taken.friends] == index
    assert taken.user_features["age"].tolist() == index
    mask = np.isin(np.arange(len(lists)), index)
    assert events(made.rows(mask)) == [whole[row] for row in range(len(lists)) if mask[row]]


@given(rows, st.data())
def test_coalitions_leave_events_out_without_a_gap(lists: list[list[int]], data: st.DataObject) -> None:
    made = histories(lists)
    row = data.draw(st.integers(0, len(lists) - 1))
    bits = st.lists(st.booleans(), min_size=len(lists[row]), max_size=len(lists[row]))
    masks = data.draw(st.lists(bits, min_size=1, max_size=4))
    made_of = made.repeat_masked(row, np.asarray(masks, dtype=bool).reshape(len(masks), len(lists[row])))
    whole = events(made)[row]
    assert events(made_of) == [
        [event for event, kept in zip(whole, mask, strict=True) if kept] for mask in masks
    ]
    assert made_of.keys.tolist() == [row] * len(masks)


@given(rows)
def test_the_matrix_sums_repeats_and_leaves_the_events_alone(lists: list[list[int]]) -> None:
    made = histories(lists)
    whole = events(made)
    dense = np.zeros((len(lists), N_ITEMS))
    for row, own in enumerate(whole):
        for item, weight, _ in own:
            dense[row, item] += weight
    np.testing.assert_array_equal(made.matrix.toarray(), dense)
    assert made.matrix.has_canonical_format
    assert events(made) == whole


@given(rows)
def test_anonymous_rows_are_the_same_events_of_nobody(lists: list[list[int]]) -> None:
    made = histories(lists)
    assert events(made.anonymous()) == events(made)
    assert set(made.anonymous().users.tolist()) == {UNKNOWN}
    assert made.anonymous().keys.tolist() == made.keys.tolist()


def test_histories_of_events_follow_the_users_asked_for_and_keep_repeats() -> None:
    data = make_dataset([0, 0, 0, 2, 2], [3, 1, 3, 5, 5], times=[10, 20, 30, 5, 6], n_items=6)
    known = np.asarray([False, True, True])
    made = from_interactions(data.interactions, np.asarray([2, 1, 0], dtype=np.int32), data, known=known)
    assert [made.row(row).tolist() for row in range(3)] == [[5, 5], [], [3, 1, 3]]
    assert made.users.tolist() == [2, 1, UNKNOWN]
    assert made.keys.tolist() == [2, 1, 0]
    assert made.order == "time"
