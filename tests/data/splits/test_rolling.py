"""Rolling time folds."""

from __future__ import annotations

import numpy as np
import pytest

from data.errors import DataError, NotApplicable
from data.splits import fold_table, make_splitter, rolling_folds
from tests.conftest import make_dataset


def daily(n_days: int = 100) -> object:
    """Ten users, one event a second; item = number of the event modulo 7."""
    n = n_days
    return make_dataset([k % 10 for k in range(n)], [k % 7 for k in range(n)], times=list(range(n)))


def test_four_folds_move_on_by_a_tenth_and_the_last_is_the_plain_cut_in_time() -> None:
    folds = rolling_folds(daily())
    assert [len(fold.train_rows) for fold in folds] == [50, 60, 70, 80]
    assert [len(fold.validation_rows) for fold in folds] == [10] * 4
    assert [len(fold.test_rows) for fold in folds] == [10] * 4
    assert [len(fold.unused_rows) for fold in folds] == [30, 20, 10, 0]
    plain = make_splitter("time").split(daily(), seed=0)
    for part in ("train_rows", "validation_rows", "test_rows"):
        np.testing.assert_array_equal(getattr(folds[-1], part), getattr(plain, part))


def test_each_fold_learns_from_the_past_alone() -> None:
    dataset = daily(90)
    times = dataset.interactions.time
    for fold in rolling_folds(dataset, 6, train_from=0.4):
        assert times[fold.train_rows].max() < times[fold.validation_rows].min()
        assert times[fold.validation_rows].max() < times[fold.test_rows].min()
        assert not np.intersect1d(fold.unused_rows, fold.test_rows).size
        if len(fold.unused_rows):
            assert times[fold.test_rows].max() < times[fold.unused_rows].min()


def test_the_table_ends_with_mean_and_spread() -> None:
    table = fold_table(rolling_folds(daily())).set_index("fold")
    assert list(table.index) == ["1", "2", "3", "4", "mean", "sd"]
    assert table.loc["mean", "train_events"] == 65  # (50 + 60 + 70 + 80) / 4
    assert table.loc["sd", "train_events"] == pytest.approx((500 / 3) ** 0.5)  # 15² + 5² + 5² + 15², over 3
    assert table.loc["1", "test_from"] == 60
    assert table.loc["1", "test_until"] == 69
    assert (table["new_users"][:4] == 0).all()


def test_new_items_and_users_of_a_fold_are_shares_of_its_test_part() -> None:
    """Event 60 is by a new user, event 61 on a new item: one of ten users, one of ten targets."""
    users = [k % 10 for k in range(100)]
    items = [k % 7 for k in range(100)]
    users[60], items[61] = 10, 7
    table = fold_table(rolling_folds(make_dataset(users, items, times=list(range(100))))).set_index("fold")
    assert table.loc["1", "new_users"] == pytest.approx(0.1)
    assert table.loc["1", "new_items"] == pytest.approx(0.1)
    assert table.loc["2", "new_items"] == 0


def test_folds_need_times_and_events_on_each_side() -> None:
    with pytest.raises(NotApplicable, match="needs the time"):
        rolling_folds(make_dataset([0, 1, 2], [0, 1, 2]))
    with pytest.raises(DataError, match="leaves 0 events to learn from") as refused:
        rolling_folds(make_dataset([0] * 9, list(range(9)), times=[5] * 9))
    assert "fewer folds" in refused.value.hint
    with pytest.raises(DataError, match="no folds"):
        fold_table([])
