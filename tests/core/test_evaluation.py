"""Who is judged, under which conditions, and that nobody disappears from the count."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from core import evaluation
from core.evaluation import Evaluation, effective_rank, evaluate, fingerprint, judged, list_metrics
from core.metrics import PER_USER
from core.ranking import FALLBACK, Policy, Recommendations, recommend
from data.dataset import Dataset
from data.errors import ConfigError
from data.histories import Histories, from_lists
from data.split import Fingerprint, Holdout, Split
from tests.conftest import make_dataset

CONDITIONS = Fingerprint("d1", "none", "last 1", "5 items", "validation, 3 users")


def holdout(histories: list[list[int]], targets: list[list[int]], known: list[bool] | None = None) -> Holdout:
    n, n_items = len(histories), 6
    rows = np.repeat(np.arange(n), [len(row) for row in targets])
    flat = [item for row in targets for item in row]
    matrix = csr_matrix((np.ones(len(rows), np.float32), (rows, flat)), shape=(n, n_items))
    return Holdout(
        from_lists(histories, n_items),
        matrix,
        np.arange(n, dtype=np.int32),
        np.ones(n, dtype=bool) if known is None else np.asarray(known),
    )


def lists(items: list[list[int]], answered_by: list[int] | None = None) -> Recommendations:
    n = len(items)
    return Recommendations(
        users=np.arange(n, dtype=np.int32),
        items=np.asarray(items, dtype=np.int32),
        scores=np.zeros((n, len(items[0])), dtype=np.float32),
        keys=np.arange(n, dtype=np.uint64),
        answered_by=np.asarray(answered_by or [0] * n, dtype=np.uint8),
        answerers=("model", FALLBACK),
    )


def train() -> Dataset:
    return make_dataset([0, 0, 1, 1, 2], [0, 1, 0, 2, 3], n_items=6)


SHOWN = [[0, 1], [2], [4]]
TO_FIND = [[1, 3], [2], []]


@pytest.mark.parametrize(
    ("seen", "targets", "left_out"),
    [
        ("hide", [[3]], {"no target": 1, "every target already in the history (hidden by the policy)": 1}),
        ("exclusive", [[1], [2]], {"no target": 1}),
        ("allow", [[1, 3], [2]], {"no target": 1}),
    ],
)
def test_only_targets_the_policy_can_reach_are_judged(
    seen: str, targets: list[list[int]], left_out: dict[str, int]
) -> None:
    kept, absent = judged(holdout(SHOWN, TO_FIND), Policy(seen))  # type: ignore[arg-type]
    assert [row.indices.tolist() for row in kept.targets] == targets
    assert absent == left_out
    assert len(kept) + sum(absent.values()) == 3


def test_judging_leaves_the_holdout_as_it_was() -> None:
    given = holdout(SHOWN, TO_FIND)
    before = given.targets.toarray()
    judged(given, Policy("hide"))
    assert (given.targets.toarray() == before).all()


def test_users_with_targets_and_no_list_count_zero_and_are_shown() -> None:
    found = evaluate(
        lists([[1, 2], [-1, -1]]), holdout([[0], [0]], [[1], [1]]), train(), fingerprint=CONDITIONS, ks=(1, 2)
    )
    assert found.values("recall", 1).tolist() == [1, 0]
    assert found.n_users() == 2
    assert found.answered.tolist() == [True, False]
    assert found.n_lists == 1


def test_known_and_new_users_are_kept_apart() -> None:
    found = evaluate(
        lists([[1], [2], [1]]),
        holdout([[0], [], []], [[1], [1], []], known=[True, False, False]),
        train(),
        fingerprint=CONDITIONS,
        ks=(1,),
    )
    assert found.values("ndcg", 1, "known").tolist() == [1]
    assert found.values("ndcg", 1, "new").tolist() == [0]
    assert found.values("ndcg", 1, "all").tolist() == [1, 0]
    assert np.isnan(found.per_user[2]).all()  # no target: not judged
    assert found.left_out == {"no target": 1}


def test_fallback_answers_are_told_apart() -> None:
    found = evaluate(
        lists([[1], [2]], [0, 1]), holdout([[0], [0]], [[1], [2]]), train(), fingerprint=CONDITIONS, ks=(1,)
    )
    assert found.answered.tolist() == [True, False]


def test_cut_offs_beyond_the_lists_are_not_measured() -> None:
    found = evaluate(lists([[1, 2, 3, 4, 5]]), holdout([[0]], [[1]]), train(), fingerprint=CONDITIONS)
    assert found.ks == (5,)
    short = evaluate(lists([[1, 2]]), holdout([[0]], [[1]]), train(), fingerprint=CONDITIONS)
    assert short.ks == (2,)


def test_the_summary_has_a_row_for_every_metric_and_k() -> None:
    found = evaluate(
        lists([[1, 2], [3, 2]]),
        holdout([[0], [0]], [[1], [1]]),
        train(),
        fingerprint=CONDITIONS,
        extra={"effective_rank": 2.5},
        ks=(1, 2),
    )
    table = found.summary().set_index(["metric", "k"])
    assert table.loc[("recall", 1), "mean"] == 0.5
    assert table.loc[("recall", 1), "low"] == 0
    assert table.loc[("recall", 1), "high"] == 1
    assert table.loc[("recall", 1), "n_users"] == 2
    assert table.loc[("coverage", 2), "mean"] == pytest.approx(3 / 4)  # items 1, 2, 3 of 0, 1, 2, 3
    assert np.isnan(table.loc[("coverage", 2), "low"])
    assert table.loc[("effective_rank", 0), "mean"] == 2.5
    assert len(table) == 2 * len(PER_USER) + 2 * 5 + 1


def test_the_summary_of_nobody_is_unknown_not_zero() -> None:
    found = evaluate(lists([[1]]), holdout([[0]], [[1]]), train(), fingerprint=CONDITIONS, ks=(1,))
    table = found.summary("new").set_index(["metric", "k"])
    assert np.isnan(table.loc[("ndcg", 1), "mean"])
    assert table.loc[("ndcg", 1), "n_users"] == 0


def test_an_evaluation_is_kept_and_restored_equal() -> None:
    found = evaluate(
        lists([[1, 2], [3, 2]]),
        holdout([[0], [0]], [[1], [1]], known=[True, False]),
        train(),
        fingerprint=CONDITIONS,
        left_out={"no target": 4},
        extra={"effective_rank": float("nan")},
    )
    arrays, meta = found.to_arrays()
    again = Evaluation.from_arrays(arrays, json.loads(json.dumps(meta, allow_nan=False)))
    assert (again.per_user == found.per_user).all()
    assert again.fingerprint == found.fingerprint
    assert again.left_out == {"no target": 4}
    assert again.summary("all").equals(found.summary("all"))


def test_lists_of_other_users_are_refused() -> None:
    given = holdout([[0], [0]], [[1], [1]])
    with pytest.raises(ConfigError, match="do not belong"):
        evaluate(lists([[1]]), given, train(), fingerprint=CONDITIONS)
    other = replace(lists([[1], [1]]), keys=np.asarray([5, 6], dtype=np.uint64))
    with pytest.raises(ConfigError, match="do not belong"):
        evaluate(other, given, train(), fingerprint=CONDITIONS)


def test_asking_for_what_was_not_measured_names_what_was() -> None:
    found = evaluate(lists([[1]]), holdout([[0]], [[1]]), train(), fingerprint=CONDITIONS, ks=(1,))
    with pytest.raises(ConfigError, match="k = 1"):
        found.values("ndcg", 10)
    with pytest.raises(ConfigError, match="known, new or all"):
        found.values("ndcg", 1, "old")  # type: ignore[arg-type]


@pytest.mark.parametrize("ks", [(), (0, 5), (10, 5), (5, 5)])
def test_cut_offs_that_do_not_rise_are_refused(ks: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="cut-offs"):
        list_metrics(np.zeros((1, 5), dtype=np.int32), csr_matrix((1, 3)), ks)


def test_lists_and_targets_of_different_length_are_refused() -> None:
    with pytest.raises(ConfigError, match="2 lists stand against 1 rows"):
        list_metrics(np.zeros((2, 5), dtype=np.int32), csr_matrix((1, 3)))


def test_stored_zeros_and_repeated_entries_are_not_more_targets() -> None:
    targets = csr_matrix(
        (np.asarray([1.0, 1.0, 0.0]), np.asarray([2, 2, 1]), np.asarray([0, 3])), shape=(1, 3)
    )
    values = list_metrics(np.asarray([[2, 1]], dtype=np.int32), targets, (2,))
    assert values[0, PER_USER.index("recall"), 0] == 1
    assert values[0, PER_USER.index("precision"), 0] == 0.5
    assert len(targets.data) == 3


def split_of(dataset: Dataset, validation: Holdout, description: str = "last 1") -> Split:
    none = np.empty(0, dtype=np.int64)
    return Split(dataset, validation, validation, "last", description, {}, none, none, none)


def test_fingerprints_say_what_differs() -> None:
    dataset, part = train(), holdout(SHOWN, TO_FIND)
    base = fingerprint(dataset, split_of(dataset, part), Policy("hide"), "validation")
    assert base == fingerprint(dataset, split_of(dataset, part), Policy("hide"), "validation")
    assert base.candidates == "4 items of train; items of the history are hidden"
    test = fingerprint(dataset, split_of(dataset, part), Policy("hide"), "test")
    assert [words.split(":")[0] for words in base.differences(test)] == ["users"]
    allowed = fingerprint(dataset, split_of(dataset, part), Policy("allow"), "validation")
    assert [words.split(":")[0] for words in base.differences(allowed)] == ["candidates", "users"]


def test_other_events_or_other_targets_under_the_same_words_differ() -> None:
    dataset, part = train(), holdout(SHOWN, TO_FIND)
    base = fingerprint(dataset, split_of(dataset, part), Policy("allow"), "test")
    moved = split_of(dataset, holdout(SHOWN, [[1, 4], [2], []]))
    assert base.differences(fingerprint(dataset, moved, Policy("allow"), "test"))[0].startswith("users")
    other = make_dataset([0, 0, 1, 1, 2], [0, 1, 0, 2, 4], n_items=6)
    assert fingerprint(other, split_of(other, part), Policy("allow"), "test").data != base.data
    chosen = np.asarray([True, True, True, True, False, False])
    narrowed = fingerprint(dataset, split_of(dataset, part), Policy("allow"), "test", candidates=chosen)
    assert narrowed.candidates != base.candidates


def test_other_events_to_learn_from_under_the_same_words_differ() -> None:
    dataset, part = train(), holdout(SHOWN, TO_FIND)
    one, other = (
        replace(split_of(dataset, part), train_rows=np.asarray(rows)) for rows in ([0, 1, 2], [0, 1, 3])
    )
    base = fingerprint(dataset, one, Policy("allow"), "test")
    difference = base.differences(fingerprint(dataset, other, Policy("allow"), "test"))
    assert [words.split(":")[0] for words in difference] == ["split"]
    assert base.split.startswith("last 1; 3 train events (")


class Scored:
    """Scores of a row = row of a table, by history key."""

    name = "scored"

    def __init__(self, table: np.ndarray) -> None:
        self.table = np.asarray(table, dtype=np.float32)

    def score(self, histories: Histories, items: np.ndarray | None = None) -> np.ndarray:
        return self.table[histories.keys.astype(int)]


def test_effective_rank_of_a_model_tells_collapse_from_variety() -> None:
    rng = np.random.default_rng(0)
    histories = from_lists([[0]] * 60, 6)
    same = np.tile(rng.random(6), (60, 1))
    same[:, 5] = -np.inf
    assert effective_rank(Scored(same), histories) == 1.0  # type: ignore[arg-type]
    assert effective_rank(Scored(rng.normal(size=(60, 6))), histories) > 4  # type: ignore[arg-type]


def test_an_all_zero_model_scores_like_random() -> None:
    rng = np.random.default_rng(1)
    n, n_items = 1500, 40
    wanted = csr_matrix(
        rng.random((n, n_items)) < np.linspace(0.5, 0.01, n_items)
    )  # low item numbers are popular
    histories = from_lists([[]] * n, n_items)
    zero = recommend(Scored(np.zeros((n, n_items))), histories, k=10)  # type: ignore[arg-type]
    chance = recommend(Scored(rng.random((n, n_items))), histories, k=10)  # type: ignore[arg-type]
    a, b = (list_metrics(each.items, wanted.astype(np.float32), (10,))[:, 0, 0] for each in (zero, chance))
    assert np.nanmean(a) == pytest.approx(np.nanmean(b), abs=0.02)


def test_warm_compiles() -> None:
    evaluation.warm()
