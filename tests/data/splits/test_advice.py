"""The proposed split and policy, with reasons that name what was counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.dataset import Dataset, IdMap, Interactions
from data.errors import DataError
from data.policy import propose_policy, repeat_share
from data.splits import make_splitter, recommend_split
from tests.conftest import make_dataset


def film_ratings(folder: Path) -> Dataset:
    path = folder / "ml-latest-small" / "ratings.csv"
    if not path.is_file():
        pytest.skip(f"no film ratings at {path}")
    table = pd.read_csv(path).sort_values(["userId", "timestamp"], kind="stable")
    user, users = pd.factorize(table["userId"])
    item, items = pd.factorize(table["movieId"])
    return Dataset(
        Interactions(
            user.astype(np.int32),
            item.astype(np.int32),
            table["rating"].to_numpy(np.float32),
            table["timestamp"].to_numpy(np.int64),
        ),
        IdMap(users.astype(str).to_numpy(dtype=object)),
        IdMap(items.astype(str).to_numpy(dtype=object)),
    )


def people(n_users: int, n_events: int, *, together: bool) -> Dataset:
    """`together`: all are active all the time; otherwise one after the other."""
    users = [u for u in range(n_users) for _ in range(n_events)]
    items = [i % 50 for i in range(len(users))]
    when = [e * n_users + u for u in range(n_users) for e in range(n_events)]
    return make_dataset(users, items, times=when if together else list(range(len(users))))


def test_a_cut_in_time_is_proposed_where_it_leaves_enough_known_users() -> None:
    advice = recommend_split(people(250, 10, together=True))
    assert advice.protocol == "time"
    assert (advice.config["validation_from"], advice.config["test_from"]) == (0.8, 0.9)
    assert "250 known users in validation and 250 in test" in advice.reason


def test_last_events_are_proposed_where_a_cut_leaves_few_known_users() -> None:
    advice = recommend_split(people(250, 10, together=False))
    assert advice.protocol == "last"
    assert advice.config["n"] == 1
    assert advice.reason == (
        "A cut in time leaves only 0 known of 25 users in validation and 0 of 25 in test, so last 1 event of "
        "each user for test, the 1 before for validation (250 known users in validation and 250 in test)."
    )


def test_new_users_are_proposed_where_nobody_has_three_events() -> None:
    advice = recommend_split(people(2500, 2, together=False))
    assert advice.protocol == "user_cold"
    assert "250 new users in validation and 250 in test" in advice.reason


def test_random_events_are_proposed_without_times() -> None:
    timeless = make_dataset([u for u in range(20) for _ in range(6)], list(range(6)) * 20)
    advice = recommend_split(timeless)
    assert advice.protocol == "random"
    assert advice.reason.startswith("The events have no times")


def test_a_split_that_the_files_give_goes_first_where_it_can_be_used() -> None:
    plain = people(250, 10, together=True)
    for parts, expected in (([0] * 8 + [2] * 2, "given"), ([0] * 10, "time")):
        events = replace(plain.interactions, base_part=np.asarray(parts * 250, dtype=np.uint8))
        advice = recommend_split(plain.with_interactions(events))
        assert advice.protocol == expected
        assert ("The files give a split" in advice.reason) == (expected == "given")
        note = advice.counts.set_index("protocol").loc["given", "note"]
        assert bool(note) == (expected != "given")  # without test events it cannot be used


def test_times_that_cannot_be_cut_are_said_so() -> None:
    users = [u for u in range(220) for _ in range(5)]
    advice = recommend_split(make_dataset(users, [i % 9 for i in range(1100)], times=[7] * 1100))
    assert advice.protocol == "last"
    assert "do not allow a cut" in advice.reason


def test_few_users_are_split_with_a_warning() -> None:
    advice = recommend_split(people(30, 10, together=True))
    assert "No protocol leaves 200 users" in advice.reason
    assert make_splitter(advice.protocol, advice.config).split(people(30, 10, together=True), seed=0)


def test_data_that_cannot_be_split_at_all_is_refused() -> None:
    with pytest.raises(DataError, match="too small to be split"):
        recommend_split(make_dataset([0, 1], [0, 1], times=[1, 2]))


def test_the_counts_of_all_protocols_stand_side_by_side() -> None:
    table = recommend_split(people(250, 10, together=True)).counts.set_index("protocol")
    assert list(table.index) == ["time", "last", "user_cold", "random"]
    assert table.loc["user_cold", "test_new"] == 25
    assert (table["note"] == "").all()
    timeless = recommend_split(make_dataset([u for u in range(20) for _ in range(6)], [0] * 120)).counts
    assert "needs the time" in timeless.set_index("protocol").loc["time", "note"]


def test_film_ratings_are_split_per_user_because_few_are_known_later(shared_data: Path) -> None:
    advice = recommend_split(film_ratings(shared_data))
    assert advice.protocol == "last"
    assert advice.config["n"] == 5
    assert advice.reason == (
        "A cut in time leaves only 21 known of 62 users in validation and 20 of 74 in test, so last 5 "
        "events of each user for test, the 5 before for validation (610 known users in validation and 610 in "
        "test)."
    )
    assert propose_policy(film_ratings(shared_data))[0] == "hide"


def test_a_cut_in_time_leaves_28_known_of_116_users_of_the_film_ratings(shared_data: Path) -> None:
    split = make_splitter("time").split(film_ratings(shared_data), seed=0)
    judged = np.union1d(split.validation.users, split.test.users)
    assert (len(judged), int(split.train.trained_users[judged].sum())) == (116, 28)


def test_repeats_are_counted_among_later_events() -> None:
    """User 0: a a b a, user 1: a. Of 5 events 3 are not a user's first, and 2 of those repeat."""
    dataset = make_dataset([0, 0, 0, 0, 1], [0, 0, 1, 0, 0], times=[1, 2, 3, 4, 1])
    assert repeat_share(dataset) == pytest.approx(2 / 3)
    policy, reason = propose_policy(dataset)
    assert policy == "allow"
    assert "67 % of events" in reason


def test_without_later_events_nothing_repeats() -> None:
    assert repeat_share(make_dataset([0, 1], [0, 0], times=[1, 2])) == 0
    assert propose_policy(make_dataset([0, 1], [0, 0], times=[1, 2]))[0] == "hide"
