"""Passes over the columns of events: order by user and time, first and last of equal ones, k-core, CSR."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

T = TypeVar("T")
P = ParamSpec("P")
Value = TypeVar("Value", bound=np.generic)
FEW = 100_000  # rows for which one thread is enough
PIECES = 8  # parts of the rows for each thread: users differ in size
MOST_THREADS = 8
BUCKET_BITS = 10  # equal keys are looked for inside 1,024 buckets, each of which fits into the cache
SPREAD = np.uint64(0x9E3779B97F4A7C15)


def kernel(function: Callable[P, T]) -> Callable[P, T]:
    """Compile with numba so that other threads can run, kept on disk; never with `parallel=True`."""
    return cast(Callable[P, T], njit(nogil=True, cache=True)(function))


def _in_parts(function: Callable[[int, int], object], ends: NDArray[np.int64]) -> None:
    """`function(first, last)` for parts of the groups that `ends` (n + 1,) delimits, over the cores."""
    n, rows = len(ends) - 1, int(ends[-1])
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = max(1, min(MOST_THREADS, cores))
    if rows < FEW or threads == 1:
        function(0, n)
        return
    cuts = np.searchsorted(ends, np.linspace(0, rows, threads * PIECES + 1)[1:-1])
    edges = np.unique(np.concatenate([[0], cuts, [n]]))
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(function, edges[:-1].tolist(), edges[1:].tolist()))


def gathered(values: NDArray[Value], places: NDArray[np.intp]) -> NDArray[Value]:
    """`values[places]`, over the cores."""
    found = np.empty(len(places), dtype=values.dtype)
    ends = np.linspace(0, len(places), MOST_THREADS * PIECES + 1).astype(np.int64)

    def some(first: int, last: int) -> None:
        here = slice(ends[first], ends[last])
        found[here] = values[places[here]]

    _in_parts(some, ends)
    return found


def time_order(user: NDArray[np.int32], second: NDArray[np.int64] | None) -> NDArray[np.intp]:
    """Rows by (user, time, position): a counting sort by user, then each user's rows by time."""
    if not len(user) or int(user.min()) < 0:
        keys = (user,) if second is None else (second, user)
        return np.lexsort(keys).astype(np.intp)
    ends, order = counted(user, int(user.max()) + 1)
    if second is not None:
        span = int(second.max()) - int(second.min()) + 1
        longest = int(np.diff(ends).max())
        if span * longest >= 2**62:
            return np.lexsort((second, user)).astype(np.intp)
        seconds = np.asarray(second)
        _in_parts(lambda first, last: _by_time(order, seconds, ends, first, last), ends)
    return order


def counted(codes: NDArray[np.int32], n: int) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """(n + 1,) where the rows of each code begin, and the rows by (code, position): a counting sort."""
    ends = _ends(np.asarray(codes), n)
    order = np.empty(len(codes), dtype=np.intp)
    _scatter(np.asarray(codes), ends[:-1].copy(), order)
    return ends, order


def _ends(codes: NDArray[np.int32], n: int) -> NDArray[np.int64]:
    ends = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(counts(codes, n), out=ends[1:])
    return ends


@kernel
def counts(codes: Any, n: int) -> Any:
    """(n,) how often each code occurs; unlike `bincount`, without a wider copy of the codes."""
    found = np.zeros(n, np.int64)
    for code in codes:
        found[code] += 1
    return found


@kernel
def _scatter(codes: Any, next_place: Any, order: Any) -> None:
    for row in range(len(codes)):
        order[next_place[codes[row]]] = row
        next_place[codes[row]] += 1


@kernel
def _by_time(order: Any, second: Any, ends: Any, first: int, last: int) -> None:
    """Sort the rows of users first to last by time; time and place share one number, so no tie is left."""
    longest = 0
    for user in range(first, last):
        longest = max(longest, ends[user + 1] - ends[user])
    key, rows = np.empty(longest, np.int64), np.empty(longest, np.int64)
    for user in range(first, last):
        start, n = ends[user], ends[user + 1] - ends[user]
        earliest, before, ordered = second[order[start]] if n > 0 else 0, np.int64(-(2**62)), True
        for i in range(n):
            rows[i] = order[start + i]
            key[i] = second[rows[i]]
            ordered = ordered and key[i] >= before
            before = key[i]
            earliest = min(earliest, key[i])
        if ordered:
            continue
        for i in range(n):
            key[i] = (key[i] - earliest) * n + i
        key[:n].sort()
        for i in range(n):
            order[start + i] = rows[key[i] % n]


def groups(key: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Rows ordered by key, and for each place of that order whether a new key begins there."""
    order = np.argsort(key)
    ordered = key[order]
    begins = np.ones(len(key), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    return order, begins


def first_of_each(key: NDArray[Any]) -> NDArray[np.intp]:
    """The first row of each key (64 bits), ascending."""
    return np.flatnonzero(_one_of_each(key, 1))


def last_of_each(key: NDArray[Any]) -> NDArray[np.intp]:
    """The last row of each key (64 bits), ascending."""
    return np.flatnonzero(_one_of_each(key, -1))


def _one_of_each(key: NDArray[Any], step: int) -> NDArray[np.bool_]:
    """(n,) the first row of each key (step 1) or the last (step -1).

    Rows are parted by a hash into buckets, and each bucket has a small table of the keys met.
    """
    bits = np.ascontiguousarray(key.astype(np.int64, copy=False)).view(np.uint64)
    chosen = np.zeros(len(bits), dtype=bool)
    ends = np.zeros((1 << BUCKET_BITS) + 1, dtype=np.int64)
    rows = np.empty(len(bits), dtype=np.int32 if len(bits) < 2**31 else np.int64)
    parted = np.empty(len(bits), dtype=np.uint64)
    _part(bits, ends, rows, parted)
    _in_parts(lambda first, last: _choose(parted, rows, ends, first, last, step, chosen), ends)
    return chosen


@kernel
def _part(bits: Any, ends: Any, rows: Any, parted: Any) -> None:
    """Rows and keys by the highest bits of the hash of their key, in order of position inside a bucket."""
    shift = np.uint64(64 - BUCKET_BITS)
    for row in range(len(bits)):
        ends[np.int64((bits[row] * SPREAD) >> shift) + 1] += 1
    for i in range(len(ends) - 1):
        ends[i + 1] += ends[i]
    next_place = ends[:-1].copy()
    for row in range(len(bits)):
        bucket = np.int64((bits[row] * SPREAD) >> shift)
        rows[next_place[bucket]] = row
        parted[next_place[bucket]] = bits[row]
        next_place[bucket] += 1


@kernel
def _choose(parted: Any, rows: Any, ends: Any, first: int, last: int, step: int, chosen: Any) -> None:
    """Mark the row of each key that is met first when the buckets are walked in steps of 1 or -1."""
    longest = 1
    for bucket in range(first, last):
        longest = max(longest, ends[bucket + 1] - ends[bucket])
    size = 2
    while size < 2 * longest:
        size *= 2
    keys, stamps, mask = np.empty(size, np.uint64), np.full(size, -1, np.int64), np.uint64(size - 1)
    for bucket in range(first, last):
        n = ends[bucket + 1] - ends[bucket]
        start = ends[bucket] if step > 0 else ends[bucket + 1] - 1
        for i in range(n):
            at = start + i * step
            mixed = parted[at] * SPREAD
            place = np.int64((mixed ^ (mixed >> np.uint64(32))) & mask)
            while stamps[place] == bucket and keys[place] != parted[at]:
                place = (place + 1) & (size - 1)
            if stamps[place] != bucket:
                stamps[place] = bucket
                keys[place] = parted[at]
                chosen[rows[at]] = True


def totals(key: NDArray[Any], values: NDArray[Any] | None) -> NDArray[np.float64]:
    """(n,) for each row, the sum of `values` (or the number) of the rows with its key."""
    order, begins = groups(key)
    group = np.empty(len(order), dtype=np.int64)
    group[order] = np.cumsum(begins) - 1
    weights = None if values is None else values.astype(np.float64)
    return np.asarray(np.bincount(group, weights=weights), dtype=np.float64)[group]


def k_core(
    user: NDArray[np.int32],
    item: NDArray[np.int32],
    min_user: int,
    min_item: int,
    *,
    safe: tuple[NDArray[np.bool_], NDArray[np.bool_]] | None = None,
) -> NDArray[np.bool_]:
    """(n,) events of the largest part in which each user and item has enough events (Seidman 1983).

    Events of poor users and items are taken off, and the counts of their partners with them, until a whole
    pass finds none; in which order does not matter.

    Args:
        safe: users and items, by code, that stay however few events they have.
    """
    kept = np.ones(len(user), dtype=bool)
    if not len(user):
        return kept
    user, item = np.asarray(user), np.asarray(item)
    of_user, of_item = counts(user, int(user.max()) + 1), counts(item, int(item.max()) + 1)
    if safe is not None:  # a count that no pass can use up
        of_user[safe[0][: len(of_user)]] += len(user) + min_user
        of_item[safe[1][: len(of_item)]] += len(user) + min_item
    _peel(user, item, of_user, of_item, min_user, min_item, kept)
    return kept


@kernel
def _peel(user: Any, item: Any, of_user: Any, of_item: Any, min_user: int, min_item: int, kept: Any) -> None:
    again = True
    while again:
        again = False  # a pass is only needed for those who become poor while it runs
        for row in range(len(user)):
            mine, its = of_user[user[row]], of_item[item[row]]
            if (mine < min_user or its < min_item) and kept[row]:
                kept[row] = False
                of_user[user[row]] = mine - 1
                of_item[item[row]] = its - 1
                again = again or mine == min_user or its == min_item


def csr_arrays(
    user: NDArray[np.int32], item: NDArray[np.int32], weight: NDArray[np.float32], shape: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int64]]:
    """data, indices and indptr of the canonical matrix of users by items: items ascending, repeats summed.

    Two counting sorts, by item and then by user, which keeps the items of a user in order.

    Raises:
        ValueError: a code outside the shape.
    """
    n_users, n_items = shape
    user, item, weight = np.asarray(user), np.asarray(item), np.asarray(weight)
    for codes, n in ((user, n_users), (item, n_items)):
        if len(codes) and not (int(codes.min()) >= 0 and int(codes.max()) < n):
            raise ValueError(f"codes from {codes.min()} to {codes.max()} do not fit into {n} rows or columns")
    starts, ends = _ends(user, n_users), _ends(item, n_items)
    their_user, their_weight = np.empty(len(user), dtype=np.int32), np.empty(len(user), dtype=np.float32)
    _by_item(user, item, weight, ends[:-1].copy(), their_user, their_weight)
    indices, data = np.empty(len(user), dtype=np.int32), np.empty(len(user), dtype=np.float32)
    stops = starts[:-1].copy()
    _by_user(their_user, their_weight, ends, starts, stops, indices, data)
    indptr = np.zeros(n_users + 1, dtype=np.int64)
    np.cumsum(stops - starts[:-1], out=indptr[1:])
    n = int(indptr[-1])
    if n < len(user):
        _close_gaps(starts, indptr, indices, data)
    return data[:n], indices[:n], indptr


@kernel
def _by_item(user: Any, item: Any, weight: Any, next_place: Any, their_user: Any, their_weight: Any) -> None:
    for row in range(len(user)):
        place = next_place[item[row]]
        their_user[place] = user[row]
        their_weight[place] = weight[row]
        next_place[item[row]] = place + 1


@kernel
def _by_user(user: Any, weight: Any, ends: Any, starts: Any, stops: Any, indices: Any, data: Any) -> None:
    """Fill each user's part from its start on; `stops` moves to where it ends, repeats being summed."""
    for item in range(len(ends) - 1):
        for row in range(ends[item], ends[item + 1]):
            place = stops[user[row]]
            if place > starts[user[row]] and indices[place - 1] == item:
                data[place - 1] += weight[row]
            else:
                indices[place] = item
                data[place] = weight[row]
                stops[user[row]] = place + 1


@kernel
def _close_gaps(starts: Any, indptr: Any, indices: Any, data: Any) -> None:
    for user in range(len(indptr) - 1):
        for i in range(indptr[user + 1] - indptr[user]):
            indices[indptr[user] + i] = indices[starts[user] + i]
            data[indptr[user] + i] = data[starts[user] + i]


def warm() -> None:
    """Compile every pass, or load it from the disk cache; also for the fixed columns of stored data."""
    user, item = np.asarray([1, 0, 1], dtype=np.int32), np.asarray([0, 1, 0], dtype=np.int32)
    second, weight = np.asarray([3, 2, 1], dtype=np.int64), np.ones(3, dtype=np.float32)
    for writable in (True, False):
        for column in (user, item, second, weight):
            column.flags.writeable = writable
        time_order(user, second)
        first_of_each(second)
        k_core(user, item, 1, 1)
        csr_arrays(user, item, weight, (2, 2))
