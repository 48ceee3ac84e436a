"""How far foretold ratings are from those that were given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from core.models.base import PredictsLabels
from core.parallel import block_rows, map_blocks
from data.dataset import Dataset
from data.errors import NotApplicable
from data.histories import Histories
from data.split import Holdout, Split


@dataclass(frozen=True)
class RatingErrors:
    """Means over all judged ratings."""

    mae: float  # mean absolute error
    mse: float  # mean squared error
    rmse: float  # its root, in the unit of the ratings
    n: int  # ratings judged


@dataclass(frozen=True, eq=False)
class HeldOutRatings:
    """What is shown of each user, and the ratings that must be foretold."""

    histories: Histories
    row: NDArray[np.int64]  # (n,) row of the histories
    item: NDArray[np.int32]  # (n,)
    rating: NDArray[np.float32]  # (n,)


def held_out_ratings(dataset: Dataset, split: Split, part: str) -> HeldOutRatings:
    """The ratings of a part ("validation" or "test"), user by user; repeats each count.

    Args:
        dataset: the whole data set that was split.
        split: its holdouts name the users and what is shown of them.
        part: whose ratings.
    """
    holdout: Holdout = getattr(split, part)
    events = dataset.interactions.take(getattr(split, f"{part}_rows"))
    row_of = np.full(dataset.n_users, -1, dtype=np.int64)
    row_of[holdout.users] = np.arange(len(holdout))
    rows = row_of[events.user]
    wanted = csr_matrix(holdout.targets)
    target = np.asarray(wanted[np.maximum(rows, 0), events.item]).ravel() > 0
    judged = (rows >= 0) & target  # of new users a part of the events is shown, not asked
    return HeldOutRatings(holdout.histories, rows[judged], events.item[judged], events.weight[judged])


def errors_of_the_mean(train: Dataset, held_out: HeldOutRatings) -> RatingErrors:
    """The errors of foretelling every rating by the mean of train: what any model must beat."""
    return _errors(held_out.rating - float(np.mean(train.interactions.weight, dtype=np.float64)))


def _errors(left: NDArray[Any]) -> RatingErrors:
    """Of (n,) given less foretold ratings."""
    mse = float(np.mean(np.square(left, dtype=np.float64)))
    return RatingErrors(float(np.mean(np.abs(left), dtype=np.float64)), mse, mse**0.5, len(left))


def rating_errors(model: PredictsLabels, held_out: HeldOutRatings) -> RatingErrors:
    """MAE = mean |r − r̂|, MSE = mean (r − r̂)², RMSE = √MSE over all ratings held out.

    Raises:
        NotApplicable: the model foretells no ratings, or there is none to judge by.
    """
    if not isinstance(model, PredictsLabels):
        raise NotApplicable(
            f"{getattr(model, 'label', 'This model')} ranks items and foretells no ratings.",
            "Judge rating_mf by them, and this model by its lists.",
        )
    if not len(held_out.rating):
        raise NotApplicable("No rating was held out.", "Choose a split with events in this part.")
    order = np.argsort(held_out.row, kind="stable")
    row, item, rating = held_out.row[order], held_out.item[order], held_out.rating[order]
    n_items = held_out.histories.n_items

    def block(part: slice) -> NDArray[np.float64]:
        first, last = np.searchsorted(row, [part.start, part.stop])
        foretold = model.predict(held_out.histories.rows(np.arange(part.start, part.stop)))
        asked = foretold[row[first:last] - part.start, item[first:last]].astype(np.float64)
        return np.asarray(rating[first:last] - asked)

    return _errors(np.concatenate(map_blocks(block, len(held_out.histories), block_rows(n_items))))
