"""What one item or one user is: history, attributes, neighbours, and when it happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from data.columns import CATEGORIES, CATEGORY_SEPARATOR, TITLE
from data.dataset import Dataset, Index
from data.profile.base import as_days, period_of, period_starts

NEAR = 10
RECENT = 200  # events of a history shown at most
MOST_TASTES = 12


@dataclass(frozen=True, eq=False)
class ItemCard:
    """An item. `place` is its rank by events (1 = most); None without events.

    `together` (row, common, cosine): items taken by the same users. `alike` (row, shared, cosine): items of
    the same categories. `over_time` (start, events) and `attributes` (name, value) may be empty.
    """

    row: int
    events: int
    users: int
    place: int | None
    first: int | None
    last: int | None
    attributes: pd.DataFrame
    over_time: pd.DataFrame
    together: pd.DataFrame
    alike: pd.DataFrame


@dataclass(frozen=True, eq=False)
class UserCard:
    """A user. `history` (row, time, weight, event), the latest first; `near` (row, common, cosine).

    `taste` (category, share, all_share): categories of the user's events beside those of all events.
    """

    row: int
    events: int
    items: int
    place: int | None
    first: int | None
    last: int | None
    attributes: pd.DataFrame
    history: pd.DataFrame
    over_time: pd.DataFrame
    taste: pd.DataFrame
    near: pd.DataFrame


@dataclass(frozen=True, eq=False)
class CardIndex:
    """What all cards of a data set share: binary matrices both ways, and rows of events by item."""

    dataset: Dataset
    by_user: csr_matrix  # (n_users, n_items) of ones
    by_item: csr_matrix  # (n_items, n_users) of ones
    item_rows: Index  # event rows ordered by item
    item_starts: Index  # (n_items + 1,)
    user_starts: Index  # (n_users + 1,)
    of_item: NDArray[np.int64]  # events per item
    categories: csr_matrix | None  # (n_items, n_categories) of ones
    category_names: tuple[str, ...]


def card_index(dataset: Dataset) -> CardIndex:
    """Prepare the cards of a data set; about a second at 20M events."""
    events = dataset.interactions
    ones = csr_matrix(
        (np.ones(dataset.matrix.nnz, np.float32), dataset.matrix.indices, dataset.matrix.indptr),
        shape=dataset.matrix.shape,
    )
    of_item = np.bincount(events.item, minlength=dataset.n_items)
    categories, names = _category_matrix(dataset)
    return CardIndex(
        dataset,
        ones,
        ones.T.tocsr(),
        np.argsort(events.item, kind="stable"),
        np.concatenate([[0], np.cumsum(of_item)]).astype(np.int64),
        np.searchsorted(events.user, np.arange(dataset.n_users + 1)).astype(np.int64),
        of_item,
        categories,
        names,
    )


def _category_matrix(dataset: Dataset) -> tuple[csr_matrix | None, tuple[str, ...]]:
    features = dataset.item_features
    if features is None or CATEGORIES not in features:
        return None, ()
    lists = [
        str(text).split(CATEGORY_SEPARATOR) if text == text and text else [] for text in features[CATEGORIES]
    ]
    codes, names = pd.factorize(pd.Series([name for names in lists for name in names], dtype="object"))
    indptr = np.concatenate([[0], np.cumsum([len(names) for names in lists])])
    matrix = csr_matrix((np.ones(len(codes), np.float32), codes, indptr), shape=(len(lists), len(names)))
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix, tuple(str(name) for name in names)


def item_card(index: CardIndex, row: int) -> ItemCard:
    """Everything about the item at `row`."""
    data = index.dataset
    rows = index.item_rows[index.item_starts[row] : index.item_starts[row + 1]]
    first, last, over_time = _when(data, rows)
    return ItemCard(
        row,
        len(rows),
        int(index.by_item.indptr[row + 1] - index.by_item.indptr[row]),
        _place(index.of_item, row),
        first,
        last,
        _attributes(data.item_features, row, (TITLE,)),
        over_time,
        _nearest(index.by_item, index.by_user, row, "common"),
        _alike(index, row),
    )


def user_card(index: CardIndex, row: int) -> UserCard:
    """Everything about the user at `row`."""
    data, events = index.dataset, index.dataset.interactions
    rows = np.arange(index.user_starts[row], index.user_starts[row + 1])
    first, last, over_time = _when(data, rows)
    latest = rows[::-1][:RECENT]
    history = pd.DataFrame({"row": events.item[latest], "weight": events.weight[latest]})
    history["time"] = None if events.time is None else events.time[latest]
    names = data.facts.get("event_types", ())
    history["event"] = None if events.event is None else [str(names[code]) for code in events.event[latest]]
    return UserCard(
        row,
        len(rows),
        int(index.by_user.indptr[row + 1] - index.by_user.indptr[row]),
        _place(np.diff(index.user_starts), row),
        first,
        last,
        _attributes(data.user_features, row),
        history,
        over_time,
        _taste(index, rows),
        _nearest(index.by_user, index.by_item, row, "common"),
    )


def _place(counts: NDArray[np.int64], row: int) -> int | None:
    return 1 + int((counts > counts[row]).sum()) if counts[row] else None


def _when(dataset: Dataset, rows: Index) -> tuple[int | None, int | None, pd.DataFrame]:
    """First and last time, and events per period over the whole span of the data set."""
    times = dataset.interactions.time
    if times is None or not len(rows):
        return None, None, pd.DataFrame({"start": pd.to_datetime([]), "events": []})
    mine, low, high = times[rows], int(times.min()), int(times.max())
    period = period_of(low, high)
    begin, end = (int(period_starts(np.asarray([moment]), period)[0]) for moment in (low, high))
    counts = np.bincount(period_starts(mine, period) - begin, minlength=end - begin + 1)
    start = pd.to_datetime(as_days(begin + np.arange(len(counts)), period))
    return int(mine.min()), int(mine.max()), pd.DataFrame({"start": start, "events": counts})


def _attributes(features: pd.DataFrame | None, row: int, without: tuple[str, ...] = ()) -> pd.DataFrame:
    names = [] if features is None else [name for name in features if name not in without]
    values = [None if features is None else features[name].iloc[row] for name in names]
    filled = [(str(n), v) for n, v in zip(names, values, strict=True) if v is not None and v == v and str(v)]
    texts = [f"{value:g}" if isinstance(value, float) else str(value) for _, value in filled]
    return pd.DataFrame({"name": [name for name, _ in filled], "value": texts})


def _nearest(matrix: csr_matrix, other: csr_matrix, row: int, counted: str) -> pd.DataFrame:
    """Rows with the largest cosine to `row` over sets: |A ∩ B| / √(|A| |B|); ties by more in common."""
    common = np.asarray((matrix[row] @ other).todense()).ravel()
    size = np.diff(matrix.indptr)
    common[row] = 0
    found = np.flatnonzero(common)
    cosine = common[found] / np.sqrt(size[found] * max(int(size[row]), 1))
    best = np.lexsort((found, -common[found], -cosine))[:NEAR]
    return pd.DataFrame(
        {"row": found[best], counted: common[found][best].astype(int), "cosine": cosine[best]}
    )


def _alike(index: CardIndex, row: int) -> pd.DataFrame:
    """Items that share categories, the more popular first on a draw."""
    matrix = index.categories
    empty = pd.DataFrame({"row": [], "shared": [], "cosine": []})
    if matrix is None or matrix.indptr[row] == matrix.indptr[row + 1]:
        return empty
    shared = np.asarray((matrix @ matrix[row].T).todense()).ravel()
    size = np.diff(matrix.indptr)
    shared[row] = 0
    found = np.flatnonzero(shared)
    cosine = shared[found] / np.sqrt(size[found] * size[row])
    best = np.lexsort((found, -index.of_item[found], -cosine.round(6)))[:NEAR]
    return pd.DataFrame(
        {"row": found[best], "shared": shared[found][best].astype(int), "cosine": cosine[best]}
    )


def _taste(index: CardIndex, rows: Index) -> pd.DataFrame:
    """Share of the user's events in each category, beside that of all events; the largest first."""
    matrix = index.categories
    if matrix is None or not len(rows):
        return pd.DataFrame({"category": [], "share": [], "all_share": []})
    mine = np.bincount(index.dataset.interactions.item[rows], minlength=index.dataset.n_items)
    own = np.asarray(matrix.T @ mine).ravel() / len(rows)
    everybody = np.asarray(matrix.T @ index.of_item).ravel() / max(int(index.of_item.sum()), 1)
    best = np.argsort(-own, kind="stable")[:MOST_TASTES]
    best = best[own[best] > 0]
    names = [index.category_names[place] for place in best]
    return pd.DataFrame({"category": names, "share": own[best], "all_share": everybody[best]})
