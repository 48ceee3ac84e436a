"""A hold-out by clusters of items: a validation part that is no random sample, fixed before training.

Published test parts often hold some groups of items more often than others (χ²/df of items' test shares above
1, see `data.checks.exchangeable_split`). Here items are grouped by who took them together, and half of the
groups are held out three times as much as the others.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array
from threadpoolctl import ThreadpoolController

from data.dataset import Dataset, Index

CONTRAST = 0.5  # held-out share of the two halves of the clusters: (1 ± this) × the mean share
DIMENSIONS = 16
CLUSTERS = 32  # at most
ITEMS_PER_CLUSTER = 10  # at least, on average
POWER_ROUNDS = 4
LLOYD_ROUNDS = 12
MOST = 0.9  # of a cluster's events that may be held out


def held_out_by_cluster(dataset: Dataset, pool: Index, wanted: int, seed: int) -> Index:
    """About `wanted` rows of `pool`: drawn at random with a share per cluster of items.

    The first event of each user in the pool always teaches, so that nobody becomes new.

    Args:
        dataset: its events, sorted by user.
        pool: row numbers that may be held out or learnt from; test events are not among them.
        wanted: how many to hold out.
        seed: of clusters, their order and the draw.
    """
    rng = np.random.default_rng(seed)
    items = dataset.interactions.item[pool]
    labels = item_clusters(dataset, pool, seed)
    events = np.bincount(labels[items], minlength=labels.max() + 1).astype(np.float64)
    often = _half_of(events, rng)
    factor = np.where(often, 1 + CONTRAST, 1 - CONTRAST)
    users = dataset.interactions.user[pool]
    free = np.concatenate([[False], users[1:] == users[:-1]]) if len(users) else np.empty(0, bool)
    expected = float(factor[labels[items[free]]].sum())
    share = np.minimum(factor * wanted / max(expected, 1.0), MOST)
    return pool[free & (rng.random(len(pool)) < share[labels[items]])]


def _half_of(events: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Clusters in random order until they hold half of the events; never all of them."""
    order = rng.permutation(len(events))
    before = np.cumsum(events[order]) - events[order]
    chosen = np.zeros(len(events), dtype=bool)
    chosen[order] = before < events.sum() / 2
    chosen[order[-1]] &= len(events) == 1
    return chosen


def item_clusters(dataset: Dataset, pool: Index, seed: int) -> NDArray[np.int64]:
    """(n_items,) cluster of each item, by who took it: spherical k-means over a truncated SVD.

    The SVD is that of D_u^-½ X D_i^-½ over the pool's distinct pairs, by subspace iteration (Halko,
    Martinsson and Tropp, 2011). One thread computes it, so that another process finds the same clusters.
    """
    n_clusters = int(np.clip(dataset.n_items // ITEMS_PER_CLUSTER, 1, CLUSTERS))
    with _libraries().limit(limits=1, user_api="blas"):
        vectors = _taste_of_items(_normalised(dataset, pool), seed)
        return _k_means(vectors, n_clusters, seed)


@cache
def _libraries() -> ThreadpoolController:
    """The BLAS libraries of this process; finding them takes longer than the clusters of a small table."""
    return ThreadpoolController()


def _normalised(dataset: Dataset, pool: Index) -> csr_matrix:
    events = dataset.interactions
    pairs = (events.user[pool], events.item[pool])
    taken = csr_matrix((np.ones(len(pool)), pairs), shape=(dataset.n_users, dataset.n_items))
    taken.sum_duplicates()
    taken.data[:] = 1.0
    by_user = 1 / np.sqrt(np.maximum(np.diff(taken.indptr), 1))
    by_item = 1 / np.sqrt(np.maximum(np.bincount(taken.indices, minlength=dataset.n_items), 1))
    return csr_matrix(diags_array(by_user) @ taken @ diags_array(by_item))


def _taste_of_items(matrix: csr_matrix, seed: int) -> NDArray[np.float64]:
    """(n_items, d) unit rows; the first direction (how popular) is left out."""
    width = min(DIMENSIONS + 1, matrix.shape[1])
    basis = np.random.default_rng(seed).standard_normal((matrix.shape[1], width))
    for _ in range(POWER_ROUNDS):
        basis, _ = np.linalg.qr(matrix.T @ (matrix @ basis))
    _, size, right = np.linalg.svd(matrix @ basis, full_matrices=False)
    vectors = (basis @ right.T)[:, 1:] * size[1:]
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(length > 1e-12, length, 1.0))


def _k_means(vectors: NDArray[np.float64], n_clusters: int, seed: int) -> NDArray[np.int64]:
    """(n,) labels by cosine; an empty cluster keeps its centre."""
    rng = np.random.default_rng(seed)
    centres = vectors[rng.permutation(len(vectors))[:n_clusters]]
    labels = np.zeros(len(vectors), dtype=np.int64)
    for _ in range(LLOYD_ROUNDS):
        labels = np.argmax(vectors @ centres.T, axis=1) if vectors.shape[1] else labels
        for label in np.unique(labels):
            mean = vectors[labels == label].mean(axis=0)
            length = float(np.linalg.norm(mean))
            if length > 1e-12:
                centres[label] = mean / length
    return labels
