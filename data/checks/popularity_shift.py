"""D023: other items are popular in test than in train."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from data.checks.base import NO_SPLIT, Answer, DoesNotApply, answer, grade
from data.checks.item_counts import of_rows, of_users
from data.checks.wording import number, share
from data.dataset import Dataset
from data.split import Split

TOP = 100
DRAWS = 5


class PopularityShift:
    """How far the items' shares of train and test lie apart, beyond what chance does to a random part.

    The users' shares (who is active) are told beside them. They decide nothing: many protocols give every
    user the same weight in test, or hold whole users out, on purpose.
    """

    code: ClassVar[str] = "D023"
    name: ClassVar[str] = "popularity_shift"
    title: ClassVar[str] = "Popularity shifts between train and test"
    why: ClassVar[str] = (
        "What was popular in train no longer is in test: models that lean on popularity fall behind, and "
        "settings tuned on the past do not fit."
    )
    fix: ClassVar[str] = (
        "Compare with recent popularity, train on a shorter period, and tune on a validation part that lies "
        "between train and test."
    )
    needs_split: ClassVar[bool] = True
    slow: ClassVar[bool] = False

    def run(self, dataset: Dataset, split: Split | None = None) -> Answer:
        """Total variation distance of the shares, less that of random parts of the same sizes."""
        if split is None:
            return NO_SPLIT
        train, test = of_rows(dataset, split.train_rows), of_rows(dataset, split.test_rows)
        if not train.sum() or not test.sum():
            return DoesNotApply("The split has an empty part.")
        moved, chance = _distance(train, test), _by_chance(train, test)
        top = min(TOP, max(1, int((train > 0).sum()) // 10))
        stay = len(np.intersect1d(_most(train, top), _most(test, top)))
        excess = max(moved - chance, 0.0)
        users = of_users(dataset, split.train_rows), of_users(dataset, split.test_rows)
        active, active_chance = _distance(*users), _by_chance(*users)
        values = {
            "moved": moved,
            "by_chance": chance,
            "excess": excess,
            "top": top,
            "top_kept": stay,
            "users_moved": active,
            "users_by_chance": active_chance,
        }
        sentence = (
            f"Between train and test {share(moved)} of events move to other items; a random part of this "
            f"size would move {share(chance)}. Of the {number(top)} most popular items of train "
            f"{number(stay)} are among the {number(top)} of test. To other users {share(active)} of events "
            f"move, by chance {share(active_chance)}."
        )
        return answer(grade(excess, 0.2, 0.05), sentence, values)


def _distance(a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
    """Half of the summed differences of shares: 0 alike, 1 nothing in common."""
    return float(np.abs(a / a.sum() - b / b.sum()).sum() / 2)


def _by_chance(train: NDArray[np.int64], test: NDArray[np.int64]) -> float:
    """The mean distance of random parts: each item's events fall into test with the overall share."""
    total = train + test
    rng = np.random.default_rng(0)
    drawn = [rng.binomial(total, test.sum() / total.sum()) for _ in range(DRAWS)]
    fair = [_distance(total - part, part) for part in drawn if 0 < part.sum() < total.sum()]
    return float(np.mean(fair)) if fair else 0.0


def _most(counts: NDArray[np.int64], top: int) -> NDArray[np.int64]:
    return np.argsort(-counts, kind="stable")[:top]
