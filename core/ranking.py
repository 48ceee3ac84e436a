"""From scores to lists: candidates, seen items, ties, the labelled fallback; and one item's rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from core.arrays import NO_ITEM, Scores
from core.parallel import block_rows, map_blocks
from core.progress import Report, silent
from core.selection import listable, rank_block, rank_of_item
from core.selection import tie_hash as tie_hash
from data.dataset import Dataset
from data.errors import ConfigError
from data.histories import Histories

if TYPE_CHECKING:  # core.models imports this module
    from core.models.base import Recommender

Seen = Literal["hide", "allow", "exclusive"]
FALLBACK = "popularity (fallback)"
ROWS = 128  # rows scored and ranked at a time: their scores stay in the processor's cache
_MODE = {"allow": 0, "hide": 1, "exclusive": 2}
_DESCRIPTION = {
    "hide": "items of the history are hidden",
    "allow": "items of the history may be recommended again",
    "exclusive": "only items of the history are recommended",
}


@dataclass(frozen=True)
class Policy:
    """What may be listed for a user: history items hidden, allowed, or nothing but them."""

    seen: Seen = "hide"

    def __post_init__(self) -> None:
        if self.seen not in _MODE:
            raise ConfigError(
                f"The policy for seen items is {self.seen!r}.", "Choose hide, allow or exclusive."
            )

    def describe(self) -> str:
        """The policy in words."""
        return _DESCRIPTION[self.seen]


@dataclass(frozen=True, eq=False)
class Recommendations:
    """Lists of n rows; rank = column + 1."""

    users: NDArray[np.int32]  # (n,) as in the histories, −1 unknown
    items: NDArray[np.int32]  # (n, k) padded −1
    scores: NDArray[np.float32]  # (n, k) padded −inf
    keys: NDArray[np.uint64]  # (n,) tie-break seeds
    answered_by: NDArray[np.uint8]  # (n,) index into `answerers`
    answerers: tuple[str, ...]

    @property
    def k(self) -> int:
        """Length of the lists."""
        return int(self.items.shape[1])

    def __len__(self) -> int:
        return len(self.items)


def _penalty(candidates: NDArray[np.bool_] | None, n_items: int) -> NDArray[np.float32]:
    """(n_items,) 0 for a candidate, −inf for any other item: one addition masks a row."""
    penalty = np.zeros(n_items, dtype=np.float32)
    if candidates is not None:
        penalty[~np.asarray(candidates, dtype=bool)] = -np.inf
    return penalty


def _rank(
    scores: Scores,
    keys: NDArray[np.uint64],
    seed: int,
    penalty: NDArray[np.float32],
    seen: tuple[NDArray[np.int64], NDArray[np.int32]],
    mode: int,
    fallback: NDArray[np.float32],
    out: tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.uint8]],
) -> None:
    scores = np.ascontiguousarray(scores, dtype=np.float32)
    bad = rank_block(scores, keys, seed, penalty, *seen, mode, fallback, *out)
    if bad >= 0:
        raise ValueError(f"row {bad} of the scores holds NaN: a model must return finite scores or -inf")


def _empty_lists(n: int, k: int) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.uint8]]:
    if k < 1:
        raise ConfigError(f"A list of k = {k} items was asked for.", "Ask for at least one.")
    return (
        np.full((n, k), NO_ITEM, dtype=np.int32),
        np.full((n, k), -np.inf, dtype=np.float32),
        np.zeros(n, dtype=np.uint8),
    )


def recommend(
    model: Recommender,
    histories: Histories,
    *,
    k: int,
    policy: Policy = Policy(),  # noqa: B008 - frozen
    candidates: NDArray[np.bool_] | None = None,
    fallback: NDArray[np.float32] | None = None,
    seed: int = 0,
    report: Report = silent,
) -> Recommendations:
    """The k best items of every row; only `ROWS` × n_items scores per thread are held at a time.

    Args:
        model: anything with `name` and `score`.
        histories: n rows.
        k: length of the lists; rows with fewer listable items are padded with −1.
        policy: what happens to items of the history.
        candidates: (n_items,) items that may be listed; None: all.
        fallback: (n_items,) scores for rows in which all listable items score the same ("no answer").
            None: such rows keep their ties, broken by `tie_hash`.
        seed: of the tie-break.
        report: told after each block of rows; may raise `Cancelled`.
    """
    items, scores, answered = out = _empty_lists(len(histories), k)
    penalty = _penalty(candidates, histories.n_items)
    instead = np.empty(0, np.float32) if fallback is None else np.array(fallback, dtype=np.float32)

    def block(rows: slice) -> None:
        part = histories.rows(np.arange(rows.start, rows.stop))
        seen = (part.indptr, part.items)
        into = (items[rows], scores[rows], answered[rows])
        _rank(model.score(part), part.keys, seed, penalty, seen, _MODE[policy.seen], instead, into)

    size = min(ROWS, block_rows(histories.n_items))
    map_blocks(block, len(histories), size, report=report, stage="ranking")
    names = (model.name,) if fallback is None else (model.name, FALLBACK)
    return Recommendations(histories.users, *out[:2], histories.keys, answered, names)


def rank_scores(
    scores: Scores, keys: NDArray[np.uint64], k: int, seed: int = 0
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """(n, k) items and scores of the best entries of each row, −1 and −inf where there are fewer."""
    items, best, answered = _empty_lists(len(scores), k)
    penalty = _penalty(None, scores.shape[1])
    nothing = np.empty(0, np.int32)

    def block(rows: slice) -> None:
        start = np.zeros(rows.stop - rows.start + 1, dtype=np.int64)
        into = (items[rows], best[rows], answered[rows])
        _rank(scores[rows], keys[rows], seed, penalty, (start, nothing), 0, np.empty(0, np.float32), into)

    map_blocks(block, len(scores), 1024)
    return items, best


def rank_of(
    scores: NDArray[np.float32],
    item: int,
    key: int | np.uint64,
    *,
    seed: int = 0,
    seen: NDArray[np.int32] | None = None,
    policy: Policy = Policy(),  # noqa: B008 - frozen
    candidates: NDArray[np.bool_] | None = None,
) -> int:
    """Rank (from 1) of `item` in one row of scores, under the ties and masks of `recommend`.

    0: the item may not be listed (not a candidate, hidden by the policy, or scored −inf).

    Args:
        scores: (n_items,) one row.
        item: item number.
        key: the row's history key.
        seed: of the tie-break.
        seen: items of the row's history; None: empty.
        policy: what happens to them.
        candidates: (n_items,) items that may be listed; None: all.
    """
    row = np.empty(len(scores), dtype=np.float32)
    history = np.empty(0, np.int32) if seen is None else np.asarray(seen, dtype=np.int32)
    whole = np.ascontiguousarray(scores, dtype=np.float32)
    mode = _MODE["allow"] if seen is None else _MODE[policy.seen]
    listable(whole, _penalty(candidates, len(whole)), history, mode, row)
    return int(rank_of_item(row, item, np.uint64(key), seed))


def fallback_scores(train: Dataset) -> NDArray[np.float32]:
    """(n_items,) events per item in train: the labelled answer where a model has none."""
    return np.bincount(train.interactions.item, minlength=train.n_items).astype(np.float32)


def warm() -> None:
    """Compile the kernels of this module on tiny inputs (or load them from the disk cache)."""
    scores = np.zeros((1, 2), dtype=np.float32)
    rank_scores(scores, np.zeros(1, dtype=np.uint64), 1)
    rank_of(scores[0], 0, 0)
