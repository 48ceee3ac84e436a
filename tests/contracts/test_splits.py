"""What every split protocol promises, checked over the registry."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_origin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.dataset import Dataset
from data.errors import ConfigError, DataError, NotApplicable, NotFound
from data.split import Holdout, Split
from data.splits import SPLITTERS, count, make_splitter
from data.splits.base import SplitConfig
from tests.conftest import make_dataset

EVERY = pytest.mark.parametrize("name", SPLITTERS)


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    """Up to 12 users, repeats, users without events, and times of which many are equal."""
    n = draw(st.integers(8, 120))
    users = draw(st.lists(st.integers(0, 11), min_size=n, max_size=n))
    items = draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))
    times = draw(st.lists(st.integers(0, 40), min_size=n, max_size=n))
    return with_parts(make_dataset(users, items, times=times, n_items=7), seed=n)


def with_parts(dataset: Dataset, seed: int = 0) -> Dataset:
    """The data with a split given by its files: of ten events about seven teach and two are test."""
    drawn = np.random.default_rng(seed).choice(3, len(dataset.interactions), p=[0.7, 0.1, 0.2])
    return dataset.with_interactions(replace(dataset.interactions, base_part=drawn.astype(np.uint8)))


HOLDS_USERS_OUT = ("user_cold", "user_item_cold")  # a judged user's own events are shown in part
COMMON = (
    {},
    {"validation": "time"},
    {"validation": "item_clusters"},
    {"train_core": 2},
    {"validation": "item_clusters", "train_core": 3},
)
EVERY_COMMON = pytest.mark.parametrize("common", COMMON, ids=str)


def try_split(name: str, dataset: Dataset, seed: int, common: dict | None = None) -> Split | None:
    try:
        return make_splitter(name, common).split(dataset, seed=seed)
    except DataError:  # too small for this protocol
        return None


def row_lists(holdout: Holdout) -> list[list[int]]:
    return [holdout.histories.row(r).tolist() for r in range(len(holdout))]


@EVERY
def test_the_key_is_the_name_and_the_config_is_described(name: str) -> None:
    splitter = SPLITTERS[name]
    assert splitter.name == name
    assert splitter.label
    assert issubclass(splitter.Config, SplitConfig)
    for field in splitter.Config.model_fields.values():
        assert field.description
        assert field.title
        assert field.metadata or get_origin(field.annotation) is Literal  # a range
    assert splitter().describe()
    assert isinstance(splitter.needs_times, bool)


@EVERY
@EVERY_COMMON
@settings(deadline=None, max_examples=15)
@given(dataset=datasets(), seed=st.integers(0, 5))
def test_every_event_is_in_one_part_or_counted_as_unused(
    name: str, common: dict, dataset: Dataset, seed: int
) -> None:
    split = try_split(name, dataset, seed, common)
    if split is None:
        return
    rows = np.concatenate([split.train_rows, split.validation_rows, split.test_rows, split.unused_rows])
    assert len(split.unused_rows) == split.facts.get("events_unused", 0) + split.facts.get(
        "core_events_left_out", 0
    )
    assert min(len(split.train_rows), len(split.validation_rows), len(split.test_rows)) > 0
    np.testing.assert_array_equal(np.sort(rows), np.arange(len(dataset.interactions)))
    assert len(split.train.interactions) == len(split.train_rows)
    np.testing.assert_array_equal(split.train.interactions.item, dataset.interactions.item[split.train_rows])


@EVERY
@settings(deadline=None, max_examples=30)
@given(dataset=datasets(), seed=st.integers(0, 5))
def test_targets_are_the_distinct_items_of_the_held_out_events(
    name: str, dataset: Dataset, seed: int
) -> None:
    split = try_split(name, dataset, seed)
    if split is None:
        return
    events = dataset.interactions
    for holdout, rows in ((split.validation, split.validation_rows), (split.test, split.test_rows)):
        assert holdout.targets.shape == (len(holdout), dataset.n_items)
        assert np.all(holdout.targets.data == 1)
        assert np.all(np.diff(holdout.targets.indptr) > 0)  # a judged user has something to find
        for row, user in enumerate(holdout.users):
            held = events.item[rows][events.user[rows] == user]
            shown = set() if name not in HOLDS_USERS_OUT else set(holdout.histories.row(row))
            wanted = set(holdout.targets[row].indices)
            assert wanted <= set(held)
            assert set(held) <= wanted | shown


@EVERY
@settings(deadline=None, max_examples=30)
@given(dataset=datasets(), seed=st.integers(0, 5))
def test_known_users_are_those_with_an_event_in_train(name: str, dataset: Dataset, seed: int) -> None:
    split = try_split(name, dataset, seed)
    if split is None:
        return
    for holdout in (split.validation, split.test):
        assert np.all(np.diff(holdout.users) > 0)
        np.testing.assert_array_equal(holdout.known, split.train.trained_users[holdout.users])
        np.testing.assert_array_equal(holdout.histories.users, np.where(holdout.known, holdout.users, -1))
        np.testing.assert_array_equal(holdout.histories.keys, holdout.users.astype(np.uint64))


@EVERY
@settings(deadline=None, max_examples=30)
@given(dataset=datasets(), seed=st.integers(0, 5))
def test_histories_keep_order_and_repeats_and_hold_no_held_out_event(
    name: str, dataset: Dataset, seed: int
) -> None:
    split = try_split(name, dataset, seed)
    if split is None:
        return
    events = dataset.interactions
    shown_in_test = np.concatenate([split.train_rows, split.validation_rows])
    for holdout, earlier, own in (
        (split.validation, split.train_rows, split.validation_rows),
        (split.test, shown_in_test, split.test_rows),
    ):
        rows = np.sort(own if name in HOLDS_USERS_OUT else earlier)
        for row, user in enumerate(holdout.users):
            mine = events.item[rows][events.user[rows] == user].tolist()
            if name == "user_cold":  # the last events of the user are to be found
                mine = mine[: holdout.histories.lengths[row]]
            if name == "user_item_cold":  # events on items of train are shown, the others are to be found
                mine = [item for item in mine if item not in holdout.targets.indices]
            assert row_lists(holdout)[row] == mine
        assert holdout.histories.times is not None
        for row in range(len(holdout)):
            begin, end = holdout.histories.indptr[row : row + 2]
            assert np.all(np.diff(holdout.histories.times[begin:end]) >= 0)


@EVERY
@EVERY_COMMON
@settings(deadline=None, max_examples=15)
@given(dataset=datasets(), seed=st.integers(0, 5))
def test_counts_agree_with_the_split_that_follows(
    name: str, common: dict, dataset: Dataset, seed: int
) -> None:
    split = try_split(name, dataset, seed, common)
    if split is None:
        with pytest.raises(DataError, match="each part needs at least one") as refused:
            count(dataset, make_splitter(name, common), seed)
        assert refused.value.hint
        return
    counts = count(dataset, make_splitter(name, common), seed)
    assert counts.protocol == name
    assert counts.train_events == len(split.train_rows)
    assert counts.train_users == split.train.trained_users.sum()
    assert (counts.validation_known, counts.test_known) == (
        split.validation.known.sum(),
        split.test.known.sum(),
    )
    assert (counts.validation_users, counts.test_users) == (len(split.validation), len(split.test))


@EVERY
@EVERY_COMMON
def test_one_seed_gives_one_split_and_the_data_is_unchanged(name: str, common: dict, toy: Dataset) -> None:
    common = common if "train_core" not in common else {**common, "train_core": 2}
    given = with_parts(toy)
    before = toy.interactions.item.copy()
    first, again = (make_splitter(name, common).split(given, seed=3) for _ in range(2))
    for part in ("train_rows", "validation_rows", "test_rows"):
        np.testing.assert_array_equal(getattr(first, part), getattr(again, part))
    np.testing.assert_array_equal(toy.interactions.item, before)
    assert first.protocol == name
    assert first.description
    assert first.config == common


@EVERY
def test_the_seed_is_named_where_it_decides_something(name: str, toy: Dataset) -> None:
    given = with_parts(toy)
    one, other = (make_splitter(name).split(given, seed=seed) for seed in (1, 2))
    if "seed" in one.facts:
        assert one.facts["seed"] == 1
        assert "seed 1" in one.description
    else:
        np.testing.assert_array_equal(one.test_rows, other.test_rows)
        np.testing.assert_array_equal(one.validation_rows, other.validation_rows)


@EVERY
@settings(deadline=None, max_examples=20)
@given(dataset=datasets(), seed=st.integers(0, 5), least=st.integers(2, 4))
def test_a_core_of_train_leaves_only_users_and_items_with_enough_events_and_all_targets(
    name: str, dataset: Dataset, seed: int, least: int
) -> None:
    whole = try_split(name, dataset, seed)
    core = try_split(name, dataset, seed, {"train_core": least})
    if whole is None or core is None:
        return
    for codes in (core.train.interactions.user, core.train.interactions.item):
        assert np.bincount(codes)[np.unique(codes)].min() >= least
    assert set(core.train_rows) <= set(whole.train_rows)
    for part in ("validation", "test"):
        ours, theirs = getattr(core, part), getattr(whole, part)
        assert (ours.targets != theirs.targets).nnz == 0
        np.testing.assert_array_equal(ours.histories.items, theirs.histories.items)
    assert core.facts["core_events_left_out"] == len(whole.train_rows) - len(core.train_rows)


@EVERY
@settings(deadline=None, max_examples=12)
@given(dataset=datasets(), seed=st.integers(0, 5))
def test_another_validation_part_never_touches_test(name: str, dataset: Dataset, seed: int) -> None:
    plain = try_split(name, dataset, seed)
    for how in ("time", "item_clusters"):
        other = try_split(name, dataset, seed, {"validation": how})
        if plain is not None and other is not None:
            np.testing.assert_array_equal(other.test_rows, plain.test_rows)
            times = dataset.interactions.time
            if how == "time":
                assert times[other.train_rows].max() < times[other.validation_rows].min()


@EVERY
def test_a_split_of_a_part_of_the_data_counts_rows_of_that_part(name: str, toy: Dataset) -> None:
    whole = with_parts(toy)
    part = whole.with_interactions(whole.interactions.take(np.flatnonzero(toy.interactions.user % 3 == 0)))
    split = make_splitter(name).split(part, seed=0)
    rows = np.concatenate([split.train_rows, split.validation_rows, split.test_rows, split.unused_rows])
    np.testing.assert_array_equal(np.sort(rows), np.arange(len(part.interactions)))
    assert np.all(split.train.interactions.user % 3 == 0)


@EVERY
def test_data_without_times_is_split_or_calmly_refused(name: str) -> None:
    timeless = with_parts(make_dataset([u for u in range(20) for _ in range(6)], list(range(6)) * 20))
    if SPLITTERS[name].needs_times:
        with pytest.raises(NotApplicable, match="needs the time of each event"):
            make_splitter(name).split(timeless, seed=0)
    else:
        assert make_splitter(name).split(timeless, seed=0).test.histories.order == "none"


@EVERY
def test_data_too_small_to_split_is_refused_with_its_numbers(name: str) -> None:
    with pytest.raises(DataError, match=r"leaves \d+ events to learn from") as refused:
        make_splitter(name).split(with_parts(make_dataset([0], [0], times=[1])), seed=0)
    assert refused.value.hint


@EVERY
def test_a_core_that_leaves_nothing_is_refused_with_what_to_lower(name: str, toy: Dataset) -> None:
    with pytest.raises(DataError, match="leaves 0 events to learn from") as refused:
        make_splitter(name, {"train_core": 50}).split(with_parts(toy), seed=0)
    assert "Least events in train" in refused.value.hint


@EVERY
def test_unknown_settings_are_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(ConfigError, match="nonsense.*The settings are"):
        make_splitter(name, {"nonsense": 1})


def test_an_unknown_protocol_is_not_found() -> None:
    with pytest.raises(NotFound, match=f"no split protocol 'weekly'.*{', '.join(SPLITTERS)}"):
        make_splitter("weekly")
