"""What an event counts, with decay, and how it is split over events again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.models.weighting import event_parts, history_matrix
from data.histories import Histories, from_lists


def weighted_lists(lists: list[list[int]], weights: list[float], n_items: int = 4) -> Histories:
    return replace(from_lists(lists, n_items), weights=np.asarray(weights, dtype=np.float32))


def test_repeats_are_summed_before_the_transform() -> None:
    rows = weighted_lists([[2, 0, 2]], [1, 3, 2])
    assert history_matrix(rows, "raw").toarray().tolist() == [[3, 0, 3, 0]]
    assert history_matrix(rows, "log").toarray().tolist() == [[2, 0, 2, 0]]  # log2(1 + 3) = 2
    assert history_matrix(rows, "binary").toarray().tolist() == [[1, 0, 1, 0]]


def test_weights_of_zero_or_less_are_no_event() -> None:
    rows = weighted_lists([[0, 1, 2]], [0, -2, 1])
    assert history_matrix(rows, "raw").toarray().tolist() == [[0, 0, 1, 0]]


def test_an_item_counts_half_for_each_half_life_after_its_latest_event() -> None:
    rows = weighted_lists([[3, 1, 3, 0], []], [1, 1, 1, 1])
    decayed = history_matrix(rows, "binary", half_life=1)
    assert decayed.toarray().tolist() == [[1, 0.25, 0, 0.5], [0, 0, 0, 0]]  # ages 0, 2 and 1


def test_parts_of_repeated_events_follow_their_weight() -> None:
    rows = weighted_lists([[0], [2, 0, 2]], [9, 1, 5, 3])
    parts = event_parts(rows, 1, np.array([10.0, 0, 8.0, 0]))
    assert parts == pytest.approx([2, 10, 6])  # 8 is split 1 : 3
