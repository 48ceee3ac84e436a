"""The most similar items of every item: cosine with shrinkage, never held whole."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from core.parallel import kernel, map_blocks
from core.progress import Report, silent
from core.selection import top_of_row

ITEMS_AT_ONCE = 128


@kernel
def _similar(
    first: int, norms: Any, shrinkage: float, by_item: Any, by_user: Any, neighbours: Any, similarities: Any
) -> None:
    """Nearest items of the items `first`…: cosine with shrinkage, most similar first, −1 padded."""
    item_indptr, users, item_values = by_item
    user_indptr, items, user_values = by_user
    n_items, k = len(norms), neighbours.shape[1]
    row = np.zeros(n_items, dtype=np.float32)
    scores = np.empty(k, dtype=np.float32)
    hashes = np.empty(k, dtype=np.uint64)
    for number in range(len(neighbours)):
        target = first + number
        row[:] = 0
        for place in range(item_indptr[target], item_indptr[target + 1]):
            user = users[place]
            for other in range(user_indptr[user], user_indptr[user + 1]):
                row[items[other]] += item_values[place] * user_values[other]
        for other in range(n_items):
            if row[other] > 0 and other != target:
                row[other] /= norms[target] * norms[other] + shrinkage
            else:
                row[other] = -np.inf
        top_of_row(row, target, 0, -np.inf, scores, hashes, neighbours[number], similarities[number])


def nearest_items(
    by_trait: csr_matrix, k: int, shrinkage: float, *, report: Report = silent, stage: str = ""
) -> csr_matrix:
    """(n_items, n_items) history item → target: similarities of the k nearest history items of each target.

    s(j, t) = <r_j, r_t> / (|r_j| |r_t| + shrinkage); ties are broken by a hash of both items.

    Args:
        by_trait: (traits, n_items) canonical: users, or anything else that items have in common.
        k: neighbours kept of each target.
        shrinkage: added to the norms.
    """
    by_item = by_trait.T.tocsr()
    n_items = by_item.shape[0]
    norms = np.sqrt(np.asarray(by_item.multiply(by_item).sum(axis=1), dtype=np.float32)).ravel()
    k = max(1, min(k, n_items - 1))
    neighbours = np.empty((n_items, k), dtype=np.int32)
    similarities = np.empty((n_items, k), dtype=np.float32)
    rows = (by_item.indptr, by_item.indices, by_item.data)
    columns = (by_trait.indptr, by_trait.indices, by_trait.data)

    def block(part: slice) -> None:
        _similar(part.start, norms, shrinkage, rows, columns, neighbours[part], similarities[part])

    map_blocks(block, n_items, ITEMS_AT_ONCE, report=report, stage=stage)
    return _from_neighbours(neighbours, similarities)


def _from_neighbours(neighbours: NDArray[np.int32], similarities: NDArray[np.float32]) -> csr_matrix:
    target, place = np.nonzero(neighbours >= 0)
    shape = (len(neighbours), len(neighbours))
    return csr_matrix((similarities[target, place], (neighbours[target, place], target)), shape=shape)
