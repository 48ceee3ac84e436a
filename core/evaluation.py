"""Judging lists: who is judged, under which conditions, with one value per user kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from core.arrays import PerUser
from core.evaluation_kernel import KS as KS
from core.evaluation_kernel import canonical
from core.evaluation_kernel import list_metrics as list_metrics
from core.metrics import METRICS, OF_LISTS, PER_USER
from core.metrics.base import Catalogue
from core.metrics.effective_rank import effective_rank as effective_rank_of
from core.models.base import Recommender
from core.ranking import Policy, Recommendations
from core.significance import column_intervals
from data.dataset import Dataset
from data.errors import ConfigError
from data.histories import Histories
from data.split import Fingerprint, Holdout, Split

Users = Literal["known", "new", "all"]
NO_K = 0  # the k of a number that does not depend on k
RANK_ROWS, RANK_COLUMNS = 256, 4096  # sample of the score matrix whose effective rank is taken

NO_TARGET = "no target"
_LEFT_OUT = {
    "hide": "every target already in the history (hidden by the policy)",
    "exclusive": "no target in the history (the policy lists nothing else)",
}


def _reachable(holdout: Holdout, policy: Policy) -> csr_matrix:
    targets = canonical(holdout.targets)
    if policy.seen == "allow":
        return targets
    seen = holdout.histories.matrix.copy()
    seen.data = np.ones(len(seen.data), dtype=targets.dtype)
    repeated = csr_matrix(targets.multiply(seen))
    return canonical(csr_matrix(targets - repeated) if policy.seen == "hide" else repeated)


def judged(holdout: Holdout, policy: Policy) -> tuple[Holdout, dict[str, int]]:
    """The users who can be judged under `policy`, with the targets it can reach, and who is left out.

    Under "hide" targets that stand in the history are removed (they can never be listed), under "exclusive"
    only those remain, under "allow" all do. Users left without a target are left out and counted.

    Returns:
        The holdout of the judged users, and the number left out by reason (reasons with nobody absent).
    """
    reachable = _reachable(holdout, policy)
    had = np.diff(canonical(holdout.targets).indptr) > 0
    has = np.diff(reachable.indptr) > 0
    counts = {NO_TARGET: int((~had).sum())}
    if policy.seen in _LEFT_OUT:
        counts[_LEFT_OUT[policy.seen]] = int((had & ~has).sum())
    kept = Holdout(holdout.histories, reachable, holdout.users, holdout.known).rows(has)
    return kept, {reason: count for reason, count in counts.items() if count}


def _hash(*arrays: NDArray[Any]) -> str:
    digest = hashlib.blake2b(digest_size=5)
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _data_words(dataset: Dataset) -> str:
    if dataset.id:
        return dataset.id
    events = dataset.interactions
    arrays = [events.user, events.item, events.weight]
    return f"in memory {_hash(*arrays, *([] if events.time is None else [events.time]))}"


def _filter_words(dataset: Dataset) -> str:
    filters = dataset.facts.get("filters")
    if not filters:
        return "none"
    return filters if isinstance(filters, str) else "; ".join(map(str, filters))


def fingerprint(
    dataset: Dataset,
    split: Split,
    policy: Policy,
    part: Literal["validation", "test"],
    *,
    candidates: NDArray[np.bool_] | None = None,
    limits: str = "",
) -> Fingerprint:
    """The conditions under which `part` is judged, in plain words, and the keys that are compared.

    Args:
        dataset: the whole data set.
        split: its split.
        policy: what happens to items of the history.
        part: "validation" or "test".
        candidates: (n_items,) items that may be listed; None: those of train.
        limits: what narrowed the candidates, in words.
    """
    holdout, _ = judged(getattr(split, part), policy)
    eligible = split.train.trained_items if candidates is None else candidates
    chosen = "" if candidates is None else _hash(np.asarray(eligible, dtype=bool))
    source = f"{limits or 'chosen items'} ({chosen})" if chosen else "items of train"
    taught = _hash(split.train_rows)
    found = _hash(
        holdout.users, holdout.targets.indptr.astype(np.int64), holdout.targets.indices.astype(np.int64)
    )
    data, filters = _data_words(dataset), _filter_words(dataset)
    made_of = (data, filters, f"{split.identity} {taught}", f"{chosen} {policy.seen}", f"{part} {found}")
    return Fingerprint(
        data=data,
        filters=filters,
        split=f"{split.description}; {len(split.train_rows):,} train events ({taught})",
        candidates=f"{int(eligible.sum()):,} {source}; {policy.describe()}",
        users=f"{part}, {len(holdout):,} users, targets {found}",
        keys=" ".join(hashlib.blake2b(text.encode(), digest_size=5).hexdigest() for text in made_of),
    )


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What one run's lists are worth: a value per user and metric, and numbers about all lists."""

    per_user: NDArray[np.float32]  # (n, n_metrics, n_ks), NaN = not judged
    metrics: tuple[str, ...]
    ks: tuple[int, ...]
    users: NDArray[np.int32]  # (n,) row numbers of the data set
    known: NDArray[np.bool_]  # (n,) has an event in train
    answered: NDArray[np.bool_]  # (n,) listed by the model itself, not by the fallback
    catalogue: dict[str, float]  # "coverage@10", "effective_rank"
    left_out: dict[str, int]  # users not judged, by reason
    fingerprint: Fingerprint
    n_lists: int  # users with a non-empty list

    def _chosen(self, users: Users) -> NDArray[np.bool_]:
        chosen = {"known": self.known, "new": ~self.known, "all": np.ones_like(self.known)}
        if users not in chosen:
            raise ConfigError(f"Users {users!r} were asked for.", "Choose known, new or all.")
        return chosen[users] & ~np.isnan(self.per_user[:, 0, 0])

    def values(self, metric: str, k: int, users: Users = "known") -> PerUser:
        """One value per judged user of the group, in the order of `users`.

        Raises:
            ConfigError: a metric without values per user, or a k that was not measured.
        """
        if metric not in self.metrics or k not in self.ks:
            raise ConfigError(
                f"There is no value per user of {metric}@{k}.",
                f"Choose one of {', '.join(self.metrics)} at k = {', '.join(map(str, self.ks))}.",
            )
        column = self.per_user[:, self.metrics.index(metric), self.ks.index(k)]
        return column[self._chosen(users)].astype(np.float64)

    def n_users(self, users: Users = "known") -> int:
        """Judged users of the group."""
        return int(self._chosen(users).sum())

    def summary(self, users: Users = "known", confidence: float = 0.95) -> pd.DataFrame:
        """Table [metric, k, mean, low, high, n_users].

        Values per user carry a bootstrap interval over users (2000 draws shared by all metrics; normal
        approximation above 20,000 users). Numbers about all lists have no interval (low and high NaN) and
        `n_users` = lists; they are the same for every group, and their k is 0 where it means nothing.
        """
        table = self.per_user[self._chosen(users)].reshape(-1, len(self.metrics) * len(self.ks))
        mean, low, high = column_intervals(table, confidence)
        rows: list[tuple[str, int, float, float, float, int]] = [
            (metric, k, *map(float, numbers), len(table))  # type: ignore[misc]
            for (metric, k), *numbers in zip(
                [(metric, k) for metric in self.metrics for k in self.ks], mean, low, high, strict=True
            )
        ]
        for key, value in self.catalogue.items():
            name, _, k = key.partition("@")
            rows.append((name, int(k) if k else NO_K, value, np.nan, np.nan, self.n_lists))
        return pd.DataFrame(rows, columns=["metric", "k", "mean", "low", "high", "n_users"])

    def to_arrays(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """(arrays for .npy files, the rest for a JSON document); `from_arrays` gives an equal value."""
        names = ("per_user", "users", "known", "answered")
        meta = {
            "metrics": list(self.metrics),
            "ks": list(self.ks),
            # JSON has no NaN: a number that could not be computed is null
            "catalogue": {key: None if np.isnan(value) else value for key, value in self.catalogue.items()},
            "left_out": dict(self.left_out),
            "fingerprint": asdict(self.fingerprint),
            "n_lists": self.n_lists,
        }
        return {name: getattr(self, name) for name in names}, meta

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> Evaluation:
        """The evaluation that `to_arrays` took apart."""
        return cls(
            per_user=arrays["per_user"],
            users=arrays["users"],
            known=arrays["known"],
            answered=arrays["answered"],
            metrics=tuple(meta["metrics"]),
            ks=tuple(meta["ks"]),
            catalogue={key: np.nan if value is None else value for key, value in meta["catalogue"].items()},
            left_out=dict(meta["left_out"]),
            fingerprint=Fingerprint(**meta["fingerprint"]),
            n_lists=meta["n_lists"],
        )


def catalogue_of(train: Dataset, candidates: NDArray[np.bool_] | None = None) -> Catalogue:
    """What lists are measured against: train's users per item, and the items that may be listed."""
    return Catalogue(
        item_users=np.diff(train.matrix.tocsc().indptr).astype(np.int64),
        n_users=int(train.trained_users.sum()),
        eligible=train.trained_items if candidates is None else np.asarray(candidates, dtype=bool),
    )


def catalogue_metrics(
    items: NDArray[np.int32], catalogue: Catalogue, ks: Sequence[int] = KS
) -> dict[str, float]:
    """{"coverage@10": …} of every metric of all lists at every k."""
    return {
        f"{name}@{k}": float(function(items[:, :k], catalogue))
        for name in OF_LISTS
        for k in ks
        if (function := METRICS[name].of_lists) is not None
    }


def _check_rows(recommendations: Recommendations, holdout: Holdout) -> None:
    same = len(recommendations) == len(holdout)
    if not same or (recommendations.keys != holdout.histories.keys).any():
        raise ConfigError(
            f"The {len(recommendations)} lists do not belong to the {len(holdout)} judged users.",
            "Rank the histories of the holdout that `judged` returned.",
        )


def _count_left_out(left_out: Mapping[str, int], holdout: Holdout) -> dict[str, int]:
    counts = dict(left_out)
    without = int((np.diff(canonical(holdout.targets).indptr) == 0).sum())
    if without:
        counts[NO_TARGET] = counts.get(NO_TARGET, 0) + without
    return counts


def evaluate(
    recommendations: Recommendations,
    holdout: Holdout,
    train: Dataset,
    *,
    fingerprint: Fingerprint,
    left_out: Mapping[str, int] | None = None,
    extra: Mapping[str, float] | None = None,
    candidates: NDArray[np.bool_] | None = None,
    ks: Sequence[int] = KS,
) -> Evaluation:
    """Judge lists against what the users went on to take.

    Args:
        recommendations: lists of the rows of `holdout`, in its order.
        holdout: as returned by `judged`. A user with targets and an empty list counts 0; a user without
            targets is NaN and counted as left out.
        train: what the model learnt from: the denominators of the catalogue metrics.
        fingerprint: the conditions.
        left_out: users not judged, by reason (from `judged`).
        extra: further numbers, such as {"effective_rank": 12.5}.
        candidates: (n_items,) items that may be listed; None: those of train.
        ks: cut-offs; those longer than the lists are left out.

    Raises:
        ConfigError: the lists are those of other users.
    """
    _check_rows(recommendations, holdout)
    cuts = tuple(k for k in ks if k <= recommendations.k) or (recommendations.k,)
    listed = (recommendations.items >= 0).any(axis=1)
    return Evaluation(
        per_user=list_metrics(recommendations.items, holdout.targets, cuts),
        metrics=PER_USER,
        ks=cuts,
        users=holdout.users,
        known=holdout.known,
        answered=listed & (recommendations.answered_by == 0),
        catalogue=catalogue_metrics(recommendations.items, catalogue_of(train, candidates), cuts)
        | dict(extra or {}),
        left_out=_count_left_out(left_out or {}, holdout),
        fingerprint=fingerprint,
        n_lists=int(listed.sum()),
    )


def effective_rank(model: Recommender, histories: Histories, seed: int = 0) -> float:
    """Effective rank of the scores of up to 256 of the `histories` over up to 4096 items; 1 = one order.

    Taken on a sample, so it is at most 256: it tells collapse from variety, not the size of a model.
    """
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permutation(len(histories))[:RANK_ROWS])
    scores = model.score(histories.rows(rows))
    listed = np.flatnonzero(np.isfinite(scores).any(axis=0))
    columns = np.sort(rng.permutation(listed)[:RANK_COLUMNS])
    return effective_rank_of(scores[:, columns])


def warm() -> None:
    """Compile the kernels of this module on tiny inputs (or load them from the disk cache)."""
    targets = csr_matrix(np.eye(1, 2, dtype=np.float32))
    list_metrics(np.zeros((1, 1), dtype=np.int32), targets, (1,))
