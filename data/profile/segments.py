"""Where the data is thin: users and items by band of activity, popularity, or attribute."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.dataset import Dataset

BANDS = (1, 2, 5, 10, 20, 50, 100)  # lower ends
MOST_LEVELS = 12
COLUMNS = ["segment", "members", "member_share", "events", "event_share", "per_member", "reached", "density"]


def band_names() -> tuple[str, ...]:
    """`1`, `2–4`, …, `100 or more`."""
    ends = [*(low - 1 for low in BANDS[1:]), None]
    return tuple(
        f"{low} or more" if high is None else str(low) if low == high else f"{low}–{high}"
        for low, high in zip(BANDS, ends, strict=True)
    )


def by_band(dataset: Dataset, of: str = "user") -> pd.DataFrame:
    """Users (or items) by their number of events.

    Returns:
        segment, members and their share of all, events and their share, events per member, how many
        different items (users) they reach, and the share of their pairs with an event.
    """
    code = dataset.interactions.user if of == "user" else dataset.interactions.item
    counts = np.bincount(code, minlength=dataset.n_users if of == "user" else dataset.n_items)
    band = np.searchsorted(np.asarray(BANDS), counts, side="right") - 1  # −1: no event
    return _table(dataset, of, band, band_names())


def by_attribute(dataset: Dataset, column: str) -> pd.DataFrame:
    """Users by a column of their attributes: its most frequent levels, the rest together."""
    assert dataset.user_features is not None
    values = dataset.user_features[column].astype("str").fillna("(none)")
    levels = values.value_counts().index[: MOST_LEVELS - 1].tolist()
    names = (*levels, "other")
    band = pd.Index(levels).get_indexer(pd.Index(values))
    band = np.where(band < 0, len(levels), band)
    return _table(dataset, "user", band, names)


def attributes(dataset: Dataset) -> list[str]:
    """Columns of user attributes with few levels."""
    if dataset.user_features is None:
        return []
    return [
        str(name)
        for name in dataset.user_features
        if 2 <= dataset.user_features[name].nunique() <= 4 * MOST_LEVELS
    ]


def _table(dataset: Dataset, of: str, band: NDArray[np.int64], names: tuple[str, ...]) -> pd.DataFrame:
    events, matrix = dataset.interactions, dataset.matrix
    code, other = (events.user, events.item) if of == "user" else (events.item, events.user)
    pairs = np.diff(matrix.indptr) if of == "user" else np.bincount(matrix.indices, minlength=dataset.n_items)
    n_other = dataset.n_items if of == "user" else dataset.n_users
    met = _met(other, n_other)
    of_event, all_members = band[code], max(int((band >= 0).sum()), 1)
    rows = []
    for place, name in enumerate(names):
        members = int((band == place).sum())
        if not members:
            continue
        mine = of_event == place
        n_events = int(mine.sum())
        rows.append(
            {
                "segment": name,
                "members": members,
                "member_share": members / all_members,
                "events": n_events,
                "event_share": n_events / max(len(code), 1),
                "per_member": n_events / members,
                "reached": int(_met(other[mine], n_other).sum()),
                "density": float(pairs[band == place].sum()) / max(members * int(met.sum()), 1),
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _met(codes: NDArray[np.int32], n: int) -> NDArray[np.bool_]:
    """(n,) which codes occur."""
    met = np.zeros(n, dtype=bool)
    met[codes] = True
    return met
