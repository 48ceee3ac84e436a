"""Lists of several models for one history: who puts what where, and how far it moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.arrays import NO_ITEM
from core.models.base import Recommender
from core.ranking import Policy, Recommendations, recommend
from data.dataset import Dataset
from data.histories import Histories, from_lists
from data.split import Split

DEPTH = 50  # how deep movement is looked up


@dataclass(frozen=True, eq=False)
class Shown:
    """One list for one history, best first, and who answered."""

    name: str
    items: NDArray[np.int32]  # (depth,), without padding
    scores: NDArray[np.float32]
    answered: str


def lists_for(
    models: Mapping[str, Recommender],
    histories: Histories,
    *,
    policy: Policy,
    candidates: NDArray[np.bool_],
    fallback: NDArray[np.float32],
    row: int = 0,
    depth: int = DEPTH,
) -> list[Shown]:
    """Each model's list for one row, in the order of `models`."""
    one = histories.rows([row])
    shown = []
    for name, model in models.items():
        found = recommend(model, one, k=depth, policy=policy, candidates=candidates, fallback=fallback)
        shown.append(_shown(name, found))
    return shown


def _shown(name: str, found: Recommendations, row: int = 0) -> Shown:
    kept = found.items[row] != NO_ITEM
    answered = found.answerers[int(found.answered_by[row])]
    return Shown(name, found.items[row][kept], found.scores[row][kept], str(answered))


def tidy_lists(shown: Sequence[Shown], titles: NDArray[Any], *, k: int) -> pd.DataFrame:
    """One row per list and rank, best first.

    Returns:
        list, rank, item, title, score, first_rank (rank in the first list, <NA> where it is not among
        its items), moved (first_rank − rank: positive is higher than in the first list), answered.
    """
    first = {int(item): place + 1 for place, item in enumerate(shown[0].items)} if shown else {}
    rows = [
        {
            "list": one.name,
            "rank": place + 1,
            "item": int(item),
            "title": str(titles[item]),
            "score": float(one.scores[place]),
            "first_rank": first.get(int(item)),
            "answered": one.answered,
        }
        for one in shown
        for place, item in enumerate(one.items[:k])
    ]
    table = pd.DataFrame(
        rows, columns=["list", "rank", "item", "title", "score", "first_rank", "answered"]
    ).astype({"first_rank": "Int64"})
    table["moved"] = table["first_rank"] - table["rank"].astype("Int64")
    return table


def arrow(moved: object) -> str:
    """`↑3`, `↓2`, `=`, or `new` for an item that the first list does not hold."""
    if pd.isna(moved):
        return "new"
    step = int(moved)  # type: ignore[call-overload]
    return "=" if step == 0 else f"{'↑' if step > 0 else '↓'}{abs(step)}"


def side_by_side_table(tidy: pd.DataFrame, taken: frozenset[int] = frozenset()) -> pd.DataFrame:
    """Rank by list: title with its movement against the first list; ✓ marks what was taken later."""
    names = list(dict.fromkeys(tidy["list"]))
    cells = tidy.assign(cell=[_cell(row, names[0], taken) for row in tidy.itertuples()])
    wide = cells.pivot(index="rank", columns="list", values="cell").reindex(columns=names)
    return wide.fillna("").rename_axis(columns=None).reset_index()


def _cell(row: Any, first: str, taken: frozenset[int]) -> str:
    mark = "✓ " if row.item in taken else ""
    moved = "" if row.list == first else f" {arrow(row.moved)}"
    return f"{mark}{row.title}{moved}"


def history_table(histories: Histories, row: int, dataset: Dataset, *, last: int = 50) -> pd.DataFrame:
    """What the models see of this row, latest first: position (1 = oldest), title, weight, date."""
    part = slice(int(histories.indptr[row]), int(histories.indptr[row + 1]))
    items = histories.items[part]
    table = pd.DataFrame(
        {
            "position": np.arange(1, len(items) + 1),
            "item": items,
            "title": [str(title) for title in dataset.titles[items]],
            "weight": histories.weights[part],
        }
    )
    if histories.times is not None:
        table["date"] = pd.to_datetime(histories.times[part], unit="s").strftime("%Y-%m-%d")
    return table.iloc[::-1].head(last).reset_index(drop=True)


def edited(items: Sequence[int], dataset: Dataset) -> Histories:
    """The history of somebody nobody knows, made of these items, oldest first."""
    return from_lists([list(items)], dataset.n_items)


def interesting_row(lists: Sequence[Recommendations], split: Split, *, k: int = 10) -> int:
    """The judged user on whom the lists disagree most while one of them is right: row of the validation part.

    Among users with 5 to 60 known events (all users where there is none), the lowest mean share of common
    items over all pairs of lists wins; users with a hit come before users without; ties go to the first.
    """
    holdout = split.validation
    tops = [one.items[:, :k] for one in lists]
    common = np.zeros(len(holdout))
    for left, right in combinations(tops, 2):
        same = (left[:, :, None] == right[:, None, :]) & (left[:, :, None] != NO_ITEM)
        common += same.any(axis=2).sum(axis=1)
    hit = np.zeros(len(holdout), dtype=bool)
    targets = holdout.targets
    for top in tops:
        row_of = np.repeat(np.arange(len(top)), top.shape[1])
        found = np.asarray(targets[row_of, np.maximum(top.ravel(), 0)]).ravel() != 0
        hit |= (found & (top.ravel() != NO_ITEM)).reshape(top.shape).any(axis=1)
    lengths = holdout.histories.lengths
    suited = (lengths >= 5) & (lengths <= 60)
    return int(np.lexsort((common, ~hit, ~suited))[0])


def taken_later(split: Split, row: int) -> frozenset[int]:
    """Items the judged user of this row took in the validation part."""
    return frozenset(int(item) for item in split.validation.targets[row].indices)


def row_of_user(split: Split, user: int) -> int | None:
    """Row of the validation part that belongs to this user of the data set, or None."""
    found = np.flatnonzero(split.validation.users == user)
    return int(found[0]) if len(found) else None
