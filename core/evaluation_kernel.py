"""One compiled pass over lists and targets: every per-user metric at every k."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from core.metrics import PER_USER
from core.parallel import kernel, map_blocks
from data.errors import ConfigError

KS = (5, 10, 20, 50)
ROWS = 16_384  # rows per block; each block holds one mark per item


@kernel
def _judge_row(
    row: Any, relevant: Any, mark: Any, stamp: int, ks: Any, discount: Any, ideal: Any, out: Any
) -> None:
    """`out` (n_metrics, n_ks) of one user; `mark` holds `stamp` at the items still to be found."""
    for item in relevant:
        mark[item] = stamp
    n_relevant = len(relevant)
    hits = 0
    dcg = 0.0
    precisions = 0.0
    reciprocal = 0.0
    position = 0
    for column in range(len(ks)):
        k = ks[column]
        while position < min(k, len(row)):
            item = row[position]
            position += 1
            if 0 <= item < len(mark) and mark[item] == stamp:
                mark[item] = -1  # a repeat further down earns nothing
                hits += 1
                dcg += discount[position - 1]
                precisions += hits / position
                if hits == 1:
                    reciprocal = 1.0 / position
        reachable = min(k, n_relevant)
        out[0, column] = dcg / ideal[reachable]
        out[1, column] = hits / n_relevant
        out[2, column] = hits / reachable
        out[3, column] = hits / k
        out[4, column] = precisions / reachable
        out[5, column] = reciprocal
        out[6, column] = 1.0 if hits > 0 else 0.0


@kernel
def _judge_block(
    lists: Any, indptr: Any, indices: Any, n_items: int, ks: Any, discount: Any, ideal: Any, out: Any
) -> None:
    """All rows of a block; rows without targets keep their NaN."""
    mark = np.full(n_items, -1, dtype=np.int64)
    for row in range(len(lists)):
        relevant = indices[indptr[row] : indptr[row + 1]]
        if len(relevant) > 0:
            _judge_row(lists[row], relevant, mark, row, ks, discount, ideal, out[row])


def canonical(targets: csr_matrix) -> csr_matrix:
    """The targets with each item once and no stored zeros; the argument is left as it was."""
    if targets.has_canonical_format and targets.data.all():
        return targets
    clean = targets.copy()
    clean.sum_duplicates()
    clean.eliminate_zeros()
    return clean


def list_metrics(
    items: NDArray[np.int32], targets: csr_matrix, ks: Sequence[int] = KS
) -> NDArray[np.float32]:
    """(n, n_metrics, n_ks) value of each of `PER_USER` at each k; NaN where a row has no target.

    Args:
        items: (n, width) lists in rank order, padded −1. Places beyond the width count as misses; an item
            listed twice counts at its first place only.
        targets: (n, n_items) what must be found; any non-zero entry is relevant.
        ks: ascending cut-offs.

    Raises:
        ConfigError: another number of lists than of target rows, or ks that do not rise.
    """
    if len(items) != targets.shape[0]:
        raise ConfigError(
            f"{len(items)} lists stand against {targets.shape[0]} rows of targets.", "Rank the same users."
        )
    cuts = np.asarray(ks, dtype=np.int64)
    if len(cuts) == 0 or cuts[0] < 1 or (np.diff(cuts) <= 0).any():
        raise ConfigError(f"The cut-offs are {tuple(ks)}.", "Give rising whole numbers from 1 on.")
    discount = 1 / np.log2(np.arange(2, cuts[-1] + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discount)])
    clean = canonical(targets)
    out = np.full((len(items), len(PER_USER), len(cuts)), np.nan, dtype=np.float32)
    lists = np.ascontiguousarray(items, dtype=np.int32)
    indices = clean.indices.astype(np.int64, copy=False)
    indptr = clean.indptr.astype(np.int64, copy=False)

    def block(rows: slice) -> None:
        start = indptr[rows.start : rows.stop + 1]
        _judge_block(lists[rows], start, indices, clean.shape[1], cuts, discount, ideal, out[rows])

    map_blocks(block, len(items), ROWS)
    return out
