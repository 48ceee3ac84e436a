"""What each rule would touch, before anything is applied."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given, settings

from data.cleaning import RULES, Cleaning, clean, touched
from data.coded import MISSING, Coded
from tests.data.cleaning.random_rows import CHOICES, any_rows, coded


def by_rule(rows: Coded, cleaning: Cleaning) -> pd.DataFrame:
    return touched(rows, cleaning).set_index("rule")


def test_rules_that_are_on_count_what_they_set_aside_and_the_last_row_says_what_is_left() -> None:
    rows = coded([(MISSING, 0, 1, 0), (0, 0, -1, 1), (0, 1, 2, 2), (1, 1, 2, 3), (1, 2, 0, 4)])
    table = by_rule(rows, Cleaning(min_weight=1, drop_duplicates=False))
    assert list(table.index) == [*RULES, "left"]
    columns = ["on", "lines", "rows", "users", "items"]
    assert table.loc["no_user", columns].tolist() == [True, 1, 1, 0, 1]
    assert table.loc["below_minimum", columns].tolist() == [True, 2, 2, 2, 2]
    assert table.loc["left", columns].tolist() == [True, 2, 2, 2, 1]
    assert table.loc["below_minimum", "label"] == "below minimum weight"


def test_rules_that_are_off_count_what_their_proposal_would_touch_and_change_nothing() -> None:
    rows = coded([(0, 0, 3, 1), (0, 0, 4, 2), (0, 1, -4, 3)])
    table = by_rule(rows, Cleaning(drop_duplicates=False))
    assert not table.loc["repeated_pairs", "on"]
    assert table.loc["repeated_pairs", ["lines", "change"]].tolist() == [1, {"repeats": "last"}]
    assert table.loc["cancellations", ["lines", "change"]].tolist() == [1, {"cancellations": "match"}]
    assert table.loc["below_minimum", "change"] == {"min_weight": 3.0}
    assert table.loc["left", "lines"] == 3


def test_a_rule_that_has_no_meaning_here_says_why() -> None:
    rows = replace(coded([(0, 0, 1, 1), (1, 1, 1, 2)]), second=None)
    notes = by_rule(rows, Cleaning(since="2020-01-01"))["note"]
    assert notes["time_window"] == "no times"
    assert notes["event_types"] == "no event types"
    assert notes["below_minimum"] == "every weight is 1"
    assert notes["extreme_users"] == "nothing to propose"


def test_changed_rows_are_counted_where_nothing_is_set_aside() -> None:
    users = np.asarray(["1.0", "2"], dtype=object)
    table = by_rule(coded([(0, 0, 1, 1), (0, 1, 1, 2), (1, 0, 1, 3)], users=users), Cleaning())
    assert table.loc["normalised_ids", ["lines", "rows", "users", "items"]].tolist() == [0, 2, 1, 2]


@settings(deadline=None, max_examples=150)
@given(rows=any_rows(), chosen=CHOICES)
def test_what_is_told_is_what_is_done(rows: Coded, chosen: Cleaning) -> None:
    table = by_rule(rows, chosen)
    done = clean(rows, chosen)
    on = table[table["on"]]
    assert on["lines"].sum() == rows.lines
    for rule in RULES.values():
        if rule.is_on(chosen):
            assert table.loc[rule.name, "lines"] == done.removed.get(rule.label, 0)
    left = (len(done.events), len(done.events.users), len(done.events.items))
    assert tuple(table.loc["left", ["rows", "users", "items"]]) == left


@settings(deadline=None, max_examples=60)
@given(rows=any_rows(), chosen=CHOICES)
def test_a_change_once_made_sets_aside_what_was_told(rows: Coded, chosen: Cleaning) -> None:
    table = by_rule(rows, chosen).drop(index="left")
    for name, row in table[~table["on"]].iterrows():
        if row["change"]:
            made = clean(rows, Cleaning(**(chosen.model_dump() | row["change"])))
            assert made.removed.get(RULES[str(name)].label, 0) == row["lines"]
