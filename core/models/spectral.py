"""Leading singular vectors of a large sparse matrix, by randomised subspace iteration."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from core.parallel import map_blocks, single_threaded_blas
from core.progress import Report, silent

OVERSAMPLING = 32  # extra vectors: the last wanted ones converge as fast as the first
ROUNDS = 6  # of subspace iteration
SMALLEST = 1e-5  # of the largest singular value: what is below counts as zero
ROWS_AT_ONCE = 4096
START = 0  # any start leads to the same vectors: one for all fits keeps them equal to the last digit


def top_right_vectors(
    matrix: csr_matrix, k: int, *, report: Report = silent
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(m, r) orthonormal right singular vectors V and (r,) singular values, largest first, r ≤ k.

    Randomised subspace iteration (Halko, Martinsson & Tropp, 2011): Q ← orth(A'A Q), then the
    eigenvectors of Q'A'A Q. Directions without a singular value above 1e-5 of the largest are left out; an
    empty matrix gives one zero vector.
    """
    n, m = matrix.shape
    k = min(k, n, m)
    if matrix.nnz == 0 or k == 0:
        return np.zeros((m, 1), dtype=np.float32), np.zeros(1, dtype=np.float32)
    with (
        single_threaded_blas()
    ):  # our own blocks fill the cores; two sets of threads only wait for each other
        return _subspace_iteration(matrix.astype(np.float64), k, report)


def _subspace_iteration(wide: Any, k: int, report: Report) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    m = wide.shape[1]
    turned = wide.T.tocsr()
    draw = np.random.default_rng(START).standard_normal((m, min(m, k + OVERSAMPLING)))
    basis = np.linalg.qr(draw)[0]
    for number in range(ROUNDS):
        report(number / (ROUNDS + 1), f"singular vectors, round {number + 1} of {ROUNDS}")
        basis = np.linalg.qr(_dense_product(turned, _dense_product(wide, basis)))[0]
    image = _dense_product(wide, basis)
    squares, turn = np.linalg.eigh(image.T @ image)
    values = np.sqrt(np.maximum(squares[::-1][:k], 0))
    kept = values > SMALLEST * values[0]
    vectors = basis @ turn[:, ::-1][:, :k][:, kept]
    return np.ascontiguousarray(vectors, dtype=np.float32), values[kept].astype(np.float32)


def _dense_product(matrix: Any, dense: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sparse (n, m) @ dense (m, k), blocks of rows over the shared threads."""
    out = np.empty((matrix.shape[0], dense.shape[1]))

    def block(rows: slice) -> None:
        out[rows] = matrix[rows] @ dense

    map_blocks(block, matrix.shape[0], ROWS_AT_ONCE)
    return out
