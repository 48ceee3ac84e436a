"""Who is on the curve: the same users, targets and candidates at every number of shown events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluation import judged
from core.ranking import Policy
from data.errors import ConfigError, NotApplicable
from data.split import Holdout, Split

MIN_USERS = 20  # fewer users draw no curve
ENOUGH_USERS = 200  # wanted when the length of the history is chosen automatically


@dataclass(frozen=True, eq=False)
class Cohort:
    """Judged users whose history is long enough for the largest n."""

    holdout: Holdout  # full histories, reachable targets
    ns: tuple[int, ...]
    dropped: tuple[int, ...]  # asked for, but longer than the shortest history of the cohort
    min_history: int
    n_eligible: int  # before `max_users` were drawn
    n_judged: int  # before the length was asked for


def choose_min_history(lengths: NDArray[np.int64], ns: tuple[int, ...]) -> int:
    """The largest n of the curve that keeps enough users: 200, or half of them where there are fewer.

    Raises:
        NotApplicable: fewer than 20 users have even the smallest number of events.
    """
    wanted = [n for n in sorted(ns, reverse=True) if n > 0] or [1]
    enough = max(MIN_USERS, min(ENOUGH_USERS, len(lengths) // 2))
    for least in (enough, MIN_USERS):
        for n in wanted:
            if (lengths >= n).sum() >= least:
                return n
    raise _too_few(int((lengths >= wanted[-1]).sum()), wanted[-1])


def _too_few(users: int, events: int) -> NotApplicable:
    return NotApplicable(
        f"Only {users} judged users have {events} or more earlier events; a curve needs {MIN_USERS}.",
        "Ask for shorter histories, or choose a split that judges more users.",
    )


def cohort(
    split: Split,
    part: str,
    policy: Policy,
    ns: tuple[int, ...],
    *,
    min_history: int | None,
    max_users: int,
    seed: int,
) -> Cohort:
    """The users of the curve.

    Targets are those that the policy can reach given the full history, so they are the same for every n.

    Raises:
        NotApplicable: fewer than 20 users remain.
        ConfigError: no n fits into the shortest history asked for.
    """
    holdout, _ = judged(split.test if part == "test" else split.validation, policy)
    lengths = holdout.histories.lengths
    least = choose_min_history(lengths, ns) if min_history is None else min_history
    chosen = np.flatnonzero(lengths >= least)
    if len(chosen) < MIN_USERS:
        raise _too_few(len(chosen), least)
    kept = tuple(n for n in ns if n <= least)
    if not kept:
        raise ConfigError(
            f"Histories of at least {least} events cannot show {', '.join(map(str, ns))} events.",
            "Lower the numbers of shown events or raise the shortest history.",
        )
    n_eligible = len(chosen)
    if n_eligible > max_users:
        chosen = np.sort(np.random.default_rng(seed).permutation(chosen)[:max_users])
    dropped = tuple(n for n in ns if n > least)
    return Cohort(holdout.rows(chosen), kept, dropped, least, n_eligible, len(holdout))
