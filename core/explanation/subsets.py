"""Compiled kernels over subsets and permutations of a fold-in history."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.parallel import kernel


@kernel
def _solve(A: Any, z: Any, n: int) -> None:
    """Gauss elimination with partial pivoting of the leading n × n system; z becomes the solution."""
    for column in range(n):
        pivot = column
        for line in range(column + 1, n):
            if abs(A[line, column]) > abs(A[pivot, column]):
                pivot = line
        if pivot != column:
            for k in range(column, n):
                A[column, k], A[pivot, k] = A[pivot, k], A[column, k]
            z[column], z[pivot] = z[pivot], z[column]
        inverse = 1.0 / A[column, column] if A[column, column] != 0.0 else np.nan
        for line in range(column + 1, n):
            factor = A[line, column] * inverse
            if factor != 0.0:
                for k in range(column + 1, n):
                    A[line, k] -= factor * A[column, k]
                z[line] -= factor * z[column]
    for line in range(n - 1, -1, -1):
        for k in range(line + 1, n):
            z[line] -= A[line, k] * z[k]
        z[line] = z[line] / A[line, line] if A[line, line] != 0.0 else np.nan


@kernel
def shapley_operator(G: Any, c: Any) -> Any:
    """(n, n) Phi with phi_t = Phi g_t for every item t: all 2^n coalitions are solved once.

    z_S = (I + D_S G_SS)^-1 c_S does not depend on the item, and Shapley's value (1953) is linear in the
    game, so Phi_jk = Σ_{S∌j} w_|S| (z_{S+j},k − z_S,k) with w_s = s!(n−s−1)!/n!.

    Args:
        G: (n, n) Y_H A0^-1 Y_H'.
        c: (n,) confidences.
    """
    n = len(c)
    w = np.empty(n)
    w[0] = 1.0 / n
    for size in range(1, n):
        w[size] = w[size - 1] * size / (n - size)
    phi = np.zeros((n, n))
    A = np.empty((n, n))
    z = np.empty(n)
    inside = np.empty(n, dtype=np.int64)
    for mask in range(1, 1 << n):
        size = 0
        for j in range(n):
            if mask >> j & 1:
                inside[size] = j
                size += 1
        for a in range(size):
            j = inside[a]
            for b in range(size):
                A[a, b] = (c[j] - 1.0) * G[j, inside[b]]
            A[a, a] += 1.0
            z[a] = c[j]
        _solve(A, z, size)
        for j in range(n):
            weight = w[size - 1] if mask >> j & 1 else -w[size]
            for a in range(size):
                phi[j, inside[a]] += weight * z[a]
    return phi


@kernel
def fold_in_marginals(orders: Any, Y: Any, c: Any, inverse: Any, target: Any) -> Any:
    """(m, n) growth of the target's score as events join in the given orders.

    Each step is a rank-one update (Sherman & Morrison, 1950): with P = A(S)^-1, q = P y_j, h = y_j'q,
    x grows by (c_j − d_j y_j'x) / (1 + d_j h) · q and P shrinks by d_j / (1 + d_j h) · qq'.

    Args:
        orders: (m, n) permutations of the players.
        Y: (n, f) factors of the players.
        c: (n,) confidences.
        inverse: (f, f) A0^-1.
        target: (f,) factor of the explained item.
    """
    m, n = orders.shape
    f = Y.shape[1]
    marginals = np.empty((m, n))
    q = np.empty(f)
    for run in range(m):
        P = inverse.copy()
        x = np.zeros(f)
        for j in orders[run]:
            y = Y[j]
            h = 0.0
            seen = 0.0
            for a in range(f):
                total = 0.0
                for b in range(f):
                    total += P[a, b] * y[b]
                q[a] = total
                h += y[a] * total
                seen += y[a] * x[a]
            d = c[j] - 1.0
            step = (c[j] - d * seen) / (1.0 + d * h)
            shrink = d / (1.0 + d * h)
            gain = 0.0
            for a in range(f):
                gain += target[a] * q[a]
                x[a] += step * q[a]
                for b in range(f):
                    P[a, b] -= shrink * q[a] * q[b]
            marginals[run, j] = step * gain
    return marginals


def warm() -> None:
    """Compile both kernels on a tiny game (or load them from the disk cache)."""
    one = np.eye(2)
    shapley_operator(one, np.ones(2))
    fold_in_marginals(np.array([[0, 1]]), one, np.ones(2), one, np.ones(2))
