"""The bipartite graph of users and items as a filter: degrees, hops, and the smoothest directions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from core.parallel import kernel


def power(values: NDArray[Any], exponent: float) -> NDArray[np.float32]:
    """values^exponent, 0 where the value is 0."""
    wide = np.asarray(values, dtype=np.float64)
    return np.power(wide, exponent, where=wide > 0, out=np.zeros_like(wide)).astype(np.float32)


def scaled_by_degrees(x: csr_matrix) -> tuple[csr_matrix, NDArray[np.float32]]:
    """(R = D_u^-½ X D_i^-½ (n_users, n_items), the items' degrees (n_items,)), both float32."""
    by_user, by_item = (np.asarray(x.sum(axis=axis)).ravel() for axis in (1, 0))
    scaled = x.copy()
    scaled.data = x.data * power(by_item, -0.5)[x.indices]
    scaled.data *= np.repeat(power(by_user, -0.5), np.diff(x.indptr))
    return scaled, by_item.astype(np.float32)


@kernel
def two_hops(history: Any, by_item: Any, by_user: Any, out: Any) -> None:
    """out += x R'R row by row: history item → users → their items; R'R itself is never held."""
    indptr, items, values = history
    item_indptr, users, to_user = by_item
    user_indptr, targets, to_item = by_user
    reached = np.zeros(len(user_indptr) - 1, dtype=np.float32)
    for row in range(len(out)):
        reached[:] = 0
        for entry in range(indptr[row], indptr[row + 1]):
            for place in range(item_indptr[items[entry]], item_indptr[items[entry] + 1]):
                reached[users[place]] += values[entry] * to_user[place]
        for user in range(len(reached)):
            if reached[user] != 0:
                for place in range(user_indptr[user], user_indptr[user + 1]):
                    out[row, targets[place]] += reached[user] * to_item[place]
