"""Leave the last events of each user out."""

from __future__ import annotations

from data.splits import make_splitter
from tests.conftest import make_dataset


def test_the_last_events_are_test_and_those_before_validation() -> None:
    split = make_splitter("last", {"n": 2}).split(
        make_dataset([0] * 6, [5, 4, 3, 2, 1, 0], times=[1, 2, 3, 4, 5, 6]), seed=0
    )
    assert split.train.interactions.item.tolist() == [5, 4]
    assert split.validation.targets[0].indices.tolist() == [2, 3]
    assert sorted(split.test.targets[0].indices.tolist()) == [0, 1]
    assert split.validation.histories.row(0).tolist() == [5, 4]
    assert split.test.histories.row(0).tolist() == [5, 4, 3, 2]
    assert split.description == "last 2 events of each user for test, the 2 before for validation"


def test_users_with_too_few_events_only_teach_and_are_counted() -> None:
    split = make_splitter("last").split(
        make_dataset([0, 0, 1, 1, 1], [0, 1, 0, 1, 2], times=[1, 2, 1, 2, 3]), seed=0
    )
    assert split.test.users.tolist() == [1]
    assert split.train.interactions.user.tolist() == [0, 0, 1]
    assert split.facts["users_too_short"] == 1
    assert "1 users with fewer than 3 events only teach" in split.description


def test_every_judged_user_is_known() -> None:
    split = make_splitter("last").split(
        make_dataset([0] * 3 + [1] * 5, [0] * 8, times=list(range(8))), seed=0
    )
    assert split.validation.known.all()
    assert split.test.known.all()


def test_equal_times_at_a_cut_keep_the_order_of_the_file_and_are_counted() -> None:
    split = make_splitter("last").split(make_dataset([0] * 3, [7, 8, 9], times=[1, 1, 1]), seed=0)
    assert split.test.targets[0].indices.tolist() == [9]
    assert split.facts["ties_at_a_cut"] == 2
