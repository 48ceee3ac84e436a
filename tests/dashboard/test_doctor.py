"""What the data doctor says on its page: the gravest first, counts that add up, every check in the table."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dashboard import loaders
from dashboard.text import t
from dashboard.views.doctor import check_table, examined
from data.artifacts import Home
from data.checks import CHECKS, OUTCOMES, DoesNotApply, Finding, NothingFound, run_checks
from data.checks.saving import from_json, to_json
from data.splits import make_splitter
from tests.conftest import make_dataset
from tests.dashboard.conftest import do, open_page


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
    assert examined(results(slow=False)).left_out == ["Personal data in ids or texts", "Near-copies of users"]


def test_the_table_holds_every_check_by_code_with_its_sentence():
    table = check_table(results(), {outcome: t(f"doctor.outcome_{outcome}") for outcome in OUTCOMES})
    assert list(table["code"]) == sorted(check.code for check in CHECKS.values())
    assert set(table["outcome"]) <= {"Look at first", "Good to know", "Not found", "Does not apply"}
    assert table["sentence"].str.len().min() > 10


def test_the_page_shows_findings_and_every_check(seeded_home):
    app = open_page("profile")
    assert not app.exception
    assert any("checks made." in text.value for text in app.markdown)
    assert any(box.label.startswith(f"All {len(CHECKS)} checks") for box in app.expander)
    assert any("Why it matters." in text.value for text in app.markdown)
    assert list(app.table[0].value["Check"]) == sorted(check.code for check in CHECKS.values())


def test_on_large_data_slow_checks_become_a_job_whose_answers_the_page_shows(seeded_home, monkeypatch):
    monkeypatch.setattr("dashboard.components.doctor.QUICK_EVENTS", 10)
    app = open_page("profile")
    assert any("takes longer" in note.value for note in app.caption)
    next(button for button in app.button if button.key.startswith("doctor_slow")).click().run()
    assert not app.exception
    (job,) = loaders.active_jobs()
    assert job.kind == "examine"
    loaders.cancel(job.id)
    do(Home.current(), loaders.store(), "examine", dict(job.spec))
    app = open_page("profile")
    assert not any("takes longer" in note.value for note in app.caption)
    assert list(app.table[0].value["Check"]) == sorted(check.code for check in CHECKS.values())


@pytest.mark.parametrize(
    "answer",
    [
        Finding("look", "Much.", {"share": 0.5}, ("a", "b")),
        NothingFound("None of 3.", {"n": 3.0}),
        DoesNotApply("No times."),
    ],
)
def test_answers_survive_json(answer):
    assert from_json(json.loads(json.dumps(to_json(answer)))) == answer
