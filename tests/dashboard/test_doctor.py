"""What the data doctor says on its page: the gravest first, counts that add up, every check in the table."""

from __future__ import annotations

import numpy as np

from dashboard.text import t
from dashboard.views.doctor import check_table, examined
from data.checks import CHECKS, OUTCOMES, run_checks
from data.splits import make_splitter
from tests.conftest import make_dataset


def results(slow: bool = True):
    """Forty users who take ten items each at noon, two events a day."""
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(40), 10).tolist()
    items = np.concatenate([rng.permutation(30)[:10] for _ in range(40)]).tolist()
    times = [1_600_000_000 + 86_400 * (n % 10 // 2) for n in range(400)]
    dataset = make_dataset(users, items, times=times)
    return run_checks(dataset, make_splitter("random").split(dataset, seed=0), slow=slow)


def test_findings_come_gravest_first_and_all_checks_are_counted():
    seen = examined(results())
    grave = [result.outcome == "look" for result in seen.found]
    assert grave == sorted(grave, reverse=True)
    assert seen.n_grave == sum(grave) > 0
    assert seen.n_made == len(CHECKS)
    assert seen.left_out == []


def test_checks_that_were_not_made_are_named():
    assert examined(results(slow=False)).left_out == ["Near-copies of users"]


def test_the_table_holds_every_check_by_code_with_its_sentence():
    table = check_table(results(), {outcome: t(f"doctor.outcome_{outcome}") for outcome in OUTCOMES})
    assert list(table["code"]) == sorted(check.code for check in CHECKS.values())
    assert set(table["outcome"]) <= {"Look at first", "Good to know", "Not found", "Does not apply"}
    assert table["sentence"].str.len().min() > 10
