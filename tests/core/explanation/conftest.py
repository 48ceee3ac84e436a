"""Small recommenders whose explanations can be checked by arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from data.histories import Histories, from_lists


class FoldInModel:
    """A factor model with random item factors; `score` folds in with numpy."""

    name = "fold_in"

    def __init__(self, alpha: float, n_items: int = 40, f: int = 6, seed: int = 0) -> None:
        self.Y = np.random.default_rng(seed).normal(size=(n_items, f))
        self.alpha = alpha
        self.A0 = self.Y.T @ self.Y + 2.0 * np.eye(f)

    def fold_in_system(self, histories: Histories, row: int):
        events = histories.matrix[[row]]
        return self.Y, self.A0, events.indices.astype(np.int32), self.alpha * events.data.astype(float)

    def score(self, histories: Histories, items=None):
        scores = np.empty((len(histories), len(self.Y)), dtype=np.float32)
        for row in range(len(histories)):
            Y, A0, own, c = self.fold_in_system(histories, row)
            scores[row] = Y @ np.linalg.solve(A0 + (Y[own].T * (c - 1)) @ Y[own], Y[own].T @ c)
        return scores if items is None else scores[:, items]


class OrderModel:
    """Not additive and not blind to order: pairs of neighbours matter. Score 1 for an empty history."""

    name = "order"

    def __init__(self, n_items: int = 40, seed: int = 0) -> None:
        self.pair = np.random.default_rng(seed).normal(size=(n_items, n_items)).astype(np.float32)

    def score(self, histories: Histories, items=None):
        scores = np.ones((len(histories), len(self.pair)), dtype=np.float32)
        for row in range(len(histories)):
            own = histories.row(row)
            for place, item in enumerate(own):
                scores[row] += self.pair[item] / (len(own) - place)
                if place:
                    scores[row] += self.pair[own[place - 1], item] * self.pair[:, item]
        return scores if items is None else scores[:, items]


class SumModel:
    """score = 0.5 + Σ of one table row per event."""

    name = "sum"

    def __init__(self, n_items: int = 40, seed: int = 0) -> None:
        self.table = np.random.default_rng(seed).normal(size=(n_items, n_items))

    def score(self, histories: Histories, items=None):
        scores = (0.5 + histories.matrix @ self.table).astype(np.float32)
        return scores if items is None else scores[:, items]

    def history_contributions(self, histories: Histories, row: int, item: int):
        start, stop = histories.indptr[row], histories.indptr[row + 1]
        return 0.5, self.table[histories.row(row), item] * histories.weights[start:stop]


@pytest.fixture
def fold_in_model():
    return FoldInModel


@pytest.fixture
def order_model():
    return OrderModel()


@pytest.fixture
def sum_model():
    return SumModel()


@pytest.fixture
def some_histories() -> Histories:
    """Eight events, one event, a repeat, none, twenty events."""
    return from_lists([list(range(3, 11)), [7], [4, 9, 4, 2], [], list(range(20))], n_items=40)
