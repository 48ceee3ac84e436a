"""How alike two rankings are, the first places counting most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.arrays import PerUser
from core.parallel import kernel, map_blocks
from core.ranking import Recommendations
from data.errors import ConfigError

ROWS = 2048


@kernel
def _length(row: Any) -> int:
    length = 0
    while length < len(row) and row[length] >= 0:
        length += 1
    return length


@kernel
def _overlap_of_row(short: Any, long: Any, p: float, mark: Any, stamp: int) -> float:
    """RBO_ext, equation 32 of the paper: s and l items, X_d the overlap of the first d places."""
    s, length = len(short), len(long)
    if s == 0:
        return np.nan if length == 0 else 0.0
    shared, shared_s = 0, 0
    seen, beyond = 0.0, 0.0
    power = 1.0
    for depth in range(1, length + 1):
        power *= p
        if depth <= s:
            shared += mark[short[depth - 1]] == stamp
            mark[short[depth - 1]] = stamp
        shared += mark[long[depth - 1]] == stamp
        mark[long[depth - 1]] = stamp
        if depth == s:
            shared_s = shared
        seen += shared / depth * power
        if depth > s:
            beyond += shared_s * (depth - s) / (s * depth) * power
    tail = ((shared - shared_s) / length + shared_s / s) * power
    return (1 - p) / p * (seen + beyond) + tail


@kernel
def _overlap_block(a: Any, b: Any, p: float, n_items: int, out: Any) -> None:
    mark = np.full(n_items, -1, dtype=np.int64)
    for row in range(len(a)):
        left, right = a[row, : _length(a[row])], b[row, : _length(b[row])]
        if len(left) <= len(right):
            out[row] = _overlap_of_row(left, right, p, mark, row)
        else:
            out[row] = _overlap_of_row(right, left, p, mark, row)


def rank_biased_overlap(a: NDArray[np.int32], b: NDArray[np.int32], p: float = 0.9) -> PerUser:
    """(n,) extrapolated rank-biased overlap of each pair of lists (Webber, Moffat & Zobel, 2010).

    1 = the same order, 0 = nothing in common. p = 0.9 puts 86 % of the weight on the first ten places.

    Args:
        a, b: (n, k) lists without repeats, padded −1; lengths may differ. Two empty lists give NaN.
        p: persistence, between 0 and 1.
    """
    if not 0 < p < 1:
        raise ConfigError(f"The persistence p is {p}.", "Choose a value between 0 and 1; 0.9 is usual.")
    if len(a) != len(b):
        raise ConfigError(f"{len(a)} lists stand against {len(b)}.", "Compare lists of the same users.")
    out = np.empty(len(a))
    n_items = int(max(a.max(initial=-1), b.max(initial=-1))) + 1
    left, right = np.ascontiguousarray(a, dtype=np.int32), np.ascontiguousarray(b, dtype=np.int32)
    map_blocks(lambda rows: _overlap_block(left[rows], right[rows], p, n_items, out[rows]), len(out), ROWS)
    return out


def agreement(lists: Mapping[str, Recommendations], p: float = 0.9) -> pd.DataFrame:
    """Members × members mean rank-biased overlap, over users for whom both have an answer of their own."""
    names = list(lists)
    table = pd.DataFrame(np.eye(len(names)), index=names, columns=names)
    for number, one in enumerate(names):
        for other in names[number + 1 :]:
            both = (lists[one].answered_by == 0) & (lists[other].answered_by == 0)
            overlap = rank_biased_overlap(lists[one].items[both], lists[other].items[both], p)
            overlap = overlap[~np.isnan(overlap)]
            mean = float(overlap.mean()) if len(overlap) else np.nan
            table.loc[one, other] = table.loc[other, one] = mean
    return table
