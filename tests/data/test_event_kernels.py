"""Compiled passes over events against plain definitions written out in Python."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from data import event_kernels
from data.event_kernels import csr_arrays, first_of_each, gathered, k_core, last_of_each, time_order, totals

ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(-3, 3), st.sampled_from([0.5, 1.0, 2.0])),
    max_size=40,
)
QUICK = settings(max_examples=150, deadline=None)


def columns(rows: list[tuple[int, int, int, float]]) -> tuple[np.ndarray, ...]:
    types = (np.int32, np.int32, np.int64, np.float32)
    return tuple(np.asarray([row[i] for row in rows], dtype=kind) for i, kind in enumerate(types))


@pytest.fixture(autouse=True)
def several_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even few rows are parted among threads."""
    monkeypatch.setattr(event_kernels, "FEW", 0)


@QUICK
@given(ROWS)
def test_rows_are_ordered_by_user_time_and_position(rows: list) -> None:
    user, _, second, _ = columns(rows)
    by_time = sorted(range(len(rows)), key=lambda row: (rows[row][0], rows[row][2], row))
    assert time_order(user, second).tolist() == by_time
    by_user = sorted(range(len(rows)), key=lambda row: (rows[row][0], row))
    assert time_order(user, None).tolist() == by_user


def test_times_too_far_apart_for_one_number_are_ordered_all_the_same() -> None:
    user = np.asarray([1, 0, 1, 1], dtype=np.int32)
    second = np.asarray([2**62, 5, -(2**62), 0], dtype=np.int64)
    assert time_order(user, second).tolist() == [1, 2, 3, 0]


def test_rows_without_user_come_first() -> None:
    user, second = np.asarray([0, -1, 0], dtype=np.int32), np.asarray([5, 9, 4], dtype=np.int64)
    assert time_order(user, second).tolist() == [1, 2, 0]


@QUICK
@given(st.lists(st.integers(0, 9).map(lambda n: n * 0x1234567890ABCDE), max_size=60))
def test_one_row_of_each_key_is_kept(keys: list[int]) -> None:
    for kind in (np.int64, np.uint64):
        key = np.asarray(keys, dtype=kind)
        assert first_of_each(key).tolist() == [i for i, value in enumerate(keys) if value not in keys[:i]]
        assert last_of_each(key).tolist() == [i for i, value in enumerate(keys) if value not in keys[i + 1 :]]


def test_totals_are_those_of_the_rows_with_the_same_key() -> None:
    key = np.asarray([7, 3, 7, 7], dtype=np.int64)
    assert totals(key, np.asarray([1, 2, 3, 0.5], dtype=np.float32)).tolist() == [4.5, 2.0, 4.5, 4.5]
    assert totals(key, None).tolist() == [3, 1, 3, 3]


@QUICK
@given(ROWS, st.integers(1, 4), st.integers(1, 4))
def test_the_core_is_what_is_left_when_nobody_is_poor(rows: list, min_user: int, min_item: int) -> None:
    user, item, _, _ = columns(rows)
    left = list(range(len(rows)))
    while True:
        users, items = Counter(user[left].tolist()), Counter(item[left].tolist())
        rich = [row for row in left if users[user[row]] >= min_user and items[item[row]] >= min_item]
        if rich == left:
            break
        left = rich
    assert np.flatnonzero(k_core(user, item, min_user, min_item)).tolist() == left


def test_a_chain_is_peeled_to_its_end_and_the_safe_stay() -> None:
    user, item = np.asarray([0, 0, 1, 1, 2], dtype=np.int32), np.asarray([0, 1, 1, 2, 2], dtype=np.int32)
    assert not k_core(user, item, 2, 2).any()  # user 2 goes, then item 2, user 1, item 1, user 0
    safe = (np.asarray([False, False, True]), np.zeros(3, dtype=bool))
    assert k_core(user, item, 2, 1, safe=safe).all()  # only user 2 has one event, and is safe
    assert not k_core(user, item, 2, 2, safe=safe).any()  # but in the end no item has two


@QUICK
@given(ROWS)
def test_the_matrix_is_the_canonical_one_of_scipy(rows: list) -> None:
    user, item, _, weight = columns(rows)
    data, indices, indptr = csr_arrays(user, item, weight, (7, 6))
    expected = csr_matrix((weight, (user, item)), shape=(7, 6), dtype=np.float32)
    expected.sum_duplicates()
    assert data.tolist() == expected.data.tolist()  # halves and wholes: sums are exact
    assert indices.tolist() == expected.indices.tolist()
    assert indptr.tolist() == expected.indptr.tolist()
    assert (data.dtype, indices.dtype) == (np.float32, np.int32)


def test_codes_outside_the_matrix_are_refused() -> None:
    one, two = np.asarray([0], dtype=np.int32), np.asarray([2], dtype=np.int32)
    weight = np.ones(1, dtype=np.float32)
    for user, item in ((two, one), (one, two), (-two, one)):
        with pytest.raises(ValueError, match="do not fit"):
            csr_arrays(user, item, weight, (2, 2))


def test_after_warming_nothing_is_compiled_for_new_or_stored_columns() -> None:
    event_kernels.warm()
    kernels = (event_kernels._by_item, event_kernels._peel, event_kernels._by_time, event_kernels._scatter)
    before = [len(kernel.signatures) for kernel in kernels]
    user, item, second, weight = columns([(1, 0, 5, 1.0), (0, 1, 3, 1.0), (1, 1, 2, 0.5)])
    for fixed in (False, True):
        for column in (user, item, second, weight):
            column.flags.writeable = not fixed
        time_order(user, second)
        k_core(user, item, 1, 1)
        csr_arrays(user, item, weight, (2, 2))
    assert [len(kernel.signatures) for kernel in kernels] == before


def test_rows_gathered_over_the_cores_are_those_of_a_plain_look_up() -> None:
    rng = np.random.default_rng(3)
    places = rng.permutation(300_000)[:250_000]
    for values in (rng.integers(0, 9, 300_000, dtype=np.int32), rng.random(300_000, dtype=np.float32)):
        found = gathered(values, places)
        assert found.dtype == values.dtype
        assert (found == values[places]).all()
    assert len(gathered(places, places[:0])) == 0
