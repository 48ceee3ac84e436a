"""What an event counts: weights of a history as a model input, and its parts per event again."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic.config import JsonDict
from scipy.sparse import csr_matrix

from core.arrays import PerUser
from data.histories import Histories

MORE: JsonDict = {"more": True}  # a field under "More settings"
Weights = Literal["binary", "log", "raw"]
WEIGHTS_HELP = (
    "What an event counts: binary = 1 however often and however strong, log = log2(1 + summed weight), "
    "raw = the summed weight"
)


def transform(values: NDArray[np.float32], kind: Weights) -> NDArray[np.float32]:
    """Summed weights as model input. log2(1 + w) leaves 1 at 1 and tames large amounts."""
    if kind == "binary":
        return (values > 0).astype(np.float32)
    return np.log2(1 + values).astype(np.float32) if kind == "log" else values.astype(np.float32)


def weighted(matrix: csr_matrix, kind: Weights) -> csr_matrix:
    """A canonical copy of `matrix` with transformed values; weights of zero or less are no event."""
    result = csr_matrix(matrix, dtype=np.float32, copy=True)
    result.sum_duplicates()
    result.data = transform(np.maximum(result.data, 0), kind)
    result.eliminate_zeros()
    return result


def history_matrix(histories: Histories, kind: Weights, half_life: float | None = None) -> csr_matrix:
    """(n, n_items) model input of every row, canonical.

    With `half_life`, an item's value is halved for every so many events after its latest one.
    """
    shape = (len(histories), histories.n_items)
    events = (np.maximum(histories.weights, 0), histories.items.copy(), histories.indptr.copy())
    matrix = weighted(csr_matrix(events, shape=shape), kind)
    if half_life is not None and matrix.nnz:
        matrix.data *= _decay(histories, matrix, half_life)
    return matrix


def _decay(histories: Histories, matrix: csr_matrix, half_life: float) -> NDArray[np.float32]:
    """(nnz,) 0.5^(age / half_life), age = events of the row after the item's latest one."""
    row_of = np.repeat(np.arange(len(histories)), histories.lengths)
    age = histories.indptr[1:][row_of] - 1 - np.arange(len(row_of))
    counted = histories.weights > 0
    keys = row_of[counted] * histories.n_items + histories.items[counted]
    distinct, where = np.unique(keys, return_inverse=True)
    youngest = np.full(len(distinct), np.iinfo(np.int64).max)
    np.minimum.at(youngest, where, age[counted])
    entries = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)) * histories.n_items
    place = np.searchsorted(distinct, entries + matrix.indices)
    return np.asarray(0.5 ** (youngest[place] / half_life), dtype=np.float32)


def event_parts(histories: Histories, row: int, amounts: NDArray[np.float64]) -> PerUser:
    """Split what each item of a row contributes over its events, by their share of the weight.

    Args:
        histories: the row is one of these.
        row: row number.
        amounts: (n_items,) contribution of each distinct item of the row.
    """
    one = histories.rows([row])
    weights = np.maximum(one.weights, 0).astype(np.float64)
    total = np.bincount(one.items, weights, minlength=histories.n_items)[one.items]
    share = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return np.asarray(share * amounts[one.items])
