"""What the start pages say, computed: the verdict, findings, settings that differ, lines that add up."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from core.evaluation import Evaluation
from dashboard.views.home import segment_table, verdict
from dashboard.views.home_words import sentence
from dashboard.views.imports import line_table
from dashboard.views.leaderboard import Entry
from dashboard.views.profile import number_table
from dashboard.views.runs import settings_diff
from dashboard.views.split import timeline
from data.split import Fingerprint
from data.splits import make_splitter

CONDITIONS = Fingerprint("d1", "none", "last 1", "items", "validation")


def entry(name, values, known=None, conditions=CONDITIONS):
    """A run whose NDCG@10 of user u is values[u]."""
    values = np.asarray(values, dtype=np.float32)
    everybody = np.ones(len(values), dtype=bool)
    evaluation = Evaluation(
        per_user=values[:, None, None],
        metrics=("ndcg",),
        ks=(10,),
        users=np.arange(len(values), dtype=np.int32),
        known=everybody if known is None else known,
        answered=everybody,
        catalogue={},
        left_out={},
        fingerprint=conditions,
        n_lists=len(values),
    )
    return Entry(f"r-{name}", name.capitalize(), name, evaluation)


def test_the_verdict_is_the_paired_difference_to_popularity():
    found = verdict([entry("popularity", [0.2] * 30), entry("ease", [0.5] * 30)], np.arange(30))
    assert found.best.label == "Ease"
    assert round(found.gap.mean, 6) == 0.3
    assert found.fusion is None
    assert "0.500" in sentence(found, "NDCG@10")


def test_the_verdict_names_the_users_for_whom_the_best_is_worse():
    """Ten users with few events lose 0.2 each, twenty others gain 0.4: best overall, worse for the few."""
    activity = np.concatenate([np.full(10, 2), np.full(10, 20), np.full(10, 90)])
    popular = np.full(30, 0.3)
    best = np.concatenate([np.full(10, 0.1), np.full(20, 0.7)])
    best += np.tile([0.001, -0.001], 15)
    found = verdict([entry("popularity", popular), entry("ease", best)], activity)
    assert (found.worse_for.low, found.worse_for.high) == (2, 2)
    assert round(found.worse_for.difference.mean, 3) == -0.2
    assert list(segment_table(found)["events"]) == ["2", "20", "90"]
    assert "It is worse for users with 2 events" in sentence(found, "NDCG@10")


def test_new_users_are_judged_apart():
    known = np.arange(30) < 20
    values = np.where(known, 0.5, 0.1)
    found = verdict(
        [entry("popularity", np.full(30, 0.1), known), entry("ease", values, known)], np.arange(30)
    )
    assert (found.own.n, found.new_users.n) == (20, 10)
    assert "no different from Popularity (10 users)" in sentence(found, "NDCG@10")


def test_runs_under_other_conditions_are_counted_and_left_out():
    other = Fingerprint("d1", "none", "time 80/90", "items", "validation")
    entries = [
        entry("popularity", [0.2] * 9),
        entry("ease", [0.3] * 9),
        entry("als", [0.9] * 9, conditions=other),
    ]
    found = verdict(entries, np.arange(9))
    assert found.best.label == "Ease"
    assert found.n_left_out == 1


def test_a_fusion_is_compared_with_the_best_single_run():
    entries = [entry("popularity", [0.2] * 9), entry("ease", [0.3] * 9), entry("fused", [0.35] * 9)]
    found = verdict(entries, np.arange(9))
    assert (found.fused.model, found.single.model) == ("fused", "ease")
    assert round(found.fusion.mean, 6) == 0.05


def test_nothing_judged_gives_no_verdict():
    assert verdict([], np.arange(3)) is None


def test_numbers_stand_with_their_definitions():
    table = number_table(
        {"density": 0.0312, "gini": 0.51234, "tied_share": None}, {"density": "D", "gini": "G"}, {}
    )
    assert list(table["value"]) == ["3.1 %", "0.512"]


def test_only_settings_that_differ_are_listed():
    def meta(**config):
        return SimpleNamespace(
            model="als", seed=0, protocol="last", split_seed=0, policy="hide", split_config={"n": 1},
            config=config, versions={}, device=SimpleNamespace(used="cpu"),
        )  # fmt: skip

    table = settings_diff([meta(factors=64, alpha=1.0), meta(factors=128, alpha=1.0)], ["ALS", "ALS (2)"])
    assert table.to_dict("records") == [{"setting": "factors", "ALS": "64", "ALS (2)": "128"}]


def test_the_lines_of_an_import_add_up_in_the_last_row():
    rows = {"lines": 10, "header": 1, "accepted": 6, "removed": {"no user": 2}, "quarantined": 1}
    words = {"header": "H", "accepted": "A", "quarantined": "Q", "total": "T"}
    table = line_table(rows, words, "Rule: {rule}")
    assert list(table["what"]) == ["H", "A", "Rule: no user", "Q", "T"]
    assert table["lines"].iloc[-1] == 10
    assert table["share"].iloc[1] == 0.6


def test_the_timeline_counts_every_event_once(toy):
    split = make_splitter("last", {"n": 1}).split(toy, seed=0)
    table = timeline(toy, split, bins=7)
    assert table["events"].sum() == len(toy.interactions)
    assert isinstance(table["start"].iloc[0], pd.Timestamp)
