"""What the doctor says about a split, against truths that were planted or can be counted by hand."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.checks import CHECKS
from data.checks.base import DoesNotApply, Finding, NothingFound
from data.checks.item_counts import dispersion
from data.dataset import Dataset, IdMap, Interactions
from data.split import Split
from data.splits import SPLITTERS, make_splitter
from tests.conftest import make_dataset


def ask(name: str, dataset: Dataset, split: Split | None):
    return CHECKS[name]().run(dataset, split)


def parts(dataset: Dataset, given: list[int]) -> Dataset:
    """The data (events in their stored order) with a given part for each event."""
    base = np.asarray(given, dtype=np.uint8)
    return dataset.with_interactions(replace(dataset.interactions, base_part=base))


def given_split(dataset: Dataset) -> Split:
    return make_splitter("given").split(dataset, seed=0)


def crowd(seed: int = 0, n_users: int = 300, n_items: int = 200, n_each: int = 30) -> Dataset:
    """Users who take popular items more often, all year long: nothing drifts."""
    rng = np.random.default_rng(seed)
    chance = 1 / np.arange(1, n_items + 1)
    items = rng.choice(n_items, n_users * n_each, p=chance / chance.sum())
    users = np.repeat(np.arange(n_users), n_each)
    times = rng.integers(0, 365 * 86_400, len(users))
    return make_dataset(users.tolist(), items.tolist(), times=times.tolist(), n_items=n_items)


# ── leakage (D022) ────────────────────────────────────────────────────────────────────────────────────


def test_leave_last_out_leaks_by_as_many_events_as_lie_before_the_last_that_teaches() -> None:
    """Three users with three events at 0 1 2, 10 11 12 and 20 21 22. Train: 0, 10, 20; test: 2, 12, 22."""
    dataset = make_dataset(
        [0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 1, 2] * 3, times=[0, 1, 2, 10, 11, 12, 20, 21, 22]
    )
    found = ask("split_leakage", dataset, make_splitter("last").split(dataset, seed=0))
    assert isinstance(found, Finding)
    assert found.values["events"] == 2  # those at 2 and 12 are older than 20
    assert found.values["share"] == pytest.approx(2 / 3)


def test_events_that_are_shown_of_a_new_user_are_no_test_events() -> None:
    """One fifth of a held-out user's events, the last ones, is to be found; what is shown cannot leak."""
    dataset = crowd()
    split = make_splitter("user_cold").split(dataset, seed=0)
    wanted = split.target_rows("test")
    assert len(wanted) == len(split.test_rows) / 5
    times = dataset.interactions.time
    older = times[wanted] < times[split.train_rows].max()
    values = ask("split_leakage", dataset, split).values
    assert (values["events"], values["share"]) == (older.sum(), older.mean())


def test_a_cut_in_time_never_leaks_and_draws_always_do() -> None:
    dataset = crowd()
    for name, splitter in SPLITTERS.items():
        if name == "given":
            continue
        answer = ask("split_leakage", dataset, splitter().split(dataset, seed=0))
        assert isinstance(answer, NothingFound if name == "time" else Finding), name


def test_without_times_or_a_split_leakage_does_not_apply() -> None:
    timeless = make_dataset([u for u in range(20) for _ in range(6)], list(range(6)) * 20)
    split = make_splitter("random").split(timeless, seed=0)
    assert isinstance(ask("split_leakage", timeless, split), DoesNotApply)
    assert isinstance(ask("split_leakage", crowd(), None), DoesNotApply)


# ── shift (D023) ──────────────────────────────────────────────────────────────────────────────────────


def test_the_distance_of_popularity_and_activity_is_the_sum_of_lost_shares() -> None:
    """Train: items 0 0 0 1 of users 0 0 1 1. Test: items 1 1 1 1 of users 0 1 1 1.

    Items: (|3/4 − 0| + |1/4 − 1|) / 2 = 3/4. Users: (|1/2 − 1/4| + |1/2 − 3/4|) / 2 = 1/4.
    """
    dataset = make_dataset([0, 0, 0, 0, 1, 1, 1, 1, 1], [0, 0, 0, 1, 0, 1, 1, 1, 1])
    dataset = parts(dataset, [0, 0, 1, 2, 0, 0, 2, 2, 2])
    values = ask("popularity_shift", dataset, given_split(dataset)).values
    assert values["moved"] == pytest.approx(0.75)
    assert values["users_moved"] == pytest.approx(0.25)


def test_a_random_part_moves_as_much_as_chance_alone() -> None:
    dataset = crowd()
    for name in ("random", "ratio"):
        answer = ask("popularity_shift", dataset, make_splitter(name).split(dataset, seed=3))
        assert isinstance(answer, NothingFound)
        assert abs(answer.values["moved"] - answer.values["by_chance"]) < 0.02
        if name == "ratio":  # the other one holds the same share of every user back
            assert abs(answer.values["users_moved"] - answer.values["users_by_chance"]) < 0.03


def test_users_who_stop_are_told_beside_the_items() -> None:
    """Half of the users act in the first half of the time only: activity moves, popularity does not."""
    dataset = crowd(seed=1)
    events = dataset.interactions
    late = np.where(events.user < 150, events.time // 2, events.time // 2 + 182 * 86_400)
    order = np.lexsort((late, events.user))
    moved = dataset.with_interactions(
        Interactions(events.user[order], events.item[order], events.weight[order], late[order])
    )
    answer = ask("popularity_shift", moved, make_splitter("time").split(moved, seed=0))
    assert isinstance(answer, NothingFound)
    assert answer.values["users_moved"] > 0.5 > answer.values["users_by_chance"] + 0.2
    assert "To other users" in answer.sentence


# ── exchangeability (D024) ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["random", "ratio"])
def test_random_parts_have_a_chi_squared_of_one_per_degree(name: str) -> None:
    dataset = crowd()
    values = []
    for seed in range(5):
        answer = ask("exchangeable_split", dataset, make_splitter(name).split(dataset, seed=seed))
        assert isinstance(answer, NothingFound)
        values.append(answer.values["test"])
    assert np.mean(values) == pytest.approx(1, abs=0.1)


def test_test_is_compared_with_everything_before_it() -> None:
    """Validation events are no test events: they count among those that chance could have held out."""
    dataset = crowd()
    split = make_splitter("random", {"validation_share": 0.4}).split(dataset, seed=0)
    before = np.concatenate([split.train_rows, split.validation_rows])
    items = dataset.interactions.item
    expected, _ = dispersion(*(np.bincount(items[rows], minlength=200) for rows in (before, split.test_rows)))
    assert ask("exchangeable_split", dataset, split).values["test"] == pytest.approx(expected)


def test_a_validation_part_by_item_clusters_is_no_random_sample_of_train() -> None:
    dataset = two_tastes()
    plain = make_splitter("random").split(dataset, seed=0)
    clustered = make_splitter("random", {"validation": "item_clusters"}).split(dataset, seed=0)
    fair, shifted = (
        ask("exchangeable_split", dataset, split).values["validation"] for split in (plain, clustered)
    )
    assert fair < 1.3 < shifted
    assert len(clustered.validation_rows) == pytest.approx(len(plain.validation_rows), rel=0.15)
    assert clustered.validation.known.all()


def two_tastes() -> Dataset:
    """Ten groups of 40 users who each take items of their own ten times as often as others."""
    rng = np.random.default_rng(5)
    users, items = [], []
    for user in range(400):
        chance = np.where(np.arange(300) // 30 == user // 40, 10.0, 0.2)
        items.extend(rng.choice(300, 40, p=chance / chance.sum()).tolist())
        users.extend([user] * 40)
    return make_dataset(users, items, n_items=300)


def test_gowallas_published_split_is_not_exchangeable(shared_data: Path) -> None:
    dataset = gowalla(shared_data / "gowalla")
    split = given_split(dataset)
    answer = ask("exchangeable_split", dataset, split)
    assert isinstance(answer, Finding)
    assert round(answer.values["test"], 2) == 1.79  # reference/gowalla.md §3, measured apart
    assert round(answer.values["validation"], 1) == 1.0
    assert answer.severity == "look"  # tuned on random events, judged on others
    assert len(split.train_rows) + len(split.validation_rows) == 810_128
    assert len(split.test_rows) == 217_242
    drawn = make_splitter("random").split(dataset, seed=0)
    assert round(ask("exchangeable_split", dataset, drawn).values["test"], 1) == 1.0


def gowalla(folder: Path) -> Dataset:
    """The published files of one line per user as one data set with a given split."""
    if not (folder / "train.txt.gz").is_file():
        pytest.skip(f"no check-ins at {folder}")
    users, items, part = [], [], []
    for code, name in ((0, "train.txt.gz"), (2, "test.txt.gz")):
        with gzip.open(folder / name, "rt") as lines:
            for line in lines:
                user, *taken = map(int, line.split())
                users += [user] * len(taken)
                items += taken
                part += [code] * len(taken)
    columns = [np.asarray(column, dtype=np.int32) for column in (users, items)]
    order = np.argsort(columns[0], kind="stable")
    events = Interactions(
        columns[0][order],
        columns[1][order],
        np.ones(len(order), dtype=np.float32),
        base_part=np.asarray(part, dtype=np.uint8)[order],
    )
    ids = [IdMap(np.arange(column.max() + 1).astype(str).astype(object)) for column in columns]
    return Dataset(events, *ids)


# ── unknown ids (D020, D021) ──────────────────────────────────────────────────────────────────────────


def test_ids_of_the_test_file_that_the_train_file_lacks_are_counted() -> None:
    """User 2 and item 3 stand in the test file alone: one of three users, one of four targets."""
    dataset = make_dataset([0, 0, 0, 0, 1, 1, 1, 1, 2], [0, 1, 2, 3, 0, 1, 2, 0, 1])
    # stored order: user 0 takes 0 1 2 3, user 1 takes 0 1 2 0, user 2 takes 1
    dataset = parts(dataset, [0, 0, 1, 2, 0, 0, 2, 2, 2])
    split = given_split(dataset)
    users, items = (ask(name, dataset, split) for name in ("cold_users", "cold_items"))
    assert isinstance(users, Finding)
    assert (users.values["users"], users.values["of"]) == (1, 3)
    assert "stand in the test file" in users.sentence
    # targets: user 0 item 3, user 1 items 0 2, user 2 item 1; items 2 and 3 have no train event
    assert (items.values["items"], items.values["of"]) == (2, 4)
    assert items.values["target_share"] == 0.5
    assert "stand in the test file" in items.sentence


@pytest.mark.parametrize(
    ("protocol", "users", "items"),
    [("user_cold", 1.0, None), ("item_cold", None, 1.0), ("user_item_cold", 1.0, 1.0), ("last", 0.0, None)],
)
def test_protocols_for_the_unknown_are_new_on_purpose(
    protocol: str, users: float | None, items: float | None
) -> None:
    dataset = crowd()
    split = make_splitter(protocol).split(dataset, seed=0)
    if users is not None:
        answer = ask("cold_users", dataset, split)
        assert answer.values.get("share", 0.0) == users
        assert not isinstance(answer, Finding) or answer.severity == "know"
    if items is not None:
        answer = ask("cold_items", dataset, split)
        assert answer.values["target_share"] == items
        assert answer.severity == "know"
