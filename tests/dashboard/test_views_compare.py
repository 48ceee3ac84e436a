"""Views of the comparing pages: tables and sentences, with the arithmetic written out."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from core.cold_start.crossing import Crossing
from core.evaluation import Evaluation
from core.explanation import Change, Explanation, reasons
from core.fusion import FUSERS
from core.fusion.pool import build_pool
from core.metrics import PER_USER
from core.ranking import Recommendations
from dashboard.text.markdown import literal, written
from dashboard.views import cold_start, explanation, fusion, leaderboard, side_by_side
from dashboard.views.conditions import Conditions, history_of, row_of_user, taken_later
from dashboard.views.labels import distinct
from data.histories import from_lists
from data.split import Fingerprint, Holdout

TITLES = np.asarray([f"T{n}" for n in range(10)], dtype=object)


def evaluation(precision, *, split="time", coverage=0.5, rank=9.0, known=None):
    """One metric differs from user to user; all others are the same numbers, so order is theirs too."""
    values = np.asarray(precision, dtype=np.float32)
    return Evaluation(
        per_user=np.repeat(values[:, None, None], len(PER_USER), axis=1),
        metrics=PER_USER,
        ks=(10,),
        users=np.arange(len(values), dtype=np.int32),
        known=np.ones(len(values), dtype=bool) if known is None else np.asarray(known),
        answered=np.ones(len(values), dtype=bool),
        catalogue={"coverage@10": coverage, "effective_rank": rank},
        left_out={"no target": 3},
        fingerprint=Fingerprint("d1", "none", split, "10 items", "users"),
        n_lists=len(values),
    )


def entry(run, precision, *, model="ease", label=None, **more):
    return leaderboard.Entry(run, label or run, model, evaluation(precision, **more))


# ── leaderboard ───────────────────────────────────────────────────────────────────────────────────────


def test_runs_under_other_conditions_form_a_group_of_their_own_that_says_what_differs():
    found = leaderboard.groups([entry("a", [0.1]), entry("b", [0.2], split="last"), entry("c", [0.3])])
    assert [[one.run for one in group.entries] for group in found] == [["a", "c"], ["b"]]
    assert found[0].differences == ()
    assert found[1].differences == ("split: last ≠ time",)


def test_differences_are_paired_by_user_and_the_best_run_stands_first():
    chosen = [entry("pop", [0.1, 0.2, 0.3], model="popularity"), entry("ease", [0.3, 0.2, 0.7])]
    table = leaderboard.difference_table(chosen, "ndcg", 10, baseline="pop")
    assert list(table["run"]) == ["ease", "pop"]
    assert table["mean"].tolist() == pytest.approx([0.4, 0.2])
    best = table.iloc[0]
    assert best["difference"] == pytest.approx((0.2 + 0.0 + 0.4) / 3)
    assert (best["better"], best["worse"]) == (2, 0)
    assert np.isnan(table.iloc[1]["difference"])


def test_the_verdict_counts_items_among_those_shown():
    chosen = [entry("pop", [0.1] * 50, model="popularity"), entry("ease", [0.2, 0.4] * 25, label="EASE")]
    table = leaderboard.difference_table(chosen, "ndcg", 10, baseline="pop")
    found = leaderboard.verdict(chosen, table, 10, baseline="pop")
    assert found.right == pytest.approx(10 * 0.3)
    assert found.more == pytest.approx(10 * 0.2)
    assert found.sure
    text = leaderboard.finding(found)
    assert text.startswith("**EASE puts 3.0 of 10 shown right, 2.0 more than pop**")


def test_a_difference_that_may_be_chance_is_not_called_a_win():
    values = [0.0, 1.0] * 10
    chosen = [entry("pop", values, model="popularity"), entry("b", [*values[1:], 0.2])]
    table = leaderboard.difference_table(chosen, "ndcg", 10, baseline="pop")
    found = leaderboard.verdict(chosen, table, 10, baseline="pop")
    assert not found.sure
    assert "no difference to pop that we could measure" in leaderboard.finding(found)


def test_the_baseline_itself_can_be_the_best():
    chosen = [entry("pop", [0.5, 0.5], model="popularity"), entry("b", [0.1, 0.1])]
    table = leaderboard.difference_table(chosen, "ndcg", 10, baseline="pop")
    text = leaderboard.finding(leaderboard.verdict(chosen, table, 10, baseline="pop"))
    assert text.startswith("**Nothing beats pop here")


def test_a_person_reads_five_columns_and_six_when_the_test_part_is_open():
    chosen = [entry("pop", [0.1, 0.2], model="popularity"), entry("b", [0.3, 0.4])]
    table = leaderboard.difference_table(chosen, "ndcg", 10, baseline="pop")
    shown = leaderboard.shown_table(table, "ndcg", 10)
    assert list(shown.columns) == [
        "Model",
        "NDCG@10 (95 %)",
        "vs pop (95 %)",
        "Users better / worse",
        "Coverage",
    ]
    assert shown.iloc[0].tolist()[0] == "b"
    assert shown.iloc[0].tolist()[3:] == ["2 / 0", "50 %"]
    assert shown.iloc[1].tolist()[2:4] == ["–", "–"]
    opened = leaderboard.shown_table(table, "ndcg", 10, test=table.iloc[:1])
    assert len(opened.columns) == 6
    assert opened["Test (95 %)"].tolist()[1] == "–"


def test_all_metrics_stand_with_definition_denominator_and_users():
    table = leaderboard.all_metrics_table([entry("a", [0.1, 0.3], coverage=0.25)], 10)
    by_name = table.set_index("Metric")
    assert by_name.loc["NDCG@10", "a"] == pytest.approx(0.2)
    assert by_name.loc["NDCG@10", "Users"] == 2
    assert by_name.loc["Coverage@10", "a"] == 0.25
    assert by_name.loc["Effective rank", "a"] == 9.0
    assert table["Definition"].str.len().min() > 0
    assert table["Divided by"].str.len().min() > 0


def test_who_was_judged_and_who_was_left_out_is_said():
    words = leaderboard.judged_words(evaluation([0.1, 0.2]), "known")
    assert words == "Users judged: 2 known users. Of 5 users in this part left out: 3 (no target)."


def test_a_model_with_one_order_for_everybody_is_named():
    chosen = [
        entry("pop", [0.1, 0.2], model="popularity", rank=1.0),
        entry("flat", [0.2, 0.3], rank=1.2),
        entry("b", [0.3, 0.4]),
    ]
    table = leaderboard.difference_table(chosen, "ndcg", 10, baseline="pop")
    assert leaderboard.collapsed(table) == ["flat"]
    assert "flat gives nearly everybody the same order" in leaderboard.beside_accuracy(table, "ndcg", 10)


@given(st.lists(st.sampled_from(["ALS", "EASE", "ALS (2)", ""]), max_size=8))
def test_labels_become_different_and_the_first_of_each_stays(labels):
    names = distinct(labels)
    assert len(set(names)) == len(labels)
    assert all(name.startswith(label) for name, label in zip(names, labels, strict=True))


# ── side by side ──────────────────────────────────────────────────────────────────────────────────────


def shown(name, items, stand_in=""):
    return side_by_side.Shown(
        name,
        np.asarray(items, dtype=np.int32),
        np.linspace(1, 0.1, max(len(items), 1))[: len(items)],
        stand_in,
    )


def test_movement_is_counted_against_the_first_list_to_its_full_depth():
    tidy = side_by_side.tidy_lists([shown("A", [1, 2, 3, 4]), shown("B", [4, 1, 9])], TITLES, k=3)
    b = tidy[tidy["list"] == "B"]
    assert b["first_rank"].tolist()[:2] == [4, 1]
    assert b["moved"].tolist()[:2] == [4 - 1, 1 - 2]
    assert [side_by_side.arrow(step) for step in b["moved"]] == ["↑3", "↓1", "new"]


def test_the_table_has_one_column_per_list_marks_and_arrows():
    tidy = side_by_side.tidy_lists([shown("A", [1, 2]), shown("B", [2, 1])], TITLES, k=2)
    wide = side_by_side.side_by_side_table(tidy, taken=frozenset({2}))
    assert wide.columns.tolist() == ["Rank", "A", "B"]
    assert wide["A"].tolist() == ["T1", "✓ T2"]
    assert wide["B"].tolist() == ["↑1 · ✓ T2", "↓1 · T1"]
    still = side_by_side.side_by_side_table(tidy, moves=False)
    assert still["B"].tolist() == ["T2", "T1"]


def test_the_finding_counts_shared_titles_and_names_the_list_that_was_right():
    lists = [shown("A", [1, 2, 3]), shown("B", [2, 5, 6])]
    text = side_by_side.finding(lists, k=3, taken=frozenset({5, 6}), judged=True)
    assert text.startswith("**All 2 lists share 1 of the first 3 titles.**")
    assert "Of the 2 that this user went on to take (marked ✓), B shows 2." in text


def test_lists_that_are_right_equally_often_are_all_named():
    lists = [shown("A", [1, 2]), shown("B", [5, 6]), shown("C", [7, 8])]
    text = side_by_side.finding(lists, k=2, taken=frozenset({2, 5}), judged=True)
    assert text.startswith("**The 3 lists have no title in common among the first 2.**")
    assert "A and B show 1." in text


def test_one_list_alone_shares_nothing_and_is_told_so():
    text = side_by_side.finding([shown("A", [1, 2])], k=2, taken=frozenset({9}), judged=True)
    assert "All 1" not in text
    assert text.endswith("It shows none of the 1 that this user went on to take.")


def test_a_fusion_says_what_it_joins_and_weights_only_where_they_differ():
    names = {"a": "EASE", "b": "ALS"}
    assert fusion.joins("RRF of 2", ("a", "b"), (0.5, 0.5), names) == "RRF of 2 joins EASE and ALS."
    assert fusion.joins("RRF of 2", ("a", "b"), (0.9, 0.3), names) == (
        "RRF of 2 joins EASE (0.75) and ALS (0.25)."
    )


def test_metrics_are_written_with_three_decimals_and_one_above_ten():
    rows = pd.DataFrame({"Metric": ["NDCG@10", "Effective rank"], "EASE": [0.0704, 101.22]})
    assert leaderboard.written_metrics(rows, ["EASE"])["EASE"].tolist() == ["0.070", "101.2"]


def test_who_stands_in_for_a_model_is_said():
    lists = [shown("A", [1]), shown("B", [2], "popularity (fallback)"), shown("C", [], "No list")]
    assert side_by_side.stand_ins(lists) == [
        "B has no answer for this history; popularity (fallback) stands in.",
        "C gives no list: No list",
    ]


def recommendations(items, answered=None):
    items = np.asarray(items, dtype=np.int32)
    n = len(items)
    return Recommendations(
        users=np.arange(n, dtype=np.int32),
        items=items,
        scores=np.tile(np.linspace(1, 0.5, items.shape[1], dtype=np.float32), (n, 1)),
        keys=np.arange(n, dtype=np.uint64),
        answered_by=np.zeros(n, dtype=np.uint8) if answered is None else answered,
        answerers=("m", "popularity (fallback)"),
    )


def test_the_proposed_user_is_one_the_lists_disagree_on_while_one_is_right():
    histories = from_lists([[0] * 6, [0] * 6, [0] * 6], 10)
    targets = csr_matrix(([1.0, 1.0, 1.0], ([0, 1, 2], [1, 4, 9])), shape=(3, 10))
    judged = Holdout(histories, targets, np.asarray([7, 8, 9], dtype=np.int32), np.ones(3, dtype=bool))
    same, other = recommendations([[1, 2], [4, 5], [1, 2]]), recommendations([[1, 2], [6, 7], [3, 4]])
    # row 0: right but the lists agree; row 1: right and nothing shared; row 2: nothing shared, nobody right
    assert side_by_side.interesting_row([same, other], judged, k=2) == 1


# ── conditions ────────────────────────────────────────────────────────────────────────────────────────


def test_a_judged_user_has_the_judged_history_and_others_their_training_events(toy):
    histories = from_lists([[3, 4]], toy.n_items)
    judged = Holdout(
        histories, csr_matrix(([1.0], ([0], [5])), shape=(1, 12)), np.asarray([2], np.int32), np.ones(1, bool)
    )
    found = Conditions(toy, SimpleNamespace(train=toy), None, None, None, judged)
    assert row_of_user(found, 2) == 0
    assert history_of(found, 2).items.tolist() == [3, 4]
    assert taken_later(found, 2) == frozenset({5})
    assert row_of_user(found, 0) is None
    assert len(history_of(found, 0).items) == 5
    assert taken_later(found, 0) == frozenset()


# ── fusion ────────────────────────────────────────────────────────────────────────────────────────────


def two_members():
    lists = [recommendations([[1, 2, 3]]), recommendations([[2, 4, 1]])]
    return build_pool(lists, 3, sources=("a", "b"))


def test_parts_of_the_fused_list_sum_to_its_scores_and_ranks_are_those_of_the_members():
    pool = two_members()
    values = FUSERS["rrf"]().values(pool)
    fused = fusion.fused_row(pool, values, 0, [1.0, 1.0], 3)
    table = fusion.fused_table(fused, pool, 0, ["a", "b"], TITLES)
    # item 2 stands at ranks 2 and 1: (1/62 + 1/61) / 2; item 1 at 1 and 3; item 4 at 2 of b alone: 1/62 / 2
    assert table["item"].tolist() == [2, 1, 4]
    assert table["score"].tolist() == pytest.approx(
        [(1 / 62 + 1 / 61) / 2, (1 / 61 + 1 / 63) / 2, 1 / 62 / 2], rel=1e-5
    )
    assert (table["part: a"] + table["part: b"]).tolist() == pytest.approx(table["score"].tolist(), rel=1e-5)
    assert table["rank: b"].tolist() == [1, 3, 2]
    assert pd.isna(table["rank: a"].iloc[2])
    tidy = fusion.tidy_parts(table, ["a", "b"])
    assert tidy.groupby("rank")["part"].sum().tolist() == pytest.approx(table["score"].tolist(), rel=1e-5)


def test_a_member_of_weight_zero_brings_nothing():
    pool = two_members()
    fused = fusion.fused_row(pool, FUSERS["rrf"]().values(pool), 0, [1.0, 0.0], 3)
    table = fusion.fused_table(fused, pool, 0, ["a", "b"], TITLES)
    assert table["item"].tolist() == [1, 2, 3]
    assert table["part: b"].tolist() == [0.0, 0.0, 0.0]


def test_the_fused_metric_is_compared_with_the_best_single_member_over_the_chosen_users():
    fused = np.asarray([0.5, 0.5, 0.9, np.nan])
    singles = {"a": np.asarray([0.1, 0.1, 0.9, np.nan]), "b": np.asarray([0.3, 0.3, 0.0, np.nan])}
    result = fusion.compare(fused, singles, np.asarray([True, True, False, True]))
    assert result.best == "b"  # over the first two users: 0.3 against 0.1
    assert result.gap.mean.mean == pytest.approx(0.2)
    assert (result.gap.better, result.gap.worse, result.gap.mean.n) == (2, 0, 2)
    text = fusion.finding(result, "ndcg", 10, {"a": "A", "b": "B"})
    assert "NDCG@10 0.500" in text
    assert "over B, the best single member" in text
    rows = fusion.metric_table(result, {"a": "A", "b": "B"})
    assert rows["name"].tolist() == ["Fused", "B", "A"]


# ── explanations ──────────────────────────────────────────────────────────────────────────────────────


def explained(contributions, *, errors=None, base=0.1, items=None):
    amounts = np.asarray(contributions, dtype=float)
    n = len(amounts)
    return Explanation(
        game="history",
        method="permutation" if errors is not None else "additive",
        exact=errors is None,
        item=9,
        players=tuple(range(n)),
        items=np.arange(n, dtype=np.int32) if items is None else np.asarray(items, dtype=np.int32),
        base=base,
        score=float(base + amounts.sum()),
        contributions=amounts,
        standard_errors=None if errors is None else np.asarray(errors, dtype=float),
        evaluations=42,
        value_function="v",
        background="b",
    )


def test_steps_start_where_the_one_above_ends_and_close_at_the_score():
    found = explained([0.1, -0.3, 0.6])
    steps = explanation.waterfall_steps(found, explanation.parts_table(found, TITLES))
    assert steps["label"].tolist() == ["Nothing known (base value)", "T2", "T1", "T0", "Score"]
    assert steps["start"].tolist() == pytest.approx([0, 0.1, 0.7, 0.4, 0])
    assert steps["end"].tolist() == pytest.approx([0.1, 0.7, 0.4, 0.5, 0.5])


def test_small_parts_are_summed_and_counted():
    found = explained([0.01] * 10)
    steps = explanation.waterfall_steps(found, explanation.parts_table(found, TITLES), most=3)
    assert steps["label"].tolist()[-2:] == ["rest (7 more)", "Score"]
    assert steps["amount"].iloc[-2] == pytest.approx(0.07)
    assert np.isnan(steps["error"].iloc[-2])


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=10), st.integers(1, 12))
def test_base_parts_and_rest_always_sum_to_the_score(amounts, most):
    found = explained(amounts)
    steps = explanation.waterfall_steps(found, explanation.parts_table(found, TITLES), most=most)
    assert steps["amount"].iloc[:-1].sum() == pytest.approx(found.score)
    assert steps["end"].iloc[-2] == pytest.approx(steps["end"].iloc[-1])


def test_the_sentence_names_shares_of_what_speaks_for_the_item_and_the_verified_fall():
    found = explained([0.54, 0.21, 0.25 - 0.0001, -0.3], items=[1, 2, 3, 4])
    change = Change(9, (0,), 1.0, 0.5, 2, 14)
    text = explanation.sentence(reasons(found), TITLES, {}, change)
    assert text == (
        "Because of **T1** and **T3** (54 % and 25 % of what speaks for it). "
        "Without T1 it would fall from rank 2 to 14. T4 speaks most against it (−0.300)."
    )


def test_nothing_is_a_reason_below_the_noise():
    found = explained([0.3, 0.2], errors=[0.2, 0.2])
    assert explanation.sentence(reasons(found), TITLES, {}).startswith("No single event explains this")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (2, 14, "fall from rank 2 to 14"),
        (5, 3, "rise from rank 5 to 3"),
        (2, 2, "stay at rank 2"),
        (2, 0, "no longer"),
    ],
)
def test_without_an_event_the_words_follow_the_ranks(before, after, words):
    assert words in explanation.without_words(Change(9, (0,), 1.0, 0.5, before, after), "T1")


def test_the_strongest_reason_is_found_at_its_latest_position():
    found = explained([0.5, 0.1, 0.4], items=[1, 2, 1])
    assert explanation.strongest_position(found, reasons(found)) == 2


def test_the_panel_prints_players_value_background_estimator_cost_base_and_gap():
    rows = dict(explanation.panel(explained([0.5])))
    assert len(rows) == 8
    assert rows["Players"] == "1 past events of this user"
    assert rows["Evaluations"] == "42"
    assert rows["Additivity gap"] == "reasons add up (gap 0.000)"


# ── new users ─────────────────────────────────────────────────────────────────────────────────────────


def crossing(name, n, *, at=None, behind=()):
    return Crossing(
        name=name, baseline="popularity", n=n, at=20 if n is None else n,
        difference=0.041, low=0.026, high=0.055, ahead=(), behind=behind,
        smallest_n=0, largest_n=20, area=0.1, baseline_area=0.05,
    )  # fmt: skip


LABELS = {"r1": "EASE", "r2": "ALS", "popularity": "Popularity"}


def test_the_first_line_that_pays_makes_the_finding():
    text = cold_start.finding([crossing("r1", 3), crossing("r2", 1)], LABELS)
    assert text == (
        "**Personalisation pays from 1 known event: ALS is then surely ahead of Popularity** "
        "(+0.041, 95 % 0.026–0.055)."
    )
    assert "no model is surely ahead of Popularity" in cold_start.finding([crossing("r1", None)], LABELS)
    assert "from the start" in cold_start.finding([crossing("r1", 0)], LABELS)


def test_every_line_has_a_sentence_that_says_where_it_is_behind():
    words = cold_start.crossing_sentences([crossing("r1", 3, behind=(0, 1)), crossing("r2", None)], LABELS)
    assert words[0].startswith("EASE is surely ahead of Popularity from 3 known events")
    assert words[0].endswith("It is surely behind at 0 and 1.")
    assert words[1].startswith("ALS is not surely ahead of Popularity up to 20 known events")


def test_curves_keep_the_order_of_the_lines_and_the_table_one_column_each():
    points = pd.DataFrame(
        {
            "name": ["popularity", "r1", "popularity", "r1"], "n": [1, 1, 0, 0],
            "mean": [0.1, 0.3, 0.1, 0.2], "low": 0.05, "high": 0.4, "answered_share": 1.0,
        }
    )  # fmt: skip
    table = cold_start.curve_table(points, {"r1": "EASE", "popularity": "Popularity"})
    assert table["label"].tolist() == ["EASE", "EASE", "Popularity", "Popularity"]
    assert table["n"].tolist() == [0, 1, 0, 1]
    wide = cold_start.shown_table(table, "ndcg", 10)
    assert wide.columns.tolist() == ["Known events · NDCG@10", "EASE", "Popularity"]
    assert wide["EASE"].tolist()[1] == "0.300 (0.050–0.400)"


def test_how_much_a_list_changed_is_counted_against_that_of_a_person_without_history():
    before, now = [shown("A", [1, 2, 3])], [shown("A", [1, 5, 6])]
    assert cold_start.changed_titles(before, now, 3) == (
        "Against the list of a person without history change: A 2 of 3."
    )


def test_lists_that_all_change_fully_are_said_once():
    before, now = [shown("A", [1, 2]), shown("B", [3, 4])], [shown("A", [5, 6]), shown("B", [7, 8])]
    assert cold_start.changed_titles(before, now, 2) == (
        "Every list differs in all 2 titles from that of a person without history."
    )


def test_models_without_an_answer_are_named_where_popularity_stands_in():
    points = pd.DataFrame(
        {
            "name": ["a", "b", "popularity", "a", "b"],
            "n": [0, 0, 0, 1, 1],
            "answered_share": [0.0, 0.0, 0.0, 1.0, 0.9],
        }
    )
    assert cold_start.stand_in_words(points, {"a": "EASE", "b": "ALS"}) == [
        "With 0 known events EASE and ALS have no answer of their own; popularity stands in."
    ]


def test_a_title_is_never_read_as_markdown():
    assert literal("![x](https://example.org/a.png)") == r"\!\[x\](https\://example.org/a.png)"
    assert literal("Se7en *uncut* | $9") == r"Se7en \*uncut\* \| \$9"
    table = written(pd.DataFrame({"<b>": [":red[a]"]}))
    assert table.columns.tolist() == [r"\<b\>"]
    assert table.iloc[0, 0] == r"\:red\[a\]"
