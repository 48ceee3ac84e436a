"""Products of sparse matrices that are never held whole: into dense rows, or the best of each row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from core.arrays import ItemIndices, Scores
from core.parallel import kernel, map_blocks
from core.progress import Report, silent
from core.selection import top_of_row

ROWS_AT_ONCE = 128  # rows of a product between two reports


@kernel
def _add_products(
    indptr: Any, places: Any, values: Any, to_indptr: Any, to_places: Any, to_values: Any, out: Any
) -> None:
    """out += sparse (n, m) @ sparse (m, p), row by row."""
    for row in range(len(out)):
        for entry in range(indptr[row], indptr[row + 1]):
            place = places[entry]
            for target in range(to_indptr[place], to_indptr[place + 1]):
                out[row, to_places[target]] += values[entry] * to_values[target]


@kernel
def _best_of_products(first: int, left: Any, right: Any, scale: Any, found: Any, amounts: Any) -> None:
    """The largest positive entries of rows `first`… of (left @ right)·scale, without the diagonal."""
    left_indptr, left_places, left_values = left
    indptr, places, values = right
    row = np.zeros(len(scale), dtype=np.float32)
    scores = np.empty(found.shape[1], dtype=np.float32)
    hashes = np.empty(found.shape[1], dtype=np.uint64)
    for number in range(len(found)):
        source = first + number
        row[:] = 0
        for entry in range(left_indptr[source], left_indptr[source + 1]):
            middle = left_places[entry]
            for target in range(indptr[middle], indptr[middle + 1]):
                row[places[target]] += left_values[entry] * values[target]
        for target in range(len(row)):
            if row[target] > 0 and target != source:
                row[target] *= scale[target]
            else:
                row[target] = -np.inf
        top_of_row(row, source, 0, -np.inf, scores, hashes, found[number], amounts[number])


def parts(matrix: csr_matrix) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """(indptr, indices, data): what a kernel takes of a sparse matrix."""
    return matrix.indptr, matrix.indices, matrix.data


def times(x: csr_matrix, weights: csr_matrix, items: ItemIndices | None = None) -> Scores:
    """(n, n_items or len(items)) dense float32 x @ weights."""
    out = np.zeros((x.shape[0], weights.shape[1]), dtype=np.float32)
    _add_products(*parts(x), *parts(weights), out)
    return out if items is None else out[:, items]


def best_of_products(
    left: csr_matrix,
    right: csr_matrix,
    scale: NDArray[np.float32],
    k: int,
    *,
    report: Report = silent,
    stage: str = "",
) -> csr_matrix:
    """The `k` largest positive entries of each row of (left @ right)·diag(scale), diagonal left out.

    Args:
        left: (n, m).
        right: (m, n).
        scale: (n,) factor of each column, > 0.
        k: entries kept per row; ties are broken by a hash of row and column.
    """
    n = left.shape[0]
    width = max(1, min(k, n - 1))
    found = np.empty((n, width), dtype=np.int32)
    amounts = np.empty((n, width), dtype=np.float32)

    def block(rows: slice) -> None:
        _best_of_products(rows.start, parts(left), parts(right), scale, found[rows], amounts[rows])

    map_blocks(block, n, ROWS_AT_ONCE, report=report, stage=stage)
    row, place = np.nonzero(found >= 0)
    return csr_matrix((amounts[row, place], (row, found[row, place])), shape=(n, n))
