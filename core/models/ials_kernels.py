"""Compiled half-steps of iALS, exact and by conjugate gradients; rows of factors are gathered once.

Everything happens in a basis in which Y'Y is diagonal: `base` (f,) are its eigenvalues, so that the part of
the system that every row shares costs f multiplications instead of f².
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.parallel import kernel


@kernel
def _gather(items: Any, values: Any, factors: Any, taken: Any, extra: Any) -> None:
    """Copy the factors of a row's items side by side: gathering, not arithmetic, is what costs time."""
    for place in range(len(items)):
        source = factors[items[place]]
        for column in range(factors.shape[1]):
            taken[place, column] = source[column]
        extra[place] = values[place]


@kernel
def _cholesky_solve(a: Any, b: Any) -> None:
    """b ← a⁻¹ b for a symmetric positive definite a (its lower triangle is overwritten)."""
    n = len(b)
    for j in range(n):
        for i in range(j, n):
            total = a[i, j]
            for k in range(j):
                total -= a[i, k] * a[j, k]
            a[i, j] = np.sqrt(total) if i == j else total / a[j, j]
    for i in range(n):
        total = b[i]
        for k in range(i):
            total -= a[i, k] * b[k]
        b[i] = total / a[i, i]
    for i in range(n - 1, -1, -1):
        total = b[i]
        for k in range(i + 1, n):
            total -= a[k, i] * b[k]
        b[i] = total / a[i, i]


@kernel
def exact_rows(indptr: Any, items: Any, extra: Any, factors: Any, base: Any, ridge: Any, out: Any) -> None:
    """out[r] = (D + T' E T)⁻¹ T' (1 + e), D = diag(base + ridge_r), T the row's item factors, E = diag e.

    A row shorter than the vectors is solved on its own side: x = D⁻¹ T' (I + E T D⁻¹ T')⁻¹ (1 + e).
    """
    f = factors.shape[1]
    for row in range(len(out)):
        n = indptr[row + 1] - indptr[row]
        out[row] = 0
        if n == 0:
            continue
        here = slice(indptr[row], indptr[row + 1])
        taken = np.empty((n, f))
        e = np.empty(n)
        _gather(items[here], extra[here], factors, taken, e)
        diagonal = base + ridge[row]
        if n < f:
            # symmetric form: (E⁻¹ + T D⁻¹ T') z = E⁻¹ (1 + e)
            side = np.dot(taken / diagonal, taken.T)
            z = (1 + e) / e
            for place in range(n):
                side[place, place] += 1 / e[place]
            _cholesky_solve(side, z)
            out[row] = (np.dot(taken.T, z) / diagonal).astype(out.dtype)
        else:
            full = np.dot(taken.T * e, taken)
            x = np.dot(taken.T, 1 + e)
            for column in range(f):
                full[column, column] += diagonal[column]
            _cholesky_solve(full, x)
            out[row] = x.astype(out.dtype)


@kernel
def conjugate_rows(
    indptr: Any, items: Any, extra: Any, factors: Any, base: Any, ridge: Any, steps: int, out: Any
) -> None:
    """The systems of `exact_rows` by `steps` conjugate gradient steps from out[r], preconditioned by D."""
    f = factors.shape[1]
    longest = 1
    for row in range(len(out)):
        longest = max(longest, indptr[row + 1] - indptr[row])
    taken = np.empty((longest, f), dtype=factors.dtype)
    e = np.empty(longest, dtype=factors.dtype)
    r = np.empty(f, dtype=factors.dtype)
    p = np.empty(f, dtype=factors.dtype)
    q = np.empty(f, dtype=factors.dtype)
    for row in range(len(out)):
        n = indptr[row + 1] - indptr[row]
        if n == 0:
            out[row] = 0
            continue
        here = slice(indptr[row], indptr[row + 1])
        _gather(items[here], extra[here], factors, taken, e)
        x = out[row]
        _residual(taken, e, n, base, ridge[row], x, r)
        rho = np.float32(0)
        for column in range(f):
            p[column] = r[column] / (base[column] + ridge[row])
            rho += r[column] * p[column]
        for _ in range(steps):
            if rho <= 1e-20:
                break
            length = _times(taken, e, n, base, ridge[row], p, q)
            step = rho / length
            fresh = np.float32(0)
            for column in range(f):
                x[column] += step * p[column]
                r[column] -= step * q[column]
                fresh += r[column] * r[column] / (base[column] + ridge[row])
            for column in range(f):
                p[column] = r[column] / (base[column] + ridge[row]) + fresh / rho * p[column]
            rho = fresh


@kernel
def _residual(taken: Any, e: Any, n: int, base: Any, ridge: Any, x: Any, r: Any) -> None:
    """r = T'(1 + e) − (D + T'ET) x over the gathered rows."""
    amounts = 1 + e[:n] - e[:n] * np.dot(taken[:n], x)
    r[:] = np.dot(amounts, taken[:n])
    for column in range(len(x)):
        r[column] -= (base[column] + ridge) * x[column]


@kernel
def _times(taken: Any, e: Any, n: int, base: Any, ridge: Any, p: Any, q: Any) -> Any:
    """q = (D + T'ET) p; returns p'q."""
    q[:] = np.dot(e[:n] * np.dot(taken[:n], p), taken[:n])
    for column in range(len(p)):
        q[column] += (base[column] + ridge) * p[column]
    return np.dot(p, q)


@kernel
def observed_loss(indptr: Any, items: Any, extra: Any, rows: Any, factors: Any) -> float:
    """Σ over events of (1 + e)(1 − s)² − s², s = row · factor: what events change of Σ over all cells s²."""
    total = 0.0
    for row in range(len(rows)):
        for entry in range(indptr[row], indptr[row + 1]):
            s = np.float32(0)
            for column in range(factors.shape[1]):
                s += rows[row, column] * factors[items[entry], column]
            total += (1 + extra[entry]) * (1 - s) ** 2 - s**2
    return total
