"""What every metric of the registry must hold, whoever wrote it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from core import metrics
from core.evaluation_kernel import list_metrics
from core.metrics import METRICS, OF_LISTS, PER_USER, Catalogue
from core.metrics.base import first_of_each

KS = (1, 3, 8)
N_ITEMS = 15


def random_case(seed: int, *, repeats: bool) -> tuple[np.ndarray, csr_matrix]:
    """Lists of 8 (some short, some empty) and targets (some users without any)."""
    rng = np.random.default_rng(seed)
    lists = np.stack([rng.choice(N_ITEMS, 8, replace=repeats) for _ in range(20)]).astype(np.int32)
    lists[np.arange(8) >= rng.integers(0, 9, 20)[:, None]] = -1
    targets = csr_matrix(
        (rng.random((20, N_ITEMS)) < 0.2 * (rng.random(20) < 0.8)[:, None]).astype(np.float32)
    )
    return lists, targets


def references(lists: np.ndarray, targets: csr_matrix, k: int) -> np.ndarray:
    dense = targets.toarray() != 0
    hits = np.take_along_axis(dense, np.maximum(lists, 0), axis=1) & first_of_each(lists)
    n_relevant = dense.sum(axis=1)
    functions = [METRICS[name].reference for name in PER_USER]
    return np.stack([function(hits[:, :k], n_relevant) for function in functions if function], axis=1)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), repeats=st.booleans())
def test_the_compiled_pass_equals_every_reference_function(seed: int, repeats: bool) -> None:
    lists, targets = random_case(seed, repeats=repeats)
    compiled = list_metrics(lists, targets, KS)
    for column, k in enumerate(KS):
        np.testing.assert_allclose(compiled[:, :, column], references(lists, targets, k), rtol=1e-6)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_values_per_user_stay_between_zero_and_one_even_when_items_repeat(seed: int) -> None:
    values = list_metrics(*random_case(seed, repeats=True), KS)
    judged = values[~np.isnan(values)]
    assert (judged >= 0).all()
    assert (judged <= 1 + 1e-6).all()


@pytest.mark.parametrize("name", PER_USER)
def test_a_perfect_list_scores_one_and_a_useless_one_zero(name: str) -> None:
    targets = csr_matrix(np.eye(3, dtype=np.float32)[[0, 0]])
    values = list_metrics(np.asarray([[0], [1]], dtype=np.int32), targets, (1,))[:, PER_USER.index(name), 0]
    assert values.tolist() == [1, 0]


@pytest.mark.parametrize("name", PER_USER)
def test_users_without_targets_are_nan(name: str) -> None:
    values = list_metrics(np.zeros((1, 1), dtype=np.int32), csr_matrix((1, 3)), (1,))
    assert np.isnan(values[0, PER_USER.index(name), 0])


@pytest.mark.parametrize("name", OF_LISTS)
def test_numbers_of_all_lists_do_not_depend_on_how_items_are_numbered(name: str) -> None:
    rng = np.random.default_rng(3)
    items = np.stack([rng.choice(30, 4, replace=False) for _ in range(12)]).astype(np.int32)
    popularity, renamed = rng.integers(0, 6, 30), rng.permutation(30)
    eligible = popularity > 0
    function = METRICS[name].of_lists
    assert function is not None
    before = function(items, Catalogue(popularity, 9, eligible))
    back = np.argsort(renamed)
    after = function(renamed[items].astype(np.int32), Catalogue(popularity[back], 9, eligible[back]))
    assert before == pytest.approx(after)


@pytest.mark.parametrize("name", OF_LISTS)
def test_nobody_being_shown_anything_is_not_an_error(name: str) -> None:
    function = METRICS[name].of_lists
    assert function is not None
    value = function(
        np.full((2, 3), -1, dtype=np.int32), Catalogue(np.ones(4, dtype=int), 2, np.ones(4, dtype=bool))
    )
    assert np.isnan(value) or value == 0


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_says_what_it_is_in_words(name: str) -> None:
    metric = METRICS[name]
    assert metric.name == name
    assert metric.label
    assert metric.definition
    assert metric.denominator
    assert "{value}" in metric.plain
    assert set(re.findall(r"{(\w+)}", metric.plain)) <= {"k", "value"}
    functions = [metric.reference, metric.of_lists, metric.of_scores]
    assert sum(function is not None for function in functions) == 1
    assert (Path(metrics.__file__).parent / f"{name}.py").exists()


def test_values_per_user_come_first_in_the_order_of_the_compiled_pass() -> None:
    assert tuple(METRICS)[: len(PER_USER)] == PER_USER
    assert PER_USER == ("ndcg", "recall", "capped_recall", "precision", "map", "mrr", "hit_rate")


def test_sentences_are_plain() -> None:
    assert METRICS["precision"].sentence(0.21, 10) == "of 10 shown, 2.10 were taken"
    assert METRICS["hit_rate"].sentence(0.5, 5) == "50.0 % of users took at least one of 5 shown"
    assert "unknown" in METRICS["gini"].sentence(float("nan"), 5)
