"""How long a fit takes on two CPU cores. Rough: within about a factor of two, to choose by.

Constants are seconds per unit of work, measured on two cores (AVX-512) with MovieLens latest-small
(100,836 events, 610 users, 9,724 items) and a generated set (60,543 events, 2,000 × 1,000); those of
RP3beta and the singular vectors also with Gowalla (810,128 events, 29,858 × 40,981).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

START = 0.3  # matrices, imports that are already warm


def _counting(config: Any, n_users: int, n_items: int, n_events: int) -> float:  # noqa: ARG001
    return START + 1e-8 * n_events


def _item_knn(config: Any, n_users: int, n_items: int, n_events: int) -> float:  # noqa: ARG001
    """Pairs of items that a user has both of; users are uneven, so the mean square is taken as 4 × mean²."""
    pairs = n_events * min(n_items, 4 * n_events / max(n_users, 1))
    return START + 2e-9 * pairs + 4e-9 * float(n_items) ** 2


def _ease(config: Any, n_users: int, n_items: int, n_events: int) -> float:  # noqa: ARG001
    pairs = n_events * min(n_items, 4 * n_events / max(n_users, 1))
    return START + 1e-8 * pairs + 6e-12 * float(n_items) ** 3


def _als(config: Any, n_users: int, n_items: int, n_events: int) -> float:
    per_iteration = 3e-9 * n_events * config.factors + 2e-11 * (n_users + n_items) * config.factors**2
    return START + float(config.iterations * per_iteration)


def _sasrec(config: Any, n_users: int, n_items: int, n_events: int) -> float:
    """Four fifths of the epochs: most trainings stop early."""
    compared = n_items if n_items <= config.full_softmax_up_to else config.negatives
    per_event = config.blocks * (24 * config.dim**2 + 4 * config.dim * config.max_length)
    flops = 3 * n_events * (per_event + 2 * config.dim * compared)
    judging = 2e-10 * min(n_users, 1000) * n_items * config.dim
    return START + 0.8 * float(config.epochs * (flops / 4e10 + judging))


def _two_tower(config: Any, n_users: int, n_items: int, n_events: int) -> float:
    """Pooled histories, distinct items of a batch through a tower, users against the negatives."""
    per_event = 10 * config.dim * config.max_length + 2 * config.dim * (config.batch_size + config.negatives)
    flops = 3 * n_events * (per_event + 24 * config.dim**2)
    judging = 2e-10 * min(n_users, 1000) * n_items * config.dim
    return START + 0.8 * float(config.epochs * (flops / 2e10 + judging))


def _user_knn(config: Any, n_users: int, n_items: int, n_events: int) -> float:  # noqa: ARG001
    """An index of the users: the comparing is done when lists are made."""
    return START + 5e-8 * n_events


def _transitions(config: Any, n_users: int, n_items: int, n_events: int) -> float:  # noqa: ARG001
    return START + float(3e-7 * n_events * config.reach)


def _rp3beta(config: Any, n_users: int, n_items: int, n_events: int) -> float:  # noqa: ARG001
    pairs = n_events * min(n_items, 4 * n_events / max(n_users, 1))
    return START + 1e-8 * pairs + 4e-9 * float(n_items) ** 2


def _singular_vectors(config: Any, n_users: int, n_items: int, n_events: int) -> float:
    """Sparse products and orthogonalisations of `factors` vectors."""
    width = min(config.factors + 32, n_users, n_items)
    return START + float(2e-8 * n_events * width + 2e-9 * (n_users + n_items) * width**2)


def _ials(config: Any, n_users: int, n_items: int, n_events: int) -> float:
    per_iteration = 3e-9 * n_events * config.factors + 2e-10 * (n_users + n_items) * config.factors**2
    return START + float(config.iterations * per_iteration)


def _bpr(config: Any, n_users: int, n_items: int, n_events: int) -> float:  # noqa: ARG001
    return START + float(1.4e-8 * config.epochs * n_events * config.factors * config.negatives)


def _content(config: Any, n_users: int, n_items: int, n_events: int) -> float:  # noqa: ARG001
    """Texts are read, then singular vectors of profiles of some 16,000 columns."""
    width = min(config.dims + 32, n_items)
    return START + float(1e-4 * n_items + 1.2e-9 * (16_000 + n_items) * width**2)


def _cfcbf(config: Any, n_users: int, n_items: int, n_events: int) -> float:
    """Item-kNN, and pairs of items that share a column of their content."""
    return _item_knn(config, n_users, n_items, n_events) + 1e-4 * n_items + 1e-8 * float(n_items) ** 2


def _content_to_factors(config: Any, n_users: int, n_items: int, n_events: int) -> float:
    return _ials(config, n_users, n_items, n_events) + _content(config, n_users, n_items, n_events)


def _rating_mf(config: Any, n_users: int, n_items: int, n_events: int) -> float:
    """Every rating adds an outer product, every user and item a system to solve."""
    width = config.factors + 1
    per_iteration = 1e-9 * n_events * width**2 + 1e-9 * (n_users + n_items) * width**3 / 3
    return START + float(config.iterations * per_iteration)


def of_installed(model: Any, config: Any, n_users: int, n_items: int, n_events: int) -> float:
    """By the class's own `estimate_seconds(config, n_users, n_items, n_events)`, else a linear guess."""
    own = getattr(model, "estimate_seconds", None)
    if own is not None:
        return float(own(config, n_users, n_items, n_events))
    return START + 1e-6 * n_events


ESTIMATES: dict[str, Callable[[Any, int, int, int], float]] = {
    "random": _counting,
    "popularity": _counting,
    "item_knn": _item_knn,
    "user_knn": _user_knn,
    "rp3beta": _rp3beta,
    "ease": _ease,
    "transitions": _transitions,
    "gf_cf": _singular_vectors,
    "bspm": _singular_vectors,
    "svd": _singular_vectors,
    "als": _als,
    "ials": _ials,
    "bpr": _bpr,
    "content": _content,
    "cfcbf": _cfcbf,
    "content_to_factors": _content_to_factors,
    "rating_mf": _rating_mf,
    "sasrec": _sasrec,
    "two_tower": _two_tower,
}
