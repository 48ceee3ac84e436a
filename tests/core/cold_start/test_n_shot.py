"""The curve: fixed users, targets and candidates; the fallback at n = 0; the planted crossing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cold_start import STRATEGIES, NShot, crossings, n_shot, top_lists
from core.cold_start.cohort import choose_min_history
from core.cold_start.crossing import area
from core.ranking import Policy
from data.errors import Cancelled, ConfigError, NotApplicable, NotFound


def test_one_event_finds_one_of_two_targets(taste, forty_users):
    """The last event points at one of two targets, the last three at both: recall 0, 1/2, 1 at k = 3."""
    curve = n_shot({"taste": taste()}, forty_users, ns=(0, 1, 3, 10), k=3, metric="recall", min_history=10)
    assert curve.n_users == 40
    points = curve.points.set_index(["name", "n"])["mean"]
    assert points["taste", 0] == points["popularity", 0]
    assert points["taste", 1] >= 0.5
    assert curve.values("taste", 3).tolist() == [1.0] * 40


def test_without_events_the_fallback_answers_and_it_is_said(taste, forty_users):
    curve = n_shot({"taste": taste(needs=2)}, forty_users, ns=(0, 1, 2), min_history=10)
    share = curve.points.set_index(["name", "n"])["answered_share"]
    assert share["taste", 0] == share["taste", 1] == 0.0
    assert share["taste", 2] == share["popularity", 0] == 1.0
    np.testing.assert_array_equal(curve.values("taste", 0), curve.values("popularity", 0))
    np.testing.assert_array_equal(curve.values("taste", 1), curve.values("popularity", 0))


def test_popularity_is_a_flat_line(taste, forty_users):
    curve = n_shot({"taste": taste()}, forty_users, ns=(0, 5, 10), min_history=10)
    np.testing.assert_array_equal(curve.values("popularity", 0), curve.values("popularity", 10))


def test_a_model_given_as_popularity_is_the_baseline(taste, forty_users):
    curve = n_shot({"popularity": taste()}, forty_users, ns=(0, 10), min_history=10)
    assert curve.names == ("popularity",)


def test_points_say_what_they_are(taste, forty_users):
    curve = n_shot({"taste": taste()}, forty_users, ns=(0, 1, 5), k=5, metric="hit_rate")
    columns = ["name", "n", "metric", "k", "mean", "low", "high", "answered_share"]
    assert list(curve.points.columns) == columns
    assert (curve.points["low"] <= curve.points["mean"]).all()
    assert (curve.points["mean"] <= curve.points["high"]).all()
    assert set(curve.points["metric"]) == {"hit_rate"}
    assert set(curve.points["k"]) == {5}


def test_items_of_the_full_history_stay_hidden_when_fewer_events_are_shown(make_split):
    """Every user took item 0 long ago; the model lists item 0 first. It must never fill a place."""

    class Zero:
        name = "zero"

        def score(self, histories, items=None):
            scores = np.tile(-np.arange(60, dtype=np.float32), (len(histories), 1))
            return scores if items is None else scores[:, items]

    split = make_split([[0, 7, 8]] * 25, [[1]] * 25)
    hidden = n_shot({"zero": Zero()}, split, ns=(0, 1, 3), k=1, metric="hit_rate", min_history=3)
    assert hidden.values("zero", 1).tolist() == [1.0] * 25
    assert "stay hidden at every n" in hidden.note
    allowed = n_shot(
        {"zero": Zero()}, split, ns=(0, 1, 3), k=1, metric="hit_rate", min_history=3, policy=Policy("allow")
    )
    assert allowed.values("zero", 1).tolist() == [0.0] * 25


def test_exclusive_candidates_come_from_the_full_history(make_split, taste):
    split = make_split([[4, 7, 8]] * 25, [[4]] * 25)
    curve = n_shot(
        {"taste": taste()}, split, ns=(0, 3), k=3, metric="recall", min_history=3, policy=Policy("exclusive")
    )
    assert curve.values("taste", 0).tolist() == [1.0] * 25


def test_models_see_unknown_users_and_only_n_events(forty_users):
    seen = []

    class Spy:
        name = "spy"

        def score(self, histories, items=None):
            seen.append((set(histories.users.tolist()), set(histories.lengths.tolist())))
            return np.random.default_rng(0).random((len(histories), 60), dtype=np.float32)

    n_shot({"spy": Spy()}, forty_users, ns=(0, 2, 5), min_history=10)
    assert seen == [({-1}, {0}), ({-1}, {2}), ({-1}, {5})]


@pytest.mark.parametrize("shown", ["last", "first", "random"])
def test_shown_events_come_from_the_chosen_end(forty_users, shown):
    rows = []

    class Spy:
        name = "spy"

        def score(self, histories, items=None):
            rows.append([histories.row(r).tolist() for r in range(len(histories))])
            return np.random.default_rng(0).random((len(histories), 60), dtype=np.float32)

    n_shot({"spy": Spy()}, forty_users, ns=(2, 4), shown=shown, min_history=10)
    two, four = rows
    full = [forty_users.test.histories.row(r).tolist() for r in range(40)]
    if shown == "last":
        assert two == [row[-2:] for row in full]
    elif shown == "first":
        assert two == [row[:2] for row in full]
    else:
        assert all(set(a) < set(b) for a, b in zip(two, four, strict=True))  # more events keep the fewer
        assert two != [row[-2:] for row in full]


def test_the_shortest_history_is_chosen_so_that_users_stay(make_split, taste):
    lengths = [30] * 30 + [12] * 100 + [6] * 150 + [1] * 20
    rows = [list(range(n)) for n in lengths]
    curve = n_shot({"taste": taste()}, make_split(rows, [[59]] * 300), ns=(0, 1, 5, 10, 20))
    assert curve.min_history == 5  # 280 of 300 users; only 130 have ten events
    assert curve.n_users == 280
    assert curve.ns == (0, 1, 5)
    assert "280 of 300" in curve.note
    assert "10, 20 events" in curve.note


def test_few_users_choose_the_longest_history_of_half_of_them():
    lengths = np.array([25] * 30 + [4] * 20)
    assert choose_min_history(lengths, (0, 1, 3, 20)) == 20  # 30 of 50 is more than half
    lengths = np.array([25] * 20 + [4] * 30)
    assert choose_min_history(lengths, (0, 1, 3, 20)) == 3


def test_too_few_users_are_refused_calmly(make_split, taste):
    split = make_split([list(range(10))] * 19, [[59]] * 19)
    with pytest.raises(NotApplicable, match="Only 19 judged users have 1 or more"):
        n_shot({"taste": taste()}, split, ns=(0, 1, 5))
    with pytest.raises(NotApplicable, match="Only 19 judged users have 8 or more"):
        n_shot({"taste": taste()}, split, ns=(0, 1, 5), min_history=8)


def test_many_users_are_sampled_by_seed(make_split, taste):
    split = make_split([list(range(5))] * 90, [[59]] * 90)
    one, same, other = (
        n_shot({"taste": taste()}, split, ns=(0, 5), max_users=30, seed=seed) for seed in (0, 0, 1)
    )
    assert one.n_users == 30
    assert one.users.tolist() == same.users.tolist() != other.users.tolist()
    assert "30 drawn" in one.note


def test_the_note_says_whether_users_were_trained_on(make_split, taste):
    rows, targets = [list(range(5))] * 25, [[59]] * 25
    warm = n_shot({"taste": taste()}, make_split(rows, targets), ns=(0, 5))
    cold = n_shot({"taste": taste()}, make_split(rows, targets, known=False), ns=(0, 5))
    assert "Earlier events of 25 of them were in the training data" in warm.note
    assert "None of these users was in the training data" in cold.note


def test_a_model_that_must_refuse_is_left_out_with_its_reason(taste, forty_users):
    class Refuses:
        name = "refuses"

        def score(self, histories, items=None):
            raise NotApplicable("This model answers trained users only.", "Train another.")

    curve = n_shot({"refuses": Refuses(), "taste": taste()}, forty_users, ns=(0, 5))
    assert curve.names == ("taste", "popularity")
    assert "trained users only" in curve.refused["refuses"]


def test_strategies_are_lines_of_their_own(taste, forty_users):
    switch = STRATEGIES["switch"](STRATEGIES["switch"].Config(threshold=3))
    curve = n_shot({"taste": taste()}, forty_users, ns=(0, 1, 3, 5), strategies=[switch])
    assert curve.names == ("taste", "taste (switch)", "popularity")
    np.testing.assert_array_equal(curve.values("taste (switch)", 1), curve.values("popularity", 1))
    np.testing.assert_array_equal(curve.values("taste (switch)", 3), curve.values("taste", 3))


def test_an_all_zero_model_without_popularity_is_random_not_low_numbers(make_split):
    """With a flat fallback too, ties decide: hit rate at 6 of 60 items is near 6/57, not 1."""

    class Zero:
        name = "zero"

        def score(self, histories, items=None):
            return np.zeros((len(histories), 60), dtype=np.float32)

    split = make_split([[20, 21, 22]] * 400, [[0]] * 400)
    curve = n_shot(
        {"zero": Zero()}, split, ns=(0, 3), k=6, metric="hit_rate", fallback=np.zeros(60, dtype=np.float32)
    )
    assert 0.04 < curve.points["mean"].iloc[0] < 0.18


def test_progress_reaches_the_end_and_can_be_cancelled(taste, forty_users):
    told = []
    n_shot(
        {"taste": taste()}, forty_users, ns=(0, 5), report=lambda f, stage="", **_: told.append((f, stage))
    )
    assert told[-1][0] == pytest.approx(1.0)
    assert told[0][1].startswith("taste: 0 known events")
    assert told == sorted(told, key=lambda entry: entry[0])

    def stop(fraction, stage="", **_):
        raise Cancelled

    with pytest.raises(Cancelled):
        n_shot({"taste": taste()}, forty_users, ns=(0, 5), report=stop)


@pytest.mark.parametrize(
    ("settings_", "words"),
    [
        ({"ns": ()}, "numbers of shown events"),
        ({"ns": (-1, 2)}, "numbers of shown events"),
        ({"metric": "coverage"}, "no value per user"),
        ({"shown": "middle"}, "middle"),
        ({"max_users": 0}, "At most 0 users"),
        ({"ns": (20,), "min_history": 10}, "at least 10 events"),
    ],
)
def test_wrong_settings_are_named(taste, forty_users, settings_, words):
    with pytest.raises(ConfigError, match=words):
        n_shot({"taste": taste()}, forty_users, **settings_)


def test_the_curve_survives_json(taste, forty_users):
    curve = n_shot({"taste": taste()}, forty_users, ns=(0, 1, 5))
    back = NShot.from_json(curve.to_json())
    pd.testing.assert_frame_equal(back.points, curve.points)
    for name in curve.names:
        np.testing.assert_array_equal(back.per_user[name], curve.per_user[name])
    assert back.users.tolist() == curve.users.tolist()
    assert (back.ns, back.note, back.min_history, back.metric, back.k, back.shown) == (
        curve.ns, curve.note, curve.min_history, curve.metric, curve.k, curve.shown,
    )  # fmt: skip
    assert crossings(back) == crossings(curve)


def test_inputs_are_left_as_they_were(taste, forty_users):
    before = forty_users.test.histories.items.copy(), forty_users.test.targets.toarray()
    n_shot({"taste": taste()}, forty_users, ns=(0, 5))
    np.testing.assert_array_equal(forty_users.test.histories.items, before[0])
    np.testing.assert_array_equal(forty_users.test.targets.toarray(), before[1])


def curve_of(lines: dict[str, np.ndarray], ns: tuple[int, ...]) -> NShot:
    return NShot(
        points=pd.DataFrame(), per_user={n: np.asarray(v, dtype=np.float32) for n, v in lines.items()},
        users=np.arange(len(next(iter(lines.values())))), ns=ns, metric="ndcg", k=10, shown="last",
        min_history=5, note="",
    )  # fmt: skip


def test_the_crossing_is_found_where_it_was_planted():
    """Behind by 0.2 at 0, level at 1, ahead by 0.2 from 2 on; noise 0.1 over 200 paired users."""
    rng = np.random.default_rng(0)
    user = rng.random((200, 1))
    floor = np.repeat(user, 4, axis=1)
    line = floor + np.array([-0.2, 0.0, 0.2, 0.2]) + rng.normal(scale=0.1, size=(200, 4))
    (found,) = crossings(curve_of({"als": line, "popularity": floor}, (0, 1, 2, 5)))
    assert (found.n, found.at, found.ahead, found.behind) == (2, 2, (2, 5), (0,))
    assert found.low < 0.2 < found.high
    assert found.area > found.baseline_area


def test_a_lead_that_is_lost_again_is_no_crossing():
    rng = np.random.default_rng(0)
    line = np.array([0.3, 0.3, -0.3]) + rng.normal(scale=0.1, size=(100, 3))
    (found,) = crossings(curve_of({"als": line, "popularity": np.zeros((100, 3))}, (0, 1, 2)))
    assert found.n is None
    assert (found.ahead, found.behind, found.at) == ((0, 1), (2,), 2)


def test_the_area_is_a_mean_height_on_a_log_axis():
    """n = 0, 1, 3 lie at 0, 1, 2: (0 + 1)/2 + (1 + 0)/2 = 1 over a width of 2 gives 0.5."""
    assert area((0, 1, 3), np.array([0.0, 1.0, 0.0])) == pytest.approx(0.5)
    assert area((5,), np.array([0.7])) == pytest.approx(0.7)


def test_an_absent_baseline_is_named(taste, forty_users):
    with pytest.raises(NotFound, match="no line 'ease'"):
        crossings(n_shot({"taste": taste()}, forty_users, ns=(0, 5)), baseline="ease")


@settings(max_examples=15, deadline=None)
@given(st.sets(st.integers(0, 10), min_size=1), st.integers(1, 60))
def test_any_numbers_of_events_and_any_k_give_values_between_zero_and_one(taste, make_split, ns, k):
    rows = [[(7 * user + step) % 30 for step in range(10)] for user in range(25)]
    curve = n_shot({"taste": taste()}, make_split(rows, [[59]] * 25), ns=tuple(ns), k=k, min_history=10)
    values = np.concatenate(list(curve.per_user.values()))
    assert values.shape[1] == len(ns)
    assert ((values >= 0) & (values <= 1)).all()


def test_the_sandbox_lists_every_model_for_picked_items(taste):
    class Refuses:
        name = "refuses"

        def score(self, histories, items=None):
            raise NotApplicable("No.", "")

    lists = top_lists({"taste": taste(), "no": Refuses()}, [4, 9], 60, k=2)
    assert sorted(lists["taste"].items[0].tolist()) == [34, 39]
    assert isinstance(lists["no"], NotApplicable)
    popular = np.arange(60, dtype=np.float32)
    empty = top_lists({"taste": taste()}, [], 60, k=2, fallback=popular)["taste"]
    assert empty.items[0].tolist() == [59, 58]
    assert empty.answerers[empty.answered_by[0]] == "popularity (fallback)"
