"""Lists of several models for one history: who puts what where, and how far it moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.arrays import NO_ITEM
from core.models.base import Recommender
from core.ranking import Recommendations, recommend
from dashboard.text import numbers, t
from dashboard.text.markdown import Link, Markdown
from dashboard.views.conditions import Conditions
from dashboard.views.labels import distinct
from dashboard.workspace.listed import ListedRecommender
from data.errors import NotApplicable
from data.histories import Histories
from data.split import Holdout

DEPTH = 50  # how deep movement is looked up
LEAST, MOST = 5, 60  # events of a history that a person can read


@dataclass(frozen=True, eq=False)
class Shown:
    """One list for one history, best first; `stand_in` names who answered instead of the model, or ""."""

    name: str
    items: NDArray[np.int32]  # without padding
    scores: NDArray[np.float32]
    stand_in: str = ""


def lists_for(
    models: Mapping[str, Recommender],
    histories: Histories,
    conditions: Conditions,
    *,
    depth: int = DEPTH,
    user: int | None = None,
) -> list[Shown]:
    """Each model's list for the only row of `histories`, in the order of `models`.

    A model that cannot answer such a history has an empty list, and its reason as `stand_in`. Lists made
    elsewhere are looked up by the number of the `user`, also of one that training does not know.
    """
    shown = []
    for name, model in models.items():
        try:
            found = recommend(
                model,
                named(histories, user) if model.name == ListedRecommender.name else histories,
                k=depth,
                policy=conditions.policy,
                candidates=conditions.candidates,
                fallback=conditions.fallback,
            )
        except NotApplicable as reason:
            nothing = np.empty(0, dtype=np.int32)
            shown.append(Shown(name, nothing, nothing.astype(np.float32), reason.problem))
            continue
        kept = found.items[0] != NO_ITEM
        answered = int(found.answered_by[0])
        stand_in = found.answerers[answered] if answered else ""
        shown.append(Shown(name, found.items[0][kept], found.scores[0][kept], stand_in))
    return shown


def named(histories: Histories, user: int | None) -> Histories:
    """The one row with the user's number, whether training knows the user or not."""
    return histories if user is None else replace(histories, users=np.asarray([user], dtype=np.int32))


def tidy_lists(shown: Sequence[Shown], titles: NDArray[Any], *, k: int) -> pd.DataFrame:
    """One row per list and rank, best first.

    Returns:
        list, rank, item, title, score, first_rank (rank in the first list, <NA> where it does not list
        the item), moved (first_rank − rank: positive is higher than in the first list).
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
        }
        for one in shown
        for place, item in enumerate(one.items[:k])
    ]
    table = pd.DataFrame(rows, columns=["list", "rank", "item", "title", "score", "first_rank"])
    table["first_rank"] = table["first_rank"].astype("Int64")
    table["moved"] = table["first_rank"] - table["rank"].astype("Int64")
    return table


def arrow(moved: Any) -> str:
    """`↑3`, `↓2`, `=`, or `new` for an item that the first list does not hold."""
    if pd.isna(moved):
        return t("side_by_side.new_item")
    step = int(moved)
    return "=" if step == 0 else f"{'↑' if step > 0 else '↓'}{abs(step)}"


def side_by_side_table(
    tidy: pd.DataFrame,
    *,
    taken: frozenset[int] = frozenset(),
    width: int = 30,
    moves: bool = True,
    link: Link | None = None,
) -> pd.DataFrame:
    """Rank by list: title and movement against the first list; ✓ marks what the user went on to take.

    `link` makes of an item and its words a link to its card; None leaves the words as they are.
    """
    names = list(dict.fromkeys(tidy["list"]))
    still = names[:1] if moves else names  # lists without arrows
    cells: dict[str, dict[int, str]] = {name: {} for name in names}
    for row in tidy.itertuples():
        cells[row.list][row.rank] = _cell(row, row.list in still, taken, width, link)
    ranks = pd.Index(sorted(set(tidy["rank"])))
    columns = {name: pd.Series([one.get(r, "") for r in ranks], ranks, object) for name, one in cells.items()}
    wide = pd.DataFrame(columns, index=ranks)
    wide.columns = distinct([numbers.shorten(name, 24) for name in names])
    return wide.rename_axis(t("side_by_side.column_rank")).reset_index()


def _cell(row: Any, still: bool, taken: frozenset[int], width: int, link: Link | None) -> str:
    mark = "✓ " if row.item in taken else ""
    moved = "" if still else f"{arrow(row.moved)} · "
    title = numbers.shorten(row.title, width)
    return f"{moved}{mark}{title}" if link is None else Markdown(f"{moved}{mark}{link(int(row.item), title)}")


def long_table(tidy: pd.DataFrame) -> pd.DataFrame:
    """`tidy_lists` with names for people: the table behind the figure."""
    names = {
        "list": t("side_by_side.column_list"),
        "rank": t("side_by_side.column_rank"),
        "title": t("side_by_side.column_title"),
        "score": t("side_by_side.column_score"),
        "first_rank": t("side_by_side.column_first"),
    }
    return tidy[list(names)].rename(columns=names)


def history_table(
    histories: Histories, titles: NDArray[Any], *, last: int = 50, link: Link | None = None
) -> pd.DataFrame:
    """What the models see of the only row, latest first: title (a link to its card), date where known."""
    words = [
        str(titles[item]) if link is None else link(int(item), str(titles[item])) for item in histories.items
    ]
    table = pd.DataFrame({t("side_by_side.column_title"): pd.Series(words, dtype=object)})
    if histories.times is not None:
        # hyphens that do not break: a date stays on one line beside a long title
        dates = pd.to_datetime(histories.times, unit="s").strftime("%Y\u2011%m\u2011%d")
        table[t("side_by_side.column_date")] = dates
    return table.iloc[::-1].head(last).reset_index(drop=True)


def interesting_row(lists: Sequence[Recommendations], judged: Holdout, *, k: int = 10) -> int:
    """The judged user on whom the lists disagree most while one of them is right.

    Users with 5 to 60 known events come before others, users with a hit before those without; then the
    lowest number of common items over all pairs of lists wins, ties go to the first row.
    """
    tops = [np.asarray(one.items[:, :k]) for one in lists]
    common = np.zeros(len(judged))
    for left, right in combinations(tops, 2):
        same = (left[:, :, None] == right[:, None, :]) & (left[:, :, None] != NO_ITEM)
        common += same.any(axis=2).sum(axis=1)
    hit = np.zeros(len(judged), dtype=bool)
    for top in tops:
        hit |= _hits(top, judged).any(axis=1)
    lengths = judged.histories.lengths
    suited = (lengths >= LEAST) & (lengths <= MOST)
    return int(np.lexsort((common, ~hit, ~suited))[0])


def _hits(top: NDArray[np.int32], judged: Holdout) -> NDArray[np.bool_]:
    row_of = np.repeat(np.arange(len(top)), top.shape[1])
    found = np.asarray(judged.targets[row_of, np.maximum(top.ravel(), 0)]).ravel() != 0
    return (found & (top.ravel() != NO_ITEM)).reshape(top.shape)


def finding(shown: Sequence[Shown], *, k: int, taken: frozenset[int], judged: bool) -> str:
    """How many titles all lists share, and which list held most of what the user went on to take."""
    tops = {one.name: {int(item) for item in one.items[:k]} for one in shown}
    shared = set.intersection(*tops.values()) if tops else set()
    key = "finding_one" if len(tops) < 2 else "finding_shared" if shared else "finding_apart"
    words = [t(f"side_by_side.{key}", n=len(tops), shared=len(shared), k=k)]
    if judged:
        right = {name: len(top & taken) for name, top in tops.items()}
        most = max(right.values())
        best = [numbers.shorten(name, 40) for name, n in right.items() if n == most]  # all that tie
        verb = t("side_by_side.verb_one" if len(best) == 1 else "side_by_side.verb_many")
        none = "finding_none" if len(tops) > 1 else "finding_alone_none"
        found = {"name": numbers.join(best), "verb": verb, "right": most, "taken": numbers.count(len(taken))}
        words.append(t(f"side_by_side.{'finding_right' if most else none}", **found))
    return " ".join(words)


def stand_ins(shown: Sequence[Shown]) -> list[str]:
    """A sentence for each list that the model itself did not give."""
    return [
        t(
            "side_by_side.stand_in" if len(one.items) else "side_by_side.no_list",
            name=one.name,
            who=one.stand_in,
        )
        for one in shown
        if one.stand_in
    ]
