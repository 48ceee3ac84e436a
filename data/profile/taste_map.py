"""A picture of taste: items (or users) in two dimensions, near each other where the same people took them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from data.dataset import Dataset

MOST = 1_500  # points shown, the most active first
FACTORS = 32
NEIGHBOURS = 10
LEAST = 30  # fewer points make no map


@dataclass(frozen=True, eq=False)
class TasteMap:
    """`points`: row (of the id map), x, y, events.

    `trust` is the trustworthiness at 10 neighbours (Venna and Kaski 2001): 1 when every neighbour on the
    map is one in the factors, too; 0.5 is what a shuffled map has.
    """

    points: pd.DataFrame
    trust: float
    shown: int
    total: int


def taste_map(dataset: Dataset, of: Literal["items", "users"] = "items", seed: int = 0) -> TasteMap | None:
    """The most active items or users, laid out by t-SNE (van der Maaten and Hinton 2008) over SVD factors.

    The matrix is binary and scaled by 1/√activity on both sides. None where fewer than 30 have two events.
    """
    from sklearn.manifold import TSNE, trustworthiness  # 1 s, only for those who look at the map

    taken = dataset.matrix.astype(bool).astype(np.float32)
    matrix = taken.T.tocsr() if of == "items" else taken
    counts = np.diff(matrix.indptr)
    rows = np.argsort(-counts, kind="stable")[:MOST]
    rows = rows[counts[rows] >= 2]
    if len(rows) < LEAST:
        return None
    factors = _factors(matrix, rows, seed)
    layout = TSNE(
        n_components=2,
        perplexity=min(30.0, (len(rows) - 1) / 3),
        init="pca",
        metric="cosine",
        random_state=seed,
        max_iter=500,
    ).fit_transform(factors)
    trust = float(
        trustworthiness(factors, layout, n_neighbors=min(NEIGHBOURS, len(rows) // 2 - 1), metric="cosine")
    )
    table = pd.DataFrame({"row": rows, "x": layout[:, 0], "y": layout[:, 1], "events": counts[rows]})
    return TasteMap(table, trust, len(rows), int((counts > 0).sum()))


def _factors(matrix: csr_matrix, rows: NDArray[np.int64], seed: int) -> NDArray[np.float32]:
    """(len(rows), FACTORS) left singular vectors times singular values, each row of length 1."""
    from sklearn.utils.extmath import randomized_svd

    own = np.sqrt(np.maximum(np.diff(matrix.indptr), 1))
    other = np.sqrt(np.maximum(np.bincount(matrix.indices, minlength=matrix.shape[1]), 1))
    scaled = diags(1 / own[rows]) @ matrix[rows] @ diags(1 / other)
    n = max(2, min(FACTORS, min(scaled.shape) - 1))
    left, values, _ = randomized_svd(scaled, n_components=n, random_state=seed)
    factors = left * values
    length = np.linalg.norm(factors, axis=1, keepdims=True)
    return np.asarray(factors / np.maximum(length, 1e-12), dtype=np.float32)
