"""Events held back from train that choose the epoch.

Never the validation part: the best of many epochs on the judged users would flatter a network beside models
that choose nothing by them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import logsumexp

from core.arrays import Scores
from core.models.trainer import JUDGED_BY
from core.ranking import rank_scores
from data.dataset import Dataset
from data.histories import Histories, from_interactions
from data.split import Holdout

STOPPING_USERS = 1000  # at most: enough to choose an epoch
STOPPING_SHARE = 0.05  # of train's events at most
USERS_SHARE = 0.5  # of the users at most: the latest events of the others show what is asked for lately
LAST = 5  # events of a user at most: one alone is a coin toss
EVENTS_SHARE = 0.2  # of a user's events at most, but one of those who have three
FEWEST_USERS = 20  # with fewer the choice would be noise: all epochs are run
K = 10
ROWS = 256  # scored at a time
REPEATING = 0.1  # share of targets in their own history from which on seen items are listed too


def stopping_sample(train: Dataset, seed: int) -> tuple[Dataset, Holdout | None]:
    """Train without the last events of some users, and those events as what must be found.

    Users are drawn from those with three events or more; each gives a fifth of their events, one to five. A
    user with an event whose item nobody else has keeps them all. None and all of train when there are fewer
    than `FEWEST_USERS` such users.
    """
    events = train.interactions
    users, lengths = np.unique(events.user, return_counts=True)
    given = np.clip((EVENTS_SHARE * lengths).astype(np.int64), 1, LAST) * (lengths >= 3)
    order = np.random.default_rng([seed, STOPPING_USERS]).permutation(np.flatnonzero(given))
    most = min(STOPPING_USERS, max(FEWEST_USERS, int(USERS_SHARE * len(users))))
    chosen = order[:most][np.cumsum(given[order[:most]]) <= STOPPING_SHARE * len(events)]
    take = np.zeros(len(users), dtype=np.int64)
    take[chosen] = given[chosen]
    row_of = np.repeat(np.arange(len(users)), lengths)
    from_end = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(events))
    held = from_end <= take[row_of]
    left = np.bincount(events.item[~held], minlength=train.n_items)
    needed = np.unique(row_of[held & (left[events.item] == 0)])
    held &= ~np.isin(row_of, needed)
    rows = np.setdiff1d(chosen, needed)
    if len(rows) < FEWEST_USERS:
        return train, None
    lessons = train.with_interactions(events.take(np.flatnonzero(~held)))
    row_in_holdout = np.searchsorted(rows, row_of[held])
    ones = np.ones(int(held.sum()), dtype=np.float32)
    targets = csr_matrix((ones, (row_in_holdout, events.item[held])), shape=(len(rows), train.n_items))
    histories = from_interactions(lessons.interactions, users[rows].astype(np.int32), train)
    known = np.ones(len(rows), dtype=bool)
    return lessons, Holdout(histories, targets, users[rows].astype(np.int32), known)


def held_back_figures(
    score: Callable[[Histories], Scores], holdout: Holdout, candidates: NDArray[np.bool_], seed: int
) -> dict[str, float]:
    """NDCG@10 with binary gains, and the mean −log probability of the held-back events.

    Args:
        score: gives log probabilities up to a constant per row.
        holdout: of `stopping_sample`.
        candidates: (n_items,) items that may be listed.
        seed: of ties.
    """
    targets = holdout.targets.tocsr() > 0
    seen = holdout.histories.matrix > 0
    hides = targets.multiply(seen).nnz <= REPEATING * targets.nnz
    discount = 1 / np.log2(np.arange(2, K + 2))
    gained, losses = np.zeros(len(holdout)), np.zeros(len(holdout))
    for start in range(0, len(holdout), ROWS):
        rows = np.arange(start, min(start + ROWS, len(holdout)))
        wanted = targets[rows].toarray()
        scores = score(holdout.histories.rows(rows))
        scores[:, ~candidates] = -np.inf
        log_p = scores - logsumexp(scores, axis=1, keepdims=True)
        losses[rows] = -np.where(wanted & candidates, log_p, 0).sum(axis=1)
        if hides:
            scores[seen[rows].toarray()] = -np.inf
        items, _ = rank_scores(scores, holdout.histories.keys[rows], K, seed)
        hits = np.take_along_axis(wanted, np.maximum(items, 0), axis=1) & (items >= 0)
        gained[rows] = (hits * discount[: hits.shape[1]]).sum(axis=1)
    ideal = np.cumsum(discount)[np.minimum(np.diff(targets.indptr), K) - 1]
    return {JUDGED_BY: float((gained / ideal).mean()), "held-back loss": float(losses.sum() / targets.nnz)}
